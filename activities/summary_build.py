"""The steps of a build of the summary: claim, partitions, indexes, publication, refresh, and giving up.

Each runs its statements with heartbeats; a cancel of the step cancels them on the server too. What the database
refuses ends the build at once, what it cannot do for the moment is tried again; its own words go nowhere, as they can
quote a row.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.contracts import (
    Failure,
    PublishedSummary,
    SummaryBuildEnd,
    SummaryBuildRef,
    SummaryBuildRemains,
    SummaryPart,
    SummaryPartStep,
    SummaryPlan,
    SummaryPublishStep,
)
from activities.errors import final, passing
from activities.heartbeat import heartbeating
from db import summary_builds, summary_staging
from db.engine import Database
from db.summary_staging import Build

BEAT = timedelta(seconds=2)

STATEMENT_LIMIT = timedelta(minutes=10)
LOCK_LIMIT = timedelta(seconds=2)
"""What a publication waits for those who read the table, and a refresh for those who write it.

Readers that come later wait behind a publication, hence so little.
"""

CLAIM_LOCK_LIMIT = timedelta(seconds=30)
"""What a claim, or the giving up of a build, waits for the merge of an import."""

_TRANSIENT_CLASSES = ("08", "40", "53", "57P")
_LOCK_NOT_AVAILABLE = "55P03"

_ENDED = "La reconstruction est déjà terminée"
_CHANGED = "La table siret_summary a été modifiée pendant la reconstruction"


class SummaryActivities:
    """Builds the summary in partitions of `partition_rows`, `parallelism` at once; history lasts `history`."""

    def __init__(self, database: Database, *, partition_rows: int, parallelism: int, history: timedelta) -> None:
        self._database = database
        self._partition_rows = partition_rows
        self._parallelism = parallelism
        self._history = history

    @activity.defn
    async def prepare_summary(self, ref: SummaryBuildRef) -> SummaryPlan:
        """Claim what there is to do and divide it; what dead builds and old history left is dropped."""
        async with heartbeating(BEAT):
            async with self._transaction() as session:
                await summary_builds.drop_history(session, self._history)
            async with self._transaction(CLAIM_LOCK_LIMIT) as session:
                try:
                    claim = await summary_builds.claim(session, _build(ref))
                except summary_builds.BuildEnded:
                    raise final(Failure.SUMMARY_ENDED, _ENDED) from None
            if claim.mode == "incremental":
                async with self._transaction() as session:
                    rows = await summary_staging.count_touched_rows(session, claim.claimed)
                return SummaryPlan(mode="incremental", claimed=claim.claimed, input_rows=rows)
            async with self._transaction() as session:
                parts = await summary_staging.cut(session, self._partition_rows)
        return SummaryPlan(
            mode="full",
            claimed=claim.claimed,
            input_rows=sum(part.input_rows for part in parts),
            parts=[
                SummaryPart(number=number, low=part.low, high=part.high, input_rows=part.input_rows)
                for number, part in enumerate(parts)
            ],
            parallelism=self._parallelism,
        )

    @activity.defn
    async def insert_summary_part(self, step: SummaryPartStep) -> None:
        """Compute one partition into the staging table, once."""
        async with heartbeating(BEAT), self._transaction() as session:
            bounds = (step.part.low, step.part.high)
            await summary_staging.insert_part(session, _build(step.build), step.part.number, bounds)

    @activity.defn
    async def index_summary(self, ref: SummaryBuildRef) -> None:
        """Give the staging table the key, the indexes and the statistics of the live one."""
        build = _build(ref)

        async def add(name: str) -> None:
            async with self._transaction() as session:
                await summary_staging.add_index(session, build, name)

        async with heartbeating(BEAT):
            added = await asyncio.gather(*(add(name) for name in summary_staging.index_names()), return_exceptions=True)
            for error in added:
                if isinstance(error, BaseException):
                    raise error
            async with self._transaction() as session:
                await summary_staging.add_key(session, build)

    @activity.defn
    async def publish_summary(self, step: SummaryPublishStep) -> PublishedSummary:
        """Put the staging table in the place of the live one."""
        async with heartbeating(BEAT), self._transaction(LOCK_LIMIT) as session:
            try:
                rows = await summary_builds.publish(session, _build(step.build), parts=step.parts, claimed=step.claimed)
            except summary_builds.PartsMissing:
                raise final(Failure.SUMMARY_INCOMPLETE, "Des partitions de la reconstruction manquent") from None
            except summary_builds.ColumnsDiffer:
                raise final(Failure.SUMMARY_CHANGED, _CHANGED) from None
            except summary_builds.BuildEnded:
                raise final(Failure.SUMMARY_ENDED, _ENDED) from None
        return PublishedSummary(rows=rows)

    @activity.defn
    async def refresh_summary(self, step: SummaryPublishStep) -> PublishedSummary:
        """Bring the live table up to date with the claimed changes."""
        async with heartbeating(BEAT), self._transaction(LOCK_LIMIT) as session:
            try:
                rows = await summary_builds.refresh(session, _build(step.build), step.claimed)
            except summary_builds.BuildEnded:
                raise final(Failure.SUMMARY_ENDED, _ENDED) from None
        return PublishedSummary(rows=rows)

    @activity.defn
    async def abandon_summary(self, end: SummaryBuildEnd) -> SummaryBuildRemains:
        """Drop what the pass has made and record why it ended, unless it was published all the same."""
        async with heartbeating(BEAT), self._transaction(CLAIM_LOCK_LIMIT) as session:
            rows = await summary_builds.abandon(session, _build(end.build), end.error)
        return SummaryBuildRemains(rows=rows)

    @asynccontextmanager
    async def _transaction(self, lock_limit: timedelta | None = None) -> AsyncGenerator[AsyncSession]:
        """A transaction tuned for long statements, whose errors are told apart by SQLSTATE."""
        try:
            async with self._database.transaction() as session:
                await summary_staging.tune(session, limit=STATEMENT_LIMIT, lock_limit=lock_limit)
                yield session
        except DBAPIError as error:
            refused = _refusal(error)
            if refused is None:
                raise
        else:
            return
        raise refused from None  # its text can quote a row


def _build(ref: SummaryBuildRef) -> Build:
    return Build(ref.build_id, ref.run_id, ref.mode, ref.started_at)


def _refusal(error: DBAPIError) -> ApplicationError | None:
    """What to say of a database error; None for one without SQLSTATE, which is a lost connection."""
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return None
    if state == _LOCK_NOT_AVAILABLE:
        return passing(Failure.SUMMARY_BLOCKED, "La table est occupée par une autre opération")
    if state.startswith(_TRANSIENT_CLASSES):
        return passing(Failure.DATABASE_UNAVAILABLE, "Base de données indisponible")
    return final(Failure.SUMMARY_SQL, f"La base de données a refusé une instruction (SQLSTATE {state})")
