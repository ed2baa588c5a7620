"""Decisions whose neighbours are away, silent or unwilling: they wait, or give up and leave everything as it was."""

import asyncio

from db import candidate_index
from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from tests.backend import backend
from tests.integration.decisions import decision, status_of, submitted
from tests.integration.faults.neighbours import DATABASE_AWAY, INDEX_AWAY, MAIL_AWAY, End, Neighbours, Person, Scene
from tests.stubs.smtp import DROP, Fault, SmtpStub
from tests.waiting import until
from tests.words import new_word
from workflows.validate_candidate import ValidateCandidateWorkflow

DONE = End("completed", "VALIDATED", mails=1)
REJECTED = End("completed", "REJECTED", mails=1, decisions=2)
BOTH = ("status_update", "indexation")
GIVEN_UP = {"status_update": "compensated", "indexation": "failed", "notification": "skipped"}
REFUSED = End("failed", "SUBMITTED", incidents=["indexation_failed"], undone=BOTH, actions=GIVEN_UP)


async def restored(scene: Scene, person: Person) -> bool:
    return await status_of(scene.admin, person.id) == "SUBMITTED"


# The database


async def test_a_database_that_comes_back_is_waited_for(patient: Scene) -> None:
    person = await patient.person()
    async with patient.near.database.away():
        await patient.take("validate", person)
        assert (await patient.retried(person, "status_update"))["last_error"] == DATABASE_AWAY
        assert await status_of(patient.admin, person.id) == "SUBMITTED"
    done = await patient.ends(person, DONE)
    assert done["actions"]["status_update"]["attempts"] > 1
    assert await patient.evaluations(person) == (1, 0)


async def test_a_database_that_stays_away_fails_the_decision(hasty: Scene) -> None:
    person = await hasty.person()
    async with hasty.near.database.away():
        await hasty.take("validate", person)
        await hasty.trying(person, "record_incident")  # which waits for the database, too
    actions = {"status_update": "failed", "indexation": "skipped", "notification": "skipped"}
    incidents = ["candidate_status_update_failed"]
    await hasty.ends(person, End("failed", "SUBMITTED", decisions=0, incidents=incidents, actions=actions))
    told = await hasty.incident(person)
    assert (told["error"], told["error_type"]) == (DATABASE_AWAY, "DatabaseUnavailable")
    assert await hasty.evaluations(person) == (0, 0)


async def test_a_status_that_is_written_too_late_is_undone(hasty: Scene) -> None:
    person = await hasty.person()
    async with hasty.locked(person):
        await hasty.take("validate", person)
        await hasty.waits_for_a_lock()
        await hasty.incident(person)  # while the write still waits for its turn
    incidents, undone = ["candidate_status_update_failed"], ["status_update"]
    await hasty.ends(person, End("failed", "SUBMITTED", incidents=incidents, undone=undone))
    assert await hasty.evaluations(person) == (0, 1)


async def test_a_rejection_that_is_written_too_late_is_undone(hasty: Scene) -> None:
    person = await hasty.validated()
    removal = hasty.near.documents.hold("DELETE", person.id)
    await hasty.take("reject", person)
    await removal.reached.wait()
    async with hasty.locked(person):
        assert await removal.late() == 200
        await hasty.waits_for_a_lock()
        await hasty.incident(person)
    incidents = ["candidate_status_update_failed"]
    await hasty.ends(person, End("failed", "VALIDATED", decisions=2, incidents=incidents, undone=BOTH))
    assert await hasty.evaluations(person) == (1, 1)


# The index


async def test_an_index_that_comes_back_is_waited_for(patient: Scene) -> None:
    person = await patient.person()
    async with patient.near.search.away():
        await patient.take("validate", person)
        state = await patient.retried(person, "indexation")
        assert (state["status"], state["last_error"]) == ("running", INDEX_AWAY)
        assert await patient.action(person, "status_update") == {
            **await patient.action(person, "status_update"),
            "status": "completed",
            "attempts": 1,
        }
        assert await status_of(patient.admin, person.id) == "VALIDATED"
    done = await patient.ends(person, DONE)
    assert done["actions"]["indexation"]["attempts"] > 1


async def test_an_index_that_stays_away_fails_the_decision(hasty: Scene) -> None:
    person = await hasty.person(headline="Développeuse", profile={"position": "Développeuse Python"})
    async with hasty.near.search.away():
        await hasty.take("validate", person)
        told = await hasty.incident(person)
        await until(lambda: restored(hasty, person))
        await hasty.trying(person, "sync_candidate")  # undoing waits for the index
        assert (await decision(hasty.admin, person.id))["status"] == "running"
    done = await hasty.ends(person, REFUSED)
    assert done["error"] == f"{INDEX_AWAY}. Statut et index sont ceux d'avant"
    told = await hasty.incident(person)
    assert (
        told["description"] == f"Erreur lors de l'indexation ElasticSearch pour le candidat {person.id}: {INDEX_AWAY}"
    )
    assert (told["error"], told["error_type"]) == (INDEX_AWAY, "IndexUnavailable")
    assert {"first_name", "last_name", "email", "headline", "position"} <= set(told["profile_data_keys"])
    assert await hasty.evaluations(person) == (0, 1)


async def test_a_busy_index_is_tried_again(patient: Scene) -> None:
    person = await patient.person()
    for status in (503, 429):
        with patient.near.documents.answering(status, "PUT", person.id):
            await patient.take("validate", person)
            assert (await patient.retried(person, "indexation"))["last_error"] == f"HTTP {status}"
            await patient.run(person).signal(ValidateCandidateWorkflow.abandon)
            await patient.ended(person)
    await patient.take("validate", person)
    await patient.ends(person, End("completed", "VALIDATED", mails=1, decisions=3, undone=[*BOTH, *BOTH]))


async def test_what_the_index_refuses_fails_at_once(patient: Scene) -> None:
    person = await patient.person()
    with patient.near.documents.answering(400, "PUT", person.id):
        await patient.take("validate", person)
        done = await patient.ends(person, REFUSED)
    assert done["actions"]["indexation"]["attempts"] == 1
    told = await patient.incident(person)
    assert (told["error"], told["error_type"]) == ("HTTP 400", "IndexRejected")


async def test_who_cannot_be_brought_back_stays_archived(patient: Scene) -> None:
    person = await patient.validated()
    await patient.take("archive", person)
    await patient.ends(person, End("completed", "ARCHIVED", decisions=2))
    with patient.near.documents.answering(400, "PUT", person.id):
        await patient.take("unarchive", person)
        await patient.ends(person, End("failed", "ARCHIVED", decisions=3, incidents=["indexation_failed"], undone=BOTH))


async def test_who_is_rejected_is_not_shown_while_the_index_is_away(hasty: Scene) -> None:
    sector = f"Secteur {new_word()}"
    person = await hasty.validated(sector=sector)

    async def found() -> list[int]:
        answer = await hasty.admin.get("/api/v1/candidates/search", params={"sector": sector})
        assert answer.status_code == 200, answer.text
        return [item["candidate_id"] for item in answer.json()["items"]]

    assert await found() == [person.id]
    async with hasty.near.search.away():
        await hasty.take("reject", person)
        assert (await hasty.incident(person))["incident_type"] == "deindexation_failed"
        await hasty.trying(person, "sync_candidate")
        assert (await decision(hasty.admin, person.id))["status"] == "running"
        assert await status_of(hasty.admin, person.id) == "VALIDATED"
        assert await hasty.backend.state.index.version_of(person.id) is not None
        assert await found() == []
    await hasty.ends(person, End("completed", "REJECTED", mails=1, decisions=2, incidents=["deindexation_failed"]))
    (mail,) = await hasty.mails_about(person)
    text, html = (part.get_content() for part in mail.message.iter_parts())
    assert "L'expérience <attendue> manque pour l'instant" in text
    assert "&lt;attendue&gt;" in html
    assert "<attendue>" not in html


# The mail


async def test_a_mail_server_that_stays_away_leaves_the_validation(hasty: Scene) -> None:
    person = await hasty.person()
    async with hasty.near.mail.away():
        await hasty.take("validate", person)
        await hasty.trying(person, "send_notification")
        incidents, actions = ["notification_failed"], {"indexation": "completed", "notification": "failed"}
        await hasty.ends(person, End("completed", "VALIDATED", incidents=incidents, actions=actions))
    told = await hasty.incident(person)
    assert (told["error"], told["error_type"]) == (MAIL_AWAY, "MailUnavailable")


async def test_without_a_mail_server_the_mail_is_skipped(
    servers: EmbeddedServers, near: Neighbours, inbox: SmtpStub
) -> None:
    async with backend(servers, smtp_host=None) as unmailed, await unmailed.login(ADMIN) as admin:
        scene = Scene(unmailed, admin, near, inbox)
        person = Person(await submitted(admin), "")
        await scene.take("validate", person)
        done = await scene.ends(person, End("completed", "VALIDATED", actions={"notification": "skipped"}))
    assert done["actions"]["notification"]["reason"] == "not_configured"


async def test_a_mail_lost_half_way_is_not_sent_twice(patient: Scene) -> None:
    person = await patient.person()
    patient.inbox.script(Fault("content", DROP))
    await patient.take("validate", person)
    incidents, actions = ["notification_failed"], {"notification": "failed"}
    await patient.ends(person, End("completed", "VALIDATED", mails=1, incidents=incidents, actions=actions))
    told = await patient.incident(person)
    assert told["error_type"] == "MailUnknown"


# Late writes


async def test_a_late_write_does_not_bring_back_who_was_rejected(patient: Scene, hasty: Scene) -> None:
    async def overtaken(scene: Scene, *, cancel: bool) -> None:
        person = await scene.person()
        late = scene.near.documents.hold("PUT", person.id)
        await scene.take("validate", person)
        await late.reached.wait()
        if cancel:
            await scene.cancel(person)
        incidents = [] if cancel else ["indexation_failed"]
        outcome = "cancelled" if cancel else "failed"
        await scene.ends(person, End(outcome, "SUBMITTED", undone=BOTH, incidents=incidents))
        await scene.take("reject", person)
        end = End("completed", "REJECTED", mails=1, decisions=2, undone=BOTH, incidents=incidents)
        await scene.ends(person, end)
        assert await late.late() == 409
        await scene.consistent(person, end)

    await asyncio.gather(overtaken(hasty, cancel=False), overtaken(patient, cancel=True))


async def test_a_write_of_the_same_version_does_not_bring_back_who_was_removed(patient: Scene) -> None:
    person = await patient.validated()
    state = patient.backend.state
    async with state.database.transaction() as session:
        row = await candidate_index.projection(session, person.id)
    assert row is not None
    await patient.take("archive", person)
    await patient.ends(person, End("completed", "ARCHIVED", decisions=2))
    removed = row.version + 1  # the removal was the next write after the one that is in the row
    assert not await state.index.put(person.id, {**row.document(), "version": removed}, removed)
    assert await state.index.version_of(person.id) is None


# Operators


async def test_an_operator_need_not_wait_for_the_next_try(patient: Scene) -> None:
    person = await patient.person()
    async with patient.near.search.away():
        await patient.take("validate", person)
        await patient.retried(person, "indexation")
    await patient.run(person).signal(ValidateCandidateWorkflow.retry_now)
    done = await patient.ends(person, DONE)
    assert done["actions"]["indexation"]["attempts"] == 1  # of the tries since then


async def test_an_operator_can_give_up(patient: Scene) -> None:
    person = await patient.person()
    async with patient.near.search.away():
        await patient.take("validate", person)
        await patient.retried(person, "indexation")
        await patient.run(person).signal(ValidateCandidateWorkflow.abandon)
        await until(lambda: restored(patient, person))
    done = await patient.ends(person, End("failed", "SUBMITTED", undone=BOTH))
    assert done["error"] == "Décision abandonnée. Statut et index sont ceux d'avant"
