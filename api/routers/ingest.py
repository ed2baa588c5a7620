"""Importing election spreadsheets: sending one, following its import, reading what was refused."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from api.csv_texts import csv_lines
from api.election_imports import describe, take_in
from api.errors import documented, ended, not_found
from api.fields import Cursor, IdempotencyKey, Limit, is_storable
from api.import_bodies import ImportAccepted, ImportAnswer, ImportCancel, ImportId, ListedImport
from api.paging import Page, decode_cursor, encode_cursor
from api.received import form_of_one_file
from api.runs import cancel_run
from api.security import AdminOrService, Caller, Staff
from api.state import Parts, State
from db import election_imports
from db.tables import Import, ImportReject
from domain.election.columns import SheetKind

PV_PATH = "/api/ingest/pv"
INVITATIONS_PATH = "/api/ingest/invit"
UPLOAD_PATHS = (PV_PATH, INVITATIONS_PATH)

RETRY_AFTER = "1"
REJECTS_AT_ONCE = 2000

_FORM = form_of_one_file("XLSX, XLS or CSV; the first sheet, whose header is among its first ten rows")
_REJECTS = """type;ligne;colonne;valeur;motif;message
reject;14;siret;1234;siret_length;SIRET de moins de 11 ou de plus de 14 chiffres
"""
_ACCEPTED = "The file is stored; the import goes on"
_REFUSALS = documented(
    401,
    403,
    413,
    503,
    why={
        400: "`empty_file`; `bad_request`: a broken form",
        415: "`unsupported_format`: the file's name ends neither in .xlsx nor in .xls or .csv",
        422: "`validation_error`: `file` is missing. `idempotency_key_reused`: the key was used for another file",
    },
)
_REJECT_COLUMNS = ("type", "ligne", "colonne", "valeur", "motif", "message")

router = APIRouter(tags=["ingest"])


@router.post(
    PV_PATH,
    status_code=202,
    summary="Import minutes of elections",
    response_model=ImportAccepted,
    response_description=_ACCEPTED,
    responses=_REFUSALS,
    openapi_extra=_FORM,
)
async def import_minutes(
    request: Request, response: Response, parts: Parts, caller: AdminOrService, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """Import minutes of elections (procès-verbaux), a row for each collège. The last import wins, row by row.

    A form with one `file`, which is taken in as it comes: large ones may be sent. Rows that cannot be read are refused
    one by one; a sheet without its columns fails the import. Ask `check_status_url` how it stands.
    """
    return await _accept(request, response, parts, caller, "pv", PV_PATH, idempotency_key)


@router.post(
    INVITATIONS_PATH,
    status_code=202,
    summary="Import invitations to negotiate",
    response_model=ImportAccepted,
    response_description=_ACCEPTED,
    responses=_REFUSALS,
    openapi_extra=_FORM,
)
async def import_invitations(
    request: Request, response: Response, parts: Parts, caller: AdminOrService, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """Import invitations to negotiate an election, one a day and establishment. The last import wins, row by row.

    Sent and followed as the minutes are.
    """
    return await _accept(request, response, parts, caller, "invit", INVITATIONS_PATH, idempotency_key)


@router.get(
    "/api/ingest",
    summary="List imports",
    response_model_exclude_unset=True,
    response_model=Page[ListedImport],
    response_description="A page of imports, the newest first",
    responses=documented(401, 403, 503),
)
async def list_imports(
    parts: Parts,
    _: Staff,
    kind: Annotated[
        SheetKind | None, Query(description="only imports of minutes (`pv`) or of invitations (`invit`)")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[dict[str, Any]]:
    """The imports there have been, for as long as they are kept (90 days by default)."""
    after = decode_cursor(cursor, tuple[datetime, str])
    async with parts.database.transaction() as session:
        rows = await election_imports.list_imports(session, kind=kind, after=after, limit=limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    items = await asyncio.gather(*(describe(parts, row) for row in rows[:limit]))
    for item in items:
        del item["rejects_by_reason"]  # of one import alone
    return Page(items=items, next_cursor=encode_cursor([last.started_at.isoformat(), last.id]) if last else None)


@router.get(
    "/api/ingest/{import_id}",
    summary="Follow an import",
    response_model=ImportAnswer,
    response_model_exclude_unset=True,
    response_description="How the import stands",
    responses=documented(401, 403, 404, 503),
)
async def get_import(import_id: ImportId, parts: Parts, _: Staff, response: Response) -> dict[str, Any]:
    """How an import stands; once it has completed, what became of each row read."""
    answer = await describe(parts, await _import(parts, import_id))
    if answer["status"] == "running":
        response.headers["Retry-After"] = RETRY_AFTER
    return answer


@router.get(
    "/api/ingest/{import_id}/rejects.csv",
    summary="Read what an import refused",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A table as French spreadsheets open it: UTF-8 with a byte order mark, semicolons",
            "content": {"text/csv": {"schema": {"type": "string"}, "example": _REJECTS}},
        },
        **documented(401, 403, 404),
    },
)
async def get_rejects(import_id: ImportId, parts: Parts, _: Staff) -> StreamingResponse:
    """Refused rows and dropped cells with row number, column, value and reason, as spreadsheets read it."""
    row = await _import(parts, import_id)
    first = await _rejects(parts, row.id, 0)
    return StreamingResponse(
        _csv(parts, row.id, first),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="rejets-{row.id}.csv"'},
    )


@router.post(
    "/api/ingest/{import_id}/cancel",
    status_code=202,
    summary="Cancel an import",
    response_model=ImportCancel,
    response_model_exclude_unset=True,
    response_description="It is being stopped: its status says when it has",
    responses={**ended(ImportCancel), **documented(401, 403, 404, 503)},
)
async def cancel_import(import_id: ImportId, parts: Parts, _: AdminOrService, response: Response) -> dict[str, Any]:
    """Ask an import to stop, before anything of it is in the tables; one that has ended already answers 200."""
    row = await _import(parts, import_id)
    answer = await describe(parts, row)
    if answer["status"] != "running":
        response.status_code = 200
        return {**answer, "message": "Import déjà terminé"}
    await cancel_run(parts.temporal, row.id)
    response.headers["Location"] = f"/api/ingest/{row.id}"
    response.headers["Retry-After"] = RETRY_AFTER
    return {**answer, "message": "Annulation en cours..."}


async def _accept(
    request: Request,
    response: Response,
    parts: State,
    caller: Caller,
    kind: SheetKind,
    route: str,
    idempotency_key: str | None,
) -> dict[str, Any]:
    import_id = await take_in(request, parts, caller, kind, route, idempotency_key)
    location = f"/api/ingest/{import_id}"
    response.headers["Location"] = location
    response.headers["Retry-After"] = RETRY_AFTER
    return {
        "status": "accepted",
        "import_id": import_id,
        "kind": kind,
        "message": "L'import a été lancé en arrière-plan",
        "check_status_url": location,
    }


async def _import(parts: State, import_id: str) -> Import:
    async with parts.database.transaction() as session:
        row = await election_imports.get_import(session, import_id) if is_storable(import_id) else None
    if row is None:
        raise not_found("Import introuvable", "import_not_found")
    return row


async def _rejects(parts: State, import_id: str, after: int) -> list[ImportReject]:
    async with parts.database.transaction() as session:
        return await election_imports.list_rejects(session, import_id, after=after, limit=REJECTS_AT_ONCE)


async def _csv(parts: State, import_id: str, page: list[ImportReject]) -> AsyncGenerator[str]:
    yield "\ufeff" + csv_lines([_REJECT_COLUMNS])
    while page:
        yield csv_lines([(r.kind, r.source_row, r.column_name, r.value, r.reason, r.message) for r in page])
        page = await _rejects(parts, import_id, page[-1].id)
