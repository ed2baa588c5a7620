"""What several tests of the API begin with."""

import httpx
import pytest_asyncio

from tests.backend import Backend
from tests.integration.api.market import Market


@pytest_asyncio.fixture
async def market(talentflow: Backend, recruiter: httpx.AsyncClient) -> Market:
    return Market(talentflow, recruiter)
