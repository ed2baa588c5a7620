"""Reading values out of rows that may hold anything: what is not of the expected kind is not there."""

import re
from datetime import datetime

from pydantic import AwareDatetime, JsonValue, TypeAdapter, ValidationError

from adapters.job_sources.errors import SourceFailure
from adapters.job_sources.source import Row

MOST_ROWS = 5000
"""Many times what any source gives on a page: reading that many takes a process seconds."""

_WEB_ADDRESS = re.compile(r"(?i:https?)://[^\s/]\S{0,3900}\Z")
_MOMENT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)


def part(row: Row, key: str) -> Row:
    """The object under a key, or an empty one."""
    value = row.get(key)
    return value if isinstance(value, dict) else {}


def parts(row: Row, key: str) -> list[Row]:
    """The objects of the list under a key."""
    return [item for item in _list(row.get(key)) if isinstance(item, dict)]


def texts(row: Row, key: str) -> list[str]:
    """The texts of the list under a key, blank ones left out."""
    return [text for item in _list(row.get(key)) if (text := _text(item)) is not None]


def text(row: Row, key: str) -> str | None:
    """The text under a key, trimmed, not blank; a number is a text too, as ids are either."""
    return _text(row.get(key))


def web_address(row: Row, key: str) -> str | None:
    """The http or https address under a key."""
    found = text(row, key)
    return found if found is not None and _WEB_ADDRESS.match(found) else None


def moment(row: Row, key: str) -> datetime | None:
    """The time under a key, if it says in which zone."""
    found = text(row, key)
    try:
        return _MOMENT.validate_python(found)
    except ValidationError:
        return None


def number(row: Row, key: str) -> float | None:
    """The number under a key, also one written as a text."""
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) < 1e15 else None  # neither infinite nor "nan"


def rows_under(body: JsonValue, key: str) -> list[JsonValue]:
    """The list of rows of an answer. Raises `SourceFailure` (`bad_payload`) for another shape, or far too many."""
    if isinstance(body, dict):
        rows = body.get(key)
        if isinstance(rows, list) and len(rows) <= MOST_ROWS:
            return rows
    raise SourceFailure("bad_payload")


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _text(value: JsonValue) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return str(value).strip() or None
    except ValueError:  # an integer of more digits than Python writes
        return None
