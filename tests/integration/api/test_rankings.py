"""Rankings of many pairs: what they select, how they are read and exported, and what becomes of them later."""

import csv
import io
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest_asyncio
from sqlalchemy import func, insert, select, text, update

from db.candidate_index import searchable
from db.catalogue import visible
from db.job_withdrawal import forget_quotes
from db.match_results import LOST, ScoredPair, save_page
from db.tables import Candidate, MatchingPair, MatchingResult, Offer
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.integration.api.calls import ask, asked, asked_bulk, new_candidate, new_offer, refused
from tests.integration.api.edge import caller_of
from tests.integration.api.test_rights_and_limits import validated
from tests.waiting import matched, until
from workers.build import build_workers
from workers.collaborators import collaborators

HIDDEN = "Offre retirée, ou que sa source ne confirme plus"


async def rows_of(client: httpx.AsyncClient, job: str) -> list[list[str]]:
    """The lines of an exported ranking, its header first, as a French spreadsheet splits them."""
    answer = await client.get(f"/api/v1/result/{job}", params={"format": "csv"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))


@dataclass(frozen=True)
class Waiting:
    """An API whose requests no worker serves until `serve` is called."""

    client: httpx.AsyncClient
    at: Backend
    serve: Callable[[], Awaitable[None]]


@pytest_asyncio.fixture
async def waiting(servers: EmbeddedServers, admin: httpx.AsyncClient) -> AsyncGenerator[Waiting]:
    async with backend(servers, workers=False) as idle, AsyncExitStack() as running:

        async def serve() -> None:
            parts = await running.enter_async_context(collaborators(idle.settings))
            for worker in build_workers(idle.temporal, idle.settings, parts, queue=idle.queue):
                await running.enter_async_context(worker)

        client = httpx.AsyncClient(
            transport=idle.app._transport, base_url="http://test", headers=admin.headers, timeout=60
        )
        yield Waiting(await running.enter_async_context(client), idle, serve)


async def test_a_ranking_is_exported_for_spreadsheets(admin: httpx.AsyncClient) -> None:
    titles = ["=cmd|'/C calc'!A0", 'Chef ; de "projet"', "Développeuse\nPython"]
    offer_ids = [await new_offer(admin, title=title, required_skills=[skill])
                 for title, skill in zip(titles, ("Python", "Java", "PostgreSQL"), strict=True)]  # fmt: skip
    candidate = await new_candidate(admin)
    job = (await asked_bulk(admin, candidate_id=candidate, job_ids=offer_ids))["job_id"]
    whole = (await matched(admin, job))["result"]
    header, *lines = await rows_of(admin, job)
    assert header == ["rang", "candidat", "offre", "titre", "score", "catégorie", "confiance", "calcul", "erreur"]
    assert [(int(line[0]), int(line[1]), int(line[2]), line[7]) for line in lines] == [
        (item["rank"], candidate, item["offer_id"], item["job_id"]) for item in whole["items"]
    ]
    assert [line[4] for line in lines] == [f"{item['score']:.4f}".replace(".", ",") for item in whole["items"]]
    assert {line[3] for line in lines} == {f"'{titles[0]}", *titles[1:]}
    assert {line[5] for line in lines} <= {"excellent", "bon", "moyen", "faible", "insuffisant"}
    pair = whole["items"][0]["job_id"]
    refused(await admin.get(f"/api/v1/result/{pair}", params={"format": "csv"}), 422, "not_a_ranking")


async def test_every_pair_without_a_score_is_counted_and_exported(
    talentflow: Backend, admin: httpx.AsyncClient
) -> None:
    async with talentflow.state.database.transaction() as session:
        people = list(await session.scalars(insert(Candidate).returning(Candidate.id), [{"created_by": "test"}] * 205))
    fitting, offer = await new_candidate(admin), await new_offer(admin)
    job = (await asked_bulk(admin, offer_id=offer, candidate_ids=[*people, fitting]))["job_id"]
    end = await matched(admin, job)
    assert end["status"] == "completed"
    result = end["result"]
    assert [item["candidate_id"] for item in result["items"]] == [fitting]
    assert (result["total"], result["errors_total"], len(result["errors"])) == (1, 205, 200)
    lines = (await rows_of(admin, job))[2:]
    assert [(int(line[1]), line[8]) for line in lines] == [(person, "Candidat sans profil") for person in people]
    progress = (await admin.get(f"/api/v1/status/{job}")).json()["progress"]
    assert progress == {"done": 206, "total": 206, "percent": 100}


async def test_all_open_offers_are_ranked(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    candidate, offer, closed = await new_candidate(admin), await new_offer(admin), await new_offer(admin)
    async with talentflow.state.database.transaction() as session:
        await session.execute(update(Offer).where(Offer.id == closed).values(state="expired"))
        there = (await session.scalars(select(func.count()).where(visible()).select_from(Offer))).one()
    body = await asked_bulk(admin, candidate_id=candidate, all_open=True)
    assert "jobs" not in body
    end = await matched(admin, body["job_id"])
    assert (end["status"], end["result"]["total"] + end["result"]["errors_total"]) == ("completed", there)
    ranked = {int(line[2]) for line in (await rows_of(admin, body["job_id"]))[1:]}
    assert offer in ranked
    assert closed not in ranked
    progress = (await admin.get(f"/api/v1/status/{body['job_id']}")).json()["progress"]
    assert progress == {"done": there, "total": there, "percent": 100}


async def test_all_validated_candidates_are_ranked_for_staff(
    talentflow: Backend, admin: httpx.AsyncClient, recruiter: httpx.AsyncClient
) -> None:
    offer, known, draft = await new_offer(admin), await new_candidate(admin), await new_candidate(admin)
    await validated(talentflow, known)
    async with talentflow.state.database.transaction() as session:
        there = (await session.scalars(select(func.count()).where(searchable()).select_from(Candidate))).one()
    body = await asked_bulk(recruiter, offer_id=offer, all_validated=True)
    result = (await matched(recruiter, body["job_id"]))["result"]
    assert result["total"] + result["errors_total"] == there
    ranked = {int(line[1]) for line in (await rows_of(recruiter, body["job_id"]))[1:]}
    assert known in ranked
    assert draft not in ranked
    async with await caller_of(talentflow, "candidate") as person:
        own = await new_candidate(person)
        refused(await ask(person, "/queue-matching/bulk", offer_id=offer, all_validated=True), 403, "forbidden")
        open_ones = await asked_bulk(person, candidate_id=own, all_open=True)
        assert (await matched(person, open_ones["job_id"]))["status"] == "completed"


async def test_a_selection_is_one_of_the_ways_to_name_the_many(admin: httpx.AsyncClient) -> None:
    candidate, offer = await new_candidate(admin), await new_offer(admin)
    for body in (
        {"all_open": True},
        {"candidate_id": candidate, "all_open": True, "job_ids": [offer]},
        {"candidate_id": candidate, "all_validated": True},
        {"offer_id": offer, "all_open": True},
        {"offer_id": offer, "all_validated": True, "all_open": True},
        {"candidate_id": candidate, "all_open": False},
    ):
        refused(await ask(admin, "/queue-matching/bulk", **body), 422, "validation_error")


async def test_a_selection_is_made_when_scoring_begins(admin: httpx.AsyncClient, waiting: Waiting) -> None:
    candidate = await new_candidate(admin)
    job = (await asked_bulk(waiting.client, candidate_id=candidate, all_open=True))["job_id"]
    status = (await admin.get(f"/api/v1/status/{job}")).json()
    assert status == {"job_id": job, "status": "queued", "progress": {"done": 0, "total": 0, "percent": 0}}
    later = await new_offer(admin)
    await waiting.serve()
    await matched(admin, job)
    assert later in {int(line[2]) for line in (await rows_of(admin, job))[1:]}


async def test_force_scores_anew_and_keeps_what_was(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    candidate, offer = await new_candidate(admin), await new_offer(admin)
    pair: dict[str, Any] = {"candidate_id": candidate, "job_id": offer}
    first = (await matched(admin, (await asked(admin, **pair))["job_id"]))["result"]
    assert (await asked(admin, **pair))["status"] == "completed"
    again = await asked(admin, "/queue-matching?force=true", **pair)
    assert again["status"] == "queued"
    second = (await matched(admin, again["job_id"]))["result"]
    assert second["scored_at"] > first["scored_at"]
    assert second["score"] == first["score"]
    forced = await asked(admin, "/queue-matching/bulk?force=true", candidate_id=candidate, job_ids=[offer])
    await matched(admin, forced["job_id"])
    plain = await asked_bulk(admin, candidate_id=candidate, job_ids=[offer])
    await matched(admin, plain["job_id"])
    async with talentflow.state.database.transaction() as session:
        scores = select(MatchingResult).where(MatchingResult.candidate_id == candidate).order_by(MatchingResult.id)
        stored = list(await session.scalars(scores))
    assert [row.forced_by is not None for row in stored] == [False, True, True]
    assert {(row.profile_version, row.offer_version, row.score) for row in stored} == {(1, 1, first["score"])}
    third = (await admin.get(f"/api/v1/result/{again['job_id']}")).json()["result"]
    assert third["scored_at"] > second["scored_at"]


async def test_the_rest_of_a_ranking_is_explained_when_it_is_read(
    talentflow: Backend, admin: httpx.AsyncClient
) -> None:
    """Fifty are explained with their score; the others as long as nothing has changed, and else it is said."""
    candidate, owner = await new_candidate(admin), "test"
    async with talentflow.state.database.transaction() as session:
        row = {"created_by": owner, "title": "Développeur Python", "required_skills": ["Python", "COBOL"]}
        offers = list(await session.scalars(insert(Offer).returning(Offer.id), [row] * 52))
    job = (await asked_bulk(admin, candidate_id=candidate, job_ids=offers))["job_id"]
    ranked = (await matched(admin, job))["result"]
    first, last = ranked["items"][0], (await admin.get(
        f"/api/v1/result/{job}", params={"cursor": ranked["next_cursor"]}
    )).json()["result"]["items"][-1]  # fmt: skip
    assert last["rank"] == 52

    async def explained(item: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = (await admin.get(f"/api/v1/result/{item['job_id']}")).json()["result"]
        return result

    async with talentflow.state.database.transaction() as session:
        stored = select(MatchingResult.explanation).where(MatchingResult.offer_id == last["offer_id"])
        assert (await session.scalars(stored)).one().keys() == {"details"}
    best, rest = await explained(first), await explained(last)
    assert best["explanation_unavailable"] is rest["explanation_unavailable"] is None
    assert rest["gaps"] == best["gaps"]
    assert rest["details"] == best["details"]
    assert rest["details"]["skills_matching"]["missing"] == ["COBOL"]
    change = update(Offer).where(Offer.id.in_([first["offer_id"], last["offer_id"]]))
    async with talentflow.state.database.transaction() as session:
        await session.execute(change.values(title="Cuisinier", version=Offer.version + 1))
    assert (await explained(first))["gaps"] == best["gaps"]
    outdated = await explained(last)
    assert outdated["explanation_unavailable"] == (
        "Explication indisponible : le profil ou l'offre a changé depuis ce calcul"
    )
    assert (outdated["gaps"], outdated["strengths"], outdated["score"]) == (None, None, rest["score"])
    assert outdated["details"]["skills_score"] == rest["details"]["skills_score"]
    assert outdated["details"]["weights"] == rest["details"]["weights"]
    async with talentflow.state.database.transaction() as session:
        await session.execute(change.values(state="withdrawn"))
    hidden = await explained(first)
    assert "retirée" in hidden["explanation_unavailable"]
    assert hidden["gaps"] is hidden["details"]["skills_matching"] is None
    [top, *_] = (await admin.get(f"/api/v1/result/{job}", params={"limit": 1})).json()["result"]["items"]
    assert (top["offer_id"], top["title"]) == (first["offer_id"], None)


async def test_offers_that_go_before_the_scoring_are_reported(
    talentflow: Backend, admin: httpx.AsyncClient, waiting: Waiting
) -> None:
    candidate = await new_candidate(admin)
    there, deleted, hidden, unconfirmed = [await new_offer(admin) for _ in range(4)]
    body = await asked_bulk(waiting.client, candidate_id=candidate, job_ids=[there, deleted, hidden, unconfirmed])
    assert (await admin.delete(f"/api/v1/offers/{deleted}")).status_code == 204
    async with talentflow.state.database.transaction() as session:
        await session.execute(update(Offer).where(Offer.id == hidden).values(state="withdrawn"))
        long_ago = datetime(2020, 1, 1, tzinfo=UTC)
        stale = update(Offer).where(Offer.id == unconfirmed).values(mirrored=True, last_verified_at=long_ago)
        await session.execute(stale)
    pair = f"matching-{candidate}-{there}"
    assert (await admin.get(f"/api/v1/result/{pair}")).json() == {"job_id": pair, "status": "queued", "result": None}
    await waiting.serve()
    result = (await matched(admin, body["job_id"]))["result"]
    assert [item["offer_id"] for item in result["items"]] == [there]
    assert {error["offer_id"]: error["error"] for error in result["errors"]} == {
        deleted: "Offre introuvable",
        hidden: HIDDEN,
        unconfirmed: HIDDEN,
    }
    single = await asked(waiting.client, candidate_id=candidate, job_id=there)
    assert single["status"] == "completed"


async def test_an_offer_withdrawn_while_it_is_scored_is_not_quoted(
    talentflow: Backend, admin: httpx.AsyncClient
) -> None:
    candidate, offer = await new_candidate(admin), await new_offer(admin)
    one = update(Offer).where(Offer.id == offer)
    async with talentflow.state.database.transaction() as session:
        await session.execute(one.values(mirrored=True))
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with talentflow.state.database.transaction() as withdrawing:
        await withdrawing.execute(one.values(state="withdrawn"))
        await forget_quotes(withdrawing, [offer])
        job = (await asked_bulk(admin, candidate_id=candidate, job_ids=[offer]))["job_id"]

        async def scored_and_waiting() -> bool:
            async with talentflow.state.database.transaction() as session:
                return bool((await session.scalars(waits)).one())

        await until(scored_and_waiting)
    assert (await matched(admin, job))["status"] == "completed"
    async with talentflow.state.database.transaction() as session:
        stored = select(MatchingResult.explanation).where(MatchingResult.offer_id == offer)
        explanation = (await session.scalars(stored)).one()
    assert explanation.keys() == {"details"}
    assert not [name for name in explanation["details"] if name.endswith("_matching")]


async def test_an_offer_deleted_after_the_scoring_stays_counted(admin: httpx.AsyncClient) -> None:
    candidate, kept, doomed = await new_candidate(admin), await new_offer(admin), await new_offer(admin)
    job = (await asked_bulk(admin, candidate_id=candidate, job_ids=[kept, doomed]))["job_id"]
    assert (await matched(admin, job))["result"]["total"] == 2
    assert (await admin.delete(f"/api/v1/offers/{doomed}")).status_code == 204
    result = (await admin.get(f"/api/v1/result/{job}")).json()["result"]
    assert [item["offer_id"] for item in result["items"]] == [kept]
    gone = {"candidate_id": candidate, "offer_id": doomed, "error": "Offre ou candidat supprimé depuis le calcul"}
    assert (result["total"], result["errors"], result["errors_total"]) == (1, [gone], 1)
    progress = (await admin.get(f"/api/v1/status/{job}")).json()["progress"]
    assert progress == {"done": 2, "total": 2, "percent": 100}


async def test_a_page_written_twice_or_for_a_side_that_is_gone_decides_each_pair_once(
    talentflow: Backend, admin: httpx.AsyncClient
) -> None:
    candidate, offer, gone = await new_candidate(admin), await new_offer(admin), 9_000_001
    job = (await asked_bulk(admin, candidate_id=candidate, job_ids=[await new_offer(admin)]))["job_id"]
    await matched(admin, job)
    request = UUID(job.removeprefix("matching-bulk-"))

    def scored(offer_id: int, score: float) -> ScoredPair:
        return ScoredPair(candidate, offer_id, 1, 1, "1.0", score, "low", 0.5, {"details": {}}, 0.1)

    for score in (0.4, 0.2):
        async with talentflow.state.database.transaction() as session:
            pairs = [scored(gone, score), scored(offer, score)]
            failed = {(candidate, 9_000_002): "Offre introuvable"}
            now = datetime.now(UTC)
            await save_page(session, request, pairs, failed, scored_at=now, force=False)
    async with talentflow.state.database.transaction() as session:
        columns = (MatchingPair.offer_id, MatchingResult.score, MatchingPair.error)
        decided = (
            select(*columns)
            .outerjoin(MatchingResult, MatchingPair.result_id == MatchingResult.id)
            .where(MatchingPair.request_id == request, MatchingPair.offer_id.in_([offer, gone, 9_000_002]))
            .order_by(MatchingPair.offer_id)
        )
        assert list((await session.execute(decided)).tuples()) == [
            (offer, 0.4, None),
            (gone, None, LOST),
            (9_000_002, None, "Offre introuvable"),
        ]


async def test_a_position_in_a_growing_ranking_repeats_nothing(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    """Pairs that come while it is read: those behind the last line follow, those before it are not repeated for."""
    candidate = await new_candidate(admin)
    offers = [await new_offer(admin) for _ in range(7)]
    job = (await asked_bulk(admin, candidate_id=candidate, job_ids=offers[:1]))["job_id"]
    await matched(admin, job)
    request = UUID(job.removeprefix("matching-bulk-"))

    async def come(**scores: float) -> None:
        rows = [
            ScoredPair(candidate, offers[int(n[1:])], 9, 1, "1.0", s, "low", 0.5, {"details": {}}, 0.1)
            for n, s in scores.items()
        ]
        async with talentflow.state.database.transaction() as session:
            await save_page(session, request, rows, {}, scored_at=datetime.now(UTC), force=False)

    async def page(cursor: str | None) -> dict[str, Any]:
        params: dict[str, str | int] = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        result: dict[str, Any] = (await admin.get(f"/api/v1/result/{job}", params=params)).json()["result"]
        return result

    await come(o1=0.2, o2=0.1)
    first = await page(None)
    assert [item["offer_id"] for item in first["items"]] == [offers[0], offers[1]]
    await come(o3=0.9, o4=0.2, o5=0.15)
    second = await page(first["next_cursor"])
    assert [item["offer_id"] for item in second["items"]] == [offers[4], offers[5]]
    third = await page(second["next_cursor"])
    assert ([item["offer_id"] for item in third["items"]], third["next_cursor"]) == ([offers[2]], None)
    assert third["total"] == 6
