"""The background heartbeat of a long activity: proves a live process, and brings cancellation."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from temporalio import activity


@asynccontextmanager
async def heartbeating(every: timedelta | None = None) -> AsyncGenerator[None]:
    """Beat while the block runs: `every` so often, else three times per heartbeat timeout.

    It does not prove progress: bound the block.
    """
    limit = activity.info().heartbeat_timeout

    async def beat(seconds: float) -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(seconds)

    task = asyncio.create_task(beat((every or limit / 3).total_seconds())) if limit else None
    try:
        yield
    finally:
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
