"""Reading the summary: one establishment, its elections over time, and lists by filter and order."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from tests.backend import Backend, backend
from tests.elections import built, clear, invitation, pv, store
from tests.integration.api.calls import refused, wrong_fields


@pytest_asyncio.fixture(scope="module")
async def builder(servers: EmbeddedServers) -> AsyncGenerator[Backend]:
    """A backend that builds in partitions of two rows."""
    async with backend(servers, summary_partition_rows=2) as running:
        yield running
        await clear(running)


@pytest_asyncio.fixture(scope="module")
async def caller(builder: Backend) -> httpx.AsyncClient:
    return await builder.login(ADMIN)


SITES = {
    "01234567890123": ("ALPHA & FILS 100%", "C3", 40, "METAUX"),
    "11122233300011": ("Société Élan", "C4", 7, "SANTE"),
    "22233344400022": ("SOCIÉTÉ DU NORD", "C4", 12, "SANTE"),
    "33344455500033": (None, "C4", None, None),
    "44455566600044": ("alpha_plus", "C4", 12, "CHIMIE"),
}


@pytest_asyncio.fixture(scope="module")
async def published(builder: Backend, caller: httpx.AsyncClient) -> None:
    await clear(builder)
    minutes = [
        pv(siret, cycle, "2018-01-02" if cycle == "C3" else "2022-02-03", raison_sociale=name, ud=siret[:2])
        | {"inscrits": inscrits, "votants": inscrits, "cgt_voix": inscrits, "sud_voix": 3, "fd": fd, "idcc": "16"}
        for siret, (name, cycle, inscrits, fd) in SITES.items()
    ]
    minutes += [
        pv("11122233300011", "C4", "2021-05-05", inscrits=90, votants=0, college="1", institution="CSE"),
        pv("11122233300011", "C4", "2021-05-05", inscrits=10, votants=0, college="2", institution="CSE"),
        pv("11122233300011", "C5", "2025-05-05", inscrits=9, votants=8, institution="Carence"),
        pv("11122233300011", "C4", "2025-06-06", inscrits=9, votants=8, sve=7, cgt_voix=2),
        pv("66677788800066", "C5", "2025-05-05", inscrits=9),
    ]
    letters = [
        invitation("01234567890123", "2025-03-01"),
        invitation("33344455500033", "2025-01-31"),
        invitation("55566677700055", "2024-12-24", denomination="Lettre seule"),
    ]
    async with builder.state.database.transaction() as session:
        await store(session, minutes, letters)
    await built(caller)


async def found(client: httpx.AsyncClient, **params: Any) -> list[str]:
    """The first digit of each establishment found, in order; all pages of two, whose totals must agree."""
    sirets: list[str] = []
    cursor = None
    while True:
        answer = await client.get("/api/siret", params={**params, "limit": 2, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        sirets += [item["siret"] for item in body["items"]]
        cursor = body["next_cursor"]
        if cursor is None:
            break
    assert body["total"] == len(sirets)
    assert len(set(sirets)) == len(sirets)
    return [siret[0] for siret in sirets]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, "012345"),
        ({"q": "11122233300011"}, "1"),
        ({"q": "111 222 333 00011"}, "1"),
        ({"q": "1234567890123"}, "0"),
        ({"q": "11122"}, "1"),
        ({"q": "0"}, "0"),
        ({"q": "  "}, "012345"),
        ({"q": "société"}, "12"),
        ({"q": "100%"}, "0"),
        ({"q": "%"}, "0"),
        ({"q": "_"}, "4"),
        ({"q": "111222333000111"}, ""),
        ({"q": "00000000000"}, ""),
        ({"q": "ALPHA 100"}, ""),
        ({"statut_pap": "Aucun"}, "5"),
        ({"statut_pap": "C4"}, "1234"),
        ({"dep": "44"}, "4"),
        ({"fd": "SANTE"}, "12"),
        ({"fd": "METAUX"}, "0"),
        ({"idcc": "16"}, "01234"),
        ({"region": "Bretagne"}, ""),
        ({"carence_c4": "true"}, "3"),
        ({"carence_c4": "false"}, "124"),
        ({"cgt_implantee": "true"}, "124"),
        ({"has_match_c5_pv": "true"}, "03"),
        ({"pap_from": "2025-01-31"}, "03"),
        ({"pap_to": "2025-01-31"}, "35"),
        ({"pap_from": "2025-01-01", "pap_to": "2025-02-28"}, "3"),
        ({"sort": "-siret"}, "543210"),
        ({"sort": "inscrits_c4"}, "124035"),
        ({"sort": "-inscrits_c4"}, "241035"),
        ({"sort": "date_pap_c5"}, "530124"),
        ({"sort": "-date_pap_c5"}, "035124"),
        ({"sort": "date_pv_last"}, "012345"),
        ({"sort": "-date_pv_last"}, "123405"),
        ({"sort": "inscrits_c4", "fd": "SANTE"}, "12"),
    ],
)
async def test_establishments_are_found(
    caller: httpx.AsyncClient, published: None, params: dict[str, str], expected: str
) -> None:
    assert await found(caller, **params) == list(expected)


async def test_names_are_sorted_and_missing_ones_come_last(caller: httpx.AsyncClient, published: None) -> None:
    ascending, descending = await found(caller, sort="raison_sociale"), await found(caller, sort="-raison_sociale")
    assert ascending[-1] == descending[-1] == "3"
    assert ascending[:-1] == descending[:-1][::-1]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"sort": "ville"}, "sort"),
        ({"statut_pap": "C5"}, "statut_pap"),
        ({"pap_from": "hier"}, "pap_from"),
        ({"limit": "201"}, "limit"),
        ({"carence_c4": "peut-être"}, "carence_c4"),
        ({"q": "a\x00"}, "q"),
    ],
)
async def test_an_unknown_filter_value_is_refused(
    caller: httpx.AsyncClient, params: dict[str, str], field: str
) -> None:
    assert wrong_fields(await caller.get("/api/siret", params=params)) == [field]


async def test_a_cursor_is_good_for_its_own_order_alone(caller: httpx.AsyncClient, published: None) -> None:
    first = (await caller.get("/api/siret", params={"sort": "inscrits_c4", "limit": 1})).json()
    for params in (
        {"sort": "-inscrits_c4", "cursor": first["next_cursor"]},
        {"cursor": first["next_cursor"]},
        {"cursor": "bm9uc2Vuc2U"},
        {"cursor": "WyJzaXJldCIsIlx1MDAwMCIsIlx1MDAwMCJd"},  # ["siret", NUL, NUL]
        {"sort": "date_pap_c5", "cursor": "WyJkYXRlX3BhcF9jNSIsImhpZXIiLCIxIl0"},  # ["date_pap_c5", "hier", "1"]
    ):
        refused(await caller.get("/api/siret", params=params), 422, "bad_cursor")


async def test_one_establishment(caller: httpx.AsyncClient, published: None) -> None:
    answer = await caller.get("/api/siret/1234567890123")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["siret"], body["raison_sociale"], body["statut_pap"]) == ("01234567890123", "ALPHA & FILS 100%", "C3")
    assert (body["date_pv_c3"], body["date_pv_max"], body["date_pv_last"]) == ("2018-01-02",) * 3
    assert (body["sud_voix_c3"], body["solidaire_voix_c3"], body["solidaire_voix_c4"]) == (3, 3, None)
    assert len(body) == 46 + 3
    assert (await caller.get("/api/siret", params={"q": "1234567890123"})).json()["items"] == [body]
    refused(await caller.get("/api/siret/99999999999999"), 404, "siret_not_found")
    for malformed in ("123", "abc", "0" * 14, "1" * 15, "%00", "x" * 5000):
        for path in (f"/api/siret/{malformed}", f"/api/siret/{malformed}/timeseries"):
            refused(await caller.get(path), 422, "bad_siret")


async def test_all_elections_of_an_establishment(caller: httpx.AsyncClient, published: None) -> None:
    body = (await caller.get("/api/siret/11122233300011/timeseries")).json()
    nobody = dict.fromkeys(("cgt", "cfdt", "fo", "cftc", "cgc", "unsa", "sud", "autre"))

    def election(cycle: str, day: str, colleges: int, numbers: tuple[Any, Any, Any], **more: Any) -> dict[str, Any]:
        inscrits, votants, sve = numbers
        return {
            **{"cycle": cycle, "date_pv": day, "colleges": colleges},
            **{"inscrits": inscrits, "votants": votants, "sve": sve, "voix": nobody, "carence": False},
            **{"in_window": True, "retained": False},
            **more,
        }

    assert body == {
        "siret": "11122233300011",
        "items": [
            election("C4", "2021-05-05", 2, (100, 0, None), carence=True),
            election("C4", "2022-02-03", 1, (7, 7, None), voix={**nobody, "cgt": 7, "sud": 3}, retained=True),
            election("C5", "2025-05-05", 1, (9, 8, None), carence=True),
            election("C4", "2025-06-06", 1, (9, 8, 7), voix={**nobody, "cgt": 2}, in_window=False),
        ],
    }
    only_c5 = (await caller.get("/api/siret/66677788800066/timeseries")).json()
    assert [item["retained"] for item in only_c5["items"]] == [False]
    refused(await caller.get("/api/siret/66677788800066"), 404, "siret_not_found")
    assert (await caller.get("/api/siret/55566677700055/timeseries")).json()["items"] == []
    refused(await caller.get("/api/siret/99999999999999/timeseries"), 404, "siret_not_found")


async def test_a_long_name_fits_into_a_cursor(builder: Backend, caller: httpx.AsyncClient) -> None:
    await clear(builder)
    names = {f"0000000000000{n}": "é" * 3000 + str(5 - n) for n in range(1, 5)}
    async with builder.state.database.transaction() as session:
        await store(session, [pv(siret, "C4", "2022-01-01", raison_sociale=name) for siret, name in names.items()])
    await built(caller)
    assert len(await found(caller, sort="raison_sociale")) == 4
