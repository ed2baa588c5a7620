"""Each route for each role, on own and on somebody else's things, as `routes.TABLE` has it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi.routing import iter_route_contexts
from sqlalchemy import update
from temporalio.client import Client, WorkflowExecutionStatus

from api.app import create_app
from db.tables import Candidate, Offer
from embedded.stack import EmbeddedServers
from tests.backend import Backend, settings_for
from tests.integration.api.calls import CV, accepted, new_candidate, new_offer, refused
from tests.integration.api.edge import caller_of, edge
from tests.integration.api.routes import ROLES, TABLE, Route, Thing
from tests.waiting import matched, settled, until


@dataclass(frozen=True)
class World:
    """A caller and what is theirs; those who cannot write offers share the administrator's."""

    role: str
    client: httpx.AsyncClient
    temporal: Client
    job: str
    candidate: int
    offer: int

    async def thing(self, kind: Thing) -> str:
        """The id of the caller's thing of this kind, made now if calls use it up and the caller can make one."""
        if kind == "ended job" and self.role != "anonymous":
            job = (await accepted(self.client))["job_id"]

            async def closed() -> bool:  # "done" is said a moment before the run closes
                described = await self.temporal.get_workflow_handle(job).describe()
                return described.status is not WorkflowExecutionStatus.RUNNING

            await until(closed)
            return str(job)
        if kind == "spare offer" and self.role not in ("anonymous", "candidate"):
            return str(await new_offer(self.client))
        if kind == "spare candidate" and self.role in ("admin", "service"):
            return str(await new_candidate(self.client, profile=None))
        ids: Mapping[Thing, str] = {
            "nothing": "",
            "job": self.job,
            "ended job": self.job,
            "bulk": f"matching-bulk-{self.job}",
            "pair": f"matching-{self.candidate}-{self.offer}",
            "candidate": str(self.candidate),
            "spare candidate": str(self.candidate),
            "offer": str(self.offer),
            "spare offer": str(self.offer),
        }
        return ids[kind]


@pytest_asyncio.fixture(scope="module")
async def worlds(talentflow: Backend) -> AsyncGenerator[Mapping[str, World]]:
    """One caller of each role, and a stranger, a recruiter whose things are nobody else's."""
    admin = await caller_of(talentflow, "admin")
    shared = await new_offer(admin)

    async def world(role: str) -> World:
        client = await caller_of(talentflow, role)
        offer = shared if role == "candidate" else await new_offer(client)
        job = (await accepted(client, offer_ids=str(offer)))["job_id"]
        await matched(client, f"matching-bulk-{job}")
        done = await settled(client, job)
        return World(role, client, talentflow.temporal, job, done["result"]["candidate_id"], offer)

    *own, stranger = await asyncio.gather(*(world(role) for role in (*ROLES[1:], "recruiter")))
    anonymous = await caller_of(talentflow, "anonymous")
    nobody = World("anonymous", anonymous, talentflow.temporal, stranger.job, stranger.candidate, stranger.offer)
    everyone = {**{w.role: w for w in own}, "stranger": stranger, "anonymous": nobody}
    yield everyone
    await asyncio.gather(*(w.client.aclose() for w in everyone.values()), admin.aclose())


async def status_of(route: Route, caller: World, owner: World) -> int:
    """The status that this caller gets for this owner's thing."""
    thing = await owner.thing(route.thing)
    path = route.path.format(
        job_id=thing,
        workflow_id=thing,
        offer_id=thing,
        candidate_id=thing,
        import_id="import-none",
        siret="99999999999999",
        task_id="job-search-00000000-0000-4000-8000-000000000000",
    )
    if route.path == "/api/queue":
        answer = await caller.client.post(path, files={"file": ("cv.txt", CV.encode())}, data={"candidate_id": thing})
        return answer.status_code
    body: Any = route.body
    if route.path == "/api/v1/queue-matching":
        body = {"candidate_id": owner.candidate, "job_id": owner.offer}
    elif route.path == "/api/v1/queue-matching/bulk":
        body = {"candidate_id": owner.candidate, "job_ids": [owner.offer]}
    return (await caller.client.request(route.method, path, json=body)).status_code


@pytest.mark.parametrize("route", TABLE, ids=lambda route: f"{route.method} {route.path} {route.thing}")
async def test_a_route_answers_each_role_as_agreed(worlds: Mapping[str, World], route: Route) -> None:
    own = {role: await status_of(route, worlds[role], worlds[role]) for role in route.own}
    assert own == route.own
    foreign = {role: await status_of(route, worlds[role], worlds["stranger"]) for role in route.foreign}
    assert foreign == route.foreign


def test_every_route_stands_in_the_table(servers: EmbeddedServers) -> None:
    routes = iter_route_contexts(create_app(settings_for(servers)).routes)
    served = {(method, route.path) for route in routes for method in route.methods or () if method != "HEAD"}
    assert served == {(route.method, route.path) for route in TABLE}


async def test_recruiters_see_validated_candidates(talentflow: Backend, worlds: Mapping[str, World]) -> None:
    candidate, recruiter = worlds["candidate"].candidate, worlds["recruiter"].client
    pair = await worlds["candidate"].thing("pair")
    for path in (f"/api/v1/candidates/{candidate}", f"/api/v1/result/{pair}"):
        assert (await recruiter.get(path)).status_code == 404
    async with talentflow.state.database.transaction() as session:
        await session.execute(update(Candidate).where(Candidate.id == candidate).values(status="VALIDATED"))
    for path in (f"/api/v1/candidates/{candidate}", f"/api/v1/result/{pair}"):
        assert (await recruiter.get(path)).status_code == 200
    assert (await recruiter.patch(f"/api/v1/candidates/{candidate}", json={"city": "Lyon"})).status_code == 403
    assert (await worlds["service"].client.get(f"/api/v1/candidates/{candidate}")).json()["status"] == "VALIDATED"


async def test_imported_offers_are_read_only(talentflow: Backend, worlds: Mapping[str, World]) -> None:
    admin = worlds["admin"].client
    offer = await new_offer(admin)
    async with talentflow.state.database.transaction() as session:
        await session.execute(update(Offer).where(Offer.id == offer).values(source="elsewhere", created_by=None))
    for client in (admin, worlds["recruiter"].client):
        assert (await client.get(f"/api/v1/offers/{offer}")).status_code == 200
        refused(await client.put(f"/api/v1/offers/{offer}", json={"title": "Autre"}), 403, "imported_offer")


async def test_a_gateway_may_authenticate_instead(servers: EmbeddedServers) -> None:
    async with edge(servers, auth_disabled=True) as api:
        await accepted(api.anonymous)
        assert (await api.anonymous.get("/api/v1/candidates")).status_code == 200
        stray = api.client(Authorization="Bearer nonsense")
        assert (await stray.get("/api/v1/offers")).status_code == 200
