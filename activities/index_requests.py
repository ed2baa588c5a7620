"""Asking for the refresh of one candidate in the search index, from wherever their data has just been changed."""

from temporalio import activity
from temporalio.client import Client

from activities.contracts import SYNC_WORKFLOW, SyncCandidate
from db import candidate_index
from db.engine import Database
from domain.ids import index_workflow_id
from runtime.temporal import RPC_TIMEOUT


async def request_sync(client: Client, queue: str, candidate_id: int) -> None:
    """Have the candidate's document brought up to date: a run that is under way goes round once more.

    To be called after the commit of the change. Raises `RPCError` while Temporal is away.
    """
    await client.start_workflow(
        SYNC_WORKFLOW,
        SyncCandidate(candidate_id=candidate_id),
        id=index_workflow_id(candidate_id),
        task_queue=queue,
        start_signal="refresh_requested",
        rpc_timeout=RPC_TIMEOUT,
    )


async def refresh_if_searchable(client: Client, database: Database, candidate_id: int) -> None:
    """For a step on the workflow queue: after its change of a profile, have whoever can be found be found by it."""
    async with database.transaction() as session:
        found = await candidate_index.searchable_among(session, [candidate_id])
    if found:
        await request_sync(client, activity.info().task_queue, candidate_id)
