"""Starting searches for job offers: within the owner's limits, once for each `Idempotency-Key`."""

from datetime import timedelta
from typing import Any

from temporalio.common import Priority, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from api.errors import ApiError
from api.job_params import shown_params, shown_place
from api.job_planning import SearchPlan, is_cached, plan_search
from api.job_status import OWNER, PARAMS, search_not_found
from api.runs import at_the_edge, request_uuid
from api.security import Caller
from api.state import State
from db import job_history
from domain.ids import job_search_id
from domain.job_search import SearchParams
from domain.search_outcome import STARTED
from runtime.temporal import RPC_TIMEOUT
from workflows.contracts import SEARCH_EXECUTION_TIMEOUT, STANDARD, SearchJobsInput
from workflows.search_jobs import SearchJobsWorkflow

PATH = "/api/v1/jobs/search"


def search_links(task_id: str) -> dict[str, str]:
    """Where a search is read and stopped."""
    return {
        "status": f"{PATH}/status/{task_id}",
        "events": f"{PATH}/{task_id}/events",
        "offers": f"{PATH}/{task_id}/offers",
        "cancel": f"{PATH}/{task_id}/cancel",
    }


async def start_search(
    parts: State,
    caller: Caller,
    params: SearchParams,
    *,
    route: str,
    key: str | None,
    rerun_of: str | None = None,
) -> dict[str, Any]:
    """Start a search, or find the one that this caller started on `route` with this `Idempotency-Key`; the 202's body.

    Raises 422 when no source can be asked or the key was used for another search, 429 over the owner's limits, 503
    while Temporal is away.
    """
    plan = plan_search(parts, params)
    task_id = job_search_id(request_uuid(caller, route, key))
    cached = await is_cached(parts, plan)
    if key is None or not await _is_known(parts, caller, task_id, plan.params):
        async with parts.search_limits.hold(caller.id, task_id):
            started = await _start(parts, caller, task_id, plan, rerun_of)
        if not started:
            await _is_known(parts, caller, task_id, plan.params)  # the same call at the same moment
    return {
        "task_id": task_id,
        "status": "pending",
        "message": STARTED,
        "search_params": shown_params(plan.params, plan.params.sources or ()),
        "location_resolution": shown_place(plan.location),
        "cached": cached,
        "links": search_links(task_id),
    }


async def _is_known(parts: State, caller: Caller, task_id: str, params: SearchParams) -> bool:
    """Whether the search was started before. Raises 404 for one that was deleted since."""
    known = await parts.searches.read(task_id)
    if known is None:
        async with parts.database.transaction() as session:
            if await job_history.is_deleted(session, task_id):
                raise search_not_found()
        return False
    if known.owner != caller.id or known.params != params:
        raise ApiError(422, "idempotency_key_reused", "Idempotency-Key déjà utilisée pour une autre demande")
    return True


async def _start(parts: State, caller: Caller, task_id: str, plan: SearchPlan, rerun_of: str | None) -> bool:
    """Start the run; False when one is there already. Raises 503 while Temporal is away, and then no run is known."""
    contract = SearchJobsInput(
        owner=caller.id,
        params=plan.params,
        plan=plan.sources,
        location=plan.location,
        rerun_of=rerun_of,
        time_limit=timedelta(seconds=parts.settings.job_search_timeout),
    )
    try:
        async with at_the_edge():
            await parts.temporal.start_workflow(
                SearchJobsWorkflow.run,
                contract,
                id=task_id,
                task_queue=parts.queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                execution_timeout=SEARCH_EXECUTION_TIMEOUT,
                priority=Priority(priority_key=STANDARD, fairness_key=caller.id),
                memo={OWNER: caller.id, PARAMS: plan.params},
                rpc_timeout=RPC_TIMEOUT,
            )
    except WorkflowAlreadyStartedError:
        return False
    except ApiError:
        # The answer was lost, perhaps not the call.
        if (await parts.searches.runs.describe(task_id)).state not in ("running", "closed"):
            raise
    return True
