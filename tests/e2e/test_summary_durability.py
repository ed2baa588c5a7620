"""A worker that is killed while it builds the summary: another goes on from the partitions that are done."""

from pathlib import Path

from sqlalchemy import func, select

from db.engine import Database
from db.tables import SiretSummary, SummaryBuild
from tests.e2e.stack import running_stack
from tests.elections import STATUS, Town, build_ended, built, staging_tables, store
from tests.summary_faults import Phase, held

KILLED_AT: tuple[Phase, ...] = ("partitions", "publishing")


async def test_another_worker_finishes_what_killed_ones_began(tmp_path: Path) -> None:
    async with running_stack(tmp_path, SUMMARY_PARTITION_ROWS="20") as stack:
        url = stack.servers.endpoints["database_url"]
        database = Database(url)
        try:
            async with database.transaction() as session:
                await store(session, Town(11).minutes(200))
            await stack.start_worker()
            first = await built(stack.api)
            async with database.transaction() as session:
                await store(session, Town(12).minutes(50))
            await stack.api.post("/api/build/summary")
            for phase in KILLED_AT:
                async with held(url, phase) as hold:
                    before = await hold.reached(stack.api)
                    stack.kill_worker()
                    assert (await stack.api.get(STATUS)).json() == before
                await stack.start_worker()
            last = await build_ended(stack.api)
            assert last["status"] == "completed"
            async with database.transaction() as session:
                rows = (await session.scalars(select(func.count()).select_from(SiretSummary))).one()
                assert await staging_tables(session) == []
                published = select(func.count()).select_from(SummaryBuild).where(SummaryBuild.error.is_(None))
                assert (await session.scalars(published)).one() == 2
            assert last["result"]["rows"] == rows > first["result"]["rows"]
        finally:
            await database.close()
