"""Lists: `{"items": […], "next_cursor": "<opaque>"|null}`."""

import base64
import json
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from api.errors import ApiError
from api.fields import is_storable
from domain.ids import MAX_ID

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[T]
    next_cursor: str | None = Field(None, description="send it as `cursor` for the next page")


def encode_cursor(position: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(position, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, shape: type[T]) -> T | None:
    """The position a cursor stands for. Raises 422 for anything we did not hand out."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        position = TypeAdapter(shape).validate_json(base64.urlsafe_b64decode(padded.encode()))
    except (ValueError, ValidationError):
        raise bad_cursor() from None
    parts = position if isinstance(position, tuple) else (position,)
    if any(isinstance(part, int) and not 0 <= part <= MAX_ID for part in parts):
        raise bad_cursor()
    if any(isinstance(part, str) and not is_storable(part) for part in parts):
        raise bad_cursor()
    return position


def bad_cursor() -> ApiError:
    """What a cursor answers that we did not hand out, or not for this list."""
    return ApiError(422, "bad_cursor", "Curseur de pagination invalide")
