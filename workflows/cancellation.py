"""How runs end in order: closing acts that a cancel cannot interrupt, and forward steps that cannot swallow one."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import CancelledError

T = TypeVar("T")


async def protect(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end, whatever cancel arrives meanwhile: for outcome rows and announcements."""
    task = asyncio.create_task(work)
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            if (me := asyncio.current_task()) is not None:
                me.uncancel()
    return task.result()


async def step(awaitable: Awaitable[T]) -> T:
    """A forward step: if it ended well although the run was cancelled meanwhile, the cancel still counts."""
    result = await awaitable
    if workflow.cancellation_reason() is not None:
        raise CancelledError("cancelled")
    return result


async def settle(*awaitables: Awaitable[T]) -> list[T]:
    """Forward steps in parallel: all of them end before the first failure is raised."""
    results = await step(asyncio.gather(*awaitables, return_exceptions=True))
    values: list[T] = []
    for result in results:
        if isinstance(result, BaseException):
            raise result
        values.append(result)
    return values
