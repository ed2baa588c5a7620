"""Waiting on a condition with a deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx

T = TypeVar("T")

DEADLINE = 120.0
"""Seconds after which a test that waits has failed: many times what a loaded machine needs, as they cost nothing."""


async def until(condition: Callable[[], Awaitable[T | None]], *, seconds: float = DEADLINE, every: float = 0.05) -> T:
    """The first result of `condition` that is neither None nor false; fails the test after `seconds`."""
    async with asyncio.timeout(seconds):
        while not (result := await condition()):
            await asyncio.sleep(every)
    return result


async def settled(client: httpx.AsyncClient, job_id: str, *, seconds: float = DEADLINE) -> dict[str, Any]:
    """The answer of a parse once it is neither pending nor running."""

    async def ended() -> dict[str, Any] | None:
        answer = await client.get(f"/api/result/{job_id}")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return None if body["status"] in ("pending", "running") else body

    return await until(ended, seconds=seconds)


async def matched(client: httpx.AsyncClient, job_id: str) -> dict[str, Any]:
    """The answer of a matching job once it is neither queued nor processing."""

    async def ended() -> dict[str, Any] | None:
        answer = await client.get(f"/api/v1/result/{job_id}")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return None if body["status"] in ("queued", "processing") else body

    return await until(ended)
