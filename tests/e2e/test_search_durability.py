"""A worker that is killed while it reads a source for a search: another goes on with the first page not stored."""

from pathlib import Path
from typing import Any

from tests.e2e.stack import running_stack
from tests.stubs.job_boards import job_boards
from tests.waiting import until


async def test_another_worker_finishes_the_search_of_a_killed_one(tmp_path: Path) -> None:
    async with (
        job_boards() as boards,
        running_stack(
            tmp_path,
            ARBEITNOW_BASE_URL=boards.settings()["arbeitnow_base_url"],
            ARBEITNOW_CALLS_PER_MINUTE="600",
            JOB_SOURCE_TIMEOUT="40",
        ) as stack,
    ):
        await stack.start_worker()
        boards.fail("arbeitnow", "hang", after=1, count=1)
        asked = {"keywords": "Python", "sources": ["arbeitnow"]}
        task = (await stack.api.post("/api/v1/jobs/search/async", json=asked)).json()["task_id"]

        async def status() -> dict[str, Any]:
            body: dict[str, Any] = (await stack.api.get(f"/api/v1/jobs/search/status/{task}")).json()
            return body

        async def second_page_asked() -> bool:
            return len(boards.calls_to("arbeitnow")) == 2 and (await status())["count"] > 0

        await until(second_page_asked)
        stack.kill_worker()
        assert (await status())["status"] == "processing"
        boards.release()
        await stack.start_worker()

        async def ended() -> dict[str, Any] | None:
            body = await status()
            return body if body["status"] not in ("pending", "processing") else None

        last = await until(ended)
        assert (last["status"], last["partial"]) == ("completed", False)
        told = (await stack.api.get(f"/api/v1/jobs/search/{task}/offers?limit=200")).json()["offers"]
        ids = [offer["id"] for offer in told]
        assert len(ids) == len(set(ids)) == last["sources"]["arbeitnow"]["kept"] > 0
        pages = [call.query["page"][0] for call in boards.calls_to("arbeitnow")]
        assert pages[:3] == ["1", "2", "2"]
        assert len(pages) == len(set(pages)) + 1
