"""The steps of importing an election spreadsheet."""

import asyncio
import json
import tempfile
from datetime import timedelta
from pathlib import Path, PurePath

from sqlalchemy import make_url
from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from activities.child import ChildDied, ChildTimedOut, run_child
from activities.contracts import (
    PROGRESS_MEMO,
    REFRESH_SIGNAL,
    SUMMARY_BUILD_ID,
    SUMMARY_WORKFLOW,
    ElectionImport,
    Failure,
    ImportClosing,
    ImportCounts,
    RebuildSummaryInput,
    SummaryProgress,
)
from activities.election_reading import load_into
from activities.errors import expected, final, passing
from activities.heartbeat import heartbeating
from adapters.object_store import ObjectStore, import_prefix
from db import election_imports, election_merge, summary_builds
from db.engine import Database
from db.tables import Import

READ_LIMIT = timedelta(minutes=28)
"""The time one file may take, both tries of an attempt together."""

MERGE_AGAIN = timedelta(seconds=1)
"""When a merge that found another under way comes again."""

LINK_LIFETIME = timedelta(hours=1)

_UNREADABLE = "Fichier illisible : sa lecture a échoué deux fois (fichier endommagé ou trop volumineux)"
_TOO_SLOW = "Fichier illisible : sa lecture dépasse le temps imparti"
_GONE = "Import introuvable ou déjà terminé"


class ElectionImportActivities:
    """Loading, merging, closing and cleaning up, each safe to run twice.

    `database_url` is what the reading process connects with.
    """

    def __init__(self, database: Database, store: ObjectStore, client: Client, *, database_url: str) -> None:
        self._database = database
        self._store = store
        self._client = client
        url = make_url(database_url).set(drivername="postgresql")
        self._database_url = url.render_as_string(hide_password=False)

    @activity.defn
    async def load_election_rows(self, step: ElectionImport) -> None:
        """Read the file in a killable child process; its rows wait in a staging table of their own."""
        async with heartbeating():
            async with self._database.transaction() as session:
                row = await election_imports.get_import(session, step.import_id)
            if row is None or row.object_key is None or row.outcome is not None:
                raise final(Failure.REQUEST_GONE, _GONE)
            await self._load(row, row.object_key)

    @activity.defn
    async def merge_election_rows(self, step: ElectionImport) -> ImportCounts:
        """Put the rows in place, all of them or none, and decide the import as completed."""
        async with heartbeating():
            try:
                async with self._database.transaction() as session:
                    counts = await election_merge.merge_import(session, step.import_id)
            except election_merge.ImportGone:
                raise final(Failure.REQUEST_GONE, _GONE) from None
            except election_merge.MergesBusy:
                raise expected(Failure.IMPORT_WAITING, "Un autre import est en cours", delay=MERGE_AGAIN) from None
        return ImportCounts.model_validate(counts, from_attributes=True)

    @activity.defn
    async def close_election_import(self, closing: ImportClosing) -> ImportCounts | None:
        """Decide the import as failed or cancelled. If it was merged all the same it stays so: answers its counts."""
        outcome: election_imports.Outcome = "cancelled" if closing.outcome == "cancelled" else "failed"
        async with self._database.transaction() as session:
            await election_imports.close_import(session, closing.import_id, outcome, closing.error)
            row = await election_imports.get_import(session, closing.import_id)
        if row is None or row.outcome != "completed":
            return None
        return ImportCounts.model_validate(row, from_attributes=True)

    @activity.defn
    async def clean_election_import(self, step: ElectionImport) -> None:
        """Drop the staging table, and the file once it is merged; an operator may want to look at another one."""
        async with self._database.transaction() as session:
            await election_merge.drop_staging(session, step.import_id)
            row = await election_imports.get_import(session, step.import_id)
        if row is None or row.outcome == "completed":
            await self._store.delete_prefix(import_prefix(step.import_id))
            async with self._database.transaction() as session:
                await election_imports.forget_object(session, step.import_id)

    @activity.defn
    async def request_summary_refresh(self) -> None:
        """Have the summary brought up to date, if there is one: a build that is under way makes another pass."""
        async with self._database.transaction() as session:
            if await summary_builds.latest_published(session) is None:
                return
        await self._client.start_workflow(
            SUMMARY_WORKFLOW,
            RebuildSummaryInput(mode="incremental"),
            id=SUMMARY_BUILD_ID,
            task_queue=activity.info().task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal=REFRESH_SIGNAL,
            memo={PROGRESS_MEMO: SummaryProgress()},
            rpc_timeout=timedelta(seconds=5),
        )

    async def _load(self, row: Import, object_key: str) -> None:
        with tempfile.TemporaryDirectory(prefix="talentflow-") as folder:
            answer = Path(folder, "answer.json")
            arguments = (
                self._database_url,
                self._store.link(object_key, LINK_LIFETIME),
                row.id,
                row.kind,
                PurePath(row.file_name).suffix.lower().removeprefix("."),
                str(answer),
            )
            try:
                async with asyncio.timeout(READ_LIMIT.total_seconds()):
                    try:
                        await run_child(load_into, *arguments, limit=READ_LIMIT)
                    except ChildDied:
                        await run_child(load_into, *arguments, limit=READ_LIMIT)
            except ChildDied:
                raise final(Failure.DOCUMENT_UNREADABLE, _UNREADABLE) from None
            except (ChildTimedOut, TimeoutError):
                raise final(Failure.DOCUMENT_UNREADABLE, _TOO_SLOW) from None
            outcome = json.loads(await asyncio.to_thread(answer.read_bytes))
        if "loaded" in outcome:
            return
        if "decided" in outcome:
            raise final(Failure.REQUEST_GONE, _GONE)
        if "bad" in outcome:
            if detail := outcome.get("detail"):
                async with self._database.transaction() as session:
                    await election_imports.note_error(session, row.id, detail)
            raise final(Failure.BAD_DOCUMENT, outcome["bad"])
        if outcome["away"] == Failure.OBJECT_MISSING:
            raise final(Failure.OBJECT_MISSING, "Document introuvable dans le stockage")
        if outcome["away"] == Failure.DATABASE_UNAVAILABLE:
            raise passing(Failure.DATABASE_UNAVAILABLE, "Base de données indisponible")
        raise passing(Failure.STORAGE_UNAVAILABLE, "Stockage des documents indisponible")
