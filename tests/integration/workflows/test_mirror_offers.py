"""The mirror's run: lists one after the other, a bound in time and in history, an end where nobody answers."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from activities.contracts import (
    DueFrom,
    DueOffers,
    DuePlace,
    Failure,
    MirroredOffer,
    MirrorOutcome,
    TidiedOffers,
    source_queue,
)
from activities.errors import final
from tests.integration.workflows.fakes import USUAL, Scripted
from workflows.contracts import MirrorCounts, MirrorInput
from workflows.mirror_offers import AT_ONCE, LISTS, PAGE, MirrorOffersWorkflow

Run = WorkflowHandle[MirrorOffersWorkflow, MirrorCounts]

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@dataclass
class MirrorFakes(Scripted):
    """So many offers to confirm, each of which is; `a_list` are told at once."""

    offers: int = 30
    a_list: int = PAGE

    @activity.defn
    async def tidy_offers(self) -> TidiedOffers:
        return await self._do(None, TidiedOffers(expired=2, deleted=3))  # type: ignore[no-any-return]

    @activity.defn
    async def list_due_offers(self, given: DueFrom) -> DueOffers:
        first = given.since.offer_id + 1 if given.since is not None else 1
        ids = list(range(first, min(first + self.a_list, self.offers + 1)))
        more = DuePlace(offer_id=ids[-1], last_verified_at=NOW) if len(ids) == self.a_list else None
        return await self._do(given, DueOffers(ids=ids, next=more))  # type: ignore[no-any-return]

    @activity.defn
    async def mirror_offer(self, given: MirroredOffer) -> MirrorOutcome:
        return await self._do(given, MirrorOutcome(answer="confirmed"))  # type: ignore[no-any-return]

    def asked(self) -> list[int]:
        return [given.offer_id for given in self.inputs("mirror_offer")]


@asynccontextmanager
async def mirroring(client: Client, fakes: MirrorFakes) -> AsyncGenerator[Callable[[MirrorInput], Awaitable[Run]]]:
    """Workers for the workflow and for its source's queue; what is given starts a run."""
    queue = f"test-mirror-{uuid4()}"
    quick: list[Callable[..., Any]] = [fakes.tidy_offers, fakes.list_due_offers]
    async with (
        Worker(client, task_queue=queue, workflows=[MirrorOffersWorkflow], activities=quick),
        Worker(client, task_queue=source_queue(queue, "france_travail"), activities=[fakes.mirror_offer]),
    ):

        async def begin(given: MirrorInput) -> Run:
            return await client.start_workflow(
                MirrorOffersWorkflow.run, given, id=f"mirror-{uuid4()}", task_queue=queue
            )

        yield begin


async def test_a_long_list_is_gone_through_in_several_runs(plain: Client) -> None:
    fakes = MirrorFakes(offers=LISTS * 2 + 5, a_list=2)
    async with mirroring(plain, fakes) as begin:
        run = await begin(MirrorInput())
        counts = await run.result()
        assert (await run.describe()).run_id != run.first_execution_run_id
    assert counts == MirrorCounts(confirmed=fakes.offers, expired=2, deleted=3)
    assert sorted(fakes.asked()) == list(range(1, fakes.offers + 1))
    assert len(fakes.inputs("tidy_offers")) == 1


async def test_where_nobody_answers_the_rest_is_left_for_later(plain: Client) -> None:
    fakes = MirrorFakes(offers=50, behaviours={"mirror_offer": _unanswered})
    async with mirroring(plain, fakes) as begin:
        counts = await (await begin(MirrorInput())).result()
    assert counts == MirrorCounts(unanswered=AT_ONCE, expired=2, deleted=3)
    assert sorted(fakes.asked()) == list(range(1, AT_ONCE + 1))


async def test_when_the_time_is_over_the_rest_is_left_for_later(plain: Client) -> None:
    fakes = MirrorFakes(offers=50)
    async with mirroring(plain, fakes) as begin:
        before = MirrorInput(until=NOW, counts=MirrorCounts(confirmed=100))
        counts = await (await begin(before)).result()
    assert counts == MirrorCounts(confirmed=100 + AT_ONCE)


async def test_an_offer_whose_step_fails_is_left_for_later(plain: Client) -> None:
    async def stumbles(given: MirroredOffer) -> object:
        if given.offer_id == 3:
            raise final(Failure.UNEXPECTED, "Erreur interne")
        return USUAL

    fakes = MirrorFakes(offers=30, behaviours={"mirror_offer": stumbles})
    async with mirroring(plain, fakes) as begin:
        counts = await (await begin(MirrorInput())).result()
    assert counts == MirrorCounts(confirmed=29, unanswered=1, expired=2, deleted=3)
    assert set(fakes.asked()) == set(range(1, 31))


async def _unanswered(_: MirroredOffer) -> MirrorOutcome:
    return MirrorOutcome(answer="unanswered", code="connect_failed")
