"""Pages of search results, cursors, and criteria that make no sense."""

import asyncio
import base64
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from adapters.candidate_index import CandidateIndex
from embedded.stack import EmbeddedServers
from tests.integration.api.calls import refused, wrong_fields
from tests.integration.api.edge import closed_port, edge, headers_of
from tests.integration.api.market import PATH, Market


async def read_pages(market: Market, **criteria: Any) -> list[int]:
    read: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await market.search(**criteria, **({"cursor": cursor} if cursor else {}))
        assert len(page["items"]) <= criteria["limit"]
        read += [item["candidate_id"] for item in page["items"]]
        cursor = page["next_cursor"]
    return read


async def test_pages_hold_everybody_once_in_every_order(market: Market) -> None:
    made: list[int] = []
    for n in range(23):
        profile = {"position": "Grutier" if n % 2 else None, "total_experience_months": n % 3 * 12}
        dates: dict[str, Any] = {"availability": f"2030-01-0{n % 4 + 1}"} if n % 5 else {}
        score = float(n % 4) if n % 3 else None
        made.append(await market.add(headline="Grutier", profile=profile, preferences=dates, score=score))
    for criteria in ({"q": "grutier"}, *({"sort": s} for s in ("recent", "experience", "admin_score", "availability"))):
        whole = await market.ids(**criteria, limit=200)
        assert sorted(whole) == made, criteria
        for limit in (1, 5, 22, 23):
            assert await read_pages(market, **criteria, limit=limit) == whole, (criteria, limit)
    assert await market.ids(sort="recent") == made[::-1]
    for sort, key, last in (("experience", "experience_years", 0), ("admin_score", "admin_score", -1)):
        values = [item[key] if item[key] is not None else last for item in (await market.search(sort=sort))["items"]]
        assert values == sorted(values, reverse=True), sort
    dates_found = [item["availability"] or "9999" for item in (await market.search(sort="availability"))["items"]]
    assert dates_found == sorted(dates_found)


async def test_pages_stay_complete_while_candidates_are_added(market: Market) -> None:
    made = [await market.add(headline="Grutier" if n % 2 else "Grutier mobile") for n in range(20)]
    for criteria in ({"q": "grutier"}, {"sort": "recent"}, {"sort": "experience"}):
        read: list[int] = []
        cursor: dict[str, str] = {}
        while True:
            page = await market.search(**criteria, **cursor, limit=6)
            read += [item["candidate_id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
            await asyncio.gather(*(market.add(headline="Grutier grutier") for _ in range(2)))
        assert len(read) == len(set(read)), criteria
        assert set(made) <= set(read), criteria


async def test_a_cursor_belongs_to_its_order(market: Market) -> None:
    for _ in range(2):
        await market.add(headline="Grutier")
    cursor = (await market.search(sort="experience", limit=1))["next_cursor"]
    recruiter = market._recruiter
    assert (await recruiter.get(PATH, params={"cursor": cursor, "sort": "experience"})).status_code == 200
    refused(await recruiter.get(PATH, params={"cursor": cursor, "sort": "recent"}), 422, "bad_cursor")
    positions = (
        b"[]",
        b"{}",
        b"5",
        b"null",
        b'["recent"]',
        b'["recent","x"]',
        b'["recent",null]',
        b'["recent",true]',
        b'["recent",1.5]',
        b'["recent",1,2]',
        b'["recent",NaN]',
        b'["recent",1e999]',
        b'["recent",' + b"9" * 100 + b"]",
        b'["recent",[1]]',
        b'["\\u0000",1]',
        b'["experience",1,2]',
    )
    for position in positions:
        hostile = base64.urlsafe_b64encode(position).decode().rstrip("=")
        refused(await recruiter.get(PATH, params={"cursor": hostile}), 422, "bad_cursor")
    for text in ("x", "é", "%00", "a" * 201):
        assert (await recruiter.get(PATH, params={"cursor": text})).status_code == 422


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("q", ("x" * 201, "x" * 10_000, "a\x00b")),
        ("skills", (["a"] * 200, ",".join("abc" * 20), "Python:GURU", ":EXPERT", "a\x00b", "x" * 201)),
        ("skills_any", ("perhaps",)),
        ("min_experience", ("NaN", "inf", "-1", "1e400", "x", "101")),
        ("max_experience", ("NaN", "-inf", "9" * 500)),
        ("experience", ("0-3", "2-5,x")),
        ("location", ("a\x00b", "x" * 201, ["x"] * 51)),
        ("city", ("a\x00b",)),
        ("contract_types", ("CDX", "CDI,CDX", "a\x00b")),
        ("work_mode", ("moon",)),
        ("languages", ("en:Z9", ":B2", "a\x00b")),
        ("education", ("bac+4",)),
        ("min_education", ("bac+4", "")),
        ("sector", ("a\x00b",)),
        ("min_admin_score", ("NaN", "6", "-1")),
        ("availability", ("tomorrow", "2030-13-01", "9" * 40)),
        ("sort", ("salary", "name")),
        ("limit", ("0", "201", "x", "9" * 40)),
        ("email", ("ana@example.fr",)),
    ],
)
async def test_what_makes_no_sense_is_refused_by_name(
    recruiter: httpx.AsyncClient, name: str, values: tuple[Any, ...]
) -> None:
    for value in values:
        answer = await recruiter.get(PATH, params={name: value})
        details = refused(answer, 422, "validation_error")["detail"]
        assert any(name in item["loc"] for item in details), (value, details)
        assert all(item.keys() == {"loc", "msg", "type"} for item in details)


async def test_a_range_of_experience_has_two_sides(recruiter: httpx.AsyncClient) -> None:
    answer = await recruiter.get(PATH, params={"min_experience": 5, "max_experience": 2})
    assert wrong_fields(answer)


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "+",
        "++++++ ####",
        '"',
        "(python",
        "python AND (",
        "*",
        "a* ~2 ^4 {!x} [a TO b]",
        "\\",
        "a " * 100,
        "é" * 200,
        "ﷺ" * 200,
        "javascript " * 18,
        "日本語 العربية हिन्दी",
        "\ud7ff\ue000\ue001",
        "<mark>",
        "c'c'c'c'c'" * 20,
    ],
)
async def test_any_text_gets_an_answer(recruiter: httpx.AsyncClient, query: str) -> None:
    for name in ("q", "skills", "location", "sector", "city", "languages"):
        answer = await recruiter.get(PATH, params={name: query})
        assert answer.status_code in (200, 422), (name, answer.text)
    many = [f"compétence {n}" for n in range(50)]
    answer = await recruiter.get(PATH, params={"q": query, "skills": many, "location": many, "skills_any": True})
    assert answer.status_code == 200, answer.text


async def test_a_search_server_that_is_away_or_without_an_index_is_unavailable(servers: EmbeddedServers) -> None:
    with closed_port() as port:
        async with edge(servers, elasticsearch_url=f"http://127.0.0.1:{port}") as api:
            client = api.client(**await headers_of(api.state, "recruiter"))
            refused(await client.get(PATH), 503, "search_unavailable")
    async with edge(servers) as api:
        absent = CandidateIndex(api.state.search, f"test-{uuid4().hex}")
        api.application.state.talentflow = replace(api.state, index=absent)
        client = api.client(**await headers_of(api.state, "recruiter"))
        refused(await client.get(PATH), 503, "search_unavailable")
