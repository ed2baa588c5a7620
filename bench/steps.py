"""Where a job's time goes, from the histories that Temporal keeps: each step's wait for a worker and its run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

LAST_STEP = "save_profile"
"""The step that makes a job done; what follows it announces the end."""


@dataclass(frozen=True)
class Step:
    """Medians over several jobs, in seconds: waited for a worker, ran; `after_done` if nobody waits for it."""

    name: str
    waited: float
    ran: float
    after_done: bool


@dataclass(frozen=True)
class Steps:
    """`total` is the time from the start of a run until its job was done, `between` what no step accounts for."""

    steps: list[Step]
    between: float
    total: float


@dataclass(frozen=True)
class _Run:
    steps: dict[str, tuple[float, float]]
    total: float

    @property
    def between(self) -> float:
        names = _until_last(list(self.steps))
        return self.total - sum(sum(self.steps[name]) for name in names)


async def steps_of(temporal: Client, workflow_ids: Iterable[str]) -> Steps:
    """The steps of these closed runs, all of the same shape."""
    runs = [_run((await temporal.get_workflow_handle(run).fetch_history()).events) for run in workflow_ids]
    names = list(runs[0].steps)
    awaited = _until_last(names)
    steps = [
        Step(
            name,
            median(run.steps[name][0] for run in runs),
            median(run.steps[name][1] for run in runs),
            name not in awaited,
        )
        for name in names
    ]
    return Steps(steps, median(run.between for run in runs), median(run.total for run in runs))


def _until_last(names: list[str]) -> list[str]:
    return names[: names.index(LAST_STEP) + 1]


def _run(events: Sequence[HistoryEvent]) -> _Run:
    scheduled: dict[int, tuple[str, float]] = {}
    started: dict[int, float] = {}
    steps: dict[str, tuple[float, float]] = {}
    begun, done = _seconds(events[0].event_time), 0.0
    for event in events:
        now = _seconds(event.event_time)
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            name = event.activity_task_scheduled_event_attributes.activity_type.name
            scheduled[event.event_id] = (name, now)
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            started[event.activity_task_started_event_attributes.scheduled_event_id] = now
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            number = event.activity_task_completed_event_attributes.scheduled_event_id
            name, asked = scheduled[number]
            steps[name] = (started[number] - asked, now - started[number])
            if name == LAST_STEP:
                done = now
    return _Run(steps, done - begun)


def _seconds(moment: Timestamp) -> float:
    return moment.ToNanoseconds() / 1e9
