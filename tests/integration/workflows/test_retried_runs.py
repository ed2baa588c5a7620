"""Runs that are retries: they undo the failure first, speak for their own retry, and leave alone what is another's."""

import pytest
from temporalio.client import Client

from activities.contracts import Closing, Failure, Reopening
from activities.errors import passing
from tests.integration.workflows.fakes import (
    Fakes,
    Held,
    assert_cancelled,
    assert_completed,
    assert_failed,
    cancel,
    fails,
    fails_at_first,
    lab,
    reached,
    refuses,
    request_of,
    told,
)

BAD = told(Failure.BAD_DOCUMENT, "Document PDF corrompu ou protégé par mot de passe")
LATE = "Cette relance arrive trop tard : une autre l'a précédée"


async def test_the_failure_is_undone_before_anything_else(plain: Client) -> None:
    fakes = Fakes({"reopen_parse": fails_at_first(passing(Failure.DATABASE_UNAVAILABLE, "indisponible"))})
    async with lab(plain, fakes) as at:
        parse = await at.parse(chain=True, retry=2)
        await assert_completed(parse)
    assert fakes.names()[:2] == ["reopen_parse", "read_document"]
    assert fakes.inputs("reopen_parse") == [Reopening(request_id=request_of(parse), retry=2)] * 2
    # The chained matching is opened with its parse.
    assert [closing.retry for closing in fakes.inputs("close_matching")] == [0]
    assert fakes.inputs("reopen_matching") == []


async def test_a_retry_that_fails_closes_its_own_retry(plain: Client) -> None:
    fakes = Fakes({"read_document": fails(BAD), "plan_pairs": fails(BAD)})
    async with lab(plain, fakes) as at:
        parse, match = await at.parse(retry=3), await at.match(retry=1)
        for run in (parse, match):
            await assert_failed(run, "BadDocument", BAD.message)
    (closed,), (unmatched,) = fakes.inputs("close_parse"), fakes.inputs("close_matching")
    failed = {"outcome": "failed", "error": BAD.message, "error_type": "BadDocument"}
    assert closed == Closing(request_id=request_of(parse), **failed, retry=3)
    assert unmatched == Closing(request_id=request_of(match), **failed, retry=1)


@pytest.mark.parametrize("kind", ["parse", "matching"])
async def test_a_retry_that_comes_too_late_touches_nothing(plain: Client, kind: str) -> None:
    step = f"reopen_{kind}"
    fakes = Fakes({step: refuses(Failure.RETRY_OUTDATED, LATE)})
    async with lab(plain, fakes) as at:
        run = await at.parse(retry=1) if kind == "parse" else await at.match(retry=1)
        await assert_failed(run, "RetryOutdated", LATE)
    assert fakes.names() == [step]


@pytest.mark.parametrize("kind", ["parse", "matching"])
async def test_a_cancel_while_the_failure_is_undone_ends_the_retry_as_cancelled(plain: Client, kind: str) -> None:
    held = Held()
    fakes = Fakes({f"reopen_{kind}": held})
    async with lab(plain, fakes) as at:
        run = await at.parse(retry=1) if kind == "parse" else await at.match(retry=1)
        await reached(held)
        await cancel(run)
        held.let_go.set()
        await assert_cancelled(run)
    assert fakes.inputs(f"close_{kind}") == [Closing(request_id=request_of(run), outcome="cancelled", retry=1)]
    assert not fakes.inputs("read_document")
    assert not fakes.inputs("plan_pairs")
