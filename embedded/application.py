"""Owns the whole local stack: servers, migrated database, demo users, API and worker, `endpoints.json`."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from activities.contracts import WORKFLOW_QUEUE
from embedded import files
from embedded.child import all_of, run_to_end
from embedded.ports import LOOPBACK, Ports
from embedded.processes import Supervised, process_environment, python_module
from embedded.search_index import fill_search_index
from embedded.seed import seed_demo_users
from embedded.servers.common import ROOT, json_of, status_of
from embedded.servers.temporal import NAMESPACE
from embedded.stack import EmbeddedServers

READY_SECONDS = 60.0


class Application:
    """A running stack, as `running` gives it."""

    def __init__(self, servers: EmbeddedServers, environment: Mapping[str, str]) -> None:
        self.servers = servers
        self.environment = environment
        """The environment in which API and worker run."""
        self._supervised: dict[str, Supervised] = {}

    @property
    def endpoints(self) -> dict[str, object]:
        """What `endpoints.json` holds: where everything is reached, and the process of each part."""
        pids = {**self.servers.pids, **{name: process.pid for name, process in self._supervised.items()}}
        return {"api": f"http://{LOOPBACK}:{self.servers.ports.api}", **self.servers.endpoints, "pids": pids}

    async def start(self, *, workers: bool) -> None:
        """Start API and, if wanted, a worker, and wait until they are ready to work and the candidates can be found."""
        starts = [self._add("api", "api").start(self._api_ready, READY_SECONDS)]
        if workers:
            starts.append(self._add("worker", "workers").start(self._worker_ready, READY_SECONDS))
        await all_of(starts)
        self.write_endpoints()
        await fill_search_index(self.servers.endpoints["temporal"], wait=workers)

    async def first_failure(self) -> None:
        """Run until a server ends by itself or a process cannot be replaced; raises what happened."""
        await all_of([self.servers.first_failure(), *(process.failure() for process in self._supervised.values())])

    async def stop(self) -> None:
        """Stop worker and API, which finish their work first."""
        await asyncio.gather(*(process.stop() for process in self._supervised.values()))

    def write_endpoints(self) -> None:
        files.write_private(self.servers.data_dir / "endpoints.json", json.dumps(self.endpoints, indent=2))

    def _add(self, name: str, module: str) -> Supervised:
        program = python_module(name, [module], self.environment, self.servers.data_dir)
        self._supervised[name] = Supervised(program, self.servers.data_dir, self.write_endpoints)
        return self._supervised[name]

    async def _api_ready(self) -> bool:
        return await status_of(f"{self.endpoints['api']}/readyz") == 200

    async def _worker_ready(self) -> bool:
        queues = f"http://{LOOPBACK}:{self.servers.ports.temporal_http}/api/v1/namespaces/{NAMESPACE}/task-queues"
        for kind in ("WORKFLOW", "ACTIVITY"):
            queue = await json_of(f"{queues}/{WORKFLOW_QUEUE}?taskQueueType=TASK_QUEUE_TYPE_{kind}")
            if queue is None or not queue.get("pollers"):
                return False
        return True


@asynccontextmanager
async def running(data_dir: Path, ports: Ports, *, workers: bool = True) -> AsyncGenerator[Application]:
    """The whole stack inside `async with`, ready to use; raises `StackError` with what went wrong."""
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(EmbeddedServers(data_dir, ports))
        endpoints = servers.data_dir / "endpoints.json"
        endpoints.unlink(missing_ok=True)  # of a run that was killed
        api = {"HOST": LOOPBACK, "PORT": str(servers.ports.api)}
        environment = process_environment({**servers.environment(), **api}, ROOT / ".env")
        upgrade = ["alembic", "-c", str(ROOT / "alembic.ini"), "upgrade", "head"]
        await run_to_end(python_module("migrations", upgrade, environment, servers.data_dir), servers.data_dir)
        await seed_demo_users(servers.endpoints["database_url"])
        application = Application(servers, environment)
        stack.push_async_callback(application.stop)
        stack.callback(endpoints.unlink, missing_ok=True)
        await application.start(workers=workers)
        yield application
