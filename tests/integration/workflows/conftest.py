"""A client without codec, so that histories can be read."""

import pytest_asyncio
from temporalio.client import Client

from embedded.stack import EmbeddedServers
from runtime.temporal import connect
from tests.backend import settings_for


@pytest_asyncio.fixture(scope="session")
async def plain(servers: EmbeddedServers) -> Client:
    return await connect(settings_for(servers, payload_keys=None))
