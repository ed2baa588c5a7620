"""The candidate search as recruiters meet it. Each test looks in a sector of its own."""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import update

from adapters.candidate_index import CandidateIndex
from db import candidate_index
from db.tables import Candidate, Decision, Evaluation
from embedded.stack import EmbeddedServers
from tests.backend import Backend
from tests.integration.api.calls import refused, wrong_fields
from tests.integration.api.edge import closed_port, edge, headers_of

PATH = "/api/v1/candidates/search"


class Market:
    """A sector with candidates of its own, and a recruiter who searches it."""

    def __init__(self, backend: Backend, recruiter: httpx.AsyncClient) -> None:
        self._state = backend.state
        self._recruiter = recruiter
        self.sector = f"Secteur {uuid4().hex}"

    async def add(self, *, score: float | None = None, **known: Any) -> int:
        """A validated candidate, in the index."""
        values = {"created_by": "user:0", "status": "VALIDATED", "sector": self.sector, "preferences": {}, **known}
        async with self._state.database.transaction() as session:
            row = Candidate(**values)
            session.add(row)
            await session.flush()
            if score is not None:
                decision = Decision(
                    id=uuid4(),
                    candidate_id=row.id,
                    kind="validate",
                    admin_id=1,
                    admin_name="Ada",
                    request_hash="",
                    outcome="completed",
                )
                session.add(decision)
                await session.flush()
                session.add(Evaluation(decision_id=decision.id, candidate_id=row.id, overall_score=score))
        await self.index(row.id)
        return row.id

    async def skilled(self, *skills: str, **levels: str) -> int:
        """A candidate with these skills, `name=LEVEL` for those of a known level."""
        named = [{"name": name} for name in skills] + [{"name": n, "level": level} for n, level in levels.items()]
        return await self.add(profile={"skills": named})

    async def index(self, candidate_id: int) -> None:
        """Write the candidate into the index, as they are now and whether or not they may be found."""
        async with self._state.database.transaction() as session:
            row = await candidate_index.take_version(session, candidate_id)
        assert row is not None
        await self._state.index.put(candidate_id, row.document(), row.version)

    async def change(self, candidate_id: int, **values: Any) -> None:
        async with self._state.database.transaction() as session:
            await session.execute(update(Candidate).where(Candidate.id == candidate_id).values(**values))

    async def decide(self, candidate_id: int, kind: str) -> None:
        async with self._state.database.transaction() as session:
            decision = {"admin_id": 1, "admin_name": "Ada", "request_hash": ""}
            session.add(Decision(id=uuid4(), candidate_id=candidate_id, kind=kind, **decision))

    async def search(self, **criteria: Any) -> dict[str, Any]:
        answer = await self._recruiter.get(PATH, params={"sector": self.sector, **criteria})
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def ids(self, **criteria: Any) -> list[int]:
        return [item["candidate_id"] for item in (await self.search(**criteria))["items"]]

    async def found(self, **criteria: Any) -> set[int]:
        return set(await self.ids(**criteria))

    async def facet(self, name: str, **criteria: Any) -> dict[str, int]:
        return {item["value"]: item["count"] for item in (await self.search(**criteria))["facets"][name]}


@pytest_asyncio.fixture
async def market(talentflow: Backend, recruiter: httpx.AsyncClient) -> AsyncGenerator[Market]:
    yield Market(talentflow, recruiter)


async def test_a_hit_shows_what_recruiters_need_and_no_way_to_reach_the_candidate(market: Market) -> None:
    profile = {
        "personal_info": {"email": "ana.doe@example.fr", "phone": "+33639981234"},
        "skills": [{"name": "Python", "level": "ADVANCED"}, {"name": "Git"}],
        "languages": [{"language": "en", "label": "Anglais", "level": "B2"}],
        "total_experience_months": 66,
    }
    person = await market.add(
        first_name="Ana",
        last_name="Doe",
        email="ana.doe@example.fr",
        phone="+33639981234",
        address="1 rue du Test",
        city="Lyon",
        headline="Développeuse, ana.doe@example.fr, 06 39 98 12 34",
        profile=profile,
        preferences={"availability": "2030-01-31"},
        score=4.5,
    )
    page = await market.search(q="développeuse")
    assert page["items"] == [
        {
            "candidate_id": person,
            "first_name": "Ana",
            "last_name": "Doe",
            "headline": "Développeuse, …, …",
            "city": "Lyon",
            "sector": market.sector,
            "skills": [{"name": "Python", "level": "ADVANCED"}, {"name": "Git", "level": None}],
            "experience_years": 5.5,
            "languages": [{"language": "en", "level": "B2"}],
            "admin_score": 4.5,
            "availability": "2030-01-31",
            "highlights": {"headline": ["<mark>Développeuse</mark>, …, …"]},
        }
    ]
    assert (page["total"], page["next_cursor"]) == (1, None)
    for part in ("@", "98 12", "3998", "rue du"):
        assert part not in json.dumps(page)


async def test_nothing_known_is_no_obstacle(market: Market) -> None:
    person = await market.add()
    (item,) = (await market.search())["items"]
    known = {key: value for key, value in item.items() if value not in (None, [], {})}
    assert known == {"candidate_id": person, "sector": market.sector, "experience_years": 0.0}


@pytest.mark.parametrize(
    ("headline", "queries"),
    [
        (
            "Développeuse Python confirmée",
            ("developpeur python", "DÉVELOPPEUSES PYTHON", "devloppeuse pyton", "python", "développeur confirmé"),
        ),
        ("L'ingénieure d’études", ("ingénieur", "l’ingénieur", "etude", "d'étude ingenieure", "ingeniuer")),
        ("Infirmières DE", ("infirmier", "infirmière", "infirmiere", "infirmiers")),
        ("Boulanger", ("boulangère", "boulangeres")),
        ("Directrice des achats nationaux", ("directeur achat national", "directrice des achats")),
        ("Maître d'œuvre", ("maitre d'oeuvre", "œuvre maître", "maîtres")),
        ("Chef de projet", ("chefs projets", "chef de projet", "projet")),
        ("Lead dev Kubernetes", ("k8s", "dev k8s", "kubernetes")),
        ("𝗗𝗲𝘃 fullstack", ("dev fullstack",)),
        ("مهندس برمجيات", ("مهندس",)),
    ],
)
async def test_words_meet_whatever_their_form(market: Market, headline: str, queries: tuple[str, ...]) -> None:
    person = await market.add(headline=headline)
    await market.add(headline="Comptable unique", profile={"summary": "Paie et bilans"})
    for query in queries:
        assert await market.ids(q=query) == [person], query
    for query in ("plombier", f"{queries[0]} plombier", "😀"):
        assert await market.ids(q=query) == [], query


async def test_every_text_of_a_candidate_is_searched(market: Market) -> None:
    profile = {
        "position": "Tourneur",
        "summary": "Passionné de métaux",
        "skills": [{"name": "Soudure"}],
        "softwares": ["AutoCAD"],
        "experience": [{"title": "Ajusteur", "company": "Forgeval", "description": "Usinage de précision"}],
    }
    person = await market.add(headline="Fraiseur", city="Vierzon", profile=profile)
    for word in "fraiseur tourneur métaux soudure autocad ajusteur forgeval usinage vierzon".split():  # noqa: SIM905
        assert await market.ids(q=word) == [person], word
    assert await market.ids(q="fraiseur tourneur métaux soudure autocad ajusteur forgeval usinage vierzon") == [person]


async def test_c_and_its_sisters_are_told_apart(market: Market) -> None:
    people = {name: await market.skilled(name) for name in ("C", "C++", "C#", "F#", "R")}
    titled = {name: await market.add(headline=f"Développeur {name} senior") for name in ("C", "C++", "C#")}
    prose = await market.add(headline="C'est moi, l'as du CSS")
    for name, person in people.items():
        for written in (name, name.lower()):
            assert await market.found(q=written) == {person, titled.get(name, person)}, written
            assert await market.ids(skills=written) == [person], written
    assert await market.ids(q="css") == [prose]


async def test_what_matches_better_comes_first(market: Market) -> None:
    mistyped = await market.add(headline="Pythom")
    mentioned = await market.add(profile={"summary": "Un peu de Python"})
    skilled = await market.skilled("Python")
    titled = await market.add(headline="Python")
    both = await market.add(headline="Python", profile={"skills": [{"name": "Python"}]})
    assert await market.ids(q="python") == [both, titled, skilled, mentioned, mistyped]


async def test_skills_are_required_at_their_level(market: Market) -> None:
    expert = await market.skilled("Git", Python="EXPERT")
    advanced = await market.skilled(Python="ADVANCED")
    beginner = await market.skilled(Python="BEGINNER")
    unstated = await market.skilled("Python")
    javascript = await market.skilled("JS")
    assert await market.found(skills="python") == {expert, advanced, beginner, unstated}
    assert await market.found(skills="Python:ADVANCED") == {expert, advanced}
    assert await market.found(skills="Python:expert") == {expert}
    assert await market.found(skills="Python:BEGINNER") == {expert, advanced, beginner}
    assert await market.found(skills="Python,Git") == {expert}
    assert await market.found(skills=["Python:ADVANCED", "Git:BEGINNER"]) == set()
    assert await market.found(skills=["Python:EXPERT", "JavaScript"], skills_any=True) == {expert, javascript}
    assert await market.found(skills="java script") == {javascript}


async def test_the_level_is_that_of_the_same_skill(market: Market) -> None:
    await market.skilled(Python="BEGINNER", Java="EXPERT")
    assert await market.found(skills="Python:EXPERT") == set()


async def test_each_criterion_narrows(market: Market) -> None:
    first = await market.add(
        city="Saint-Étienne",
        country="France",
        profile={
            "languages": [{"language": "en", "label": "Anglais", "level": "B2"}],
            "education": [{"level": "bac+3"}],
            "total_experience_months": 60,
        },
        preferences={
            "contract_types": ["CDI", "CDD"],
            "work_mode": "remote",
            "locations": ["Lyon 3e"],
            "availability": "2030-02-01",
        },
        score=4.0,
    )
    second = await market.add(
        city="Paris",
        profile={
            "languages": [{"language": "en", "label": "Anglais"}, {"language": "de", "label": "Allemand"}],
            "education": [{"level": "bac+5"}],
            "total_experience_months": 61,
        },
        preferences={"contract_types": ["FREELANCE"], "work_mode": "onsite", "availability": "2030-02-02"},
        score=3.9,
    )
    unknown = await market.add()
    everybody = {first, second, unknown}
    for criteria, expected in (
        ({}, everybody),
        ({"min_experience": 5}, {first, second}),
        ({"min_experience": 5.01}, {second}),
        ({"max_experience": 5}, {first, unknown}),
        ({"min_experience": 0, "max_experience": 100}, everybody),
        ({"location": "saint etienne"}, {first}),
        ({"location": "LYON"}, {first}),
        ({"location": "Saint-Étienne, France"}, {first}),
        ({"location": "etienne lyon"}, set()),
        ({"location": ["lyon", "paris"]}, {first, second}),
        ({"city": "SAINT-ETIENNE"}, {first}),
        ({"contract_types": "CDD"}, {first}),
        ({"contract_types": "CDD,FREELANCE"}, {first, second}),
        ({"work_mode": "onsite"}, {second}),
        ({"languages": "en"}, {first, second}),
        ({"languages": "EN:b2"}, {first}),
        ({"languages": "en:C1"}, set()),
        ({"languages": "en,de"}, {second}),
        ({"min_education": "bac+3"}, {first, second}),
        ({"min_education": "bac+5"}, {second}),
        ({"education": "bac+3"}, {first}),
        ({"min_admin_score": 4}, {first}),
        ({"min_admin_score": 0}, {first, second}),
        ({"availability": "2030-02-01"}, {first}),
        ({"availability": "2030-01-31"}, set()),
        ({"availability": "2030-02-02", "work_mode": "onsite", "min_education": "bac+5"}, {second}),
        ({"sector": "ailleurs"}, set()),
    ):
        assert await market.found(**criteria) == expected, criteria
    assert await market.found(sector=market.sector.upper()) == everybody


async def test_facets_count_everybody_once_and_filter_as_they_say(market: Market) -> None:
    for months in (0, 23, 24, 59, 60, 119, 120, 600):
        await market.add(city="Lyon", profile={"total_experience_months": months})
    await market.add(city="LYON", profile={"skills": [{"name": "JS"}, {"name": "JavaScript"}], "softwares": ["js"]})
    await market.add(
        city="Nîmes",
        profile={
            "skills": [{"name": "Élevage, bovin"}, {"name": "C++"}],
            "languages": [
                {"language": "en", "label": "Anglais", "level": "B2"},
                {"language": "en", "label": "English"},
            ],
            "education": [{"level": "bac"}, {"level": "bac+2"}],
        },
        preferences={"contract_types": ["CDI", "CDD"], "work_mode": "hybrid"},
    )
    facets = (await market.search(limit=1))["facets"]
    counted = {name: {item["value"]: item["count"] for item in values} for name, values in facets.items()}
    assert counted == {
        "experience": {"0-2": 4, "2-5": 2, "5-10": 2, "10+": 2},
        "city": {"Lyon": 9, "Nîmes": 1},
        "sector": {market.sector: 10},
        "skills": {"JavaScript": 1, "C++": 1, "elevage bovin": 1},
        "languages": {"en": 1},
        "education": {"bac+2": 1},
        "contract_types": {"CDI": 1, "CDD": 1},
        "work_mode": {"hybrid": 1},
    }
    for name, values in counted.items():
        for value, count in values.items():
            assert (await market.search(**{name: value}))["total"] == count, (name, value)
    assert await market.facet("city", skills="C++") == {"Nîmes": 1}


@pytest.mark.parametrize(
    ("headline", "query", "highlight"),
    [
        (
            "<script>alert(1)</script> & python",
            "python",
            "&lt;script&gt;alert(1)&lt;/script&gt; &amp; <mark>python</mark>",
        ),
        ("<mark>Python</mark>", "python", "&lt;mark&gt;<mark>Python</mark>&lt;/mark&gt;"),
        ('\ue000Python\ue001 "d\'or"', "python", "<mark>Python</mark> &quot;d&#x27;or&quot;"),
        ("&lt;b&gt; python", "python", "&amp;lt;b&amp;gt; <mark>python</mark>"),
        ("Développeur C++ <i>", "c++", "Développeur <mark>C++</mark> &lt;i&gt;"),
        ("<b>", "b", "&lt;<mark>b</mark>&gt;"),
    ],
)
async def test_a_highlight_is_safe_html(market: Market, headline: str, query: str, highlight: str) -> None:
    await market.add(headline=headline, first_name="<b>Ana</b>")
    (item,) = (await market.search(q=query))["items"]
    assert item["highlights"] == {"headline": [highlight]}
    assert item["first_name"] == "<b>Ana</b>"


async def test_highlights_are_passages(market: Market) -> None:
    filler = "Une phrase qui ne dit rien. " * 200
    profile = {
        "summary": f"{filler}Expert de Kafka. {filler}",
        "skills": [{"name": "Apache Kafka"}],
        "experience": [{"title": "Ingénieur Kafka", "description": filler}],
    }
    await market.add(headline="x" * 5000, profile=profile)
    (item,) = (await market.search(q="kafka"))["items"]
    assert item["highlights"].keys() == {"summary", "skills", "experience"}
    for texts in item["highlights"].values():
        assert 1 <= len(texts) <= 2
        assert all("<mark>Kafka</mark>" in text and len(text) < 400 for text in texts)
    assert (await market.search())["items"][0]["highlights"] == {}


async def test_the_withdrawn_are_not_found_even_while_the_index_holds_them(market: Market) -> None:
    stays = await market.add(headline="Grutier")
    for status in ("REJECTED", "ARCHIVED", "SUBMITTED", "DRAFT"):
        gone = await market.add(headline="Grutier")
        await market.change(gone, status=status)
        await market.index(gone)  # as a write that went wrong would leave it
    for kind in ("reject", "archive", "erase"):
        await market.decide(await market.add(headline="Grutier"), kind)
    assert await market.ids() == [stays]
    assert await market.ids(q="grutier") == [stays]
    await market.decide(stays, "validate")
    assert await market.ids() == [stays]


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
