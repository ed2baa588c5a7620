"""What the catalogue takes over of sources, and what a search in it finds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from db import offers
from db.catalogue import upsert_ads
from db.catalogue_search import search_catalogue
from db.tables import Offer
from domain.job_search import SearchParams
from domain.offer_words import exact_words
from domain.places import load_gazetteer
from tests.backend import Backend
from tests.unit.jobs.ads import ad

MADE = datetime(2026, 5, 1, 8, tzinfo=UTC)


async def take(backend: Backend, *values: dict[str, Any]) -> dict[str, int]:
    async with backend.state.database.transaction() as session:
        return await upsert_ads(session, [ad(**value) for value in values])


async def row_of(backend: Backend, offer_id: int) -> Offer:
    async with backend.state.database.transaction() as session:
        return await session.get_one(Offer, offer_id)


async def titles(backend: Backend, **params: Any) -> list[str]:
    """The titles of what is found, in order."""
    wanted = SearchParams.model_validate(params)
    place = load_gazetteer().resolve(wanted.location) if wanted.location is not None else None
    async with backend.state.database.transaction() as session:
        hits = await search_catalogue(session, wanted.located(place), place, limit=50)
        names = {row.id: row.title for row in await session.scalars(select(Offer).where(Offer.id.in_(hits.ids)))}
    assert hits.total == len(hits.ids)
    return [names[offer_id] for offer_id in hits.ids]


async def test_an_ad_keeps_its_id_and_moves_its_version_when_it_changes(searching: Backend) -> None:
    first = await take(searching, {"source_id": "7", "source_updated_at": MADE})
    assert await take(searching, {"source_id": "7", "source_updated_at": MADE, "details": {"x": 1}}) == first
    assert (await row_of(searching, first["7"])).version == 1
    later = {"source_id": "7", "title": "Développeuse Python", "source_updated_at": MADE + timedelta(days=1)}
    assert await take(searching, later) == first
    row = await row_of(searching, first["7"])
    assert (row.version, row.title) == (2, "Développeuse Python")


async def test_an_older_state_of_an_ad_replaces_nothing(searching: Backend) -> None:
    ids = await take(searching, {"source_id": "7", "title": "Nouveau", "source_updated_at": MADE})
    older = {"source_id": "7", "title": "Ancien", "source_updated_at": MADE - timedelta(days=1)}
    assert await take(searching, older) == ids
    assert (await row_of(searching, ids["7"])).title == "Nouveau"
    await take(searching, {"source_id": "7", "title": "Sans date"})
    assert (await row_of(searching, ids["7"])).title == "Sans date"


async def test_hostile_texts_are_stored_and_harm_nothing(searching: Backend) -> None:
    text = "a" * 190_000 + "+ " + "é" * 5000 + " \x00\ud800 '; DROP TABLE offers; --"
    ids = await take(
        searching,
        {"source_id": "'\"\\", "title": "%s %(x)s \\", "description": text, "required_skills": ["x" * 500] * 60},
    )
    assert len(ids) == 1
    assert await titles(searching, keywords="%s") == ["%s %(x)s \\"]


QUERIES = [
    ({"keywords": "C++"}, ["Développeur C++"]),
    ({"keywords": "developpeur"}, ["Développeur C++", "Développeur .NET"]),
    ({"keywords": "DÉVELOPPEURS"}, ["Développeur C++", "Développeur .NET"]),
    ({"keywords": "développeuse"}, ["Développeur C++", "Développeur .NET"]),
    ({"keywords": "Statisticienne"}, ["Statisticien R"]),
    ({"keywords": "directeur"}, ["Directrice adjointe"]),
    ({"keywords": '"directeur adjoint"'}, ["Directrice adjointe"]),
    ({"keywords": '"adjoint directeur"'}, []),
    ({"keywords": "'); | <-> !(&:*A développeur\\ .NET"}, ["Développeur .NET"]),
    ({"keywords": ".NET"}, ["Développeur .NET"]),
    ({"keywords": "C#"}, ["Développeur .NET"]),
    ({"keywords": "C"}, []),
    ({"keywords": "R"}, ["Statisticien R"]),
    ({"keywords": '"chef de projet"'}, ["Chef de projet"]),
    ({"keywords": '"projet de chef"'}, []),
    ({"keywords": "chef, statistique"}, []),
    ({"keywords": "-projet | & ! ' \" :*"}, ["Chef de projet"]),
    ({"company": "societe generale d'exemples SA"}, ["Chef de projet"]),
    ({"location": "Paris"}, ["Développeur C++", "Statisticien R"]),
    ({"location": "Boulogne-Billancourt"}, ["Développeur C++"]),
    ({"location": "Boulogne-Billancourt", "radius_km": 0}, []),
    ({"location": "Rhône"}, ["Chef de projet"]),
    ({"location": "Lyon"}, ["Chef de projet"]),
    ({"location": "télétravail"}, ["Développeur .NET"]),
    ({"keywords": "chef", "work_mode": "onsite"}, ["Chef de projet"]),
    ({"keywords": "chef", "work_mode": "remote"}, []),
    ({"keywords": "developpeur", "job_type": "CDI"}, ["Développeur C++", "Développeur .NET"]),
    ({"keywords": "developpeur", "job_type": "CDD"}, ["Développeur .NET"]),
    ({"keywords": "developpeur", "salary_min": 50000}, ["Développeur .NET"]),
    ({"keywords": "developpeur", "posted_within_days": 5}, ["Développeur .NET"]),
]


@pytest.mark.parametrize(("params", "expected"), QUERIES, ids=[str(params) for params, _ in QUERIES])
async def test_the_catalogue_finds_what_is_asked(
    searching: Backend, params: dict[str, Any], expected: list[str]
) -> None:
    await take(
        searching,
        {"source_id": "1", "title": "Développeur C++", "description": "Langages.", "location": "Paris",
         "insee": "75056", "latitude": 48.8566, "longitude": 2.3522, "department": "75", "job_type": "CDI",
         "published_at": datetime.now(UTC) - timedelta(days=20),
         "salary": {"annual_max": 42000, "annual_min": 38000}},
        {"source_id": "2", "title": "Développeur .NET", "description": "C# et l'ASP.NET à distance.",
         "work_mode": "remote", "salary": {"annual_max": 90000, "currency": "USD"}},
        {"source_id": "3", "title": "Chef de projet", "company": "Société Générale d'Exemples", "location": "69 - Lyon",
         "department": "69"},
        {"source_id": "4", "title": "Directrice adjointe"},
    )  # fmt: skip
    async with searching.state.database.transaction() as session:
        mine = await offers.add_offer(
            session, created_by="test", values={"title": "Statisticien R", "location": "Paris 11e"}
        )
    try:
        assert sorted(await titles(searching, **params)) == sorted(expected)
    finally:
        async with searching.state.database.transaction() as session:
            await offers.delete_offer(session, mine.id)


async def test_words_in_the_title_come_first(searching: Backend) -> None:
    await take(
        searching,
        {"source_id": "1", "title": "Vendeur", "description": "Une équipe qui parle de comptabilité."},
        {"source_id": "2", "title": "Comptabilité générale"},
    )
    assert await titles(searching, keywords="comptabilité") == ["Comptabilité générale", "Vendeur"]


async def test_what_a_source_must_confirm_is_hidden_after_a_day(searching: Backend) -> None:
    ids = await take(
        searching,
        {"source": "france_travail", "source_id": "1900000", "title": "Vigie directe"},
        {"source": "la_bonne_alternance", "source_id": "9", "title": "Vigie relayée",
         "cross_refs": [{"source": "france_travail", "source_id": "1900001"}]},
        {"source": "adzuna", "source_id": "5", "title": "Vigie libre"},
    )  # fmt: skip
    assert len(await titles(searching, keywords="vigie")) == 3
    async with searching.state.database.transaction() as session:
        day_old = datetime.now(UTC) - timedelta(hours=25)
        await session.execute(update(Offer).where(Offer.id.in_(ids.values())).values(last_verified_at=day_old))
    assert await titles(searching, keywords="vigie") == ["Vigie libre"]
    await take(searching, {"source": "france_travail", "source_id": "1900000", "title": "Vigie directe"})
    assert sorted(await titles(searching, keywords="vigie")) == ["Vigie directe", "Vigie libre"]


@pytest.mark.parametrize("state", ["expired", "withdrawn"])
async def test_only_open_offers_are_found(searching: Backend, state: str) -> None:
    ids = await take(searching, {"source_id": "5", "title": "Vigie"})
    async with searching.state.database.transaction() as session:
        await session.execute(update(Offer).where(Offer.id == ids["5"]).values(state=state))
    assert await titles(searching, keywords="vigie") == []


async def test_the_database_and_the_query_agree_on_words_that_stemming_loses(searching: Backend) -> None:
    title = "C++ C# R&D .NET ASP.NET e-commerce l'été d'art qu'il a+ F# «Go» Node.js 5G Œ Ça L’R"
    ids = await take(searching, {"source_id": "1", "title": title})
    async with searching.state.database.transaction() as session:
        stored = await session.scalar(select(Offer.search_words).where(Offer.id == ids["1"]))
    assert sorted(stored or []) == sorted(exact_words(title))


async def test_what_must_be_confirmed_is_not_matched_until_it_is(searching: Backend) -> None:
    ids = await take(searching, {"source": "france_travail", "source_id": "1900000", "title": "Vigie"})
    offer_id = ids["1900000"]
    async with searching.state.database.transaction() as session:
        assert await offers.unknown_offers(session, [offer_id]) == []
        day_old = datetime.now(UTC) - timedelta(hours=25)
        await session.execute(update(Offer).where(Offer.id == offer_id).values(last_verified_at=day_old))
        assert await offers.unknown_offers(session, [offer_id]) == [offer_id]
        assert await offers.offers_by_id(session, [offer_id]) == {}
