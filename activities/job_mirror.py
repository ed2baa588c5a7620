"""Keeping the ads of job sources as their terms ask: confirmed every day, withdrawn with them, gone when unused."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol, Self

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.contracts import DueFrom, DueOffers, DuePlace, MirroredOffer, MirrorOutcome, TidiedOffers
from activities.heartbeat import heartbeating
from adapters.job_sources.errors import SourceFailure
from adapters.job_sources.france_travail import FranceTravail
from db import job_expiry, job_mirror
from db.engine import Database
from db.job_mirror import DueOffer
from db.job_withdrawal import Pseudonym, withdraw
from domain.source_ad import AdSource, SourceAd
from runtime.logging import get_logger
from runtime.settings import Settings

log = get_logger(__name__)

ROWS = 500
"""Ads that one transaction expires or deletes."""

MARGIN = timedelta(seconds=5)
"""What is left of a step for storing what the source answered at the last moment."""


class Part(Protocol):
    """A change of at most `limit` rows, which tells how many it was."""

    async def __call__(self, session: AsyncSession, /, *, limit: int) -> int: ...


@dataclass(frozen=True)
class Terms:
    """For how long: a mirrored ad goes unconfirmed before it is asked for again; an unused one is kept; ads of a source
    that does not give them any more stay open, by source; an expired one is kept.
    """

    confirmed: timedelta
    unused: timedelta
    unseen: Mapping[AdSource, timedelta]
    expired: timedelta

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            confirmed=timedelta(hours=settings.job_confirmed_hours),
            unused=timedelta(days=settings.job_unused_days),
            unseen={
                "adzuna": timedelta(days=settings.adzuna_unseen_days),
                "arbeitnow": timedelta(days=settings.arbeitnow_unseen_days),
                "la_bonne_alternance": timedelta(days=settings.lba_unseen_days),
            },
            expired=timedelta(days=settings.job_expired_days),
        )


class JobMirrorActivities:
    """Asks the source about one ad at a time. Twice is once: what is confirmed or gone is not asked for again."""

    def __init__(self, database: Database, source: FranceTravail, pseudonym: Pseudonym, terms: Terms) -> None:
        self._database = database
        self._source = source
        self._pseudonym = pseudonym
        self._terms = terms

    @activity.defn
    async def tidy_offers(self) -> TidiedOffers:
        """Expire what is not given any more; delete what has been expired, or unused, for long enough."""
        terms = self._terms
        expired = deleted = 0
        async with heartbeating():
            for source, unseen in terms.unseen.items():
                over = unseen + terms.expired
                expired += await self._in_parts(partial(job_expiry.expire_unseen, source=source, after=unseen))
                deleted += await self._in_parts(partial(job_expiry.delete_expired, source=source, after=over))
            unused = partial(job_expiry.delete_unused, unverified=terms.confirmed, unused=terms.unused)
            deleted += await self._in_parts(unused)
        return TidiedOffers(expired=expired, deleted=deleted)

    @activity.defn
    async def list_due_offers(self, given: DueFrom) -> DueOffers:
        """The next offers that must be confirmed; none where the source cannot be asked."""
        if self._source.unavailable is not None:
            return DueOffers()
        since = DueOffer(given.since.offer_id, given.since.last_verified_at) if given.since is not None else None
        async with self._database.transaction() as session:
            due = await job_mirror.due_offers(session, after=self._terms.confirmed, since=since, limit=given.limit)
        last = due[-1] if len(due) == given.limit else None
        return DueOffers(
            ids=[offer.id for offer in due],
            next=DuePlace(offer_id=last.id, last_verified_at=last.last_verified_at) if last is not None else None,
        )

    @activity.defn
    async def mirror_offer(self, given: MirroredOffer) -> MirrorOutcome:
        """Ask the source about one ad: take over what it says, or withdraw what is gone. An error changes nothing."""
        async with heartbeating():
            async with self._database.transaction() as session:
                source_id = await job_mirror.source_id_to_ask(session, given.offer_id, after=self._terms.confirmed)
            if source_id is None:
                return MirrorOutcome(answer="settled")
            ad = await self._ask(source_id)
            if isinstance(ad, SourceFailure):
                log.warning("offer not confirmed", offer=given.offer_id, code=ad.code)
                return MirrorOutcome(answer="unanswered", code=ad.error.code)
            if ad is not None:
                async with self._database.transaction() as session:
                    confirmed = await job_mirror.confirm(session, ad)
                return MirrorOutcome(answer="confirmed" if confirmed else "settled")
            async with self._database.transaction() as session:
                told_at = await job_mirror.clock(session)
            async with self._database.transaction() as session:
                gone = await withdraw(session, source_id, told_at=told_at, pseudonym=self._pseudonym)
        return MirrorOutcome(answer="withdrawn" if gone else "settled")

    async def _ask(self, source_id: str) -> SourceAd | SourceFailure | None:
        """The ad, None for one that is gone, or why that is not known."""
        limit = activity.info().start_to_close_timeout or MARGIN
        try:
            async with asyncio.timeout(max(limit - MARGIN, limit / 2).total_seconds()):
                ad = await self._source.read_ad(source_id)
        except SourceFailure as failure:
            return failure
        except TimeoutError:
            return SourceFailure("timeout")
        if ad is not None and ad.source_id != source_id:
            return SourceFailure("bad_payload")
        return ad

    async def _in_parts(self, part: Part) -> int:
        """Repeat a change, some rows at a time and each time in a transaction, until nothing is left to change."""
        changed = 0
        while True:
            async with self._database.transaction() as session:
                rows = await part(session, limit=ROWS)
            changed += rows
            if rows == 0:
                return changed
