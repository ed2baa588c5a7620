"""What Temporal says of the runs of searches, asked at most once a second for each run and process."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from temporalio.client import Client, WorkflowExecutionStatus

from api.errors import ApiError
from api.runs import describe_run

ASKING_SECONDS = 1.0
"""What a reader waits for Temporal at most."""

FRESH_SECONDS = 1.0
"""How long an answer serves other readers."""


@dataclass(frozen=True)
class SearchRun:
    """The newest run of a search, or why none can be told; `memo` is what its start left there."""

    state: Literal["running", "closed", "unknown", "unreachable"]
    cancelling: bool = False
    cancelled: bool = False
    started_at: datetime | None = None
    closed_at: datetime | None = None
    memo: Mapping[str, Any] = field(default_factory=dict)


class SearchRuns:
    """Describes runs for all readers of a process: those who ask at the same time or soon after share the answer."""

    def __init__(self, temporal: Client) -> None:
        self._temporal = temporal
        self._asked: dict[str, tuple[float, asyncio.Task[SearchRun]]] = {}

    async def describe(self, task_id: str) -> SearchRun:
        """How the run stands, a second ago at most."""
        now = asyncio.get_running_loop().time()
        known = self._asked.get(task_id)
        if known is None or now >= known[0]:
            self._asked = {name: known for name, known in self._asked.items() if now < known[0]}
            known = now + FRESH_SECONDS, asyncio.create_task(self._describe(task_id))
            self._asked[task_id] = known
        run = await asyncio.shield(known[1])  # a reader who leaves must not take the answer from the others
        if run.state == "unknown":
            self.forget(task_id)  # it may be started at any time
        return run

    def forget(self, task_id: str) -> None:
        """Ask anew the next time: something was done to the run."""
        self._asked.pop(task_id, None)

    async def _describe(self, task_id: str) -> SearchRun:
        try:
            async with asyncio.timeout(ASKING_SECONDS):
                described = await describe_run(self._temporal, task_id)
                if described is None:
                    return SearchRun("unknown")
                return SearchRun(
                    state="running" if described.status is WorkflowExecutionStatus.RUNNING else "closed",
                    cancelling=described.raw_description.workflow_extended_info.cancel_requested,
                    cancelled=described.status is WorkflowExecutionStatus.CANCELED,
                    started_at=described.start_time,
                    closed_at=described.close_time,
                    memo=await described.memo(),
                )
        except TimeoutError:
            return SearchRun("unreachable")
        except ApiError as error:
            if error.status_code != 503:
                raise
            return SearchRun("unreachable")
