"""What a build publishes and plans: the table with its keys, whatever the counts, and how long its history is kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import func, insert, select, text, update

from activities.contracts import SummaryPart, SummaryPlan
from db import summary_staging
from db.tables import Import, SummaryBuild, SummaryTouched
from runtime.temporal import MAX_PAYLOAD_BYTES
from tests.backend import Backend
from tests.elections import (
    build_ended,
    built,
    pv,
    store,
    summary_rows,
    touch,
)
from tests.integration.summary.building import ask
from tests.integration.summary.example import ALPHA
from tests.summary_faults import database_url, refused


async def test_much_that_changed_is_built_anew(small: Backend, caller: httpx.AsyncClient, before: Any) -> None:
    async with small.state.database.transaction() as session:
        await touch(session, {f"{number:014d}" for number in range(1, 2002)})
    await built(caller, "incremental")
    newest = (await caller.get("/api/build/summary/history")).json()["items"][0]
    assert newest["mode"] == "full"
    async with small.state.database.transaction() as session:
        assert (await session.scalars(select(func.count()).select_from(SummaryTouched))).one() == 0


async def test_absurd_counts_do_not_stop_builds(small: Backend, caller: httpx.AsyncClient) -> None:
    rows = [pv(ALPHA, "C4", "2022-01-01", college=str(n), inscrits=10_000_000, ud="x" * 5000) for n in range(250)]
    async with small.state.database.transaction() as session:
        await store(session, rows)
    assert (await built(caller))["status"] == "completed"
    summary = (await summary_rows(small))[ALPHA]
    assert summary["inscrits_c4"] == 2**31 - 1
    assert summary["dep"] == "x" * 100
    assert summary["pv_c4_count"] == 250


async def test_the_published_table_has_the_keys_and_indexes_of_the_migrated_one(
    small: Backend, caller: httpx.AsyncClient, before: Any
) -> None:
    await built(caller)
    async with small.state.database.transaction() as session:
        indexes = text("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'siret_summary'")
        found = {name: definition.partition(" USING ")[2] for name, definition in await session.execute(indexes)}
        rules = text("SELECT conname, contype FROM pg_constraint WHERE conrelid = 'siret_summary'::regclass")
        constraints = {(name, kind) for name, kind in await session.execute(rules) if kind != "n"}
    assert found == {
        "pk_siret_summary": "btree (siret)",
        "ix_siret_summary_dep_siret": "btree (dep, siret)",
        "ix_siret_summary_statut_pap_siret": "btree (statut_pap, siret)",
        "ix_siret_summary_date_pap_c5": "btree (date_pap_c5)",
    }
    assert constraints == {("pk_siret_summary", "p"), ("ck_siret_summary_siret", "c")}


async def test_a_plan_of_very_many_partitions_fits_into_a_payload(small: Backend) -> None:
    async with small.state.database.transaction() as session:
        await store(session, [pv(f"{n:014d}", "C4", "2022-01-01") for n in range(1, 1201)])
    async with small.state.database.transaction() as session:
        parts = await summary_staging.cut(session, 1)
    assert 200 < len(parts) <= 500
    assert sum(part.input_rows for part in parts) == 1200
    assert [part.low for part in parts[1:]] == [part.high for part in parts[:-1]]
    widest = SummaryPart(number=999, low="9" * 14, high="9" * 14, input_rows=10**9)
    plan = SummaryPlan(mode="full", claimed=10**12, input_rows=10**12, parts=[widest] * summary_staging.MAX_PARTS)
    assert len(plan.model_dump_json()) < MAX_PAYLOAD_BYTES


async def test_history_is_forgotten_but_for_the_latest_published_build(
    small: Backend, caller: httpx.AsyncClient, before: Any
) -> None:
    async with refused(database_url(small), "partitions"):
        await ask(caller, "partitions")
        await build_ended(caller)
    async with small.state.database.transaction() as session:
        age = timedelta(days=91)
        await session.execute(update(SummaryBuild).values(started_at=SummaryBuild.started_at - age))
        old = {"kind": "pv", "file_name": "a.csv", "bytes": 1, "sha256": "0", "started_at": datetime.now(UTC) - age}
        for number, (outcome, key) in enumerate((("completed", None), (None, None), ("failed", "imports/x/y"))):
            values = {**old, "id": f"import-{number}", "outcome": outcome, "object_key": key}
            await session.execute(insert(Import).values(**values))
    async with refused(database_url(small), "partitions"):
        await ask(caller, "partitions")
        await build_ended(caller)
    left = (await caller.get("/api/build/summary/history")).json()["items"]
    assert [build["error"] is None for build in left] == [False, True]
    async with small.state.database.transaction() as session:
        kept = await session.scalars(select(Import.id).order_by(Import.id))
        # Of the first the end is not decided, the other is all that leads to its file.
        assert list(kept) == ["import-1", "import-2"]
