"""The API's dealings with Temporal: starting, describing and cancelling runs, and what their errors mean here."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.common import Priority, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from api.errors import ApiError, unavailable
from runtime.temporal import RPC_TIMEOUT
from workflows.contracts import STAGE

if TYPE_CHECKING:  # what is read of runs is part of the state, with which callers are told
    from api.security import Caller

EDGE_TIMEOUT = timedelta(seconds=10)
"""What a route waits for Temporal in all, the client's own retries included."""

REQUEST = "request"
"""Where the memo of a run names the request row that it serves."""

_AWAY = {
    RPCStatusCode.CANCELLED,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.RESOURCE_EXHAUSTED,
}


@dataclass(frozen=True)
class Run:
    """What Temporal says of a run; `stage` is the step a parse or matching is at."""

    running: bool
    cancelled: bool
    stage: str | None


def request_uuid(caller: "Caller", route: str, idempotency_key: str | None) -> UUID:
    """The id of a new request: the same for the same caller, route and `Idempotency-Key`, else a new one."""
    if not idempotency_key:
        return uuid4()
    return uuid5(NAMESPACE_URL, f"talentflow:{caller.id}:{route}:{idempotency_key}")


async def start_run(
    temporal: Client,
    workflow: Any,
    contract: Any,
    *,
    id: str,
    queue: str,
    priority: int,
    caller: "Caller",
    reuse: WorkflowIDReusePolicy,
    request: UUID,
) -> bool:
    """Start a run that serves this request row; False when one under this id is already there.

    Raises 503 while Temporal is away: the run may have started all the same, see `serves_request`.
    """
    async with at_the_edge():
        try:
            await temporal.start_workflow(
                workflow,
                contract,
                id=id,
                task_queue=queue,
                id_reuse_policy=reuse,
                priority=Priority(priority_key=priority, fairness_key=caller.id),
                memo={REQUEST: str(request)},
                rpc_timeout=RPC_TIMEOUT,
            )
        except WorkflowAlreadyStartedError:
            return False
        return True


async def serves_request(temporal: Client, workflow_id: str, request: UUID) -> bool | None:
    """Whether the newest run under this id was started for this request; None while Temporal does not say."""
    try:
        async with at_the_edge():
            described = await temporal.get_workflow_handle(workflow_id).describe(rpc_timeout=RPC_TIMEOUT)
            return bool((await described.memo()).get(REQUEST) == str(request))
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    except ApiError:
        return None


async def describe_run(temporal: Client, workflow_id: str) -> WorkflowExecutionDescription | None:
    """What Temporal knows of the newest run under this id, or None. Raises 503 while Temporal is away."""
    async with at_the_edge():
        try:
            return await temporal.get_workflow_handle(workflow_id).describe(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise


async def find_run(temporal: Client, workflow_id: str) -> Run | None:
    """The newest run under this id, or None where Temporal knows none. Raises 503 while Temporal is away."""
    described = await describe_run(temporal, workflow_id)
    if described is None:
        return None
    return Run(
        running=described.status is WorkflowExecutionStatus.RUNNING,
        cancelled=described.status is WorkflowExecutionStatus.CANCELED,
        stage=described.typed_search_attributes.get(STAGE),
    )


async def cancel_run(temporal: Client, workflow_id: str, run_id: str | None = None) -> None:
    """Ask this run under the id, or the newest, to cancel; one that is closed or unknown stays as it is."""
    async with at_the_edge():
        try:
            await temporal.get_workflow_handle(workflow_id, run_id=run_id).cancel(rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise


@asynccontextmanager
async def at_the_edge() -> AsyncGenerator[None]:
    """Temporal away, too slow or overloaded is a 503; anything else is our defect and stays an error."""
    try:
        async with asyncio.timeout(EDGE_TIMEOUT.total_seconds()):
            yield
    except RPCError as error:
        if error.status not in _AWAY:
            raise
        raise unavailable("temporal_unavailable", "Moteur de traitement indisponible") from None
    except (TimeoutError, RuntimeError) as error:
        # A lazy client that cannot connect raises RuntimeError.
        if isinstance(error, RuntimeError) and "connect" not in str(error).lower():
            raise
        raise unavailable("temporal_unavailable", "Moteur de traitement indisponible") from None
