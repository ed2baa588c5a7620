"""Bringing the live search index into line with the table, one candidate at a time: nothing else writes it."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from temporalio import activity

from activities.contracts import Failure, SyncCandidate, SyncedCandidate
from activities.errors import final, passing
from adapters.candidate_index import CandidateIndex, IndexMissing, IndexRejected, IndexUnavailable
from db import candidate_index, index_maintenance
from db.candidate_index import Projection
from db.engine import Database

TRIES = 3
"""Writes of one candidate before the index is given time: one, and one above a version that the table never had."""


class CandidateIndexActivities:
    """The step that every change of a searchable candidate ends with."""

    def __init__(self, database: Database, index: CandidateIndex) -> None:
        self._database = database
        self._index = index

    @activity.defn
    async def sync_candidate(self, input: SyncCandidate) -> SyncedCandidate:
        """Write or remove the candidate's document, as the table has the candidate now."""
        with index_errors(persistent=input.persistent):
            synced = await sync(self._database, self._index, input.candidate_id)
        return synced.model_copy(update={"attempts": activity.info().attempt})


async def sync(database: Database, index: CandidateIndex, candidate_id: int) -> SyncedCandidate:
    """Make the live index say of a candidate what the table says, under a new version.

    The version is moved and committed before the index is written: whoever compares the two later sees a write that
    never arrived, and no late write overtakes a newer state. Raises what the index raises.
    """
    for _ in range(TRIES):
        async with database.transaction() as session:
            row = await candidate_index.take_version(session, candidate_id)
        try:
            written = await _write(index, candidate_id, row)
        except IndexMissing:
            await index.ensure()
            written = await _write(index, candidate_id, row)
        if row is None:
            return SyncedCandidate(indexed=False)
        if written or not await _overtakes(database, index, row):
            return SyncedCandidate(indexed=row.searchable, version=row.version)
    raise IndexUnavailable("Newer version in the index")


async def _write(index: CandidateIndex, candidate_id: int, row: Projection | None) -> bool:
    """False when the index knows a newer version."""
    if row is None:
        return await index.remove(candidate_id, None)
    if not row.searchable:
        return await index.remove(candidate_id, row.version)
    try:
        document = await asyncio.to_thread(row.document)  # hostile texts take seconds
    except ValueError:
        document = None
    if document is None:
        raise IndexRejected("Profil illisible")  # outside the except block: pydantic quotes what it read
    return await index.put(candidate_id, document, row.version)


async def _overtakes(database: Database, index: CandidateIndex, row: Projection) -> bool:
    """Whether the write that lost is to be repeated, above the version in the index.

    It is not when the candidate has changed since: that change has a write of its own. Otherwise the index is ahead of
    the table, after a restored backup or a removal by hand.
    """
    held = await index.version_of(row.candidate_id) or row.version
    async with database.transaction() as session:
        return await index_maintenance.move_version(session, row.candidate_id, row.version, held)


@contextmanager
def index_errors(*, persistent: bool = False, named: bool = False) -> Generator[None]:
    """Name what the index raises.

    `persistent`: what it refuses is worth another try like what it does not answer. `named`: the index is one that is
    being built, and does not come back once it is gone.
    """
    try:
        yield
    except (IndexUnavailable, IndexMissing) as error:
        if named and isinstance(error, IndexMissing):
            raise final(Failure.INDEX_REJECTED, "L'index en construction a disparu") from None
        raise passing(Failure.INDEX_UNAVAILABLE, str(error)) from None
    except IndexRejected as error:
        fail = passing if persistent else final
        raise fail(Failure.INDEX_REJECTED, str(error)) from None
