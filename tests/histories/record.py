"""Record the histories that the replay test replays: `python -m tests.histories.record`.

Each is a real run on real servers, with invented data and without codec, as replay needs whatever wrote it: one file
for each shape of a workflow's end. When a guarded change adds a shape, name it: `python -m tests.histories.record
parse_ok` writes that one alone. Those already there stay: an old run that stops replaying is what the test is for.
"""

import asyncio
import os
import subprocess
import sys
import threading
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from embedded.seed import ADMIN, seed_demo_users
from embedded.stack import temporary_servers
from tests.backend import backend
from tests.conftest import ROOT
from tests.histories.jobs import record_searches
from tests.histories.matching import record_pages
from tests.histories.recorder import Recorder
from tests.histories.summary import record_builds, record_imports
from tests.histories.validation import record_decisions, record_failed_decisions, record_index
from tests.waiting import until
from workflows.sweep_requests import SweepRequestsWorkflow

_CV = b"Lise Perrin\nD\xc3\xa9veloppeuse Python\nlise.perrin@example.fr\n\nCOMP\xc3\x89TENCES\nPython, PostgreSQL\n"


async def record_ends(recorder: Recorder, outside: HTTPServer) -> dict[str, Any]:
    """Runs that end by themselves; answers the ids of a candidate, an offer and a failed parse."""
    outside.expect_request("/hook").respond_with_data(status=204)
    outside.expect_request("/gone").respond_with_data(status=410)
    offer = await recorder.post("/api/v1/offers", json={"title": "Développeur Python", "required_skills": ["Python"]})
    chain = {"offer_ids": str(offer["id"]), "webhook_url": outside.url_for("/hook")}
    done = await recorder.post("/api/queue", files={"file": ("cv.txt", _CV)}, data=chain)
    await recorder.save("parse_ok", done["job_id"])
    await recorder.save("match_ok_chained", done["matching_job_id"])
    await recorder.save_delivery("deliver_ok", f"/api/result/{done['job_id']}/deliveries")
    alone = await recorder.post("/api/queue", files={"file": ("cv.txt", _CV)})
    await recorder.save("parse_ok_alone", alone["job_id"])
    refused = {"webhook_url": outside.url_for("/gone")}
    failed = await recorder.post("/api/queue", files={"file": ("cv.pdf", b"%PDF-1.7 cut")}, data=refused)
    await recorder.save("parse_failed", failed["job_id"])
    await recorder.save_delivery("deliver_refused", f"/api/result/{failed['job_id']}/deliveries")
    result = (await recorder.api.get(f"/api/result/{done['job_id']}")).json()["result"]
    ids = {"candidate_id": result["candidate_id"], "job_id": offer["id"]}
    pair = await recorder.post("/api/v1/queue-matching", json={**ids, "webhook_url": outside.url_for("/hook")})
    await recorder.save("match_ok", pair["job_id"])
    broken = await recorder.post("/api/v1/queue-matching", json={**ids, "depends_on": failed["job_id"]})
    await recorder.save("match_failed", broken["job_id"])
    for name, failure in (("match_retried", broken["job_id"]), ("parse_retried", failed["job_id"])):
        await recorder.post(f"/api/v1/operations/{failure}/retry")
        await recorder.save(name, failure)
    return ids


async def record_cancels(recorder: Recorder, ids: dict[str, Any]) -> None:
    """Runs that are cancelled: a parse while the model is silent, a matching while it waits for that parse."""
    parse = await recorder.post("/api/queue", files={"file": ("cv.txt", _CV)}, data={"offer_ids": str(ids["job_id"])})

    async def extracting() -> bool:
        body: dict[str, Any] = (await recorder.api.get(f"/api/result/{parse['job_id']}")).json()
        return body.get("stage") == "extract"

    await until(extracting)
    waiting = {"candidate_id": ids["candidate_id"], "job_ids": [ids["job_id"]], "depends_on": parse["job_id"]}
    matching = await recorder.post("/api/v1/queue-matching/bulk", json=waiting)

    async def tried() -> bool:
        handle = recorder.temporal.get_workflow_handle(matching["job_id"])
        pending = (await handle.describe()).raw_description.pending_activities
        return any(activity.attempt > 1 for activity in pending)

    await until(tried)
    await recorder.post(f"/api/v1/matching/{matching['job_id']}/cancel")
    await recorder.save("match_cancelled", matching["job_id"])
    await recorder.post(f"/api/queue/{parse['job_id']}/cancel")
    await recorder.save("parse_cancelled", parse["job_id"])


async def record(wanted: set[str]) -> None:
    """Write the wanted histories, or all."""
    silent = threading.Event()

    def hold(_: Request) -> Response:
        silent.wait(60)
        return Response(status=503)

    with HTTPServer(host="localhost", threaded=True) as outside:
        outside.expect_request("/v1/chat/completions").respond_with_handler(hold)
        async with temporary_servers() as servers:
            environment = {**os.environ, **servers.environment()}
            subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, env=environment, check=True)  # noqa: ASYNC221
            await seed_demo_users(servers.endpoints["database_url"])
            try:
                async with backend(servers, payload_keys=None) as at:
                    recorder = Recorder(at, await at.login(ADMIN), wanted)
                    ids = await record_ends(recorder, outside)
                    await record_pages(recorder, ids["candidate_id"])
                    sweep = await at.temporal.start_workflow(SweepRequestsWorkflow.run, id="sweep", task_queue=at.queue)
                    await recorder.save("sweep", sweep.id)
                    await record_decisions(recorder)
                    await record_index(recorder)
                model: dict[str, Any] = {"cv_extractor": "openai", "openai_base_url": outside.url_for("/v1")}
                async with backend(servers, payload_keys=None, **model) as at:
                    await record_cancels(Recorder(at, await at.login(ADMIN), wanted), ids)
                await record_failed_decisions(servers, wanted)
                async with backend(
                    servers, payload_keys=None, summary_partition_rows=30, summary_refresh_after_import=True
                ) as at:
                    recorder = Recorder(at, await at.login(ADMIN), wanted)
                    await record_builds(recorder)
                    await record_imports(recorder)
                await record_searches(servers, wanted)
            finally:
                silent.set()


if __name__ == "__main__":
    asyncio.run(record(set(sys.argv[1:])))
