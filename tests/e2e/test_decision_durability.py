"""What a worker that is killed in the middle of decisions leaves behind: what was decided, once, or what was before."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from api.state import open_state
from tests.backend import Backend, settings_for
from tests.e2e.stack import Stack, running_stack
from tests.integration.faults.neighbours import End, Scene, neighbours
from tests.stubs.smtp import HANG, Fault, smtp_stub
from tests.waiting import until
from workflows.contracts import WORKFLOW_QUEUE

BOTH = ("status_update", "indexation")


@pytest_asyncio.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Stack]:
    async with running_stack(tmp_path_factory.mktemp("decisions"), LOG_FORMAT="json") as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def scene(stack: Stack) -> AsyncGenerator[Scene]:
    """The stack, with proxies for its workers."""
    settings = settings_for(stack.servers)
    async with AsyncExitStack() as parts:
        near = await parts.enter_async_context(neighbours(stack.servers))
        inbox = await parts.enter_async_context(smtp_stub())
        near.mail.target = inbox.port
        state = await parts.enter_async_context(open_state(settings, WORKFLOW_QUEUE))
        yield Scene(Backend(stack.api, settings, state.temporal, state, WORKFLOW_QUEUE), stack.api, near, inbox)


async def start_worker(stack: Stack, scene: Scene) -> None:
    await stack.start_worker(**{name.upper(): str(value) for name, value in scene.near.settings().items()})


async def test_a_killed_worker_leaves_decisions_consistent(stack: Stack, scene: Scene) -> None:
    """One kill, with a decision at each point of the way."""
    await start_worker(stack, scene)
    mailed, greeted, recorded, written, undone = [await scene.person() for _ in range(5)]
    rejected = await scene.validated()
    documents, inbox = scene.near.documents, scene.inbox

    inbox.script(Fault("content", HANG))
    await scene.take("validate", mailed)
    await inbox.reached.wait()
    before = inbox.connections
    inbox.script(Fault("greeting", HANG))
    await scene.take("validate", greeted)

    async def connected() -> bool:
        return inbox.connections > before

    await until(connected)
    held = [
        documents.hold("PUT", written.id),
        documents.hold("DELETE", undone.id),
        documents.hold("DELETE", rejected.id),
    ]
    with documents.answering(400, "PUT", undone.id):
        async with scene.locked(recorded):
            await asyncio.gather(
                scene.take("validate", recorded),
                scene.take("validate", written),
                scene.take("validate", undone),
                scene.take("reject", rejected),
            )
            await asyncio.gather(scene.waits_for_a_lock(), *(hold.reached.wait() for hold in held))
            stack.kill_worker()
    await start_worker(stack, scene)
    done = End("completed", "VALIDATED", mails=1)
    ends = {
        recorded: done,
        written: done,
        undone: End("failed", "SUBMITTED", incidents=["indexation_failed"], undone=BOTH),
        rejected: End("completed", "REJECTED", mails=1, decisions=2),
        mailed: End("completed", "VALIDATED", mails=1, incidents=["notification_failed"]),
        greeted: End("completed", "VALIDATED", mails=0, incidents=["notification_failed"]),
    }
    await asyncio.gather(*(scene.ends(person, end) for person, end in ends.items()))
    for hold in held:
        assert await hold.late() in (404, 409)
    for person, end in ends.items():
        await scene.consistent(person, end)
