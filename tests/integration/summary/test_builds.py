"""A build publishes all of its table or nothing: cancelled, refused, cut off, terminated."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.backend import Backend
from tests.elections import (
    build_ended,
    built,
    expected_rows,
    summary_rows,
)
from tests.integration.summary.building import ask, left_behind
from tests.summary_faults import CANARY, PHASES, REFUSAL, Phase, database_url, held, mode_of, refused


@pytest.mark.parametrize("phase", PHASES)
async def test_a_cancelled_build_leaves_the_table_alone(
    small: Backend, caller: httpx.AsyncClient, before: dict[str, Any], phase: Phase
) -> None:
    """It ends while the database still keeps its statement waiting: the cancel reaches that too."""
    async with held(database_url(small), phase) as hold:
        await ask(caller, phase)
        await hold.reached(caller)
        cancel = await caller.post("/api/build/summary/cancel")
        assert (cancel.status_code, cancel.json()["status"]) == (202, "cancelling")
        status = await build_ended(caller)
        assert await hold.waiting() == []
    assert (status["status"], status["error"]) == ("cancelled", "Reconstruction annulée")
    assert status["progress"]["phase"] == "cancelling"
    assert await summary_rows(small) == before
    assert await left_behind(small) == []
    newest = (await caller.get("/api/build/summary/history")).json()["items"][0]
    assert (newest["mode"], newest["rows"], newest["error"]) == (mode_of(phase), None, "Reconstruction annulée")
    await built(caller, "incremental")
    assert await summary_rows(small) == await expected_rows(small)


@pytest.mark.parametrize("phase", PHASES)
async def test_what_the_database_refuses_fails_the_build_at_once(
    small: Backend,
    caller: httpx.AsyncClient,
    before: dict[str, Any],
    phase: Phase,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with refused(database_url(small), phase):
        await ask(caller, phase)
        status = await build_ended(caller)
    sentence = f"La base de données a refusé une instruction (SQLSTATE {REFUSAL})"
    assert (status["status"], status["error"]) == ("failed", f"Error in build_siret_summary: {sentence}")
    assert status["progress"]["phase"] == phase
    assert await summary_rows(small) == before
    assert await left_behind(small) == []
    assert CANARY not in caplog.text
    history = await small.temporal.get_workflow_handle("build_siret_summary").fetch_history()
    assert CANARY.encode() not in b"".join(event.SerializeToString() for event in history.events)
    await built(caller, "incremental")
    assert await summary_rows(small) == await expected_rows(small)


@pytest.mark.parametrize("phase", PHASES)
async def test_a_lost_connection_only_delays_the_build(
    small: Backend, caller: httpx.AsyncClient, before: dict[str, Any], phase: Phase
) -> None:
    async with held(database_url(small), phase) as hold:
        await ask(caller, phase)
        await hold.reached(caller)
        await hold.cut_off()
        await hold.let_go()
        status = await build_ended(caller)
    assert status["status"] == "completed"
    assert await summary_rows(small) == await expected_rows(small)
    assert await left_behind(small) == []


async def test_a_table_that_was_changed_during_a_build_is_not_replaced(
    small: Backend, caller: httpx.AsyncClient, before: dict[str, Any]
) -> None:
    async def alter(change: str) -> None:
        async with small.state.database.transaction() as session:
            await session.execute(text(f"ALTER TABLE siret_summary {change}"))

    async with held(database_url(small), "indexes") as hold:
        await ask(caller, "indexes")
        await hold.reached(caller)
        await alter("ADD COLUMN remarque TEXT")
        try:
            await hold.let_go()
            status = await build_ended(caller)
            assert await summary_rows(small) == before
        finally:
            await alter("DROP COLUMN remarque")
    assert (status["status"], status["error"]) == (
        "failed",
        "Error in build_siret_summary: La table siret_summary a été modifiée pendant la reconstruction",
    )
    assert await left_behind(small) == []
    await built(caller)
    assert await summary_rows(small) == await expected_rows(small)


async def test_a_terminated_build_is_cleared_away_by_the_next(
    small: Backend, caller: httpx.AsyncClient, before: Any
) -> None:
    async with held(database_url(small), "indexes") as hold:
        await ask(caller, "indexes")
        await hold.reached(caller)
        await small.temporal.get_workflow_handle("build_siret_summary").terminate()
        assert len(await left_behind(small)) == 1
        status = (await caller.get("/api/build/summary/status")).json()
        assert (status["status"], status["error"]) == ("failed", "Error in build_siret_summary: Traitement interrompu")
        assert status["progress"]["phase"] == "indexes"
    await built(caller)
    assert await left_behind(small) == []
    assert await summary_rows(small) == await expected_rows(small)
