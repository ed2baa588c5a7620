"""Asking for builds that come to a certain phase, and what they leave behind."""

import httpx

from tests.backend import Backend
from tests.elections import (
    staging_tables,
)
from tests.summary_faults import Phase, mode_of


async def left_behind(at: Backend) -> list[str]:
    async with at.state.database.transaction() as session:
        return await staging_tables(session)


async def ask(caller: httpx.AsyncClient, phase: Phase) -> None:
    answer = await caller.post("/api/build/summary", params={"mode": mode_of(phase)})
    assert answer.json()["status"] == "started"
