"""Field types shared by the HTTP models and parameters: what no caller may send, whatever the route."""

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from domain.ids import MAX_ID


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain NUL characters")
    return text


def _refuse_nul(value: Any) -> None:
    if isinstance(value, str):
        _without_nul(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_nul(key)
            _refuse_nul(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_nul(item)


class HttpModel(BaseModel):
    """Base of request bodies: unknown keys are refused, so that a typo is a 422; so is NUL, which no database keeps."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _no_nul(cls, data: Any) -> Any:
        _refuse_nul(data)
        return data


Id = Annotated[int, Field(ge=1, le=MAX_ID)]
PathId = Annotated[int, Path(ge=1, le=MAX_ID)]
Word = Annotated[str, AfterValidator(_without_nul), Field(max_length=200)]
"""A query or form text: a word, a name, a key."""

Cursor = Annotated[str | None, Query(max_length=200, description="opaque; `next_cursor` of the previous answer")]
Limit = Annotated[int, Query(ge=1, le=200, description="items an answer holds at most")]
