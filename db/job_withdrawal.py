"""Withdrawing ads that their source has deleted: what is kept of them, and that searches do not bring them back.

A withdrawn row keeps its id, its title and the figures of the offer; what tells whose it was is emptied, and a keyed
hash takes the place of the source's id. By that hash the ad is known should its source give it again.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, cast, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.ext.asyncio import AsyncSession

from db.catalogue import MIRRORED_SOURCE
from db.tables import JobSourceRunOffer, MatchingResult, Offer
from domain.source_ad import AdRef, SourceAd

Pseudonym = Callable[[str], str]
"""The keyed hash that stands for a name."""

NOT_TAKEN_FOR = timedelta(hours=24)
"""How long a search may still give an ad that is gone: its source's lists, and those that relay them, lag behind."""

_LOCK: Final = 0x4F464652
"""Key of the advisory lock: shared by those who store ads, alone for who withdraws one."""

_KEPT = frozenset(
    {
        "source", "title", "rome_code", "job_type", "contract_label", "work_time", "department", "region", "country",
        "salary", "attribution", "published_at", "source_updated_at",
    }
)  # fmt: skip
_EMPTY: Final[Mapping[str, Any]] = {
    name: None if field.is_required() else field.get_default(call_default_factory=True)
    for name, field in SourceAd.model_fields.items()
    if name not in {*_KEPT, "source_id"}
}
"""Every other field of an ad, emptied: one that is added later is forgotten too, unless it is named above."""

_QUOTING: Final = (
    ["strengths"],
    ["gaps"],
    ["details", "skills_matching"],
    ["details", "experience_matching"],
    ["details", "education_matching"],
)
"""The parts of a score's explanation that tell what the offer asks for."""


def tied_to(source_id: str) -> ColumnElement[bool]:
    """Of offers: the ad that France Travail knows by this id, and those that others relay of it."""
    relayed = [{"source": MIRRORED_SOURCE, "source_id": source_id}]
    return or_(
        and_(Offer.source == MIRRORED_SOURCE, Offer.source_id == source_id),
        and_(Offer.mirrored, Offer.cross_refs.contains(relayed)),
    )


async def withdraw(session: AsyncSession, source_id: str, *, told_at: datetime, pseudonym: Pseudonym) -> int:
    """Withdraw what is tied to an id that France Travail, as it told then, does not know any more.

    How many ads that were; those that have been confirmed since then, by the database's clock, stay as they are.
    """
    await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    statement = (
        select(Offer.id, Offer.source, Offer.source_id)
        .where(tied_to(source_id), Offer.state != "withdrawn", Offer.last_verified_at < told_at)
        .order_by(Offer.source, Offer.source_id)
        .with_for_update()
    )
    rows = list((await session.execute(statement)).tuples())
    for offer_id, source, own_id in rows:
        await session.execute(
            update(Offer)
            .where(Offer.id == offer_id)
            .values(
                **_EMPTY,
                source_id=_hashed(source, own_id, pseudonym),
                state="withdrawn",
                withdrawn_at=func.now(),
                updated_at=func.now(),
                version=Offer.version + 1,
            )
        )
    ids = [row[0] for row in rows]
    await session.execute(delete(JobSourceRunOffer).where(JobSourceRunOffer.offer_id.in_(ids)))
    await forget_quotes(session, ids)
    return len(ids)


async def forget_quotes(session: AsyncSession, offer_ids: Collection[int]) -> None:
    """Take out of the scores of those offers that are withdrawn what explains them; the figures stay.

    Also the last word of whoever scores: they may have read an offer before it was withdrawn.
    """
    silent: Any = MatchingResult.explanation
    for path in _QUOTING:
        silent = silent.op("#-")(cast(path, ARRAY(TEXT)))
    gone = select(Offer.id).where(Offer.id.in_(offer_ids), Offer.state == "withdrawn")
    await session.execute(
        update(MatchingResult)
        .where(MatchingResult.offer_id.in_(gone))
        .values(explanation=silent)
        .execution_options(synchronize_session=False)
    )


async def admit(session: AsyncSession, ads: Sequence[SourceAd], pseudonym: Pseudonym) -> list[SourceAd]:
    """Those of a search's ads that may be stored: not the ones withdrawn within a day, whatever the search was told.

    One that was withdrawn longer ago is open again under its old id, and empty: it must be stored in the same
    transaction. No ad is withdrawn before that has ended.
    """
    names = {ad.ref: [_hashed(ref.source, ref.source_id, pseudonym) for ref in _named(ad)] for ad in ads}
    hashes = {name for all_of_one in names.values() for name in all_of_one}
    if not hashes:
        return list(ads)
    await session.execute(select(func.pg_advisory_xact_lock_shared(_LOCK)))
    sources = {ref.source for ad in ads for ref in _named(ad)}
    keys = [(source, name) for source in sorted(sources) for name in sorted(hashes)]
    recent = Offer.withdrawn_at > func.now() - NOT_TAKEN_FOR
    statement = select(Offer.source_id, recent).where(
        tuple_(Offer.source, Offer.source_id).in_(keys), Offer.state == "withdrawn"
    )
    withdrawn = dict((await session.execute(statement)).tuples().all())
    taken = [ad for ad in ads if not any(withdrawn.get(name) for name in names[ad.ref])]
    back = [ad for ad in taken if names[ad.ref] and names[ad.ref][0] in withdrawn]
    for ad in sorted(back, key=lambda one: (one.source, one.source_id)):
        await session.execute(
            update(Offer)
            .where(Offer.source == ad.source, Offer.source_id == names[ad.ref][0], Offer.state == "withdrawn")
            .values(source_id=ad.source_id, state="open", withdrawn_at=None, source_updated_at=None)
        )
    return taken


def _named(ad: SourceAd) -> list[AdRef]:
    """The names by which an ad that must be mirrored may have been withdrawn, its own first; none for another's."""
    others = [ref for ref in ad.cross_refs if ref.source == MIRRORED_SOURCE]
    return [ad.ref, *others] if others or ad.source == MIRRORED_SOURCE else []


def _hashed(source: str, source_id: str, pseudonym: Pseudonym) -> str:
    return pseudonym(f"{source}\n{source_id}")
