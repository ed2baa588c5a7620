"""Building the summary of works-council elections: asking for it, watching it, stopping it, its history."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.errors import documented, ended
from api.fields import Cursor, IdempotencyKey, Limit
from api.paging import Page, decode_cursor, encode_cursor
from api.runs import cancel_run, request_uuid
from api.security import AdminOrService, Staff
from api.state import Parts
from api.summary_bodies import BuildAsked, BuildCancel, BuildEntry, BuildState
from api.summary_builds import build_status, is_building, stamp, start_build
from db import summary_builds
from workflows.contracts import SUMMARY_BUILD_ID, BuildMode

PATH = "/api/build/summary"
STATUS_PATH = f"{PATH}/status"
RETRY_AFTER = "1"

router = APIRouter(tags=["summary"])


@router.post(
    PATH,
    status_code=202,
    summary="Build the summary",
    response_model=BuildAsked,
    response_model_exclude_unset=True,
    response_description="The build that runs, started by this call or before",
    responses=documented(401, 403),
)
async def build_summary(
    parts: Parts,
    caller: AdminOrService,
    response: Response,
    mode: Annotated[BuildMode, Query(description="`full`, or `incremental`: only what imports have changed")] = "full",
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Build the table siret_summary anew while it is being read. One build runs at a time: it answers
    `already_running`, and may have begun before the last import."""
    request = request_uuid(caller, PATH, idempotency_key) if idempotency_key else None
    running_since = await start_build(parts, mode, request)
    response.headers["Location"] = STATUS_PATH
    response.headers["Retry-After"] = RETRY_AFTER
    if running_since is not None:
        return {
            "status": "already_running",
            "message": "Une reconstruction est déjà en cours",
            "task_id": SUMMARY_BUILD_ID,
            "started_at": running_since,
        }
    return {
        "status": "started",
        "message": "La reconstruction de la table siret_summary a été lancée en arrière-plan",
        "task_id": SUMMARY_BUILD_ID,
        "check_status_url": STATUS_PATH,
    }


@router.get(
    STATUS_PATH,
    summary="Follow the build of the summary",
    response_model=BuildState,
    response_model_exclude_unset=True,
    response_description="How the last build stands",
    responses=documented(401, 403),
)
async def summary_status(parts: Parts, _: Staff) -> dict[str, Any]:
    """How the last build stands: `running`, `completed`, `failed` or `cancelled`; `not_found` before the first."""
    return await build_status(parts)


@router.post(
    f"{PATH}/cancel",
    status_code=202,
    summary="Cancel the build of the summary",
    response_model=BuildCancel,
    response_description="It is being stopped",
    responses={**ended(BuildCancel), **documented(401, 403)},
)
async def cancel_build(parts: Parts, _: AdminOrService, response: Response) -> dict[str, Any]:
    """Stop the build that runs; the table stays as it was. One that is being published may complete all the same."""
    if not await is_building(parts):
        response.status_code = 200
        return {
            "status": "not_running",
            "message": "Aucune reconstruction n'est en cours",
            "task_id": SUMMARY_BUILD_ID,
        }
    await cancel_run(parts.temporal, SUMMARY_BUILD_ID)
    return {
        "status": "cancelling",
        "message": "L'annulation de la reconstruction a été demandée",
        "task_id": SUMMARY_BUILD_ID,
    }


@router.get(
    f"{PATH}/history",
    summary="List the builds of the summary",
    response_description="A page of builds, the newest first",
    responses=documented(401, 403),
)
async def build_history(parts: Parts, _: Staff, cursor: Cursor = None, limit: Limit = 50) -> Page[BuildEntry]:
    """The builds there have been, for as long as they are kept (90 days by default). One may have several passes."""
    after = decode_cursor(cursor, tuple[datetime, str])
    async with parts.database.transaction() as session:
        rows = await summary_builds.list_builds(session, after=after, limit=limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    items = [
        BuildEntry(
            build_id=row.build_id,
            mode=row.mode,
            rows=row.rows,
            rows_written=row.rows_written,
            started_at=stamp(row.started_at),
            completed_at=stamp(row.completed_at),
            error=row.error,
        )
        for row in rows[:limit]
    ]
    return Page(items=items, next_cursor=encode_cursor([last.started_at.isoformat(), last.build_id]) if last else None)
