"""An ad that its source has deleted leaves nothing behind that tells whose it was, and no search brings it back."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

import httpx
import pytest_asyncio
from sqlalchemy import text

from db import job_mirror
from db.catalogue import upsert_ads
from db.job_withdrawal import admit, withdraw
from domain.source_ad import SourceAd
from embedded.seed import ADMIN
from runtime.sealing import Sealer
from tests.backend import Backend
from tests.integration.api.calls import asked as matching_asked
from tests.integration.api.calls import new_candidate
from tests.integration.jobs.calls import searched, status_of
from tests.integration.jobs.mirroring import WORD, age, employers_ad, mirror, only, rows, taken, where
from tests.stubs.board_france_travail import ad
from tests.stubs.board_la_bonne_alternance import ad as apprenticeship
from tests.stubs.job_boards import JobBoards
from tests.unit.jobs.ads import ad as source_ad
from tests.waiting import matched, until

LATELY = "21 hours"
KEPT = {
    "title": "Développeur Python", "rome_code": "M1805", "job_type": "CDI", "contract_label": "CDI", "department": "75",
    "state": "withdrawn",
}  # fmt: skip
LOST = (
    "company", "company_url", "logo_url", "requirements", "url", "apply_url", "partner", "location", "insee",
    "postcode", "latitude", "longitude",
)  # fmt: skip


@pytest_asyncio.fixture
async def client(searching: Backend) -> AsyncGenerator[httpx.AsyncClient]:
    async with await searching.login(ADMIN) as logged_in:
        yield logged_in


def pseudonym(backend: Backend) -> Any:
    return Sealer(backend.settings.secrets_key.get_secret_value()).pseudonym


async def clock(backend: Backend) -> datetime:
    async with backend.state.database.transaction() as session:
        return await job_mirror.clock(session)


async def withdrawn(backend: Backend, boards: JobBoards, client: httpx.AsyncClient) -> str:
    """The search that had found the employer's ad, which is withdrawn since."""
    task_id = await taken(client, boards, employers_ad())
    await age(backend, "france_travail", last_verified_at=LATELY)
    boards.france_travail.details["300ZORG"] = None
    assert (await mirror(backend)).withdrawn == 1
    return task_id


async def test_the_employers_name_is_nowhere_in_the_database(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    task_id = await taken(client, boards, employers_ad())
    before = await only(searching)
    candidate = await new_candidate(client)
    job = await matching_asked(client, candidate_id=candidate, job_id=before["id"])
    score = (await matched(client, job["job_id"]))["result"]
    assert WORD in str(score["gaps"])
    assert set(await where(searching, WORD)) >= {"offers", "matching_results"}
    await age(searching, "france_travail", last_verified_at=LATELY)
    boards.france_travail.details["300ZORG"] = None
    assert (await mirror(searching)).withdrawn == 1
    assert await where(searching, WORD) == []
    assert await where(searching, "300ZORG") == []
    assert await where(searching, "odile.fictive") == []
    after = await only(searching)
    assert after.items() >= KEPT.items()
    assert [after[name] for name in LOST] == [None] * len(LOST)
    assert (after["description"], after["details"], after["cross_refs"], after["partner_urls"]) == ("", {}, [], [])
    assert [after[name] for name in ("id", "published_at", "salary")] == [
        before[name] for name in ("id", "published_at", "salary")
    ]
    assert (await client.get(f"/api/v1/offers/{before['id']}")).status_code == 410
    (told,) = (await status_of(client, task_id))["offers"]
    assert {name: told[name] for name in told if name != "seq"} == {
        "id": before["id"], "title": "Développeur Python", "status": "withdrawn"
    }  # fmt: skip
    kept = (await client.get(f"/api/v1/result/{job['job_id']}")).json()["result"]
    assert (kept["score"], kept["candidate_id"], kept["offer_id"]) == (score["score"], candidate, before["id"])
    assert kept["gaps"] is kept["strengths"] is kept["details"]["skills_matching"] is None
    assert kept["details"]["skills_score"] == score["details"]["skills_score"]


async def test_a_search_that_is_still_given_the_ad_does_not_bring_it_back(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    await withdrawn(searching, boards, client)
    again = await searched(client, sources=["france_travail"], force_refresh=True)
    assert (again["status"], again["count"], again["offers"]) == ("completed", 0, [])
    assert (await only(searching))["state"] == "withdrawn"
    assert await where(searching, WORD) == []


async def test_one_that_relays_it_does_not_bring_it_back_either(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    await withdrawn(searching, boards, client)
    relayed = apprenticeship(None, "Apprenti Python", partner="France Travail", partner_id="300ZORG")
    boards.la_bonne_alternance.ads = [relayed, apprenticeship("1", "Apprentie Python")]
    found = await searched(client, sources=["la_bonne_alternance"], force_refresh=True)
    assert [offer["title"] for offer in found["offers"]] == ["Apprentie Python"]
    assert len(await rows(searching)) == 2


async def test_an_ad_that_is_given_again_a_day_later_is_the_same_one(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    await withdrawn(searching, boards, client)
    before = await only(searching)
    await age(searching, "france_travail", withdrawn_at="25 hours")
    boards.france_travail.details.clear()
    again = await searched(client, sources=["france_travail"], force_refresh=True)
    assert [(offer["id"], offer["company"]) for offer in again["offers"]] == [(before["id"], WORD)]
    after = await only(searching)
    assert (after["source_id"], after["state"], after["withdrawn_at"]) == ("300ZORG", "open", None)
    assert after["version"] > before["version"]
    await age(searching, "france_travail", last_verified_at=LATELY)
    boards.france_travail.details["300ZORG"] = None
    assert (await mirror(searching)).withdrawn == 1  # and may be withdrawn as often as it is deleted
    assert await where(searching, WORD) == []


async def test_a_confirmation_that_comes_late_changes_nothing(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    await withdrawn(searching, boards, client)
    before = await only(searching)
    late = source_ad(source="france_travail", source_id="300ZORG", company=WORD)
    async with searching.state.database.transaction() as session:
        assert await job_mirror.confirm(session, late) == 0
    assert await only(searching) == before


async def test_a_withdrawal_that_comes_late_does_not_touch_what_was_confirmed_since(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    told_at = await clock(searching)
    await taken(client, boards, employers_ad())
    before = await only(searching)
    async with searching.state.database.transaction() as session:
        assert await withdraw(session, "300ZORG", told_at=told_at, pseudonym=pseudonym(searching)) == 0
    assert await only(searching) == before


async def test_a_page_that_is_being_stored_is_withdrawn_too(searching: Backend) -> None:
    """A search stores an ad, not committed yet, while the mirror learns that it is gone."""
    database, known = searching.state.database, pseudonym(searching)
    given = source_ad(source="france_travail", source_id="300ZORG", company=WORD)

    async def store(ads: list[SourceAd], stored: asyncio.Event, commit: asyncio.Event) -> None:
        async with database.transaction() as session:
            await upsert_ads(session, await admit(session, ads, known))
            stored.set()
            await commit.wait()

    async def give_up() -> int:
        async with database.transaction() as session:
            return await withdraw(session, "300ZORG", told_at=told_at, pseudonym=known)

    async def waits() -> bool:
        async with database.transaction() as session:
            waiting = text("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
            return bool(await session.scalar(waiting))

    stored, commit = asyncio.Event(), asyncio.Event()
    storing = asyncio.create_task(store([given], stored, commit))
    await stored.wait()
    told_at = await clock(searching)
    giving_up = asyncio.create_task(give_up())
    await until(waits)
    commit.set()
    await storing
    assert await giving_up == 1
    assert await where(searching, WORD) == []
    async with database.transaction() as session:
        assert await admit(session, [given], known) == []


async def test_ads_of_others_are_none_of_its_business(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    await taken(client, boards, employers_ad(), ad("301AUTR", "Développeuse Python", "Python"))
    await searched(client, sources=["adzuna"])
    await age(searching, "france_travail", last_verified_at=LATELY)
    before = {key: row for key, row in (await rows(searching)).items() if row["source_id"] != "300ZORG"}
    boards.france_travail.details["300ZORG"] = None
    counts = await mirror(searching)
    assert (counts.withdrawn, counts.confirmed) == (1, 1)
    after = {key: row for key, row in (await rows(searching)).items() if row["state"] != "withdrawn"}
    assert after.keys() == before.keys()
    moving = {"last_verified_at"}
    assert [{k: v for k, v in row.items() if k not in moving} for row in after.values()] == [
        {k: v for k, v in row.items() if k not in moving} for row in before.values()
    ]


async def test_a_score_that_is_stored_after_the_withdrawal_quotes_nothing(
    searching: Backend, boards: JobBoards, client: httpx.AsyncClient
) -> None:
    """Whoever scores may have read the ad before it was withdrawn, and stores what it found afterwards."""
    await taken(client, boards, employers_ad())
    offer_id, candidate = (await only(searching))["id"], await new_candidate(client)
    database = searching.state.database
    async with database.transaction() as blocker:
        # The candidate is locked, so that the score is found but cannot be stored.
        await blocker.execute(text("SELECT FROM candidates WHERE id = :id FOR UPDATE"), {"id": candidate})
        job = await matching_asked(client, candidate_id=candidate, job_id=offer_id)

        async def waits() -> bool:
            async with database.transaction() as session:
                waiting = "wait_event_type = 'Lock' AND query LIKE '%matching_results%' AND pid <> pg_backend_pid()"
                found = text(f"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE {waiting})")  # noqa: S608
                return bool(await session.scalar(found))

        await until(waits)
        told_at = await clock(searching)
        async with database.transaction() as session:
            assert await withdraw(session, "300ZORG", told_at=told_at, pseudonym=pseudonym(searching)) == 1
    kept = (await matched(client, job["job_id"]))["result"]
    assert kept["score"] > 0
    assert kept["gaps"] is None
    assert await where(searching, WORD) == []
