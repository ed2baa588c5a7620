"""A worker that is killed while it imports a spreadsheet: another redoes the step, and no row is there twice."""

from pathlib import Path

from db.engine import Database
from db.tables import ImportReject, PvEvent
from samples.elections import FOLDER
from tests.e2e.stack import alive, running_stack
from tests.import_faults import merging_held, reading_held, size, staging_tables, waits
from tests.imports import counts, ended, sent
from tests.waiting import until


async def test_another_worker_redoes_what_killed_ones_began(tmp_path: Path) -> None:
    async with running_stack(tmp_path) as stack:
        database = Database(stack.servers.endpoints["database_url"])
        try:
            async with reading_held(database):
                worker = await stack.start_worker()
                import_id = await sent(stack.api, "pv", (FOLDER / "minutes.xlsx").read_bytes(), "minutes.xlsx")
                await waits(database)
                reading = worker.readers()
                assert reading
                stack.kill_worker()
                await until(lambda: _ended(reading))
            async with merging_held(database):
                await stack.start_worker()
                await waits(database)
                assert len(await staging_tables(database)) == 1
                stack.kill_worker()
                assert (await stack.api.get(f"/api/ingest/{import_id}")).json()["status"] == "running"
            await stack.start_worker()
            done = await ended(stack.api, import_id)
            assert done["status"] == "completed"
            assert done["counts"] == counts(214, inserted=210, rejected=4, warnings=1)
            assert (await size(database, PvEvent), await size(database, ImportReject)) == (210, 5)
            await until(lambda: _dropped(database))
        finally:
            await database.close()


async def _ended(processes: set[tuple[int, str]]) -> bool:
    return not alive(processes)


async def _dropped(database: Database) -> bool:
    return await staging_tables(database) == []
