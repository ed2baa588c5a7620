"""Ads of France Travail are confirmed every day, hidden until they are, and given up when nobody uses them."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import CancelledError

from db.catalogue import upsert_ads
from db.job_mirror import due_offers
from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.api.calls import ask, new_candidate
from tests.integration.jobs.calls import searched, status_of
from tests.integration.jobs.conftest import PATIENT
from tests.integration.jobs.mirroring import (
    WORD,
    age,
    asked,
    begin_mirror,
    employers_ad,
    mirror,
    only,
    rows,
    taken,
)
from tests.stubs.board_france_travail import ad
from tests.stubs.board_la_bonne_alternance import ad as apprenticeship
from tests.stubs.job_boards import JobBoards
from tests.unit.jobs.ads import ad as source_ad
from tests.waiting import until

LATELY, LONG_AGO = "21 hours", "8 days"


@pytest_asyncio.fixture
async def client(searching: Backend) -> AsyncGenerator[httpx.AsyncClient]:
    async with await searching.login(ADMIN) as logged_in:
        yield logged_in


async def test_a_confirmed_ad_is_as_its_source_has_it_now(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    await taken(client, boards, employers_ad())
    await age(searching, "france_travail", last_verified_at=LATELY, last_seen_at="2 days")
    before = await only(searching)
    boards.france_travail.ads = [employers_ad(description="Python et Django.", age=0)]
    assert (await mirror(searching)).model_dump() == {
        "confirmed": 1, "withdrawn": 0, "unanswered": 0, "expired": 0, "deleted": 0
    }  # fmt: skip
    after = await only(searching)
    assert after["last_verified_at"] > before["last_verified_at"]
    assert after["last_seen_at"] == before["last_seen_at"]
    assert (after["id"], after["version"]) == (before["id"], before["version"] + 1)
    assert (after["description"], after["details"]["description"]) == ("Python et Django.", "Python et Django.")
    answer = (await client.get(f"/api/v1/offers/{after['id']}")).json()
    assert answer["attribution"]["label"] == "France Travail"
    assert answer["attribution"]["updated_at"] == answer["source_updated_at"]


async def test_what_was_confirmed_lately_is_not_asked_for(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    await taken(client, boards, employers_ad())
    await age(searching, "france_travail", last_verified_at=LATELY)
    await mirror(searching)
    assert len(asked(boards)) == 1
    assert (await mirror(searching)).confirmed == 0
    await age(searching, "france_travail", last_verified_at=LATELY)
    await searched(client, sources=["france_travail"], force_refresh=True)  # a search confirms too
    await mirror(searching)
    assert len(asked(boards)) == 1


@pytest.mark.parametrize(
    ("mode", "value"),
    [
        ("status", 500),
        ("status", 404),
        ("status", 403),
        ("status", 410),
        ("status", 429),
        ("status", 401),
        ("html", 200),
        ("truncated_json", None),
        ("drop", None),
        ("hang", None),
    ],
)
async def test_an_ad_that_is_not_answered_for_is_left_alone(
    searching: Backend, hasty: Backend, boards: JobBoards, client: httpx.AsyncClient, mode: Any, value: Any
) -> None:
    await taken(client, boards, employers_ad())
    await age(searching, "france_travail", last_verified_at=LATELY)
    before = await only(searching)
    boards.fail("france_travail", mode, value)
    assert (await mirror(hasty if mode == "hang" else searching)).unanswered == 1
    assert await only(searching) == before


async def test_an_answer_about_another_ad_confirms_none(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    await taken(client, boards, employers_ad())
    await age(searching, "france_travail", last_verified_at=LATELY)
    before = await only(searching)
    boards.france_travail.details["300ZORG"] = employers_ad("301ZORG", "Une autre offre.").row
    assert (await mirror(searching)).unanswered == 1
    assert await only(searching) == before


async def test_a_source_that_is_away_is_not_asked_about_every_ad(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    await taken(client, boards, *(ad(f"{n:06}P", f"Poste Python {n}", "Python") for n in range(45)))
    await age(searching, "france_travail", last_verified_at=LATELY)
    boards.fail("france_travail", "status", 503)
    assert (await mirror(searching)).unanswered == 20
    boards.reset()
    boards.france_travail.ads = [ad(f"{n:06}P", f"Poste Python {n}", "Python") for n in range(45)]
    assert (await mirror(searching)).confirmed == 45


async def test_lists_of_what_is_due_follow_one_another_without_gap_or_repeat(searching: Backend) -> None:
    many = [source_ad(source="france_travail", source_id=f"{n:06}P") for n in range(7)]
    async with searching.state.database.transaction() as session:
        ids = await upsert_ads(session, many)
    await age(searching, "france_travail", last_verified_at=LATELY)  # all at the same moment
    after, since, seen = timedelta(hours=20), None, []
    async with searching.state.database.transaction() as session:
        while part := await due_offers(session, after=after, since=since, limit=3):
            seen.append([offer.id for offer in part])
            since = part[-1]
    assert [len(part) for part in seen] == [3, 3, 1]
    assert [offer_id for part in seen for offer_id in part] == sorted(ids.values())


async def test_an_ad_unconfirmed_for_a_day_is_nowhere_until_it_is_confirmed(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    task_id = await taken(client, boards, employers_ad())
    offer_id = (await only(searching))["id"]
    candidate = await new_candidate(client)

    async def seen() -> dict[str, Any]:
        listed = (await client.get("/api/v1/offers", params={"q": WORD})).json()["items"]
        catalogue = await searched(client, sources=["catalogue"], keywords=WORD)
        matching = await ask(client, candidate_id=candidate, job_id=offer_id)
        return {
            "list": [one["id"] for one in listed],
            "offer": (await client.get(f"/api/v1/offers/{offer_id}")).status_code,
            "catalogue": [one["id"] for one in catalogue["offers"]],
            "search": [one.get("status") for one in (await status_of(client, task_id))["offers"]],
            "matching": matching.status_code,
        }

    await age(searching, "france_travail", last_verified_at="25 hours")
    assert await seen() == {"list": [], "offer": 410, "catalogue": [], "search": ["hidden"], "matching": 404}
    assert WORD not in (await client.get(f"/api/v1/jobs/search/{task_id}/offers")).text
    await mirror(searching)
    assert await seen() == {
        "list": [offer_id], "offer": 200, "catalogue": [offer_id], "search": [None], "matching": 202
    }  # fmt: skip


async def test_an_ad_that_nobody_uses_is_deleted_instead_of_confirmed(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    await taken(client, boards, employers_ad())
    await age(searching, "france_travail", last_verified_at=LATELY, last_seen_at=LONG_AGO)
    assert (await mirror(searching)).model_dump(include={"confirmed", "deleted"}) == {"confirmed": 1, "deleted": 0}
    await _forget_searches(searching)
    await age(searching, "france_travail", last_verified_at=LATELY)
    assert (await mirror(searching)).model_dump(include={"confirmed", "deleted"}) == {"confirmed": 0, "deleted": 1}
    assert await rows(searching) == {}
    assert len(asked(boards)) == 1


async def test_ads_that_their_source_gives_no_more_expire_and_go(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    await searched(client, sources=["adzuna", "arbeitnow"])
    adzuna = {key for key, row in (await rows(searching)).items() if row["source"] == "adzuna"}
    everything = set(await rows(searching))
    assert adzuna
    assert adzuna != everything
    await age(searching, "adzuna", "arbeitnow", last_seen_at="8 days")
    assert (await mirror(searching)).expired == len(adzuna)
    states = {key: row["state"] for key, row in (await rows(searching)).items()}
    assert {key for key, state in states.items() if state == "expired"} == adzuna
    await age(searching, "adzuna", "arbeitnow", last_seen_at="38 days")
    counts = await mirror(searching)
    assert (counts.expired, counts.deleted) == (len(everything - adzuna), len(adzuna))
    await searched(client, sources=["arbeitnow"], force_refresh=True)
    assert {row["state"] for row in (await rows(searching)).values()} == {"open"}  # given again


async def test_an_ad_that_is_relayed_is_confirmed_by_france_travail(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    boards.la_bonne_alternance.ads = [
        apprenticeship(None, "Apprenti Python", partner="France Travail", partner_id="196ALTE")
    ]
    await taken(client, boards, ad("196ALTE", "Apprenti Python", "Python"), source="la_bonne_alternance")
    await age(searching, "la_bonne_alternance", last_verified_at=LATELY)
    assert (await mirror(searching)).confirmed == 1
    assert {call.path for call in asked(boards)} == {"/france_travail/v2/offres/196ALTE"}
    # Changed at France Travail since La bonne alternance gave it: what is stored is not what it says.
    boards.france_travail.ads = [ad("196ALTE", "Apprenti Python", "Python", age=0)]
    await age(searching, "la_bonne_alternance", last_verified_at=LATELY, last_seen_at="2 days")
    before = await only(searching)
    assert (await mirror(searching)).confirmed == 0
    assert await only(searching) == before
    boards.france_travail.ads = []
    assert (await mirror(searching)).withdrawn == 1
    assert (await only(searching))["state"] == "withdrawn"


async def test_two_runs_at_the_same_time_come_to_the_same(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    kept = [ad(f"{n:06}P", f"Poste Python {n}", "Python") for n in range(15)]
    await taken(client, boards, *kept, *(employers_ad(f"{n:06}Z") for n in range(15)))
    boards.france_travail.ads = list(kept)
    await age(searching, "france_travail", last_verified_at=LATELY)
    counts = await asyncio.gather(mirror(searching), mirror(searching))
    assert sum(count.withdrawn for count in counts) == 15
    assert 15 <= sum(count.confirmed for count in counts) <= 30
    counted = text("SELECT state, count(*) FROM offers WHERE source = 'france_travail' GROUP BY 1")
    async with searching.state.database.transaction() as session:
        states = (await session.execute(counted)).all()
    assert sorted(map(tuple, states)) == [("open", 15), ("withdrawn", 15)]


async def test_a_cancelled_run_changes_nothing_more_and_the_next_one_goes_on(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    await taken(client, boards, employers_ad())
    await age(searching, "france_travail", last_verified_at=LATELY)
    before = await only(searching)
    boards.fail("france_travail", "hang")
    run = await begin_mirror(searching)

    async def is_asked() -> bool:
        return bool(asked(boards))

    await until(is_asked)
    await run.cancel()
    with pytest.raises(WorkflowFailureError) as failed:
        await run.result()
    assert isinstance(failed.value.cause, CancelledError)
    assert await only(searching) == before
    boards.reset()
    boards.france_travail.ads = [employers_ad()]
    assert (await mirror(searching)).confirmed == 1


async def test_searches_are_served_before_the_mirror(servers: EmbeddedServers, boards: JobBoards) -> None:
    """The pace is kept for both together, and a search waits for no more than the calls under way."""
    slow = {**PATIENT, "france_travail_calls_per_minute": 120}
    async with backend(servers, **boards.settings(), **slow) as at, await at.login(ADMIN) as client:
        await taken(client, boards, *(ad(f"{n:06}P", f"Poste Python {n}", "Python") for n in range(20)))
        await age(at, "france_travail", last_verified_at=LATELY)
        run = await begin_mirror(at)

        async def under_way() -> bool:
            return len(asked(boards)) >= 4

        await until(under_way)
        before = len(boards.calls_to("france_travail"))
        end = await searched(client, sources=["france_travail"], keywords="Cobol")
        assert end["sources"]["france_travail"]["status"] == "completed"
        assert (await run.result()).confirmed == 20
    calls = boards.calls_to("france_travail")[before:]
    searches = [place for place, call in enumerate(calls) if call.path.endswith("/search")]
    assert len(searches) == 2
    assert searches[-1] < len(calls) - 5  # mirrored ads that were waiting before the search came


async def _forget_searches(backend: Backend) -> None:
    async with backend.state.database.transaction() as session:
        await session.execute(text("TRUNCATE job_searches CASCADE"))
