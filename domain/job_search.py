"""What a search for job offers asks: its parameters in canonical form, and the key of one reading of a source."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from domain.offer import JobType, WorkMode
from domain.offer_words import split_terms
from domain.places import Resolution
from domain.text import fold

SearchSource = Literal["france_travail", "adzuna", "arbeitnow", "la_bonne_alternance", "catalogue"]
"""What can be searched: the job sources, and the catalogue of what we know already."""

SOURCES: Final[tuple[SearchSource, ...]] = get_args(SearchSource)
"""In the order in which they are listed."""

FilterName = Literal[
    "keywords", "location", "company", "job_type", "work_mode", "radius_km", "posted_within_days", "salary_min"
]

_JOB_TYPES: Final[Mapping[str, JobType]] = MappingProxyType(
    {
        "cdi": "CDI",
        "permanent": "CDI",
        "cdd": "CDD",
        "contract": "CDD",
        "interim": "INTERIM",
        "mis": "INTERIM",
        "alternance": "ALTERNANCE",
        "apprentissage": "ALTERNANCE",
        "contratpro": "ALTERNANCE",
        "stage": "STAGE",
        "internship": "STAGE",
        "freelance": "FREELANCE",
    }
)
_WORK_MODES: Final[Mapping[str, WorkMode]] = MappingProxyType(
    {
        "remote": "remote",
        "teletravail": "remote",
        "hybrid": "hybrid",
        "hybride": "hybrid",
        "onsite": "onsite",
        "presentiel": "onsite",
        "sursite": "onsite",
    }
)


def _key(text: str) -> str:
    return "".join(char for char in fold(text) if char.isalnum())


def _plain(value: Any) -> Any:
    """Texts trimmed, control characters and runs of spaces made one space, blank ones None."""
    if not isinstance(value, str):
        return value
    kept = "".join(" " if unicodedata.category(char) == "Cc" else char for char in value)
    return " ".join(kept.split()) or None


def _keywords(value: Any) -> Any:
    text = _plain(value)
    return None if isinstance(text, str) and not split_terms(text) else text


def _job_type(value: Any) -> Any:
    text = _plain(value)
    return _JOB_TYPES.get(_key(text), text) if isinstance(text, str) else text


def _work_mode(value: Any) -> Any:
    text = _plain(value)
    return _WORK_MODES.get(_key(text), text) if isinstance(text, str) else text


def _sources(value: Any) -> Any:
    """Each once and in order; none is all."""
    if not isinstance(value, list | tuple):
        return value
    known = [name for name in SOURCES if name in value]
    return [*known, *(name for name in value if name not in SOURCES)] or None


class SearchParams(BaseModel):
    """The parameters of a search: blank ones are None, types and modes have their canonical names.

    `sources` None means all that are enabled. `salary_min` is EUR gross a year. ValidationError for values outside
    the limits and unknown names.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    keywords: Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(_keywords)] = None
    location: Annotated[Annotated[str, Field(max_length=100)] | None, BeforeValidator(_plain)] = None
    company: Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(_plain)] = None
    job_type: Annotated[
        Literal["CDI", "CDD", "INTERIM", "ALTERNANCE", "STAGE", "FREELANCE"] | None, BeforeValidator(_job_type)
    ] = None
    work_mode: Annotated[WorkMode | None, BeforeValidator(_work_mode)] = None
    sources: Annotated[tuple[SearchSource, ...] | None, BeforeValidator(_sources)] = None
    radius_km: Annotated[int, Field(ge=0, le=100)] = 10
    posted_within_days: Annotated[int, Field(ge=1, le=90)] | None = None
    salary_min: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    max_results: Annotated[int, Field(ge=1, le=300)] = 100
    force_refresh: bool = False

    @property
    def terms(self) -> tuple[str, ...]:
        """The words and phrases that an offer must hold, all of them."""
        return tuple(split_terms(self.keywords or ""))

    @property
    def is_empty(self) -> bool:
        """Whether these parameters ask for neither keywords nor a place nor a company."""
        return self.keywords is None and self.location is None and self.company is None

    def located(self, resolution: Resolution | None) -> Self:
        """These parameters once their place is read: "télétravail" as a place asks for remote work, if none is set."""
        if resolution is not None and resolution.remote and self.work_mode is None:
            return self.model_copy(update={"work_mode": "remote"})
        return self


NativeValue = str | int | float | bool | None | Sequence[str]
NativeQuery = Mapping[str, NativeValue]
"""What one source is asked, in its own parameters; a list holds terms whose order does not matter."""


def run_key(source: str, version: str, native: NativeQuery, pages: int) -> str:
    """The key of one reading of a source: equal for queries that differ in case, spaces and order of terms alone.

    `version` is the source reader's own: it moves when the reader asks differently or makes other ads of the rows.
    """
    canonical = {name: _canonical(value) for name, value in native.items() if value is not None}
    text = json.dumps([source, version, canonical, pages], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: NativeValue) -> object:
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    if isinstance(value, Sequence):
        return sorted({" ".join(item.casefold().split()) for item in value})
    return value
