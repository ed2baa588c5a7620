"""What scoring reads of candidates and offers: a few columns of wide rows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.catalogue import confirmed
from db.tables import Candidate, Json, Offer

_ASKED = (
    *("title", "required_skills", "preferred_skills", "location", "work_mode", "job_type", "experience_min_years"),
    *("experience_max_years", "education_level", "languages", "salary"),
)
"""What the score of a pair rests on: the long text of an offer is not part of it."""


@dataclass(frozen=True, slots=True)
class CandidateSide:
    """A candidate at one version of profile and preferences."""

    version: int
    profile: Json | None
    preferences: Json


@dataclass(frozen=True, slots=True)
class OfferSide:
    """An offer at one version. One that is not `confirmed` may not be matched at present."""

    version: int
    confirmed: bool
    content: Mapping[str, Any]


async def candidate_sides(session: AsyncSession, ids: Collection[int]) -> dict[int, CandidateSide]:
    """The candidates there are among `ids`."""
    columns = (Candidate.id, Candidate.profile_version, Candidate.profile, Candidate.preferences)
    rows = await session.execute(select(*columns).where(Candidate.id.in_(ids)))
    return {key: CandidateSide(version, profile, preferences) for key, version, profile, preferences in rows.tuples()}


async def offer_sides(session: AsyncSession, ids: Collection[int]) -> dict[int, OfferSide]:
    """The offers there are among `ids`."""
    columns = (Offer.id, Offer.version, confirmed(), *(getattr(Offer, name) for name in _ASKED))
    rows = await session.execute(select(*columns).where(Offer.id.in_(ids)))
    return {
        key: OfferSide(version, shown, dict(zip(_ASKED, content, strict=True)))
        for key, version, shown, *content in rows.tuples()
    }


async def hold_mirrored(session: AsyncSession, ids: Collection[int]) -> None:
    """Keep these offers from being withdrawn by their source until the transaction ends, as it has quoted them.

    One that is being withdrawn is waited for: whoever looks next sees that it is.
    """
    held = select(Offer.id).where(Offer.id.in_(ids), Offer.mirrored).order_by(Offer.id).with_for_update(read=True)
    await session.execute(held)
