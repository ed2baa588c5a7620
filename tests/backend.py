"""An API with workers of its own inside the test process, talking to the real embedded servers."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from temporalio.client import Client

from api.app import create_app
from api.state import State
from embedded.seed import DemoUser
from embedded.stack import EmbeddedServers
from runtime.settings import Settings
from runtime.temporal import connect
from workers.build import build_workers
from workers.collaborators import collaborators

TEST_RECEIVER = "localhost"
"""The name under which pytest-httpserver serves; loopback is refused unless allowed."""


def settings_for(servers: EmbeddedServers, **changes: Any) -> Settings:
    """The settings of a process that works with these servers, none of them from this machine's environment."""
    values = {name.lower(): value for name, value in servers.environment().items() if value}
    return Settings(
        _env_file=None, **{**values, "cv_extractor": "rules", "webhook_allowed_hosts": [TEST_RECEIVER], **changes}
    )


@dataclass(frozen=True)
class Backend:
    """An API served in this process with workers of its own, on queues of its own."""

    app: httpx.AsyncClient
    settings: Settings
    temporal: Client
    state: State
    queue: str

    async def login(self, user: DemoUser) -> httpx.AsyncClient:
        """A client that calls the API as this user."""
        answer = await self.app.post("/api/v1/auth/login", json={"email": user.email, "password": user.password})
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        return httpx.AsyncClient(transport=self.app._transport, base_url="http://test", headers=headers, timeout=60)


@asynccontextmanager
async def backend(
    servers: EmbeddedServers, *, workers: bool = True, worker: Mapping[str, Any] | None = None, **changes: Any
) -> AsyncGenerator[Backend]:
    """Run API and workers with these changes to the settings; those in `worker` are the workers' alone."""
    settings = settings_for(servers, **changes)
    queue = f"test-{uuid4()}"
    app = create_app(settings, queue=queue)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        temporal = await connect(settings)
        if workers:
            theirs = settings_for(servers, **{**changes, **(worker or {})})
            parts = await stack.enter_async_context(collaborators(theirs))
            for serving in build_workers(temporal, theirs, parts, queue=queue):
                await stack.enter_async_context(serving)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60)
        )
        yield Backend(client, settings, temporal, app.state.talentflow, queue)
