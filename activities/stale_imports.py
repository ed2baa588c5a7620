"""What imports leave behind that came to no orderly end: rows without an outcome, files, staging tables."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from temporalio import activity

from activities.contracts import INTERRUPTED
from adapters.object_store import IMPORT_PREFIX, ObjectStore, import_prefix
from db import election_imports, election_merge
from db.engine import Database
from db.tables import Import

FILE_AGE = timedelta(days=7)
"""How long the file of an import that did not complete is kept, for an operator to look at."""

PAGE = 500

IsRunning = Callable[[str], Awaitable[bool | None]]
"""Whether Temporal runs the workflow of this id; None if it does not know it."""


class StaleImports:
    """Ends imports whose run is not there, and drops what is of no use any more."""

    def __init__(self, database: Database, store: ObjectStore, is_running: IsRunning) -> None:
        self._database = database
        self._store = store
        self._is_running = is_running

    async def end_undecided(self, beginning: datetime, before: datetime) -> int:
        """End imports started between the two moments that no run goes on with, as interrupted; how many there were.

        Their file is kept for its time. A run that Temporal does not know may be one that it has forgotten.
        """
        interrupted = 0
        after = beginning
        while imports := await self._undecided(after, before):
            for row in imports:
                if not await self._is_running(row.id):
                    async with self._database.transaction() as session:
                        await election_imports.close_import(session, row.id, "failed", INTERRUPTED)
                    interrupted += 1
                activity.heartbeat()
            after = imports[-1].started_at
        return interrupted

    async def drop_leftovers(self, before: datetime) -> None:
        """Files past their time or without an import, staging tables of decided ones, uploads nobody goes on with."""
        async with self._database.transaction() as session:
            await election_merge.drop_stale_staging(session)
        while imports := await self._with_old_file():
            for import_id in imports:
                await self._drop_file(import_id)
                activity.heartbeat()
        async for keys in self._store.old_objects(IMPORT_PREFIX, before):
            for import_id in await self._unknown({key.split("/")[1] for key in keys}):
                await self._store.delete_prefix(import_prefix(import_id))
            activity.heartbeat()
        await self._store.abort_uploads(IMPORT_PREFIX, before)

    async def _undecided(self, after: datetime, before: datetime) -> list[Import]:
        async with self._database.transaction() as session:
            return await election_imports.undecided(session, after=after, before=before, limit=PAGE)

    async def _with_old_file(self) -> list[str]:
        async with self._database.transaction() as session:
            return await election_imports.with_old_object(session, FILE_AGE, limit=PAGE)

    async def _unknown(self, ids: set[str]) -> set[str]:
        """Those of the ids under which there is no import."""
        async with self._database.transaction() as session:
            return ids - await election_imports.known_imports(session, ids)

    async def _drop_file(self, import_id: str) -> None:
        await self._store.delete_prefix(import_prefix(import_id))
        async with self._database.transaction() as session:
            await election_imports.forget_object(session, import_id)
