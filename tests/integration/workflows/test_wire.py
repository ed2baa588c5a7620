"""What travels: malformed and oversized payloads are refused, sealed ones open with any key of the ring."""

import base64
import secrets
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.exceptions import ApplicationError

from activities.contracts import ExtractSummary
from embedded.stack import EmbeddedServers
from runtime.codec import KeyringError
from runtime.temporal import connect
from tests.backend import settings_for
from tests.integration.workflows.fakes import Fakes, assert_completed, assert_failed, ended, lab
from workflows.contracts import MatchCandidateInput, MatchCandidateResult, ParseCvInput
from workflows.match_candidate import MatchCandidateWorkflow
from workflows.parse_cv import ParseCvWorkflow

CANARY = "canari.7531@example.org"


def new_key(name: str) -> str:
    return f"{name}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


async def client_with(servers: EmbeddedServers, keys: str | None) -> Client:
    return await connect(settings_for(servers, payload_keys=keys))


async def raw_history(handle: WorkflowHandle[Any, Any]) -> bytes:
    return b"".join([event.SerializeToString() async for event in handle.fetch_history_events()])


@pytest.mark.parametrize("given", [{"job_id": CANARY}, {}, [CANARY], CANARY, 7])
async def test_a_malformed_input_ends_the_run(plain: Client, given: object) -> None:
    """Under the settings of a deployed worker, which would leave any other defect to be retried."""
    fakes = Fakes()
    async with lab(plain, fakes, as_deployed=True) as at:
        run = await plain.start_workflow("ParseCvWorkflow", given, id=str(uuid4()), task_queue=at.queue)
        status, failure = await ended(run)
        history = [event async for event in run.fetch_history_events()]
    assert status is WorkflowExecutionStatus.FAILED
    assert isinstance(failure, ApplicationError)
    assert failure.type == "PayloadValidationError"
    assert CANARY.encode() not in b"".join(event.SerializeToString() for event in history[1:])
    assert fakes.calls == []


async def test_a_field_that_a_newer_caller_adds_is_ignored(plain: Client) -> None:
    fakes = Fakes()
    async with lab(plain, fakes) as at:
        job_id = str(uuid4())
        given = {"job_id": job_id, "added_later": 1}
        await assert_completed(await plain.start_workflow("ParseCvWorkflow", given, id=job_id, task_queue=at.queue))
    assert fakes.names()[0] == "read_document"


async def test_a_payload_over_64_kib_is_refused(plain: Client) -> None:
    with pytest.raises(ApplicationError, match="payload over 64 KiB") as refused:
        await plain.start_workflow("ParseCvWorkflow", "x" * 65_600, id=str(uuid4()), task_queue="nobody")
    assert (refused.value.type, refused.value.non_retryable) == ("PayloadTooLarge", True)


async def test_a_result_over_64_kib_ends_the_step(plain: Client) -> None:
    async def chatty(_: object) -> ExtractSummary:
        return ExtractSummary(method="x" * 65_600)

    fakes = Fakes({"extract_profile": chatty})
    async with lab(plain, fakes) as at:
        await assert_failed(await at.parse(), "PayloadTooLarge", "Erreur interne pendant le traitement")
    assert len(fakes.inputs("extract_profile")) == 1


async def test_sealed_payloads_are_read_by_the_ring_alone(servers: EmbeddedServers, plain: Client) -> None:
    keys = new_key("mars-2026")
    sealing = await client_with(servers, keys)
    fakes = Fakes(pairs=3)
    async with lab(sealing, fakes) as at:
        run = await at.match()
        assert await run.result() == MatchCandidateResult(scored=3)
    history = await raw_history(plain.get_workflow_handle(run.id))
    assert b"mars-2026" in history
    assert b"request_id" not in history
    assert b"scored" not in history
    with pytest.raises(KeyringError):
        await (await client_with(servers, new_key("other"))).get_workflow_handle(run.id).result()


async def test_a_new_key_seals_while_the_old_one_still_opens(servers: EmbeddedServers, plain: Client) -> None:
    old, new = new_key("old-key"), new_key("new-key")
    before, after = await client_with(servers, old), await client_with(servers, f"{new},{old}")
    fakes, request = Fakes(pairs=2), uuid4()
    async with lab(after, fakes) as at:
        run = await before.start_workflow(
            MatchCandidateWorkflow.run,
            MatchCandidateInput(request_id=request),
            id=f"matching-bulk-{request}",
            task_queue=at.queue,
        )
        result = await after.get_workflow_handle(run.id, result_type=MatchCandidateResult).result()
        assert result == MatchCandidateResult(scored=2)
    events = [event async for event in plain.get_workflow_handle(run.id).fetch_history_events()]
    assert b"old-key" in events[0].SerializeToString()
    later = b"".join(event.SerializeToString() for event in events[1:])
    assert b"new-key" in later
    assert b"old-key" not in later


async def test_input_typed_into_the_cli_is_read(servers: EmbeddedServers, plain: Client) -> None:
    """The CLI has no key: its plain JSON passes, and what follows is sealed."""
    fakes, job_id = Fakes(), uuid4()
    sealing = await client_with(servers, new_key("ring"))
    async with lab(sealing, fakes) as at:
        given = {"job_id": str(job_id)}
        await plain.start_workflow("ParseCvWorkflow", given, id=str(job_id), task_queue=at.queue)
        await assert_completed(sealing.get_workflow_handle(str(job_id)))
    assert [job.job_id for job in fakes.inputs("read_document")] == [job_id]


async def test_failures_are_sealed_but_for_their_type(servers: EmbeddedServers, plain: Client) -> None:
    async def broken(_: object) -> None:
        raise ApplicationError(CANARY, type="BadDocument", non_retryable=True)

    sealing = await client_with(servers, new_key("ring"))
    async with lab(sealing, Fakes({"read_document": broken})) as at:
        job_id = uuid4()
        run = await sealing.start_workflow(
            ParseCvWorkflow.run, ParseCvInput(job_id=job_id), id=str(job_id), task_queue=at.queue
        )
        await assert_failed(run, "BadDocument", CANARY)
    history = await raw_history(plain.get_workflow_handle(run.id))
    assert CANARY.encode() not in history
    assert b"BadDocument" in history
