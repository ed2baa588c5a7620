"""What a search for job offers may be asked with, as query parameters and as a JSON body, and how it is shown again."""

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from api.errors import ApiError, invalid
from api.fields import HttpModel, example
from domain.job_search import SearchParams
from domain.places import Resolution

_ALIASES = {"keyword": "keywords"}
_ALWAYS_SHOWN = ("keywords", "location", "job_type", "work_mode", "company")
_SHOWN_IF_SET = ("posted_within_days", "salary_min", "force_refresh")


class SearchQuery(HttpModel):
    """The search as query parameters; blank ones count as absent."""

    model_config = ConfigDict(extra="ignore")

    keywords: str | None = Field(None, description='at most 200 characters; all words, `"a b"` as a phrase')
    keyword: str | None = Field(None, description="the same as `keywords`")
    location: str | None = Field(None, description="commune, postcode, department or region; at most 100 characters")
    company: str | None = Field(None, description="at most 200 characters")
    job_type: str | None = Field(None, description="CDI, CDD, INTERIM, ALTERNANCE, STAGE or FREELANCE")
    work_mode: str | None = Field(None, description="remote, hybrid or onsite")


class SearchBody(HttpModel, SearchParams):
    """The search as a JSON body; null and blank values count as absent. It needs `keywords`, `location` or `company`.

    `keywords`: all words, `"a b"` as a phrase. `location`: a commune, postcode, department or region, and `radius_km`
    around it. `sources`: those to ask, all that are enabled if left out. `salary_min`: EUR gross a year. `max_results`:
    openings listed at most. `force_refresh`: ask the sources anew, whatever was read a short while ago.
    """

    model_config = ConfigDict(extra="forbid") | example(
        {"keywords": "développeur python", "location": "Lyon", "radius_km": 20, "job_type": "CDI"},
        {"keywords": '"chef de projet"', "work_mode": "remote", "posted_within_days": 7, "salary_min": 42000},
    )

    keyword: str | None = Field(None, description="the same as `keywords`")

    @model_validator(mode="before")
    @classmethod
    def _stated(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        # A key that is none of ours is refused, whatever its value.
        return {name: value for name, value in data.items() if name not in cls.model_fields or not _is_blank(value)}


class RerunBody(HttpModel):
    """How an earlier search is to be run again."""

    model_config = example({"force_refresh": True})

    force_refresh: bool = Field(False, description="ask the sources anew, whatever was read a short while ago")


def search_params(query: SearchQuery, body: SearchBody | None) -> SearchParams:
    """The search that both ask for together.

    Raises 422 for values outside the limits, for a field given twice with different values, and for a search that
    asks for neither keywords nor a place nor a company.
    """
    asked: dict[str, Any] = {}
    for name, value in [*_given(query, "query"), *(_given(body, "body") if body is not None else ())]:
        if name in asked and asked[name] != value:
            raise invalid(name, f"Valeurs différentes pour {name}", "conflicting_values")
        asked[name] = value
    params = SearchParams(**asked)
    if params.is_empty:
        raise ApiError(422, "empty_query", "Indiquez des mots-clés, un lieu ou une entreprise")
    return params


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _given(part: BaseModel, where: str) -> Iterator[tuple[str, Any]]:
    """The fields that were given, under their canonical names, with canonical values."""
    for name in part.model_fields_set:
        canonical = _ALIASES.get(name, name)
        try:
            read = SearchParams.model_validate({canonical: getattr(part, name)})
        except ValidationError as error:
            found = [{"loc": (where, name), "msg": e["msg"], "type": e["type"]} for e in error.errors()]
            raise RequestValidationError(found) from None
        value = getattr(read, canonical)
        if value is not None:
            yield canonical, value


def shown_params(params: SearchParams, sources: Sequence[str]) -> dict[str, Any]:
    """The parameters as answers repeat them; `sources` are those of the plan, asked or skipped."""
    said = params.model_dump(mode="json")
    shown = {name: said[name] for name in _ALWAYS_SHOWN}
    shown |= {"sources": list(sources), "radius_km": params.radius_km, "max_results": params.max_results}
    return shown | {name: said[name] for name in _SHOWN_IF_SET if said[name]}


def shown_place(place: Resolution | None) -> dict[str, Any] | None:
    """What the location was found to be; None where none was asked for."""
    if place is None:
        return None
    shown: dict[str, Any] = {"state": place.state}
    if place.place is not None:
        found = place.place
        shown |= {"kind": found.kind, "label": found.label, "insee": found.insee, "department": found.department}
    if place.state == "ambiguous":
        shown["candidates"] = [candidate.model_dump() for candidate in place.candidates]
    return shown
