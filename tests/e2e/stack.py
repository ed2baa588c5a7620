"""A stack that a test can break: real servers on a data directory of its own, and worker processes to kill.

The API runs in the test process, on the product's own queues. `restart` stops everything and starts it again on the
same data, as a reboot of the machine would.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Self

import httpx

from api.app import create_app
from embedded.ports import Ports
from embedded.processes import process_environment
from embedded.seed import ADMIN, seed_demo_users
from embedded.servers import postgres
from embedded.stack import EmbeddedServers
from tests.backend import settings_for
from tests.conftest import ROOT
from tests.waiting import until


class WorkerProcess:
    """`python -m workers` in a process group of its own; its log goes to `log`."""

    def __init__(self, environment: Mapping[str, str], folder: Path, log: Path) -> None:
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "workers"],
                cwd=folder,  # where no .env lies
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def started(self) -> str:
        """When the process was started, in ticks; fails if it runs no more."""
        return next(process[1] for process, _ in _processes() if process[0] == self.pid)

    def kill(self) -> None:
        """SIGKILL to this one process: what it started gets no signal, as when the kernel runs out of memory."""
        self._process.kill()
        self._process.wait()

    def descendants(self) -> set[tuple[int, str]]:
        """Processes that this one has started, or these in turn: (pid, start time)."""
        parents = dict(_processes())
        found: set[tuple[int, str]] = set()
        inside = {self.pid}
        while True:
            new = {process for process, parent in parents.items() if parent in inside} - found
            if not new:
                return found
            found |= new
            inside = {pid for pid, _ in new}

    def readers(self) -> set[tuple[int, str]]:
        """Those of the descendants that read a document: each leads a session of its own."""
        found: set[tuple[int, str]] = set()
        for process in self.descendants():
            with contextlib.suppress(ProcessLookupError):
                if os.getsid(process[0]) == process[0]:
                    found.add(process)
        return found


def alive(processes: set[tuple[int, str]]) -> set[tuple[int, str]]:
    """Those of these processes that still run; a number used again by another process does not count."""
    return processes & {process for process, _ in _processes()}


def _processes() -> list[tuple[tuple[int, str], int]]:
    """Every process of the machine that is no zombie: (pid, start time) and its parent."""
    found: list[tuple[tuple[int, str], int]] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        if fields[0] != "Z":
            found.append(((int(folder.name), fields[19]), int(fields[1])))
    return found


class Stack:
    """Servers and API, running inside `running_stack`; workers are started by the test."""

    def __init__(self, data_dir: Path, changes: Mapping[str, str]) -> None:
        self._data_dir = data_dir
        self._changes = changes
        self._running = AsyncExitStack()
        self.worker: WorkerProcess | None = None
        self.log = data_dir.with_name("workers.log")
        self.temporary = data_dir.with_name("tmp")
        """Where workers keep what they need for a moment."""

    async def start(self) -> Self:
        """Start servers and API."""
        self.temporary.mkdir(exist_ok=True)
        self.servers = await self._running.enter_async_context(EmbeddedServers(self._data_dir, Ports.any_free()))
        self._environment = process_environment(
            {**self.servers.environment(), **self._changes, "TMPDIR": str(self.temporary)}, Path(os.devnull)
        )
        subprocess.run(  # noqa: ASYNC221
            [sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, env=self._environment, check=True
        )
        await seed_demo_users(self.servers.endpoints["database_url"])
        app = create_app(settings_for(self.servers))
        await self._running.enter_async_context(app.router.lifespan_context(app))
        self.api = await self._running.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", timeout=60)
        )
        login = {"email": ADMIN.email, "password": ADMIN.password}
        token = (await self.api.post("/api/v1/auth/login", json=login)).json()["access_token"]
        self.api.headers["Authorization"] = f"Bearer {token}"
        return self

    async def stop(self) -> None:
        """Kill the worker, stop API and servers."""
        self.kill_worker()
        await self._running.aclose()

    async def restart(self) -> None:
        """Stop everything and start servers and API again on the same data."""
        await self.stop()
        await self.start()

    async def start_worker(self, **changes: str) -> WorkerProcess:
        """Start a worker process in the place of the last one, with `changes` to its settings; wait until it serves."""
        self.kill_worker()
        before = self.log.stat().st_size if self.log.exists() else 0
        self.worker = worker = WorkerProcess({**self._environment, **changes}, self._data_dir, self.log)

        async def serving() -> bool:
            assert worker._process.poll() is None, self.log.read_text()[before:]
            return '"event": "serving"' in self.log.read_text()[before:]

        await until(serving)
        return worker

    def kill_worker(self) -> None:
        if self.worker is not None:
            self.worker.kill()
            self.worker = None


@asynccontextmanager
async def running_stack(folder: Path, **changes: str) -> AsyncGenerator[Stack]:
    """A stack on the empty `folder`, whose workers run with these settings; everything of it is gone afterwards."""
    stack = Stack(folder / "data", changes)
    try:
        await stack.start()
        yield stack
    finally:
        left = stack.worker.descendants() if stack.worker else set()
        await stack.stop()
        postgres.remove(folder / "data")
        shutil.rmtree(folder / "data")

        async def gone() -> bool:
            return not alive(left)

        await until(gone)
