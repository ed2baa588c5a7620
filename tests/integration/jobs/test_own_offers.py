"""Offers that recruiters write are searched in the same way as those of the sources."""

from typing import Any

import httpx
import pytest

from embedded.seed import ADMIN
from tests.backend import Backend
from tests.integration.api.calls import new_offer
from tests.integration.jobs.calls import searched
from tests.stubs.job_boards import JobBoards


async def found(client: httpx.AsyncClient, **asked: Any) -> list[int]:
    """The ids of the catalogue's offers for a search."""
    done = await searched(client, sources=["catalogue"], **asked)
    assert done["status"] == "completed"
    return [offer["id"] for offer in done["offers"]]


@pytest.mark.parametrize(
    ("location", "insee", "department"),
    [("Villeurbanne", "69266", "69"), ("Lyon 3e", "69123", "69"), ("Rhône", None, "69"), ("Saint-Denis", None, None),
     ("Genève", None, None), (None, None, None)],
)  # fmt: skip
async def test_the_place_of_an_own_offer_is_known_when_it_can_be_one_alone(
    searching: Backend, boards: JobBoards, location: str | None, insee: str | None, department: str | None
) -> None:
    async with await searching.login(ADMIN) as admin:
        offer = await new_offer(admin, location=location)
        body = (await admin.get(f"/api/v1/offers/{offer}")).json()
    assert (body["location"], body["insee"], body["department"]) == (location, insee, department)
    assert (body["country"], body["region"]) == (("FR", "84") if department else (None, None))


async def test_an_own_offer_is_found_around_its_place_and_moves_with_it(searching: Backend, boards: JobBoards) -> None:
    async with await searching.login(ADMIN) as admin:
        offer = await new_offer(admin, title="Développeuse Python", location="Villeurbanne")
        assert await found(admin, keywords="développeur", location="Lyon") == [offer]
        assert await found(admin, keywords="développeur", location="Lyon", radius_km=0) == []
        assert await found(admin, keywords="développeur", location="Auvergne-Rhône-Alpes") == [offer]
        moved = {"title": "Développeuse Python", "location": "Nantes"}
        assert (await admin.put(f"/api/v1/offers/{offer}", json=moved)).json()["insee"] == "44109"
        assert await found(admin, keywords="développeur", location="Lyon") == []
        assert await found(admin, keywords="développeur", location="Rezé") == [offer]
