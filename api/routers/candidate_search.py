"""The search of recruiters among validated candidates."""

import html
import math
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from adapters.candidate_query import Hit, Sort, Sorted
from adapters.candidate_request import MARK_END, MARK_START, SORTS
from api.candidate_criteria import Criteria
from api.errors import documented
from api.fields import example
from api.paging import Page, bad_cursor, decode_cursor, encode_cursor
from api.security import RecruiterOrAdmin
from api.state import Parts
from db import candidate_index
from domain.cv import LanguageLevel, SkillLevel
from domain.ids import MAX_ID

router = APIRouter(prefix="/api/v1/candidates", tags=["candidates"])


class FoundSkill(BaseModel):
    """A skill, with its level where the candidate states one."""

    name: str
    level: SkillLevel | None = None


class FoundLanguage(BaseModel):
    """A language (ISO 639-1), with its level where the candidate states one."""

    language: str
    level: LanguageLevel | None = None


class FoundCandidate(BaseModel):
    """A candidate as recruiters find them, without a way to reach them: that is `GET /api/v1/candidates/{id}`.

    `highlights` are passages that matched, as HTML: matches in `<mark>`, everything else escaped. All other texts are
    plain.
    """

    candidate_id: int
    first_name: str | None = None
    last_name: str | None = None
    headline: str | None = None
    city: str | None = None
    sector: str | None = None
    skills: list[FoundSkill] = Field(default_factory=list)
    experience_years: float
    languages: list[FoundLanguage] = Field(default_factory=list)
    admin_score: float | None = None
    availability: date | None = None
    highlights: dict[str, list[str]]


class Facet(BaseModel):
    """A value that the search can be narrowed by, and how many of those found have it."""

    value: str
    count: int


class FoundPage(Page[FoundCandidate]):
    """`total` and `facets` count all who meet the criteria; the parameter of a facet's name takes its values."""

    model_config = example(
        {
            "items": [
                {
                    "candidate_id": 12,
                    "first_name": "Camille",
                    "last_name": "Renard",
                    "headline": "Développeuse Python",
                    "city": "Lyon",
                    "sector": None,
                    "skills": [{"name": "Python", "level": "ADVANCED"}],
                    "experience_years": 4.2,
                    "languages": [{"language": "en", "level": "B2"}],
                    "admin_score": 4.5,
                    "availability": None,
                    "highlights": {"headline": ["Développeuse <mark>Python</mark>"]},
                }
            ],
            "next_cursor": None,
            "total": 1,
            "facets": {"city": [{"value": "Lyon", "count": 1}]},
        }
    )

    total: int
    facets: dict[str, list[Facet]]


@router.get(
    "/search",
    summary="Search candidates",
    response_description="A page of those found, in the order of `sort`",
    responses=documented(401, 403),
)
async def search_candidates(criteria: Annotated[Criteria, Query()], parts: Parts, _: RecruiterOrAdmin) -> FoundPage:
    """Find validated candidates who meet every parameter given. Hits carry no contact: reading the candidate does.

    `q` knows French inflection, accents and typos. Several values of one parameter are repeated, `skills=a&skills=b`,
    or separated by commas where the values hold none.
    """
    query = criteria.query()
    page = await parts.index.search(query, _position(criteria.cursor, query.sort), criteria.limit)
    # The index follows the table with a delay, and for as long as it cannot be written; the table decides.
    async with parts.database.transaction() as session:
        visible = await candidate_index.searchable_among(session, [hit.candidate_id for hit in page.hits])
    return FoundPage(
        items=[_found(hit) for hit in page.hits if hit.candidate_id in visible],
        next_cursor=None if page.following is None else encode_cursor([query.sort, *page.following]),
        total=page.total,
        facets={name: [Facet(value=v.value, count=v.count) for v in values] for name, values in page.facets.items()},
    )


def _position(cursor: str | None, sort: Sort) -> Sorted | None:
    """The place a cursor stands for. Raises 422 for one of another order, or that we did not hand out."""
    position = decode_cursor(cursor, list[Any])
    if position is None:
        return None
    name, *values = position or [None]
    numbers = [value for value in values if type(value) in (int, float) and math.isfinite(value)]
    if name != sort or len(numbers) != len(values) or len(values) != len(SORTS[sort]):
        raise bad_cursor()
    if any(abs(number) > MAX_ID for number in numbers) or type(numbers[-1]) is not int:
        raise bad_cursor()
    return tuple(numbers)


def _found(hit: Hit) -> FoundCandidate:
    """What is shown of a hit. Elasticsearch leaves out lists that are empty, look-alikes do not."""
    highlights = {_FIELDS.get(name, name): list(map(_marked, texts)) for name, texts in hit.highlights.items()}
    shown = {**hit.shown, "experience_years": round(hit.shown["experience_years"], 1)}
    return FoundCandidate.model_validate({**shown, "candidate_id": hit.candidate_id, "highlights": highlights})


_FIELDS = {"skill_names": "skills"}


def _marked(text: str) -> str:
    return html.escape(text).replace(MARK_START, "<mark>").replace(MARK_END, "</mark>")
