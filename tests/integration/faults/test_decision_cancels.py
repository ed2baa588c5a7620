"""Decisions that are called off at every point: what was done is undone, and what is sent stays decided."""

from contextlib import AsyncExitStack

import pytest
from temporalio.client import WorkflowExecutionStatus

from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from tests.backend import backend
from tests.integration.decisions import submitted
from tests.integration.faults.neighbours import DATABASE_AWAY, INDEX_AWAY, MAIL_AWAY, End, Neighbours, Person, Scene
from tests.stubs.smtp import HANG, Fault, SmtpStub
from workers.build import build_workers
from workers.collaborators import collaborators

BOTH = ("status_update", "indexation")
UNTOUCHED = End("cancelled", "SUBMITTED", decisions=0)
UNDONE = End("cancelled", "SUBMITTED", undone=BOTH)
STAYS_VALIDATED = End("cancelled", "VALIDATED", decisions=1, undone=["indexation"])
"""A rejection that never came to change the status of a validated candidate."""


async def closed_as(scene: Scene, person: Person) -> WorkflowExecutionStatus | None:
    return (await scene.run(person).describe()).status


# Before and during the status


async def test_before_the_first_step(servers: EmbeddedServers, near: Neighbours, inbox: SmtpStub) -> None:
    async with AsyncExitStack() as stack:
        idle = await stack.enter_async_context(backend(servers, workers=False, **near.settings()))
        admin = await stack.enter_async_context(await idle.login(ADMIN))
        scene = Scene(idle, admin, near, inbox)
        person = Person(await submitted(admin), "")
        await scene.take("validate", person)
        await scene.cancel(person)
        parts = await stack.enter_async_context(collaborators(idle.settings))
        for worker in build_workers(idle.temporal, idle.settings, parts, queue=idle.queue):
            await stack.enter_async_context(worker)
        await scene.ends(person, UNTOUCHED)
        assert await closed_as(scene, person) is WorkflowExecutionStatus.CANCELED
        assert await scene.evaluations(person) == (0, 0)


async def test_while_the_status_is_written(patient: Scene) -> None:
    person = await patient.person()
    async with patient.locked(person):
        await patient.take("validate", person)
        await patient.waits_for_a_lock()
        await patient.cancel(person)
    await patient.ends(person, End("cancelled", "SUBMITTED", undone=["status_update"]))
    assert await closed_as(patient, person) is WorkflowExecutionStatus.CANCELED
    assert await patient.evaluations(person) == (0, 1)


async def test_while_the_status_waits_for_the_database(patient: Scene) -> None:
    person = await patient.person()
    async with patient.near.database.away():
        await patient.take("validate", person)
        assert (await patient.retried(person, "status_update"))["last_error"] == DATABASE_AWAY
        await patient.cancel(person)
        await patient.trying(person, "restore_status")
    await patient.ends(person, UNTOUCHED)
    assert await patient.evaluations(person) == (0, 0)


# During the index


async def test_while_the_index_is_written(patient: Scene) -> None:
    person = await patient.person()
    put = patient.near.documents.hold("PUT", person.id)
    await patient.take("validate", person)
    await put.reached.wait()
    await patient.cancel(person)
    assert await put.late() == 201
    await patient.ends(person, UNDONE)
    assert await closed_as(patient, person) is WorkflowExecutionStatus.CANCELED


async def test_while_the_index_is_waited_for(patient: Scene) -> None:
    person = await patient.person()
    with patient.near.documents.answering(503, "PUT", person.id):
        await patient.take("validate", person)
        await patient.retried(person, "indexation")
        await patient.cancel(person)
        await patient.ends(person, UNDONE)
    assert await patient.evaluations(person) == (0, 1)


async def test_again_while_it_is_undone(patient: Scene) -> None:
    person = await patient.person()
    async with patient.near.search.away():
        await patient.take("validate", person)
        assert (await patient.retried(person, "indexation"))["last_error"] == INDEX_AWAY
        for _ in range(2):
            await patient.cancel(person)
            await patient.trying(person, "sync_candidate")
    await patient.ends(person, UNDONE)


async def test_while_a_failed_one_is_undone(patient: Scene) -> None:
    person = await patient.person()
    with patient.near.documents.answering(400, "PUT", person.id):
        removal = patient.near.documents.hold("DELETE", person.id)
        await patient.take("validate", person)
        await removal.reached.wait()
        await patient.cancel(person)
        removal.release()
        await patient.ends(person, End("failed", "SUBMITTED", undone=BOTH, incidents=["indexation_failed"]))
    assert await closed_as(patient, person) is WorkflowExecutionStatus.FAILED


# During the mail


async def test_while_the_mail_waits_for_the_server(patient: Scene) -> None:
    person = await patient.person()
    async with patient.near.mail.away():
        await patient.take("validate", person)
        assert (await patient.retried(person, "notification"))["last_error"] == MAIL_AWAY
        await patient.cancel(person)
        await patient.ends(person, UNDONE)
    assert await patient.evaluations(person) == (0, 1)


async def test_while_a_mail_is_sent_that_the_server_does_not_take(patient: Scene) -> None:
    person = await patient.person()
    patient.inbox.script(Fault("DATA", HANG))
    await patient.take("validate", person)
    await patient.inbox.reached.wait()
    await patient.cancel(person)
    patient.inbox.release(drop=True)
    await patient.ends(person, UNDONE)


async def test_while_a_mail_is_sent_that_the_server_takes(patient: Scene) -> None:
    person = await patient.person()
    patient.inbox.script(Fault("greeting", HANG))
    await patient.take("validate", person)
    await patient.inbox.reached.wait()
    await patient.cancel(person)
    patient.inbox.release()
    await patient.ends(person, End("completed", "VALIDATED", mails=1, actions={"notification": "completed"}))
    assert await closed_as(patient, person) is WorkflowExecutionStatus.COMPLETED


async def test_while_a_mail_is_sent_of_which_nothing_is_heard(patient: Scene) -> None:
    person = await patient.person()
    patient.inbox.script(Fault("content", HANG))
    await patient.take("validate", person)
    await patient.inbox.reached.wait()
    await patient.cancel(person)
    patient.inbox.release(drop=True)
    await patient.ends(person, End("completed", "VALIDATED", mails=1, incidents=["notification_failed"]))


# Rejections


@pytest.mark.parametrize("answer", [503, None])
async def test_a_rejection_while_the_index_is_written(patient: Scene, answer: int | None) -> None:
    person = await patient.validated()
    removal = patient.near.documents.hold("DELETE", person.id)
    await patient.take("reject", person)
    await removal.reached.wait()
    await patient.cancel(person)
    if answer is not None:
        with patient.near.documents.answering(answer, "DELETE", person.id):
            removal.release()
            await patient.ends(person, STAYS_VALIDATED)
    else:
        assert await removal.late() == 200
        await patient.ends(person, STAYS_VALIDATED)


async def test_a_rejection_that_has_failed_to_remove(hasty: Scene) -> None:
    person = await hasty.validated()
    async with hasty.near.search.away():
        await hasty.take("reject", person)
        await hasty.incident(person)
        await hasty.trying(person, "sync_candidate")
        await hasty.cancel(person)
    end = End("cancelled", "VALIDATED", decisions=1, undone=["indexation"], incidents=["deindexation_failed"])
    await hasty.ends(person, end)


async def test_a_rejection_while_the_mail_waits_for_the_server(patient: Scene) -> None:
    person = await patient.validated()
    async with patient.near.mail.away():
        await patient.take("reject", person)
        await patient.retried(person, "notification")
        assert await patient.backend.state.index.version_of(person.id) is None
        await patient.cancel(person)
        await patient.ends(person, End("cancelled", "VALIDATED", decisions=2, undone=BOTH))
    assert await patient.evaluations(person) == (1, 1)
