"""Searches from start to end: what the sources give is stored, and shared by those who ask the same."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ApplicationError

from domain.source_errors import SkipReason
from tests.backend import Backend
from tests.integration.jobs.searching import (
    ASKED,
    decided,
    events,
    found,
    giving,
    kept,
    runs,
    search_of,
    sources_of,
    start,
)
from tests.stubs.job_boards import JobBoards
from tests.waiting import until


async def test_what_all_sources_give_is_stored_and_counted(searching: Backend, boards: JobBoards) -> None:
    handle = await start(searching, ("france_travail", "adzuna", "arbeitnow", "catalogue"),
                         skipped=SkipReason("disabled"), location="Paris")  # fmt: skip
    end = await handle.result()
    row = await decided(searching, handle)
    sources = await sources_of(searching, handle)
    ads = await found(searching, handle)
    assert (end.outcome, row.outcome, row.partial, row.error, row.cached) == (
        "completed",
        "completed",
        False,
        None,
        False,
    )
    assert row.owner == "user:4711"
    assert {name: source.state for name, source in sources.items()} == {
        "france_travail": "completed",
        "adzuna": "completed",
        "arbeitnow": "completed",
        "catalogue": "completed",
        "la_bonne_alternance": "skipped",
    }
    assert sources["la_bonne_alternance"].error is not None
    assert sources["la_bonne_alternance"].error["code"] == "disabled"
    assert sources["france_travail"].kept > 0
    assert sources["arbeitnow"].filtered > 0
    assert sources["arbeitnow"].kept + sources["arbeitnow"].filtered + sources["arbeitnow"].invalid == len(
        boards.arbeitnow.ads
    )
    assert {ad.source for ad in ads} >= {"france_travail", "adzuna", "arbeitnow"}
    assert all(ad.offer is not None and ad.offer.title and ad.offer.url and ad.shown for ad in ads)
    assert sum(source.kept for source in sources.values()) == len(await kept(searching, handle))
    assert 0 < row.listed <= row.found <= len(ads)
    assert end.count == row.listed


async def test_events_and_ads_share_one_sequence(searching: Backend, boards: JobBoards) -> None:
    handle = await start(searching)
    await handle.result()
    told = await events(searching, handle)
    seqs = [event.seq for event in told]
    assert seqs == sorted(set(seqs))
    assert told[-1].kind == "done"
    assert [event.kind for event in told].count("done") == 1
    offers = [event.data for event in told if event.kind == "offers"]
    numbers = [ad.seq for ad in await found(searching, handle)]
    announced = [seq for data in offers if data["count"] for seq in range(data["from_seq"], data["to_seq"] + 1)]
    assert announced == sorted(announced)
    assert set(numbers) <= set(announced)
    ends = [event.data for event in told if event.kind == "source" and event.data["status"] != "running"]
    assert {data["source"]: data["status"] for data in ends} == dict.fromkeys(ASKED, "completed")


async def test_sources_are_read_at_the_same_time_and_the_first_does_not_wait(
    searching: Backend, boards: JobBoards
) -> None:
    others = ("france_travail_token", "adzuna", "la_bonne_alternance")
    for source in others:
        boards.fail(source, "hang", count=1)
    handle = await start(searching)
    await giving(searching, handle, "arbeitnow")

    async def all_asked() -> bool:
        return all(boards.calls_to(source) for source in others)

    await until(all_asked)
    row = await search_of(searching, handle)
    assert row is not None
    assert row.outcome is None
    boards.release()
    await handle.result()
    assert (await decided(searching, handle)).outcome == "completed"


async def test_identical_searches_share_one_reading(searching: Backend, boards: JobBoards) -> None:
    boards.fail("adzuna", "latency", 0.5, count=1)
    handles = await asyncio.gather(*(start(searching, max_results=100) for _ in range(20)))
    ends = await asyncio.gather(*(handle.result() for handle in handles))
    assert {end.outcome for end in ends} == {"completed"}
    assert len({end.count for end in ends}) == 1
    assert len(boards.calls_to("adzuna")) == 1
    assert len(boards.calls_to("la_bonne_alternance")) == 1
    assert len(boards.calls_to("france_travail_token")) == 1
    pages = [call.query["page"][0] for call in boards.calls_to("arbeitnow")]
    assert sorted(pages) == sorted(set(pages))


async def test_a_repeated_search_is_served_from_what_was_read(searching: Backend, boards: JobBoards) -> None:
    first = await start(searching)
    await first.result()
    calls = len(boards.calls)
    again = await start(searching)
    await again.result()
    row = await decided(searching, again)
    assert len(boards.calls) == calls
    assert row.cached
    assert row.cached_at is not None
    assert row.cached_at <= row.started_at
    assert {source.from_cache for source in (await sources_of(searching, again)).values()} == {True}
    assert sorted(await kept(searching, again)) == sorted(await kept(searching, first))
    forced = await start(searching, force_refresh=True)
    await forced.result()
    assert len(boards.calls) > calls
    assert not (await decided(searching, forced)).cached


async def test_what_failed_is_not_kept_for_later(searching: Backend, boards: JobBoards) -> None:
    boards.fail("adzuna", "status", 401, count=1)
    first = await start(searching, ("adzuna", "arbeitnow"))
    await first.result()
    assert (await sources_of(searching, first))["adzuna"].state == "failed"
    again = await start(searching, ("adzuna", "arbeitnow"))
    await again.result()
    sources = await sources_of(searching, again)
    assert (sources["adzuna"].state, sources["adzuna"].from_cache) == ("completed", False)
    assert sources["arbeitnow"].from_cache
    assert not (await decided(searching, again)).cached


async def test_a_cancel_takes_effect_at_once_and_stops_nobody_else(searching: Backend, boards: JobBoards) -> None:
    """While the source still hangs: nobody asks it again for the other search, which gets its answer."""
    boards.fail("adzuna", "hang", count=1)
    handle = await start(searching, ("adzuna", "arbeitnow"))
    other = await start(searching, ("adzuna", "arbeitnow"))
    await giving(searching, handle, "arbeitnow")
    await handle.cancel()
    row = await decided(searching, handle)
    assert row.outcome == "cancelled"
    assert row.listed > 0
    assert (await sources_of(searching, handle))["adzuna"].state == "cancelled"
    before = await kept(searching, handle)
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert (await handle.describe()).status is WorkflowExecutionStatus.CANCELED
    boards.release()
    assert (await other.result()).outcome == "completed"
    assert (await sources_of(searching, other))["adzuna"].state == "completed"
    assert await kept(searching, handle) == before
    assert (await decided(searching, handle)).outcome == "cancelled"
    assert len(boards.calls_to("adzuna")) == 1


async def test_all_sources_down_is_a_failure_that_says_so(searching: Backend, boards: JobBoards) -> None:
    for source in ("france_travail_token", "adzuna", "arbeitnow", "la_bonne_alternance"):
        boards.fail(source, "drop")
    handle = await start(searching)
    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()
    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "AllSourcesFailed"
    row = await decided(searching, handle)
    assert (row.outcome, row.error_code) == ("failed", "all_sources_failed")
    assert row.error == "Impossible de se connecter aux plateformes"
    assert {run.state for run in await runs(searching)} == {"failed"}


async def test_honest_nothing_is_a_completed_search(searching: Backend, boards: JobBoards) -> None:
    handle = await start(searching, keywords="xylophoniste")
    end = await handle.result()
    assert (end.outcome, end.count) == ("completed", 0)
    assert not (await decided(searching, handle)).partial


async def test_a_search_does_not_wait_longer_than_its_time(searching: Backend, boards: JobBoards) -> None:
    await (await start(searching, ("arbeitnow",))).result()  # so that it is kept, and given at once
    boards.fail("adzuna", "hang")
    handle = await start(searching, ("adzuna", "arbeitnow"), limits={"time_limit": timedelta(seconds=3)})
    await handle.result()
    row = await decided(searching, handle)
    adzuna = (await sources_of(searching, handle))["adzuna"]
    assert (row.outcome, row.partial) == ("completed", True)
    assert row.notice == "Résultats partiels : adzuna n'a pas répondu à temps."
    assert (adzuna.state, adzuna.error and adzuna.error["code"]) == ("timed_out", "timeout")


async def test_counts_tell_a_running_search(searching: Backend, boards: JobBoards) -> None:
    boards.fail("adzuna", "hang", count=1)
    handle = await start(searching, ("adzuna", "arbeitnow"))

    async def arbeitnow_ended() -> bool:
        counts = await handle.query("counts")
        return [outcome["source"] for outcome in counts["ended"]] == ["arbeitnow"] and counts["running"] == ["adzuna"]

    await until(arbeitnow_ended)
    boards.release()
    assert (await handle.result()).outcome == "completed"
