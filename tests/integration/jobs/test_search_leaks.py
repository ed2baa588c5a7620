"""What a search leaves in Temporal, in its events and in the log: no key, no token, no contact, no text of an offer."""

import pytest
from google.protobuf.message import Message
from temporalio.client import Client

from domain.ids import source_reading_id
from embedded.stack import EmbeddedServers
from tests.backend import backend
from tests.integration.jobs.conftest import PATIENT
from tests.integration.jobs.searching import ASKED, events, runs, start
from tests.stubs.board_france_travail import FranceTravailBoard
from tests.stubs.job_boards import JobBoards

SECRETS = (
    FranceTravailBoard.CLIENT_SECRET,
    "stub-token-",
    "stub-key-0815",
    "stub-app-4711",
    "odile.fictive",
    "01 99 00 12 34",
    "FastAPI",
    "Atelier Num",
)


async def whole_history(client: Client, workflow_id: str, run_id: str | None = None) -> bytes:
    """Everything that Temporal keeps of a run, readable where no codec seals it."""
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)
    kept: list[Message] = [event async for event in handle.fetch_history_events()]
    kept.append((await handle.describe()).raw_description)
    return b"".join(message.SerializeToString() for message in kept)


async def test_nothing_secret_or_personal_is_left_behind(
    servers: EmbeddedServers, boards: JobBoards, everything_logged: pytest.LogCaptureFixture
) -> None:
    boards.fail("adzuna", "status", 503, count=1)
    boards.fail("la_bonne_alternance", "status", 401)
    async with backend(servers, **{**boards.settings(), **PATIENT, "payload_keys": None}) as plain:
        handle = await start(plain, ASKED, location="Paris")
        await handle.result()
        left = await whole_history(plain.temporal, handle.id)
        for run in await runs(plain):
            left += await whole_history(plain.temporal, source_reading_id(run.source, run.run_key), str(run.run_id))
        left += str([(event.kind, event.data) for event in await events(plain, handle)]).encode()
        left += str([run.error for run in await runs(plain)]).encode()
    logged = everything_logged.text
    assert b"Python" in left  # what was asked for is there, and readable: the search below would find the rest
    assert b"france_travail" in left
    assert "job source called" in logged
    left += logged.encode()
    assert [secret for secret in SECRETS if secret.encode() in left] == []
