"""The ads of job sources in the catalogue: taking them over, reading them back, and which may be shown."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, and_, case, cast, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db.tables import Offer
from domain.offer import Salary
from domain.offer_dedup import ListedAd
from domain.source_ad import AdRef, AdSource, SourceAd

MIRRORED_SOURCE: Final[AdSource] = "france_travail"
"""Its terms: an ad that it has not confirmed for a day is not shown, wherever it came from."""

VERIFIED_WITHIN = timedelta(hours=24)

_ROWS = 200
"""Ads a statement: each has some fifty values, and a statement takes 65,535."""

_JSON = frozenset({"cross_refs", "details", "languages", "salary", "attribution"})
_KEY = ("source", "source_id")
_CONTENT = tuple(name for name in SourceAd.model_fields if name not in (*_KEY, "details"))
"""What makes an ad another one for those who read or match it."""

_FILTERED = (
    "source", "source_id", "title", "company", "description", "location", "work_mode", "job_type", "salary",
    "published_at",
)  # fmt: skip


def confirmed() -> ColumnElement[bool]:
    """Of offers: not withdrawn, and confirmed by their source within a day where it asks for that."""
    verified = Offer.last_verified_at > func.now() - VERIFIED_WITHIN
    return and_(Offer.state != "withdrawn", or_(Offer.mirrored.is_(False), verified))


def visible() -> ColumnElement[bool]:
    """Of offers: open and confirmed, so that they may be shown."""
    return and_(Offer.state == "open", confirmed())


async def upsert_ads(session: AsyncSession, ads: Collection[SourceAd], *, is_seen: bool = True) -> dict[str, int]:
    """Take over ads of one source as it gives them now; the catalogue's id of each by the source's.

    `is_seen`: a search asked for them. An ad that is known in a later state keeps it. Its version moves when its
    content does. Rows are locked in the order of the sources' ids, so that two readings that share ads do not block
    each other for ever.
    """
    ids: dict[str, int] = {}
    rows = sorted((_values(ad) for ad in ads), key=lambda row: (row["source"], row["source_id"]))
    for start in range(0, len(rows), _ROWS):
        part = rows[start : start + _ROWS]
        await session.execute(_upsert(part))
        seen = (
            update(Offer)
            .where(tuple_(Offer.source, Offer.source_id).in_([(row["source"], row["source_id"]) for row in part]))
            .values(
                last_seen_at=func.now() if is_seen else Offer.last_seen_at,
                last_verified_at=func.now(),
                state=case((Offer.state == "expired", "open"), else_=Offer.state),
            )
            .returning(Offer.source_id, Offer.id)
            .execution_options(synchronize_session=False)
        )
        ids.update((await session.execute(seen)).tuples().all())
    return ids


async def ads_to_filter(session: AsyncSession, ids: Collection[int]) -> dict[int, SourceAd]:
    """Ads among `ids` with what filters look at and no more; those withdrawn since are left out."""
    columns = [getattr(Offer, name) for name in _FILTERED]
    statement = select(Offer.id, *columns).where(Offer.id.in_(ids), Offer.state != "withdrawn")
    ads = {}
    for row in (await session.execute(statement)).mappings():
        values = {name: row[name] for name in _FILTERED}
        values["salary"] = Salary.model_validate(row["salary"]) if row["salary"] is not None else None
        ads[row["id"]] = SourceAd.model_construct(**values)  # what was checked when it was written
    return ads


async def offers_by_id(session: AsyncSession, ids: Collection[int]) -> dict[int, tuple[Offer, bool]]:
    """The offers there are among `ids`, each with whether it may be shown."""
    rows = await session.execute(select(Offer, visible()).where(Offer.id.in_(ids)))
    return {offer.id: (offer, shown) for offer, shown in rows.tuples()}


def listed_ad(row: Offer) -> ListedAd:
    """What listing needs of an offer, a recruiter's own or a source's."""
    return ListedAd(
        ref=AdRef.model_validate({"source": row.source, "source_id": row.source_id}),
        title=row.title,
        company=row.company,
        department=row.department,
        country=row.country,
        city=row.location,
        work_mode=row.work_mode,  # type: ignore[arg-type] # written through the types of `domain.offer`
        job_type=row.job_type,  # type: ignore[arg-type]
        urls=tuple(url for url in (row.url, *row.partner_urls) if url),
        cross_refs=tuple(AdRef.model_validate(ref) for ref in row.cross_refs),
        published_at=row.published_at,
    )


def _values(ad: SourceAd) -> dict[str, Any]:
    values = ad.model_dump(exclude=set(_JSON)) | ad.model_dump(mode="json", include=set(_JSON))
    relayed = any(ref.source == MIRRORED_SOURCE for ref in ad.cross_refs)
    return values | {"mirrored": ad.source == MIRRORED_SOURCE or relayed}


def _upsert(rows: Sequence[dict[str, Any]]) -> Any:
    statement = insert(Offer).values(list(rows))
    given = statement.excluded
    changed = _differ(given, _CONTENT)
    updated_later = Offer.source_updated_at > given.source_updated_at
    return statement.on_conflict_do_update(
        index_elements=list(_KEY),
        set_={
            **{name: given[name] for name in (*_CONTENT, "details", "mirrored")},
            "version": Offer.version + cast(changed, Integer),
            "updated_at": func.now(),
        },
        where=and_(func.coalesce(updated_later, False).is_(False), or_(changed, _differ(given, ("details",)))),
    )


def _differ(given: Any, names: Sequence[str]) -> ColumnElement[bool]:
    here = tuple_(*(getattr(Offer, name) for name in names))
    return here.is_distinct_from(tuple_(*(given[name] for name in names)))
