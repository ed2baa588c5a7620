"""Builds of the summary as callers ask for them: starting the one there may be, and how the last one stands."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from api.errors import ApiError
from api.runs import REQUEST, at_the_edge, describe_run
from api.state import State
from db import summary_builds
from db.tables import SummaryBuild
from runtime.logging import get_logger
from runtime.temporal import RPC_TIMEOUT
from workflows.contracts import (
    BUILD_CANCELLED,
    BUILD_FAILED,
    INTERNAL_ERROR,
    INTERRUPTED,
    PROGRESS_MEMO,
    SUMMARY_BUILD_ID,
    BuildMode,
    RebuildSummaryInput,
    SummaryProgress,
)
from workflows.rebuild_summary import RebuildSummaryWorkflow

log = get_logger(__name__)

DESCRIPTION = "Reconstruction de la table siret_summary"

_INTERRUPTED = {WorkflowExecutionStatus.TERMINATED, WorkflowExecutionStatus.TIMED_OUT}
_OPEN = {WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW}


def stamp(moment: datetime) -> str:
    """UTC, ISO 8601 to the microsecond, without an offset."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


async def start_build(parts: State, mode: BuildMode, request: UUID | None) -> str | None:
    """Start a build, or None; else when the one that runs already was started. Raises 503 while Temporal is away.

    `request` is what an `Idempotency-Key` stands for: the build that another call with this key has started counts as
    started now. Raises 422 if that one was asked for in another mode.
    """
    if request is not None:
        newest = await describe_run(parts.temporal, SUMMARY_BUILD_ID)
        if newest is not None and await _serves(newest, request, mode):
            return None
    async with at_the_edge():
        try:
            await parts.temporal.start_workflow(
                RebuildSummaryWorkflow.run,
                RebuildSummaryInput(mode=mode),
                id=SUMMARY_BUILD_ID,
                task_queue=parts.queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                memo={PROGRESS_MEMO: SummaryProgress(), **({REQUEST: _name(request, mode)} if request else {})},
                rpc_timeout=RPC_TIMEOUT,
            )
        except WorkflowAlreadyStartedError as running:
            handle = parts.temporal.get_workflow_handle(SUMMARY_BUILD_ID, run_id=running.run_id)
            described = await handle.describe(rpc_timeout=RPC_TIMEOUT)
            if request is not None and await _serves(described, request, mode):
                return None  # of two calls at once with one key, or a start whose answer was lost
            return stamp(described.start_time)
    return None


def _name(request: UUID, mode: BuildMode) -> str:
    return f"{request} {mode}"


async def _serves(described: WorkflowExecutionDescription, request: UUID, mode: BuildMode) -> bool:
    """Whether the run was started for this very request."""
    served = str((await described.memo()).get(REQUEST, ""))
    if served.startswith(f"{request} ") and served != _name(request, mode):
        raise ApiError(422, "idempotency_key_reused", "Idempotency-Key déjà utilisée pour une autre demande")
    return served == _name(request, mode)


async def is_building(parts: State) -> bool:
    """Whether a build runs. Raises 503 while Temporal is away."""
    described = await describe_run(parts.temporal, SUMMARY_BUILD_ID)
    return described is not None and described.status in _OPEN


async def build_status(parts: State) -> dict[str, Any]:
    """How the newest build stands: what Temporal says of its run, and its row once it is closed."""
    described = await describe_run(parts.temporal, SUMMARY_BUILD_ID)
    async with parts.database.transaction() as session:
        run_id = described.run_id if described else None
        row = await summary_builds.latest_build(session, run_id)
    if described is not None:
        return await _of_run(described, row)
    if row is not None:  # Temporal keeps closed runs for a while only
        return _answer(_status_of(row), row.started_at, row.completed_at, row, None)
    return {"status": "not_found", "message": "Aucune reconstruction n'a encore été lancée"}


async def _of_run(described: WorkflowExecutionDescription, row: SummaryBuild | None) -> dict[str, Any]:
    progress = SummaryProgress.model_validate((await described.memo()).get(PROGRESS_MEMO, {}))
    started = described.start_time
    if described.status in _OPEN:
        return _answer("running", started, None, None, progress)
    if described.status is WorkflowExecutionStatus.COMPLETED:
        return _answer("completed", started, described.close_time, row, progress)
    if described.status in _INTERRUPTED:
        return _answer("failed", started, described.close_time, None, progress, f"{BUILD_FAILED}{INTERRUPTED}")
    status = "cancelled" if described.status is WorkflowExecutionStatus.CANCELED else "failed"
    return _answer(status, started, described.close_time, row, progress)


def _status_of(row: SummaryBuild) -> str:
    if row.error is None:
        return "completed"
    return "cancelled" if row.error == BUILD_CANCELLED else "failed"


def _answer(
    status: str,
    started: datetime,
    completed: datetime | None,
    row: SummaryBuild | None,
    progress: SummaryProgress | None,
    error: str | None = None,
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "status": status,
        "description": DESCRIPTION,
        "started_at": stamp(started),
        "completed_at": stamp(completed) if completed else None,
    }
    if status == "completed" and row is not None:
        answer["result"] = {"rows": row.rows}
    if status == "failed":
        answer["error"] = error or (row.error if row else None) or f"{BUILD_FAILED}{INTERNAL_ERROR}"
    if status == "cancelled":
        answer["error"] = BUILD_CANCELLED
    if progress is not None:
        answer["progress"] = progress.model_dump()
    return answer


@asynccontextmanager
async def build_on_startup(parts: State) -> AsyncGenerator[None]:
    """Ask for a full build beside the block, if the settings say so. Nothing that comes of it is fatal."""
    if not parts.settings.auto_build_summary_on_startup:
        yield
        return
    task = asyncio.create_task(_ask_for_build(parts))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _ask_for_build(parts: State) -> None:
    try:
        running = await start_build(parts, "full", None)
    except ApiError as error:
        log.warning("no build on startup", code=error.code)
    except Exception as error:  # noqa: BLE001 - the API serves without it
        log.error("no build on startup", error=type(error).__name__)
    else:
        log.info("build on startup", already_running=running is not None)
