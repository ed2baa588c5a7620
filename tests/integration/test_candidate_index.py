"""The index of candidates against the real search server: versions, replacement, and what its failures are called."""

import asyncio
import traceback
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from elasticsearch import AsyncElasticsearch
from pytest_httpserver import HTTPServer
from sqlalchemy import select, text, update

from adapters.candidate_index import CandidateIndex, IndexMissing, IndexRejected, IndexUnavailable
from adapters.candidate_query import CandidateQuery
from adapters.search import search_client
from db import candidate_index
from db.engine import Database
from db.tables import Candidate, Decision, Evaluation
from domain.candidate_document import CandidateContent, candidate_document
from embedded.stack import EmbeddedServers
from tests.backend import settings_for
from tests.integration.api.edge import closed_port
from tests.waiting import until

NOBODY = CandidateContent(None, None, None, None, None, None, None, {}, None)
EVERYBODY = CandidateQuery()


def document(candidate_id: int, version: int = 1, **known: Any) -> dict[str, Any]:
    return candidate_document(candidate_id, version, replace(NOBODY, **known))


@pytest_asyncio.fixture
async def client(servers: EmbeddedServers) -> AsyncGenerator[AsyncElasticsearch]:
    async with search_client(settings_for(servers)) as opened:
        yield opened


@pytest_asyncio.fixture
async def index(client: AsyncElasticsearch) -> AsyncGenerator[CandidateIndex]:
    """An index of this test's own."""
    alias = f"test-{uuid4().hex}"
    own = CandidateIndex(client, alias)
    await own.ensure()
    yield own
    await client.indices.delete(index=f"{alias}-*")


@pytest_asyncio.fixture
async def database(servers: EmbeddedServers) -> AsyncGenerator[Database]:
    opened = Database(servers.endpoints["database_url"])
    yield opened
    await opened.close()


async def ids(index: CandidateIndex) -> list[int]:
    page = await index.search(EVERYBODY, None, 100)
    assert page.total == len(page.hits)
    return sorted(hit.candidate_id for hit in page.hits)


async def test_a_document_is_found_as_soon_as_it_is_written_and_no_longer_once_removed(index: CandidateIndex) -> None:
    assert await index.put(5, document(5, 2, city="Lyon"), 2)
    assert await ids(index) == [5]
    assert await index.version_of(5) == 2
    assert await index.remove(5, 3)
    assert await ids(index) == []
    assert await index.version_of(5) is None
    assert await index.remove(5, None)
    assert await index.remove(99, 1)


async def test_a_late_write_never_overtakes_a_newer_state(index: CandidateIndex) -> None:
    assert await index.put(5, document(5, 4, city="Lyon"), 4)
    for late in (3, 4):
        assert not await index.put(5, document(5, late, city="Paris"), late)
        assert not await index.remove(5, late)
    assert await index.version_of(5) == 4
    assert await index.remove(5, 6)
    for late in (5, 6):  # a tie loses too: it would bring back what was removed
        assert not await index.put(5, document(5, late), late)
    assert await ids(index) == []
    assert await index.put(5, document(5, 7), 7)
    assert await ids(index) == [5]


async def test_many_processes_may_make_sure_of_the_index(client: AsyncElasticsearch) -> None:
    alias = f"test-{uuid4().hex}"
    indices = [CandidateIndex(client, alias) for _ in range(6)]
    assert await indices[0].current() is None
    await asyncio.gather(*(one.ensure() for one in indices))
    assert await indices[0].current() == f"{alias}-000001"
    assert await indices[0].unpublished() == []
    await client.indices.delete(index=f"{alias}-*")


async def test_nothing_is_written_where_there_is_no_index(client: AsyncElasticsearch) -> None:
    index = CandidateIndex(client, f"test-{uuid4().hex}")
    for attempt in (
        index.put(1, document(1), 1),
        index.remove(1, 1),
        index.remove(1, None),
        index.version_of(1),
        index.search(EVERYBODY, None, 10),
        index.load(f"{index._alias}-000004", [document(1)]),
        index.discard(f"{index._alias}-000004", [1]),
        index.publish(f"{index._alias}-000004"),
        index.entries(f"{index._alias}-000004", 0, 10, 10),
    ):
        with pytest.raises(IndexMissing):
            await attempt
    assert (await client.indices.get_alias(index=f"{index._alias}*")).body == {}


async def test_an_index_is_replaced_in_one_step(index: CandidateIndex) -> None:
    await index.put(1, document(1, 3), 3)
    old = await index.current()
    assert old is not None
    new = await index.create()
    assert await index.unpublished() == [new]
    await index.load(new, [document(n, 3) for n in range(1, 451)])
    await index.load(new, [document(1, 2, city="Paris"), document(2, 3, city="Paris"), document(451, 1)])
    await index.discard(new, [451, 452])
    assert await ids(index) == [1]
    assert await index.entries(new, 0, 1000, 1000) == [(n, 3) for n in range(1, 451)]
    assert await index.entries(new, 100, 300, 150) == [(n, 3) for n in range(101, 251)]
    assert await index.entries(new, 440, 445, 150) == [(n, 3) for n in range(441, 446)]

    with pytest.raises(ValueError, match="live"):
        await index.drop(old)
    for _ in range(2):
        await index.publish(new)
        assert (await index.current(), await index.unpublished()) == (new, [old])
    assert (await index.search(EVERYBODY, None, 1)).total == 450
    for late in (index.load(new, [document(600)]), index.discard(new, [1])):  # a page that comes after publishing
        with pytest.raises(IndexMissing):
            await late
    for _ in range(2):
        await index.drop(old)
        assert await index.unpublished() == []
    with pytest.raises(IndexMissing):
        await index.publish(old)
    assert (await index.search(EVERYBODY, None, 1)).total == 450


async def test_what_the_mapping_does_not_know_is_refused_without_quoting_it(index: CandidateIndex) -> None:
    bad = {**document(3, city="Lyon"), "admin_score": "Claire Doe"}
    with pytest.raises(IndexRejected) as refused:
        await index.put(3, bad, 1)
    assert str(refused.value) == "HTTP 400"
    assert "Claire" not in "".join(traceback.format_exception(refused.value))
    with pytest.raises(IndexRejected, match="HTTP 400"):
        await index.put(3, {**document(3), "e_mail": "claire@example.fr"}, 1)
    new = await index.create()
    with pytest.raises(IndexRejected) as refused:
        await index.load(new, [document(2), bad, document(4)])
    assert str(refused.value) == "Documents refused: 3"
    assert [entry for entry, _ in await index.entries(new, 0, 10, 10)] == [2, 4]


@pytest.mark.parametrize(("status", "error"), [(429, IndexUnavailable), (503, IndexUnavailable), (403, IndexRejected)])
async def test_failures_have_fixed_names(httpserver: HTTPServer, status: int, error: type[Exception]) -> None:
    httpserver.expect_request("/candidates/_doc/1").respond_with_json(
        {"error": {"type": "x", "reason": "claire@example.fr"}, "status": status}, status
    )
    async with AsyncElasticsearch(httpserver.url_for(""), max_retries=0) as client:
        with pytest.raises(error) as raised:
            await CandidateIndex(client).put(1, document(1), 1)
    assert str(raised.value) == f"HTTP {status}"


async def test_a_server_that_is_away_is_unavailable() -> None:
    with closed_port() as port:
        async with AsyncElasticsearch(f"http://127.0.0.1:{port}", max_retries=0) as client:
            index = CandidateIndex(client)
            for attempt in (index.ensure(), index.put(1, document(1), 1), index.search(EVERYBODY, None, 1)):
                with pytest.raises(IndexUnavailable, match=r"^Connection error$"):
                    await attempt


async def add_candidate(database: Database, **columns: Any) -> int:
    async with database.transaction() as session:
        row = Candidate(**{"created_by": "user:0", "status": "VALIDATED", "preferences": {}, **columns})
        session.add(row)
        await session.flush()
        return row.id


async def decide(database: Database, candidate_id: int, kind: str, **columns: Any) -> Decision:
    async with database.transaction() as session:
        values = {"id": uuid4(), "admin_id": 1, "admin_name": "Ada", "request_hash": "", "body": {}, **columns}
        row = Decision(candidate_id=candidate_id, kind=kind, **values)
        session.add(row)
        return row


async def test_a_candidate_is_searchable_while_validated_and_not_being_withdrawn(database: Database) -> None:
    validated = await add_candidate(database)
    others = [await add_candidate(database, status=s) for s in ("DRAFT", "SUBMITTED", "REJECTED", "ARCHIVED")]

    async def searchable() -> bool:
        async with database.transaction() as session:
            found = await candidate_index.searchable_among(session, [validated, *others])
            listed = [p.candidate_id for p in await candidate_index.page(session, validated - 1, 1000)]
            known = dict(await candidate_index.versions(session, validated - 1, 1000))
            seen = await candidate_index.projection(session, validated)
        assert found <= {validated}
        assert (validated in listed, validated in known) == (validated in found,) * 2
        assert seen is not None
        assert seen.searchable == (validated in found)
        assert not set(others) & {*listed, *known}
        return validated in found

    assert await searchable()
    for kind in ("reject", "archive", "erase"):
        decision = await decide(database, validated, kind)
        assert not await searchable()
        async with database.transaction() as session:
            undone = update(Decision).where(Decision.id == decision.id)
            await session.execute(undone.values(rolled_back_at=decision.created_at))
        assert await searchable()
        async with database.transaction() as session:
            await session.execute(undone.values(outcome="cancelled"))
        assert await searchable()
    await decide(database, validated, "validate")
    assert await searchable()


async def test_the_admin_score_is_that_of_the_newest_validation_in_force(database: Database) -> None:
    candidate = await add_candidate(database)

    async def evaluated(kind: str, score: float | None) -> Evaluation:
        decision = await decide(database, candidate, kind, outcome="completed")
        async with database.transaction() as session:
            row = Evaluation(decision_id=decision.id, candidate_id=candidate, overall_score=score, soft_skills_tags=[])
            session.add(row)
            return row

    async def score() -> float | None:
        async with database.transaction() as session:
            seen = await candidate_index.projection(session, candidate)
        assert seen is not None
        return seen.content.admin_score

    assert await score() is None
    await evaluated("validate", 3.5)
    newest = await evaluated("validate", 4.5)
    await evaluated("reject", 1.0)
    assert await score() == 4.5
    async with database.transaction() as session:
        undone = update(Evaluation).where(Evaluation.id == newest.id)
        await session.execute(undone.values(rolled_back_at=newest.created_at))
    assert await score() == 3.5
    await evaluated("validate", None)  # a validation without a score says nothing of the one before
    assert await score() is None


async def test_each_taken_version_is_newer_and_nothing_else_moves(database: Database) -> None:
    candidate = await add_candidate(database, first_name="Ana", version=7)

    async def taken() -> candidate_index.Projection | None:
        async with database.transaction() as session:
            return await candidate_index.take_version(session, candidate)

    async with database.transaction() as session:
        before = await session.get_one(Candidate, candidate)
        assert await candidate_index.take_version(session, 2**62) is None
    all_taken = await asyncio.gather(*(taken() for _ in range(8)))
    assert sorted(p.version for p in all_taken if p) == list(range(8, 16))
    assert {(p.content.first_name, p.searchable) for p in all_taken if p} == {("Ana", True)}
    async with database.transaction() as session:
        after = await session.get_one(Candidate, candidate)
    assert (after.version, after.profile_version) == (15, before.profile_version)
    assert after.updated_at == before.updated_at


async def test_a_taken_version_knows_what_was_decided_while_it_waited(database: Database) -> None:
    candidate = await add_candidate(database)
    async with database.transaction() as writer:
        await writer.execute(select(Candidate.id).where(Candidate.id == candidate).with_for_update())

        async def taken() -> candidate_index.Projection | None:
            async with database.transaction() as session:
                return await candidate_index.take_version(session, candidate)

        waiting = asyncio.create_task(taken())
        await blocked(database)
        await decide(database, candidate, "reject")
    found = await waiting
    assert found is not None
    assert not found.searchable


async def blocked(database: Database) -> None:
    """Return once some statement waits for a row."""

    async def waits() -> bool:
        async with database.transaction() as session:
            found = await session.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
        return bool(found)

    await until(waits)
