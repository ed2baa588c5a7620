"""Field types shared by the HTTP models and parameters: what no caller may send, whatever the route."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Header, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from domain.ids import MAX_ID

_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether the database can keep the text: it has neither NUL characters nor lone surrogates."""
    return not _UNSTORABLE.search(text)


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("must not contain NUL characters or lone surrogates")
    return text


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _refuse_unstorable(value: Any) -> None:
    if isinstance(value, str):
        _storable(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_unstorable(key)
            _refuse_unstorable(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_unstorable(item)


class HttpModel(BaseModel):
    """Base of request bodies: unknown keys are refused, so that a typo is a 422; so is text no database keeps."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _only_storable(cls, data: Any) -> Any:
        try:
            _refuse_unstorable(data)
        except RecursionError:
            raise ValueError("is nested too deeply") from None
        return data


def example(*values: dict[str, Any]) -> ConfigDict:
    """The `model_config` of a model that the OpenAPI document illustrates by these values. No code reads them.

    FastAPI leaves nulls out of the document: where null is not the default of a field, give it another value.
    """
    return ConfigDict(json_schema_extra={"examples": list(values)})


Id = Annotated[int, Field(ge=1, le=MAX_ID)]
PathId = Annotated[int, Path(ge=1, le=MAX_ID)]
CandidateId = Annotated[PathId, Path(description="of the candidate: `id` of a candidate, `candidate_id` elsewhere")]
Word = Annotated[str, AfterValidator(_storable), Field(max_length=200)]
"""A query or form text: a word, a name, a key."""
Moment = Annotated[datetime, AfterValidator(_utc)]
"""A moment; without a zone it is UTC."""

IdempotencyKey = Annotated[
    Word | None,
    Header(
        alias="Idempotency-Key",
        description="of your choice, at most 200 characters: the same key with the same request answers what the first "
        "call did, so that a repeat is harmless; with another request it is refused (422, `idempotency_key_reused`)",
    ),
]
LastEventId = Annotated[
    str | None,
    Header(alias="Last-Event-ID", description="`id` of the last event seen: the stream goes on after it"),
]
Cursor = Annotated[
    str | None,
    Query(max_length=200, description="`next_cursor` of the previous answer, as it was; left out: the first page"),
]
Limit = Annotated[int, Query(ge=1, le=200, description="items an answer holds at most")]
