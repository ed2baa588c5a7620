"""Many searches at once: they wait in a queue of their own, and nobody else waits for them."""

import asyncio
from typing import Any

import pytest

from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.decisions import SUMMARY, decide, decided, submitted
from tests.integration.jobs.calls import begin, ended, status_of
from tests.integration.jobs.conftest import PATIENT
from tests.stubs.job_boards import JobBoards
from tests.waiting import until
from workers import build

SEARCHES, SLOTS = 8, 4


async def test_searches_that_hang_hold_up_neither_a_validation_nor_the_catalogue(
    servers: EmbeddedServers, searching: Backend, boards: JobBoards, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There are fewer slots than searches: those of quick steps stay free, and those of searches are taken in turn."""
    monkeypatch.setattr(build, "QUICK_SLOTS", SLOTS)
    monkeypatch.setattr(build, "SEARCH_SLOTS", SLOTS)
    boards.fail("arbeitnow", "hang")
    limits = {"job_source_read_seconds": 40, "job_searches_at_once": SEARCHES}
    async with (
        backend(servers, **{**boards.settings(), **PATIENT, **limits}) as busy,
        await busy.login(ADMIN) as admin,
    ):
        await busy.state.index.ensure()
        tasks = [(await begin(admin, sources=["arbeitnow", "catalogue"]))["task_id"] for _ in range(SEARCHES)]

        async def searched_the_catalogue() -> bool:
            bodies: list[dict[str, Any]] = [await status_of(admin, task, offers="none") for task in tasks]
            return all(body["sources"].get("catalogue", {}).get("status") == "completed" for body in bodies)

        await until(searched_the_catalogue)
        candidate = await submitted(admin)
        await decide(admin, "validate", candidate, SUMMARY)
        assert (await decided(admin, candidate))["status"] == "completed"
        assert {(await status_of(admin, task))["status"] for task in tasks} == {"processing"}
        boards.reset()
        ends = await asyncio.gather(*(ended(admin, task) for task in tasks))
    assert {end["status"] for end in ends} == {"completed"}
