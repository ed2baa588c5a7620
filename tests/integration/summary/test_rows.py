"""What a build of the summary publishes: the rules, row by row and against plain counting."""

from datetime import date
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, select, update

from db.tables import Invitation, PvEvent, SiretSummary
from tests.backend import Backend
from tests.elections import (
    Town,
    built,
    expected_rows,
    store,
    summary_rows,
    touch,
)
from tests.integration.summary.example import ALPHA, BETA, EPSILON, GAMMA, LETTERS, MINUTES, ZETA

_NOTHING: dict[str, Any] = {column.name: None for column in SiretSummary.__table__.columns}


def row(siret: str, *, counts: tuple[int, int, int], cgt: bool, matched: bool, **columns: Any) -> dict[str, Any]:
    """A whole row of the table; what is not given is NULL."""
    c3, c4, letters = counts
    flags = {"cgt_implantee": cgt, "has_match_c5_pv": matched}
    whole = {"pv_c3_count": c3, "pv_c4_count": c4, "invitation_count": letters, **flags}
    assert columns.keys() <= _NOTHING.keys()
    return {**_NOTHING, "siret": siret, **whole, **columns}


def election(cycle: str, day: str, inscrits: int | None, votants: int | None, sve: int | None, **more: Any) -> Any:
    numbers = {f"inscrits_{cycle}": inscrits, f"votants_{cycle}": votants, f"sve_{cycle}": sve}
    votes = {f"{name}_voix_{cycle}" if name in ("cgt", "cfdt") else f"{name}_{cycle}": v for name, v in more.items()}
    return {f"date_pv_{cycle}": date.fromisoformat(day), **numbers, **votes}


EXPECTED = [
    row(
        ALPHA,
        counts=(1, 2, 2),
        cgt=True,
        matched=True,
        **{"raison_sociale": "ALPHA SAS", "idcc": "1486", "dep": "75", "cp": "75001", "ville": "Paris"},
        **election("c3", "2018-03-10", 80, 50, 48, cgt=20, cfdt=28, fd="METAUX", ud="75", carence=False),
        **election("c4", "2022-03-15", 90, 65, 63, cgt=18, cfdt=45, fd="COMMERCE", ud="75", carence=False),
        statut_pap="C3+C4",
        date_pv_last=date(2022, 3, 15),
        date_pap_c5=date(2025, 6, 2),
    ),
    row(
        GAMMA,
        counts=(0, 2, 0),
        cgt=True,
        matched=False,
        **{"raison_sociale": "GAMMA OUEST", "idcc": "29", "dep": "69", "cp": "69003"},
        **election("c4", "2023-09-20", 24, 18, 18, cgt=1, cfdt=17, fd="SANTE", ud="69", carence=False),
        statut_pap="C4",
        date_pv_last=date(2023, 9, 20),
    ),
    row(
        EPSILON,
        counts=(1, 0, 0),
        cgt=False,
        matched=False,
        **{"raison_sociale": "EPSILON", "idcc": "16", "dep": "59", "cp": "59000"},
        **election("c3", "2020-12-31", 40, 0, 0, fd="TRANSPORTS", ud="59", carence=True),
        statut_pap="C3",
        date_pv_last=date(2020, 12, 31),
    ),
    row(
        ZETA,
        counts=(0, 0, 1),
        cgt=False,
        matched=False,
        **{"raison_sociale": "ZETA SA", "dep": "44", "cp": "44000", "ville": "Nantes"},
        statut_pap="Aucun",
        date_pap_c5=date(2025, 5, 5),
    ),
    row(
        BETA,
        counts=(0, 1, 1),
        cgt=False,
        matched=True,
        **{"raison_sociale": "BETA", "dep": "01", "cp": "01000", "ville": "Bourg-en-Bresse"},
        **election("c4", "2023-06-06", 15, None, None, ud="01", carence=True),
        statut_pap="C4",
        date_pv_last=date(2023, 6, 6),
        date_pap_c5=date(2022, 3, 15),
    ),
]


async def test_the_rules_give_these_rows(small: Backend, caller: httpx.AsyncClient) -> None:
    async with small.state.database.transaction() as session:
        await store(session, MINUTES, LETTERS)
    status = await built(caller)
    assert (status["status"], status["result"]) == ("completed", {"rows": 5})
    published = await summary_rows(small)
    for expected in EXPECTED:
        assert published.pop(expected["siret"]) == expected
    assert published == {}


@pytest.mark.parametrize("dirty", [False, True], ids=["clean", "dirty"])
@pytest.mark.parametrize("seed", [7, 8, 9])
async def test_a_build_is_what_plain_counting_gives(
    small: Backend, caller: httpx.AsyncClient, seed: int, dirty: bool
) -> None:
    town = Town(seed, dirty=dirty)
    async with small.state.database.transaction() as session:
        await store(session, town.minutes(300), town.letters(60))
    await built(caller)
    expected = await expected_rows(small)
    assert await summary_rows(small) == expected
    assert len(expected) > 30
    rng = Random(seed)
    for _ in range(3):
        await change_at_random(small, town, rng)
        status = await built(caller, "incremental")
        expected = await expected_rows(small)
        assert await summary_rows(small) == expected
        assert status["result"] == {"rows": len(expected)}
    last = (await caller.get("/api/build/summary/history")).json()["items"]
    assert [build["mode"] for build in last] == ["incremental"] * 3 + ["full"]
    assert 0 < last[0]["rows_written"] < last[0]["rows"]
    await built(caller)
    assert await summary_rows(small) == expected


async def change_at_random(at: Backend, town: Town, rng: Random) -> None:
    """Minutes come, go, change and move to another establishment; one establishment vanishes."""
    async with at.state.database.transaction() as session:
        await store(session, town.minutes(4))
        ids = list(await session.scalars(select(PvEvent.id)))
        for pv_id in rng.sample(ids, 4):
            old = (await session.scalars(select(PvEvent.siret).where(PvEvent.id == pv_id))).one()
            new = rng.choice([old, rng.choice(town.sirets)])
            change = {"siret": new, "inscrits": rng.choice((None, 1, 900)), "fd": None}
            await session.execute(update(PvEvent).where(PvEvent.id == pv_id).values(**change))
            await touch(session, {old, new})
        gone = rng.choice(town.sirets)
        await session.execute(delete(PvEvent).where(PvEvent.siret == gone))
        await session.execute(delete(Invitation).where(Invitation.siret == gone))
        await touch(session, {gone})


async def test_nothing_to_summarise_gives_an_empty_table(small: Backend, caller: httpx.AsyncClient) -> None:
    async with small.state.database.transaction() as session:
        await store(session, MINUTES[:1])
    await built(caller)
    assert len(await summary_rows(small)) == 1
    async with small.state.database.transaction() as session:
        await session.execute(delete(PvEvent))
    status = await built(caller)
    assert status["result"] == {"rows": 0}
    assert await summary_rows(small) == {}
