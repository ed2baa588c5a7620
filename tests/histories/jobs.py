"""Histories of searches for job offers: found, all sources failed, cancelled; readings of a source; the sweep.

And of what the sources' terms ask: a run of the mirror, the erasure of a source.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import func, update

from db.tables import Offer
from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from tests.backend import backend
from tests.histories.recorder import Recorder
from tests.stubs.job_boards import job_boards
from tests.waiting import until
from workflows.contracts import MirrorInput, PurgeSourceInput
from workflows.mirror_offers import MirrorOffersWorkflow
from workflows.purge_source import PurgeSourceWorkflow
from workflows.sweep_searches import SweepSearchesWorkflow

_SEARCH = "/api/v1/jobs/search"
_SHORT: dict[str, Any] = {"job_source_timeout": 4, "job_source_read_seconds": 2, "arbeitnow_calls_per_minute": 600}


async def record_searches(servers: EmbeddedServers, wanted: set[str]) -> None:
    """Searches of stub boards, and the readings that they made."""
    async with job_boards() as boards, backend(servers, payload_keys=None, **boards.settings(), **_SHORT) as at:
        recorder = Recorder(at, await at.login(ADMIN), wanted)
        found = await recorder.post(f"{_SEARCH}/async", json={"keywords": "Python", "location": "Paris"})
        await recorder.save("search_ok", found["task_id"])
        await recorder.save("reading_ok", await _reading(recorder, "arbeitnow"))
        boards.fail("arbeitnow", "status", 500)
        dead = {"keywords": f"Python {uuid4().hex}", "sources": ["arbeitnow"], "force_refresh": True}
        failed = await recorder.post(f"{_SEARCH}/async", json=dead)
        await recorder.save("search_failed", failed["task_id"])
        await recorder.save("reading_failed", await _reading(recorder, "arbeitnow"))
        boards.reset()
        boards.fail("adzuna", "hang")
        waiting = await recorder.post(f"{_SEARCH}/async", json={"keywords": "Java", "sources": ["adzuna"]})

        async def asked() -> bool:
            return bool(boards.calls_to("adzuna"))

        await until(asked)
        await recorder.post(f"{_SEARCH}/{waiting['task_id']}/cancel")
        await recorder.save("search_cancelled", waiting["task_id"])
        boards.reset()
        sweep = await recorder.temporal.start_workflow(
            SweepSearchesWorkflow.run, id="sweep-searches", task_queue=at.queue
        )
        await recorder.save("sweep_searches", sweep.id)
        async with at.state.database.transaction() as session:
            await session.execute(update(Offer).values(last_verified_at=func.now() - timedelta(hours=21)))
        boards.france_travail.details["190PYTH"] = None
        mirror = await recorder.temporal.start_workflow(
            MirrorOffersWorkflow.run, MirrorInput(), id="job-offers-mirror", task_queue=at.queue
        )
        await recorder.save("mirror_ok", mirror.id)
    async with backend(servers, payload_keys=None, job_sources_enabled=["catalogue"]) as at:
        recorder = Recorder(at, await at.login(ADMIN), wanted)
        purge = await recorder.temporal.start_workflow(
            PurgeSourceWorkflow.run, PurgeSourceInput(source="adzuna"), id="purge-source", task_queue=at.queue
        )
        await recorder.save("purge_ok", purge.id)


async def _reading(recorder: Recorder, source: str) -> str:
    """The workflow id of the last reading of a source on this backend's queue."""
    query = f'WorkflowType="ReadSourceWorkflow" AND TaskQueue="{recorder.at.queue}"'

    async def listed() -> str | None:
        runs = [run async for run in recorder.temporal.list_workflows(query)]
        ids = [run.id for run in sorted(runs, key=lambda run: run.start_time) if f"-{source}-" in run.id]
        return ids[-1] if ids else None

    return await until(listed)
