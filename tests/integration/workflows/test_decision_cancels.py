"""A decision that is called off: before, during and after each step, while it is undone, and once the mail is out."""

from uuid import uuid4

import pytest
from temporalio.client import Client

from activities.contracts import Failure, StatusRecorded, SyncedCandidate, Withdrawal
from tests.integration.workflows.decision_fakes import (
    CLOSE,
    ERASE,
    GIVE_UP,
    INCIDENT,
    KINDS,
    RECORD,
    SEND,
    SYNC,
    UNDO_STATUS,
    UNDONE,
    DecisionFakes,
    decide,
    decisions_lab,
)
from tests.integration.workflows.fakes import (
    USUAL,
    Held,
    Lab,
    assert_cancelled,
    assert_completed,
    assert_failed,
    away,
    cancel,
    one_by_one,
    reached,
    refuses,
    waits_for_its_next_try,
)

AS_BEFORE = "Statut et index sont ceux d'avant"
CALLED_OFF = f"Annulée. {AS_BEFORE}"
UNCERTAIN = "Envoi interrompu : le message est peut-être parti"
AWAY = away(Failure.INDEX_UNAVAILABLE, "Connection error")
RECORDED, SYNCED = StatusRecorded(previous="SUBMITTED"), SyncedCandidate(indexed=True)


def assert_undone(fakes: DecisionFakes, *states: str) -> None:
    """Recorded as called off, without incident, with these last states of status, index and mail."""
    assert (fakes.closing.outcome, fakes.closing.error) == ("cancelled", CALLED_OFF)
    assert fakes.states == list(states)
    assert fakes.incidents == []


@pytest.mark.parametrize("kind", KINDS)
async def test_before_it_begins(plain: Client, kind: str) -> None:
    fakes, queue = DecisionFakes(), f"test-{uuid4()}"
    run = await decide(Lab(plain, fakes, queue), kind)
    await cancel(run)
    async with decisions_lab(plain, fakes, queue=queue):
        await assert_cancelled(run)
    assert [name for name, _ in fakes.calls] == [UNDO_STATUS, CLOSE]
    assert_undone(fakes, "skipped", "skipped", "skipped")


async def test_a_try_that_fails_for_good_meanwhile_is_an_incident_all_the_same(plain: Client) -> None:
    held, refused = Held(), refuses(Failure.INDEX_REJECTED, "HTTP 400")

    async def refuse_once_let_go(given: object) -> object:
        await held(given)
        return await refused(given)

    fakes = DecisionFakes({SYNC: one_by_one(refuse_once_let_go)})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "validate")
        await reached(held)
        await cancel(run)
        held.let_go.set()
        await assert_cancelled(run)
    assert fakes.incidents == [("indexation_failed", "HTTP 400", "IndexRejected")]
    assert (fakes.closing.outcome, fakes.closing.error) == ("cancelled", CALLED_OFF)
    assert fakes.states == ["compensated", "failed", "skipped"]


@pytest.mark.parametrize("undoing", [UNDO_STATUS, SYNC, UNDONE, INCIDENT, CLOSE])
async def test_while_a_failure_is_undone_it_changes_nothing(plain: Client, undoing: str) -> None:
    """All of it is undone, and the run says why it failed."""
    held, refused = Held(SYNCED if undoing == SYNC else None), refuses(Failure.INDEX_REJECTED, "HTTP 400")
    again = refuses(Failure.INDEX_REJECTED, "HTTP 400")
    behaviours = {SYNC: one_by_one(refused, again if undoing == INCIDENT else None)}
    if undoing == SYNC:
        behaviours = {SYNC: one_by_one(refused, held)}
    elif undoing == INCIDENT:
        behaviours[INCIDENT] = one_by_one(None, held)  # the second, of the compensation that fails
    else:
        behaviours[undoing] = held
    fakes = DecisionFakes(behaviours)
    async with decisions_lab(plain, fakes, cached=False) as at:
        run = await decide(at, "validate")
        await reached(held)
        await cancel(run)
        held.let_go.set()
        kind, end = "DecisionRolledBack", AS_BEFORE
        if undoing == INCIDENT:
            kind, end = "RollbackIncomplete", "N'a pas pu être annulé : indexation"
        await assert_failed(run, kind, f"HTTP 400. {end}")
    assert fakes.names()[-1] == CLOSE
    assert UNDO_STATUS in fakes.names()
    assert (fakes.closing.outcome, fakes.closing.error) == ("failed", f"HTTP 400. {end}")
    assert fakes.states == ["compensated", "failed", "skipped"]


@pytest.mark.parametrize("undoing", [UNDO_STATUS, SYNC, UNDONE, CLOSE])
async def test_a_second_one_does_not_interrupt_the_first(plain: Client, undoing: str) -> None:
    first, second = Held(SYNCED), Held(SYNCED if undoing == SYNC else None)
    behaviours = {SYNC: one_by_one(first, second if undoing == SYNC else None)}
    if undoing != SYNC:
        behaviours[undoing] = second
    fakes = DecisionFakes(behaviours)
    async with decisions_lab(plain, fakes, cached=False) as at:
        run = await decide(at, "validate")
        await reached(first)
        await cancel(run)
        first.let_go.set()
        await reached(second)
        await run.cancel()
        second.let_go.set()
        await assert_cancelled(run)
    assert [name for name, _ in fakes.calls] == [RECORD, SYNC, UNDO_STATUS, SYNC, UNDONE, CLOSE]
    assert_undone(fakes, "compensated", "compensated", "skipped")


async def test_what_cannot_be_undone_is_an_incident_and_a_failure(plain: Client) -> None:
    held = Held(SYNCED)
    fakes = DecisionFakes({SYNC: one_by_one(held), UNDO_STATUS: refuses(Failure.REQUEST_GONE, "Décision introuvable")})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "validate")
        await reached(held)
        await cancel(run)
        held.let_go.set()
        message = "Annulée. N'a pas pu être annulé : status_update"
        await assert_failed(run, "RollbackIncomplete", message)
    assert fakes.incidents == [("compensation_failed", "Décision introuvable", "RequestGone")]
    assert (fakes.closing.outcome, fakes.closing.error) == ("failed", message)


@pytest.mark.parametrize("state", ["sent", "unknown"])
async def test_a_mail_that_is_out_completes_the_decision(plain: Client, state: str) -> None:
    fakes = DecisionFakes({SEND: AWAY}, withdrawal=Withdrawal(withdrawn=False, state=state))
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "validate")
        await waits_for_its_next_try(run)
        await cancel(run)
        await assert_completed(run)
    assert UNDO_STATUS not in fakes.names()
    assert (fakes.closing.outcome, fakes.closing.error) == ("completed", None)
    mail = fakes.closing.actions["notification"]
    if state == "sent":
        assert (mail.status, mail.last_error, fakes.incidents) == ("completed", None, [])
    else:
        assert (mail.status, mail.last_error) == ("failed", UNCERTAIN)
        assert fakes.incidents == [("notification_failed", UNCERTAIN, "MailUnknown")]


async def test_a_mail_being_sent_completes_the_decision(plain: Client) -> None:
    held = Held(USUAL)
    fakes = DecisionFakes({SEND: held})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "validate")
        await reached(held)
        await cancel(run)
        held.let_go.set()
        await assert_completed(run)
    assert [name for name, _ in fakes.calls] == [RECORD, SYNC, SEND, CLOSE]
    assert fakes.states == ["completed"] * 3


async def test_while_a_failed_mail_is_recorded(plain: Client) -> None:
    """It is not out: everything is undone, and the incident says what became of the mail."""
    held = Held()
    fakes = DecisionFakes({SEND: refuses(Failure.MAIL_REFUSED, "Adresse électronique invalide"), INCIDENT: held})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "validate")
        await reached(held)
        await cancel(run)
        held.let_go.set()
        await assert_cancelled(run)
    assert [name for name, _ in fakes.calls][2:] == [SEND, GIVE_UP, INCIDENT, UNDO_STATUS, SYNC, UNDONE, CLOSE]
    assert fakes.states == ["compensated", "compensated", "failed"]
    assert fakes.closing.outcome == "cancelled"


@pytest.mark.parametrize("kind", ["validate", "archive"])
async def test_while_the_end_is_recorded_it_changes_nothing(plain: Client, kind: str) -> None:
    held = Held()
    fakes = DecisionFakes({CLOSE: held})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, kind)
        await reached(held)
        await cancel(run)
        held.let_go.set()
        await assert_completed(run)
    assert fakes.closing.outcome == "completed"
    assert UNDO_STATUS not in fakes.names()


async def test_an_erasure_that_has_begun_goes_on(plain: Client) -> None:
    held = Held(beats=True)
    fakes = DecisionFakes({ERASE: held})
    async with decisions_lab(plain, fakes) as at:
        run = await decide(at, "erase")
        await reached(held)
        await cancel(run)
        held.let_go.set()
        await assert_completed(run)
    assert [name for name, _ in fakes.calls] == [SYNC, ERASE, CLOSE]
    assert (fakes.closing.outcome, fakes.states) == ("completed", ["completed", "completed", "skipped"])
