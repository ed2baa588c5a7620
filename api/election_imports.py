"""Imports as callers see them: taking in the file, starting the run, saying how it stands."""

from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any, Literal
from uuid import UUID, uuid4

from fastapi import Request
from temporalio.common import WorkflowIDReusePolicy

from adapters.object_store import import_prefix
from api.cv_status import stamp
from api.errors import ApiError
from api.received import ReceivedFile
from api.runs import find_run, request_uuid, serves_request, start_run
from api.security import Caller
from api.state import State
from db import election_imports
from db.tables import Import
from domain.election.columns import SheetKind
from domain.ids import election_import_id
from workflows.contracts import INTERRUPTED, STANDARD, ImportElectionDataInput
from workflows.import_election_data import ImportElectionDataWorkflow

Status = Literal["running", "completed", "failed", "cancelled"]

START_FAILED = "L'import n'a pas pu être lancé : moteur de traitement indisponible"
START_GRACE = timedelta(minutes=2)
"""How long an import may be unknown to Temporal because its start is under way."""

_WORKBOOKS = (".xlsx", ".xls")
_CSV = ".csv"


async def take_in(
    request: Request, parts: State, caller: Caller, kind: SheetKind, route: str, idempotency_key: str | None
) -> str:
    """Receive the file and start its import; the import's id. A repeat under the same key finds the same import."""
    file = await ReceivedFile.of(request)
    limit = _limit(parts, file)
    request_id = request_uuid(caller, route, idempotency_key)
    import_id = election_import_id(request_id)
    existing = await _find(parts, import_id) if idempotency_key else None
    if existing is None:
        existing = await _store(parts, file, limit, kind, import_id)
    else:
        async for _ in file.chunks(limit):
            continue  # only its hash is wanted
    if existing is not None and (existing.sha256, existing.file_name) != (file.digest, file.name):
        raise ApiError(422, "idempotency_key_reused", "Idempotency-Key déjà utilisée pour une autre demande")
    if existing is None or existing.outcome is None or existing.error == START_FAILED:
        await _start(parts, caller, import_id, request_id)
    return import_id


def _limit(parts: State, file: ReceivedFile) -> int:
    extension = PurePath(file.name).suffix.lower()
    if extension in _WORKBOOKS:
        return parts.settings.max_workbook_length
    if extension == _CSV:
        return parts.settings.max_csv_length
    raise ApiError(415, "unsupported_format", "Format non pris en charge : XLSX, XLS ou CSV attendu")


async def _store(parts: State, file: ReceivedFile, limit: int, kind: SheetKind, import_id: str) -> Import | None:
    """First the object, then the row. The import that has the id already, if another call came first."""
    # A key of its own: two calls at once under one id must not replace each other's file.
    key = f"{import_prefix(import_id)}{uuid4().hex}"
    await parts.store.put_stream(key, file.chunks(limit))
    values = {
        "id": import_id,
        "kind": kind,
        "file_name": file.name,
        "object_key": key,
        "bytes": file.size,
        "sha256": file.digest,
    }
    added = False
    try:
        async with parts.database.transaction() as session:
            added = await election_imports.add_import(session, values)
    finally:
        if not added:
            await parts.store.delete_prefix(key)
    return None if added else await _find(parts, import_id)


async def _start(parts: State, caller: Caller, import_id: str, request_id: UUID) -> None:
    async with parts.database.transaction() as session:
        await election_imports.reopen_import(session, import_id, START_FAILED)
    contract = ImportElectionDataInput(import_id=import_id, refresh=parts.settings.summary_refresh_after_import)
    try:
        await start_run(
            parts.temporal,
            ImportElectionDataWorkflow.run,
            contract,
            id=import_id,
            queue=parts.queue,
            priority=STANDARD,
            caller=caller,
            reuse=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            request=request_id,
        )
    except ApiError:
        if await serves_request(parts.temporal, import_id, request_id):
            return  # it was started, and only the answer was lost
        # Should the run be there all the same, it finds the import decided and ends.
        async with parts.database.transaction() as session:
            await election_imports.close_import(session, import_id, "failed", START_FAILED)
        raise


async def _find(parts: State, import_id: str) -> Import | None:
    async with parts.database.transaction() as session:
        return await election_imports.get_import(session, import_id)


async def describe(parts: State, row: Import) -> dict[str, Any]:
    """The import as callers see it: its row if it is decided, else what Temporal says of its run."""
    status: Status = "running"
    if row.outcome is None:
        run = await find_run(parts.temporal, row.id)
        starting = run is None and datetime.now(UTC) - row.started_at < START_GRACE
        if not (starting or (run is not None and run.running)):
            row = await _find(parts, row.id) or row  # closed meanwhile: the row may be decided by now
            status = "cancelled" if run is not None and run.cancelled else "failed"
    if row.outcome is not None:
        status = "completed" if row.outcome == "completed" else "cancelled" if row.outcome == "cancelled" else "failed"
    answer: dict[str, Any] = {
        "import_id": row.id,
        "kind": row.kind,
        "file_name": row.file_name,
        "status": status,
        "started_at": stamp(row.started_at),
        "completed_at": stamp(row.completed_at),
        "counts": {
            "rows_read": row.rows_read,
            "inserted": row.inserted,
            "updated": row.updated,
            "unchanged": row.unchanged,
            "rejected": row.rejected,
            "warnings": row.warnings,
        },
        "rejects_by_reason": dict(sorted(row.rejects_by_reason.items())),
        "ignored_columns": row.ignored_columns,
        "rejects_url": f"/api/ingest/{row.id}/rejects.csv",
    }
    if status == "failed":
        answer["error"] = row.error if row.outcome is not None else INTERRUPTED
    return answer
