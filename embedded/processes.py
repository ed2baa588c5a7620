"""Owns the processes of the product itself, the API and a worker: started, restarted when they die, stopped."""

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from dotenv import dotenv_values

from embedded.child import Child, Program
from embedded.ports import LOOPBACK
from embedded.servers.common import ROOT

FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 15.0
STEADY_SECONDS = 30.0
"""A process that lived this long has recovered: its next death is again answered at once."""

STOP_SECONDS = 30.0
"""What a process gets to finish its work when the stack stops: longer than a worker waits for its activities."""

log = logging.getLogger(__name__)


class Supervised:
    """One process kept running: a dead one is replaced after a delay that doubles while it keeps dying."""

    def __init__(self, program: Program, data_dir: Path, on_restart: Callable[[], None]) -> None:
        """`on_restart` is called after each replacement, when `pid` has changed."""
        self._program = program
        self._data_dir = data_dir
        self._on_restart = on_restart
        self._child: Child | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return None if self._child is None else self._child.pid

    async def start(self, ready: Callable[[], Awaitable[bool]], seconds: float) -> None:
        """Start the process and wait until it is ready; one that dies before is not replaced but a `StackError`."""
        self._child = await (await Child.start(self._program, self._data_dir)).until(ready, seconds)
        self._keeper = asyncio.create_task(self._keep(self._child))

    async def failure(self) -> None:
        """Run until the process cannot be replaced any more, and raise why."""
        if self._keeper is not None:
            await asyncio.shield(self._keeper)

    async def stop(self) -> None:
        """Stop replacing the process, let it finish, then kill it."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
        if self._child is not None:
            await self._child.stop(STOP_SECONDS)

    async def _keep(self, child: Child) -> None:
        now = asyncio.get_running_loop().time
        delay = FIRST_DELAY_SECONDS
        while True:
            started = now()
            status = await child.wait()
            child.end_group()
            if now() - started > STEADY_SECONDS:
                delay = FIRST_DELAY_SECONDS
            log.warning("%s ended with %s, restarting it in %.1f s", self._program.name, status, delay)
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY_SECONDS)
            child = self._child = await Child.start(self._program, self._data_dir)
            self._on_restart()


def python_module(name: str, arguments: Sequence[str], environment: Mapping[str, str], data_dir: Path) -> Program:
    """`python -m` with `arguments`. It runs in the data directory: the caller's `.env` is not read a second time."""
    return Program(name, [sys.executable, "-m", *arguments], environment, data_dir)


def process_environment(owned: Mapping[str, str], env_file: Path) -> dict[str, str]:
    """The environment of the product's processes: `env_file`, over it the caller's variables, over both ours.

    Blank means unset. Names count whatever their case, as they do for the settings. The caller's `PG*` variables,
    which would redirect connections, are left out, and a proxy is not asked for our own servers.
    """
    caller = {name: value for name, value in dotenv_values(env_file).items() if value}
    caller |= {name: value for name, value in os.environ.items() if value}
    ours = {name: value for name, value in owned.items() if value}
    kept = {name: value for name, value in caller.items() if name.upper() not in owned and not name.startswith("PG")}
    direct = ",".join(filter(None, [LOOPBACK, "localhost", caller.get("NO_PROXY") or caller.get("no_proxy")]))
    path = os.pathsep.join(filter(None, [str(ROOT), caller.get("PYTHONPATH")]))
    return {**kept, "NO_PROXY": direct, "no_proxy": direct, "PYTHONPATH": path, **ours}
