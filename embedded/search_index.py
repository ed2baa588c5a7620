"""Filling the search index, which is empty at each start: the search server keeps it in memory alone."""

import asyncio
import logging
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.contracts import WORKFLOW_QUEUE
from domain.ids import REINDEX_ID
from embedded.servers.temporal import NAMESPACE
from runtime.temporal import RPC_TIMEOUT, temporal_plugin
from workflows.contracts import ReindexInput, ReindexResult
from workflows.reindex_candidates import ReindexCandidatesWorkflow

DEADLINE_SECONDS = 60.0
_POLL_SECONDS = 0.05

log = logging.getLogger(__name__)

Reindex = WorkflowHandle[ReindexCandidatesWorkflow, ReindexResult]


async def fill_search_index(temporal: str, *, wait: bool) -> None:
    """Start a rebuild of the index; with `wait`, return when it has ended, or after a deadline with a warning.

    A rebuild that the last stop of the stack interrupted knows an index that is gone. It is cancelled, so that it
    cleans up, and followed by a new one; without a worker, nobody waits, and it goes on when there is one.
    """
    client = await Client.connect(temporal, namespace=NAMESPACE, plugins=[temporal_plugin()])
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while (handle := await _start(client)) is None:
                if not wait:
                    return
                interrupted = client.get_workflow_handle(REINDEX_ID)
                await interrupted.cancel(rpc_timeout=RPC_TIMEOUT)
                await _end(interrupted)
            if wait and await _end(handle) is not WorkflowExecutionStatus.COMPLETED:
                log.warning("the search index could not be filled: see %s in the Temporal Web UI", REINDEX_ID)
    except TimeoutError:
        log.warning("the search index is still being filled after %.0f s", DEADLINE_SECONDS)


async def _start(client: Client) -> Reindex | None:
    """The new rebuild, or None when one is under way."""
    try:
        return await client.start_workflow(
            ReindexCandidatesWorkflow.run,
            ReindexInput(),
            id=REINDEX_ID,
            task_queue=WORKFLOW_QUEUE,
            rpc_timeout=RPC_TIMEOUT,
        )
    except WorkflowAlreadyStartedError:
        return None


async def _end(handle: WorkflowHandle[Any, Any]) -> WorkflowExecutionStatus | None:
    """How the run ended. Its result is not asked for: it may be sealed."""
    while True:
        status = (await handle.describe(rpc_timeout=RPC_TIMEOUT)).status
        if status is not WorkflowExecutionStatus.RUNNING:
            return status
        await asyncio.sleep(_POLL_SECONDS)
