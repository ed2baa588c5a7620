"""What follows a change of a candidate: a fresh index entry, a mail. The change stands, whatever Temporal answers."""

from collections.abc import Awaitable
from datetime import timedelta
from uuid import UUID

from temporalio.common import WorkflowIDConflictPolicy

from api.errors import ApiError
from api.runs import at_the_edge
from api.state import State
from domain.ids import notification_workflow_id
from runtime.logging import get_logger
from runtime.temporal import RPC_TIMEOUT
from workflows.contracts import SendNotificationInput
from workflows.send_notification import SendNotificationWorkflow
from workflows.sync_candidate import request_sync

log = get_logger(__name__)


async def refresh_index(parts: State, candidate_id: int) -> None:
    """Have the search index follow. While Temporal is away, the hourly reconciliation does it later."""
    await _later(request_sync(parts.temporal, parts.queue, candidate_id), "refresh_index")


async def start_notification(parts: State, notification_id: UUID, candidate_id: int) -> None:
    """Send the pending mail. While Temporal is away, the hourly sweep starts it later."""
    contract = SendNotificationInput(
        notification_id=notification_id,
        candidate_id=candidate_id,
        retry_budget=timedelta(seconds=parts.settings.validation_retry_budget),
    )
    start = parts.temporal.start_workflow(
        SendNotificationWorkflow.run,
        contract,
        id=notification_workflow_id(notification_id),
        task_queue=parts.queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        rpc_timeout=RPC_TIMEOUT,
    )
    await _later(start, "start_notification")


async def _later(start: Awaitable[object], what: str) -> None:
    try:
        async with at_the_edge():
            await start
    except ApiError as error:
        log.warning("put off", what=what, code=error.code)
