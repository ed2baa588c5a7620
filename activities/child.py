"""A killable child process: for work that may hang, eat memory or crash, such as reading a hostile document."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess

_CONTEXT = multiprocessing.get_context("forkserver")


class ChildDied(Exception):
    """The child ended by a signal or with an error of its own."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"child process ended with {exit_code}")


class ChildTimedOut(Exception):
    """The child was still running at its limit and was killed."""


def preload(modules: Sequence[str]) -> None:
    """Start the fork server, which imports these modules while we go on, so that no child has to. Before the first."""
    _CONTEXT.set_forkserver_preload(list(modules))
    forkserver.ensure_running()


async def run_child(target: Callable[..., None], *args: str, limit: timedelta) -> None:
    """Run `target(*args)` in a process of its own, which must call `os.setsid()` first.

    Whatever happens (end, time-out, cancellation), nothing of it survives: its whole process group is killed.
    Raises `ChildDied` or `ChildTimedOut`.
    """
    child = _CONTEXT.Process(target=target, args=args, daemon=True)
    starting = asyncio.create_task(asyncio.to_thread(child.start))
    try:
        async with asyncio.timeout(limit.total_seconds()):
            await asyncio.shield(starting)  # nothing stops a thread: it would start a child that nobody ends
            await _readable(child.sentinel)
    except TimeoutError:
        raise ChildTimedOut from None
    finally:
        if starting.done():
            _end(child)
        else:
            starting.add_done_callback(lambda _: _end(child))
    if child.exitcode:
        raise ChildDied(child.exitcode)


def _end(child: BaseProcess) -> None:
    """Kill the child, if it was started, and whatever it has started itself."""
    if child.pid is None:
        return
    child.kill()
    with suppress(ProcessLookupError, PermissionError):  # before it called setsid there is no such group
        os.killpg(child.pid, signal.SIGKILL)
    child.join(5)  # it has ended, or was killed just now


async def _readable(descriptor: int) -> None:
    """Wait without a thread until the descriptor can be read: the sentinel of a process that has ended."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
