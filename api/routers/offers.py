"""The catalogue of offers: everybody reads; administrators, services and the recruiter who wrote one change it."""

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import ApiError, documented, not_found
from api.fields import Cursor, HttpModel, Limit, PathId, Word
from api.paging import Page, decode_cursor, encode_cursor
from api.security import AnyCaller, Caller, OfferWriter
from api.state import Parts
from db import catalogue, offers
from db.tables import Offer as OfferRow
from domain.cv import EducationLevel, LanguageLevel
from domain.offer import JobType, SalaryPeriod, WorkMode
from domain.places import Gazetteer

router = APIRouter(prefix="/api/v1/offers", tags=["offers"])

MAX_WORDS = 8
"""Words of a query that count."""

Skills = Annotated[list[Word], Field(max_length=100)]
Years = Annotated[float, Field(ge=0, le=60)]
Amount = Annotated[float, Field(ge=0, le=10_000_000)]


class LanguageBody(HttpModel):
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$", description="ISO 639-1")]
    level: LanguageLevel | None = None


class SalaryBody(HttpModel):
    min: Amount | None = None
    max: Amount | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    period: SalaryPeriod = "year"


class OfferBody(HttpModel):
    """An offer as a recruiter writes it; only `title` is required."""

    title: Annotated[str, Field(min_length=1, max_length=300)]
    company: Word | None = None
    description: Annotated[str, Field(max_length=50_000)] = ""
    required_skills: Skills = Field(default_factory=list)
    preferred_skills: Skills = Field(default_factory=list)
    location: Word | None = None
    work_mode: WorkMode | None = None
    job_type: JobType | None = None
    experience_min_years: Years | None = None
    experience_max_years: Years | None = None
    education_level: EducationLevel | None = None
    languages: Annotated[list[LanguageBody], Field(max_length=30)] = Field(default_factory=list)
    salary: SalaryBody | None = None
    url: Annotated[str, Field(max_length=2000, pattern=r"^https?://")] | None = None

    @model_validator(mode="after")
    def _ranges(self) -> Self:
        low, high = self.experience_min_years, self.experience_max_years
        if low is not None and high is not None and low > high:
            raise ValueError("experience_min_years must not exceed experience_max_years")
        pay = self.salary
        if pay and pay.min is not None and pay.max is not None and pay.min > pay.max:
            raise ValueError("salary.min must not exceed salary.max")
        return self


class OfferAnswer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    source: str
    title: str
    company: str | None
    description: str
    required_skills: list[str]
    preferred_skills: list[str]
    location: str | None
    work_mode: str | None
    job_type: str | None
    experience_min_years: float | None
    experience_max_years: float | None
    education_level: str | None
    languages: list[dict[str, Any]]
    salary: dict[str, Any] | None
    url: str | None
    logo_url: str | None
    attribution: dict[str, Any] | None
    state: str
    version: int
    created_at: datetime
    updated_at: datetime


class WholeOffer(OfferAnswer):
    """An offer with all that its source says; `details` is the source's own row, and empty for a recruiter's offer."""

    source_id: str
    partner: str | None
    company_url: str | None
    description_truncated: bool
    requirements: str | None
    skills_inferred: bool
    insee: str | None
    postcode: str | None
    department: str | None
    region: str | None
    country: str | None
    latitude: float | None
    longitude: float | None
    work_mode_inferred: bool
    contract_label: str | None
    work_time: str | None
    openings: int | None
    rome_code: str | None
    naf: str | None
    apply_url: str | None
    published_at: datetime | None
    source_updated_at: datetime | None
    first_seen_at: datetime
    last_seen_at: datetime
    last_verified_at: datetime
    details: dict[str, Any]


@router.post("", status_code=201, responses=documented(400, 401, 403, 413))
async def create_offer(body: OfferBody, parts: Parts, caller: OfferWriter, response: Response) -> WholeOffer:
    """Add an offer to the catalogue."""
    async with parts.database.transaction() as session:
        row = await offers.add_offer(session, created_by=caller.id, values=_values(body, parts.places))
        response.headers["Location"] = f"/api/v1/offers/{row.id}"
        return await _whole(session, row)


@router.get("", responses=documented(401))
async def list_offers(
    parts: Parts,
    _: AnyCaller,
    q: Annotated[Word | None, Query(description="words that title, company or description contain")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[OfferAnswer]:
    """Open offers, the oldest first. A source's offer is shown with its `attribution` and linked to its `url`."""
    after = decode_cursor(cursor, int) or 0
    async with parts.database.transaction() as session:
        rows = await offers.list_offers(session, words=(q or "").split()[:MAX_WORDS], after=after, limit=limit + 1)
    following = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page(items=[OfferAnswer.model_validate(row) for row in rows[:limit]], next_cursor=following)


@router.get("/{offer_id}", responses=documented(401, 404, 410))
async def get_offer(offer_id: PathId, parts: Parts, _: AnyCaller) -> WholeOffer:
    """One offer, with all that is known of it. 410: its source has withdrawn it, or not confirmed it for a day."""
    async with parts.database.transaction() as session:
        row, is_visible = (await catalogue.offers_by_id(session, [offer_id])).get(offer_id, (None, False))
        if row is None:
            raise _unknown(offer_id)
        if row.state == "withdrawn" or (row.state == "open" and not is_visible):
            raise ApiError(410, "offer_gone", f"L'offre {offer_id} n'est plus disponible")
        return await _whole(session, row)


@router.put("/{offer_id}", responses=documented(400, 401, 403, 404, 413))
async def replace_offer(offer_id: PathId, body: OfferBody, parts: Parts, caller: OfferWriter) -> WholeOffer:
    """Replace an offer's content. Scores made before stay, with the version they were made for."""
    async with parts.database.transaction() as session:
        await _writable(await offers.get_offer(session, offer_id), offer_id, caller)
        row = await offers.change_offer(session, offer_id, _values(body, parts.places))
        if row is None:
            raise _unknown(offer_id)
        return await _whole(session, row)


@router.delete("/{offer_id}", status_code=204, responses=documented(401, 403, 404))
async def delete_offer(offer_id: PathId, parts: Parts, caller: OfferWriter) -> None:
    """Remove an offer together with its scores."""
    async with parts.database.transaction() as session:
        await _writable(await offers.get_offer(session, offer_id), offer_id, caller)
        await offers.delete_offer(session, offer_id)


def _values(body: OfferBody, places: Gazetteer) -> dict[str, Any]:
    """The offer as it is stored: with the place that its location names, if that can be one alone."""
    place = places.resolve(body.location).place if body.location is not None else None
    return body.model_dump(mode="json") | {
        "insee": place.insee if place else None,
        "department": place.department if place else None,
        "region": place.region if place else None,
        "country": "FR" if place else None,
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
    }


async def _whole(session: AsyncSession, row: OfferRow) -> WholeOffer:
    await session.refresh(row, ["details"])  # left out of every other reading: it may be large
    return WholeOffer.model_validate(row)


async def _writable(row: OfferRow | None, offer_id: int, caller: Caller) -> None:
    if row is None or (row.source == "internal" and not caller.owns(row.created_by)):
        raise _unknown(offer_id)
    if row.source != "internal":
        raise ApiError(403, "imported_offer", "Une offre importée ne peut pas être modifiée")


def _unknown(offer_id: int) -> ApiError:
    return not_found(f"Offre {offer_id} introuvable", "offer_not_found")
