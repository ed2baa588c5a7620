"""Histories of imports and of builds of the summary: each way in which they end, and the nightly build."""

from samples.elections import FOLDER
from tests.elections import Town, build_ended, built, store
from tests.histories.recorder import Recorder
from tests.import_faults import reading_held, waits
from tests.imports import sent
from tests.summary_faults import database_url, held, refused
from workflows.contracts import SUMMARY_BUILD_ID
from workflows.nightly_summary import NightlySummaryWorkflow

BUILD = "/api/build/summary"


async def record_builds(recorder: Recorder) -> None:
    """Builds on a backend of small partitions, one after the other."""
    town, url = Town(5), database_url(recorder.at)
    await _import(recorder, town)
    await built(recorder.api)
    await recorder.save("build_full", SUMMARY_BUILD_ID)
    await _import(recorder, Town(6))
    await built(recorder.api, "incremental")
    await recorder.save("build_incremental", SUMMARY_BUILD_ID)
    async with held(url, "publishing") as hold:
        await recorder.post(BUILD)
        await hold.reached(recorder.api)
        await recorder.temporal.get_workflow_handle(SUMMARY_BUILD_ID).signal("refresh_requested")
    await recorder.save("build_two_passes", SUMMARY_BUILD_ID)
    async with refused(url, "partitions"):
        await recorder.post(BUILD)
        await build_ended(recorder.api)
    await recorder.save("build_failed", SUMMARY_BUILD_ID)
    async with held(url, "partitions") as hold:
        await recorder.post(BUILD)
        await hold.reached(recorder.api)
        await recorder.post(f"{BUILD}/cancel")
        await build_ended(recorder.api)
    await recorder.save("build_cancelled", SUMMARY_BUILD_ID)
    night = await recorder.temporal.start_workflow(
        NightlySummaryWorkflow.run, id="nightly", task_queue=recorder.at.queue
    )
    await recorder.save("nightly_build", night.id)
    await build_ended(recorder.api)


async def record_imports(recorder: Recorder) -> None:
    """An import that is merged and refreshes the summary, one of a file that is none, one called off while loading."""
    api, database = recorder.api, recorder.at.state.database
    recorded = await sent(api, "pv", (FOLDER / "minutes.csv").read_bytes())
    await recorder.save("import_ok", recorded)
    await recorder.save("import_failed", await sent(api, "pv", b"aucune;colonne;connue"))
    async with reading_held(database):
        held_up = await sent(api, "invit", (FOLDER / "invitations.csv").read_bytes())
        await waits(database)
        await recorder.post(f"/api/ingest/{held_up}/cancel")
        await recorder.save("import_cancelled", held_up)


async def _import(recorder: Recorder, town: Town) -> None:
    async with recorder.at.state.database.transaction() as session:
        await store(session, town.minutes(60), town.letters(10))
