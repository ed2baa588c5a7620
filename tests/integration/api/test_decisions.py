"""Deciding on candidates: contract, life cycle, one decision at a time, incidents and views in the audit log."""

import asyncio
from datetime import datetime, timedelta, tzinfo
from typing import Any, Self
from uuid import uuid4

import httpx
import pytest

from api import decision_requests, decision_status, routers
from db import decisions
from embedded.stack import EmbeddedServers
from tests.backend import Backend
from tests.integration.api.calls import refused, wrong_fields
from tests.integration.decisions import REASON, SUMMARY, audit, decide, decided, status_of, submitted
from tests.mails import mails_to


async def test_a_validation_is_answered_as_published_and_carried_out(
    servers: EmbeddedServers, talentflow: Backend, admin: httpx.AsyncClient
) -> None:
    address = f"ines-{uuid4()}@example.fr"
    candidate_id = await submitted(admin, email=address)
    accepted = await decide(
        admin, "validate", candidate_id, {**SUMMARY, "overallScore": 4.5, "softSkillsTags": ["écoute"]}
    )
    url = f"/api/v1/admin/validate/{candidate_id}"
    assert accepted == {
        "message": "Candidate profile validation initiated",
        "candidate_id": candidate_id,
        "status": "VALIDATED",
        "actions": {"status_update": "pending", "indexation": "pending", "notification": "pending"},
        "note": "All actions are being processed asynchronously. Check Audit Service logs for any errors.",
        "workflow_id": f"candidate-decision-{candidate_id}",
        "links": {"status": url, "cancel": f"{url}/cancel"},
    }
    done = await decided(admin, candidate_id)
    assert done["status"] == "completed"
    assert done["decision"] == "validate"
    assert done["decided_by"]["email"] == "admin@talentflow.example"
    assert done["decided_by"]["name"] == "Alice Martin"
    assert {name: (a["status"], a["attempts"]) for name, a in done["actions"].items()} == {
        "status_update": ("completed", 1),
        "indexation": ("completed", 1),
        "notification": ("completed", 1),
    }
    assert await status_of(admin, candidate_id) == "VALIDATED"
    assert await talentflow.state.index.version_of(candidate_id) is not None
    subjects = [str(mail["subject"]) for mail in await mails_to(servers, address, count=2)]
    assert "Votre profil a été validé – Vous êtes visible aux recruteurs" in subjects
    (entry,) = await audit(admin, candidate_id)
    assert (entry["access_type"], entry["action_type"]) == ("decision", "VALIDATE_CANDIDATE")
    assert entry["recruiter_email"] == "admin@talentflow.example"


async def test_the_whole_life_of_a_candidate(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    index = talentflow.state.index
    candidate_id = await submitted(admin)
    assert (await admin.post(f"/api/v1/admin/review/{candidate_id}")).json()["status"] == "IN_REVIEW"
    for verb, body, status, found in (
        ("validate", SUMMARY, "VALIDATED", True),
        ("archive", None, "ARCHIVED", False),
        ("unarchive", None, "VALIDATED", True),
        ("reject", REASON, "REJECTED", False),
    ):
        assert (await decide(admin, verb, candidate_id, body))["status"] == status
        done = await decided(admin, candidate_id)
        assert (done["decision"], done["status"]) == (verb, "completed"), done
        assert done["actions"]["notification"]["status"] == ("completed" if body else "skipped")
        assert await status_of(admin, candidate_id) == status
        assert (await index.version_of(candidate_id) is not None) == found
    assert (await admin.post(f"/api/v1/candidates/{candidate_id}/submit")).json()["status"] == "SUBMITTED"
    assert [entry["action_type"] for entry in await audit(admin, candidate_id, access_type="decision")] == [
        "REJECT_CANDIDATE",
        "UNARCHIVE_CANDIDATE",
        "ARCHIVE_CANDIDATE",
        "VALIDATE_CANDIDATE",
    ]


@pytest.mark.parametrize(
    ("verb", "body", "fields"),
    [
        ("validate", {}, ["summary"]),
        ("validate", {"summary": " " * 30 + "court"}, ["summary"]),
        ("validate", {**SUMMARY, "overallScore": 5.1}, ["overallScore"]),
        ("validate", {**SUMMARY, "motivation": -0.1}, ["motivation"]),
        ("validate", {**SUMMARY, "note": 3}, ["note"]),
        ("reject", {"rejectionReason": "   non    "}, ["rejectionReason"]),
        ("reject", {**REASON, "overallScore": "NaN"}, ["overallScore"]),
    ],
)
async def test_values_out_of_range_are_refused_first(
    admin: httpx.AsyncClient, verb: str, body: dict[str, Any], fields: list[str]
) -> None:
    assert wrong_fields(await admin.post(f"/api/v1/admin/{verb}/{2**62}", json=body)) == fields


async def test_unknown_candidates_and_wrong_states(admin: httpx.AsyncClient) -> None:
    refused(await admin.post(f"/api/v1/admin/validate/{2**62}", json=SUMMARY), 404, "candidate_not_found")
    refused(await admin.post(f"/api/v1/admin/review/{2**62}"), 404, "candidate_not_found")
    refused(await admin.get(f"/api/v1/admin/validate/{2**62}"), 404, "decision_not_found")
    candidate_id = await submitted(admin)
    for verb, body in (("archive", None), ("unarchive", None)):
        error = refused(await admin.post(f"/api/v1/admin/{verb}/{candidate_id}", json=body), 409, "status_conflict")
        assert error["candidate_status"] == "SUBMITTED"
    refused(await admin.post(f"/api/v1/candidates/{candidate_id}/submit"), 409, "status_conflict")
    refused(await admin.get(f"/api/v1/admin/validate/{candidate_id}"), 404, "decision_not_found")


async def test_a_repeated_call_is_the_same_decision(admin: httpx.AsyncClient) -> None:
    candidate_id = await submitted(admin)
    key = {"Idempotency-Key": str(uuid4())}
    url = f"/api/v1/admin/validate/{candidate_id}"
    answers = await asyncio.gather(*(admin.post(url, json=SUMMARY, headers=key) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [202] * 3
    assert (await decided(admin, candidate_id))["status"] == "completed"
    assert (await admin.post(url, json=SUMMARY, headers=key)).status_code == 202
    other = {"summary": "Une tout autre appréciation du profil"}
    refused(await admin.post(url, json=other, headers=key), 422, "idempotency_key_reused")
    assert len(await audit(admin, candidate_id)) == 1


async def test_a_call_that_is_repeated_as_its_decision_ends_begins_no_second_run(
    talentflow: Backend, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate_id = await submitted(admin)
    key = {"Idempotency-Key": str(uuid4())}
    url = f"/api/v1/admin/validate/{candidate_id}"
    run = talentflow.temporal.get_workflow_handle(f"candidate-decision-{candidate_id}")
    add, read = decision_requests._add, asyncio.Event()

    async def and_then_it_ends(*given: Any) -> Any:
        """What it reads is outdated as soon as it is read."""
        found = await add(*given)
        read.set()
        await run.result()
        return found

    async with talentflow.state.database.transaction() as session:
        await decisions.lock_candidate(session, candidate_id)  # until then, the run stays at its first step
        assert (await admin.post(url, json=SUMMARY, headers=key)).status_code == 202
        first = (await run.describe()).run_id
        monkeypatch.setattr(decision_requests, "_add", and_then_it_ends)
        repeated = asyncio.create_task(admin.post(url, json=SUMMARY, headers=key))
        await read.wait()
    assert (await repeated).status_code == 202
    assert (await run.describe()).run_id == first
    assert [entry["access_type"] for entry in await audit(admin, candidate_id)] == ["decision"]


async def test_an_api_whose_clock_is_late_decides_all_the_same(
    admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happened before what is the database's to say: by a late clock, every decision ends after each call."""

    class Late(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) - timedelta(hours=1)

    for module in (decision_requests, decision_status, decisions, routers.decisions):
        monkeypatch.setattr(module, "datetime", Late, raising=False)
    candidate_id = await submitted(admin)
    await decide(admin, "validate", candidate_id, SUMMARY)
    assert (await decided(admin, candidate_id))["status"] == "completed"
    await decide(admin, "reject", candidate_id, REASON)
    assert (await decided(admin, candidate_id))["status"] == "completed"


async def test_of_many_calls_at_once_one_decides(admin: httpx.AsyncClient) -> None:
    candidate_id = await submitted(admin)
    calls = [("validate", SUMMARY), ("reject", REASON)] * 10
    answers = await asyncio.gather(
        *(admin.post(f"/api/v1/admin/{verb}/{candidate_id}", json=body) for verb, body in calls)
    )
    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [202] + [409] * 19
    for answer in answers:
        if answer.status_code == 409:
            assert refused(answer, 409, "decision_running")["workflow_id"] == f"candidate-decision-{candidate_id}"
    done = await decided(admin, candidate_id)
    assert done["status"] == "completed"
    assert len(await audit(admin, candidate_id, access_type="decision")) == 1
    assert await status_of(admin, candidate_id) == ("VALIDATED" if done["decision"] == "validate" else "REJECTED")


async def test_a_decision_that_has_ended_cannot_be_called_off(admin: httpx.AsyncClient) -> None:
    candidate_id = await submitted(admin)
    refused(await admin.post(f"/api/v1/admin/validate/{candidate_id}/cancel"), 404, "decision_not_found")
    await decide(admin, "validate", candidate_id, SUMMARY)
    await decided(admin, candidate_id)
    answer = await admin.post(f"/api/v1/admin/validate/{candidate_id}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "completed")
    assert answer.json()["message"] == "Décision déjà terminée"


async def test_a_submission_needs_a_name_and_an_address(admin: httpx.AsyncClient) -> None:
    created = await admin.post("/api/v1/candidates", json={"first_name": "Inès", "last_name": "  "})
    answer = await admin.post(f"/api/v1/candidates/{created.json()['id']}/submit")
    assert refused(answer, 422, "incomplete_profile")["fields"] == ["last_name", "email"]
    assert await status_of(admin, created.json()["id"]) == "DRAFT"


async def test_a_recruiters_look_is_kept(admin: httpx.AsyncClient, recruiter: httpx.AsyncClient) -> None:
    candidate_id = await submitted(admin, phone="06 39 98 00 11")
    path = f"/api/v1/candidates/{candidate_id}"
    refused(await recruiter.get(path), 404, "candidate_not_found")
    await decide(admin, "validate", candidate_id, SUMMARY)
    await decided(admin, candidate_id)
    assert (await recruiter.get(path)).json()["phone"] == "06 39 98 00 11"
    (entry,) = await audit(admin, candidate_id, action_type="VIEW_PROFILE")
    assert entry["access_type"] == "profile_view"
    assert entry["recruiter_email"] == "recruiter@talentflow.example"
    assert entry["recruiter_name"] == "Rémi Lefèvre"


async def test_an_erased_candidate_is_gone(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    candidate_id = await submitted(admin)
    await decide(admin, "validate", candidate_id, SUMMARY)
    await decided(admin, candidate_id)
    answer = await admin.delete(f"/api/v1/candidates/{candidate_id}")
    assert answer.status_code == 202, answer.text
    assert answer.json()["workflow_id"] == f"candidate-decision-{candidate_id}"
    done = await decided(admin, candidate_id)
    assert (done["decision"], done["status"]) == ("erase", "completed")
    refused(await admin.get(f"/api/v1/candidates/{candidate_id}"), 404, "candidate_not_found")
    refused(await admin.delete(f"/api/v1/candidates/{candidate_id}"), 404, "candidate_not_found")
    assert await talentflow.state.index.version_of(candidate_id) is None
    assert [entry["action_type"] for entry in await audit(admin, candidate_id)] == [
        "ERASE_CANDIDATE",
        "VALIDATE_CANDIDATE",
    ]


async def test_the_audit_log_is_paged_newest_first(admin: httpx.AsyncClient) -> None:
    candidate_id = await submitted(admin)
    for verb, body in (("validate", SUMMARY), ("archive", None), ("unarchive", None)):
        await decide(admin, verb, candidate_id, body)
        await decided(admin, candidate_id)
    pages: list[list[int]] = []
    params: dict[str, Any] = {"candidate_id": candidate_id, "limit": 2}
    while True:
        page = (await admin.get("/api/v1/audit/logs", params=params)).json()
        pages.append([item["id"] for item in page["items"]])
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert [len(page) for page in pages] == [2, 1]
    ids = [number for page in pages for number in page]
    assert ids == sorted(ids, reverse=True)
    first = (await audit(admin, candidate_id))[0]["created_at"]
    assert [item["action_type"] for item in await audit(admin, candidate_id, **{"from": first})] == [
        "UNARCHIVE_CANDIDATE"
    ]
    assert len(await audit(admin, candidate_id, to=first)) == 2
    refused(await admin.get("/api/v1/audit/logs", params={"cursor": "x"}), 422, "bad_cursor")


async def test_who_is_being_withdrawn_is_no_recruiters_to_read(
    talentflow: Backend, admin: httpx.AsyncClient, recruiter: httpx.AsyncClient
) -> None:
    """From the moment of the request, however long the index takes to follow."""
    candidate_id = await submitted(admin)
    await decide(admin, "validate", candidate_id, SUMMARY)
    await decided(admin, candidate_id)
    path = f"/api/v1/candidates/{candidate_id}"
    assert (await recruiter.get(path)).status_code == 200
    asked: dict[str, Any] = {
        "id": uuid4(),
        "candidate_id": candidate_id,
        "kind": "reject",
        "request_hash": "",
        "body": {},
    }
    async with talentflow.state.database.transaction() as session:
        await decisions.add_decision(session, {**asked, "admin_id": 1, "admin_name": "Alice Martin"})
    refused(await recruiter.get(path), 404, "candidate_not_found")
    assert (await admin.get(path)).json()["status"] == "VALIDATED"
    async with talentflow.state.database.transaction() as session:
        await decisions.remove_decision(session, asked["id"])


async def test_a_decision_that_never_began_can_be_called_off(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    candidate_id = await submitted(admin)
    asked: dict[str, Any] = {
        "id": uuid4(),
        "candidate_id": candidate_id,
        "kind": "validate",
        "request_hash": "",
        "body": {},
    }
    async with talentflow.state.database.transaction() as session:
        await decisions.add_decision(session, {**asked, "admin_id": 1, "admin_name": "Alice Martin"})
    assert (await admin.get(f"/api/v1/admin/validate/{candidate_id}")).json()["status"] == "running"
    answer = await admin.post(f"/api/v1/admin/validate/{candidate_id}/cancel")
    assert answer.status_code == 202, answer.text
    assert (await decided(admin, candidate_id))["status"] == "cancelled"
    await decide(admin, "validate", candidate_id, SUMMARY)
    assert (await decided(admin, candidate_id))["status"] == "completed"
