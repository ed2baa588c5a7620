"""A child process never outlives whoever asked for it, at whatever moment they leave."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Generator
from contextlib import suppress
from datetime import timedelta
from multiprocessing.context import ForkServerProcess

import pytest

from activities.child import ChildDied, ChildTimedOut, run_child
from tests.waiting import DEADLINE, until

LIMIT = timedelta(seconds=DEADLINE)


def sleep_long() -> None:
    os.setsid()
    time.sleep(10 * DEADLINE)


def leave(code: str) -> None:
    os.setsid()
    raise SystemExit(int(code))


class Starts:
    """The children that are started, each of which has to wait until it is let go."""

    def __init__(self) -> None:
        self.children: list[ForkServerProcess] = []
        self.asked = threading.Event()
        self.let_go = threading.Event()

    def ended(self) -> list[int | None]:
        """The exit codes of all children, once none is alive."""
        return [] if any(child.is_alive() for child in self.children) else [child.exitcode for child in self.children]


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> Generator[Starts]:
    seen, start = Starts(), ForkServerProcess.start

    def held(child: ForkServerProcess) -> None:
        seen.asked.set()
        seen.let_go.wait(DEADLINE)
        start(child)
        seen.children.append(child)

    monkeypatch.setattr(ForkServerProcess, "start", held)
    yield seen
    for child in seen.children:
        with suppress(ValueError):
            child.kill()
            child.join(DEADLINE)


async def test_a_child_that_is_about_to_start_when_its_caller_leaves_is_ended(starts: Starts) -> None:
    async def asked() -> bool:
        return starts.asked.is_set()

    async def ended() -> list[int | None]:
        return starts.ended()

    task = asyncio.create_task(run_child(sleep_long, limit=LIMIT))
    await until(asked)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert starts.children == []
    starts.let_go.set()
    assert await until(ended) == [-signal.SIGKILL]


async def test_a_child_that_outlasts_its_limit_is_ended(starts: Starts) -> None:
    starts.let_go.set()
    with pytest.raises(ChildTimedOut):
        await run_child(sleep_long, limit=timedelta(seconds=1))

    async def ended() -> list[int | None]:
        return starts.ended()

    assert await until(ended) == [-signal.SIGKILL]


async def test_how_a_child_ends_is_told() -> None:
    await run_child(leave, "0", limit=LIMIT)
    with pytest.raises(ChildDied, match="3"):
        await run_child(leave, "3", limit=LIMIT)
