"""The background heartbeat of a long activity: proves a live process, and brings cancellation."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from temporalio import activity


@asynccontextmanager
async def heartbeating() -> AsyncGenerator[None]:
    """Beat three times per heartbeat timeout while the block runs. It does not prove progress: bound the block."""
    limit = activity.info().heartbeat_timeout

    async def beat(every: float) -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(every)

    task = asyncio.create_task(beat(limit.total_seconds() / 3)) if limit else None
    try:
        yield
    finally:
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
