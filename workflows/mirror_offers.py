"""The hourly mirror of job offers: what must be confirmed by its source is asked for, what has had its time goes.

An ad is one activity on its source's queue, behind what searches ask there, so that the source's pace is kept for both
together and a search waits for no more than the calls under way.
"""

from collections import Counter
from datetime import timedelta

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError

from activities.contracts import DueFrom, DueOffers, MirrorAnswer, MirroredOffer, TidiedOffers, source_queue
from workflows.cancellation import settle, step
from workflows.contracts import BATCH, MirrorCounts, MirrorInput
from workflows.policies import QUICK, UNTIL_DONE

with workflow.unsafe.imports_passed_through():
    from activities.job_mirror import JobMirrorActivities

SOURCE = "france_travail"

PAGE = 200
"""Offers that one step lists."""

AT_ONCE = 20
"""Offers asked for together. Where none of them is answered, the source is away: the rest is for the next run."""

LISTS = 10
"""Of one run, after which a new one goes on: 2,000 offers."""

TIME = timedelta(minutes=50)
"""After which the rest is for the next run: the schedule's own bound is an hour."""

_WAIT = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
_SOON_AGAIN = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=30), maximum_attempts=3
)


@workflow.defn
class MirrorOffersWorkflow:
    """Started by its schedule; harmless to start by hand. Offers that are not answered for stay as they are."""

    @workflow.run
    async def run(self, input: MirrorInput) -> MirrorCounts:
        until = input.until or workflow.now() + TIME
        counts = input.counts
        if input.until is None:
            tidied = await _tidy()
            counts = MirrorCounts(expired=tidied.expired, deleted=tidied.deleted)
        place, lists = input.since, 0
        while True:
            due = await _list(DueFrom(since=place, limit=PAGE))
            for start in range(0, len(due.ids), AT_ONCE):
                answers = Counter(await settle(*(_ask(one) for one in due.ids[start : start + AT_ONCE])))
                counts = _added(counts, answers)
                if set(answers) == {"unanswered"} or workflow.now() >= until:
                    return counts
            if due.next is None:
                return counts
            place, lists = due.next, lists + 1
            if lists == LISTS or workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(MirrorInput(since=place, until=until, counts=counts))


async def _tidy() -> TidiedOffers:
    return await step(
        workflow.execute_activity_method(
            JobMirrorActivities.tidy_offers,
            start_to_close_timeout=timedelta(minutes=10),
            schedule_to_close_timeout=timedelta(minutes=20),
            heartbeat_timeout=timedelta(seconds=30),
            retry_policy=UNTIL_DONE,
            cancellation_type=_WAIT,
        )
    )


async def _list(given: DueFrom) -> DueOffers:
    return await step(
        workflow.execute_activity_method(
            JobMirrorActivities.list_due_offers,
            given,
            start_to_close_timeout=QUICK,
            schedule_to_close_timeout=timedelta(minutes=20),
            retry_policy=UNTIL_DONE,
            cancellation_type=_WAIT,
        )
    )


async def _ask(offer_id: int) -> MirrorAnswer:
    """What became of an offer. A step that failed leaves it for later, whatever the reason."""
    try:
        outcome = await workflow.execute_activity_method(
            JobMirrorActivities.mirror_offer,
            MirroredOffer(offer_id=offer_id),
            task_queue=source_queue(workflow.info().task_queue, SOURCE),
            start_to_close_timeout=timedelta(seconds=30),
            schedule_to_close_timeout=timedelta(minutes=20),
            heartbeat_timeout=timedelta(seconds=10),
            retry_policy=_SOON_AGAIN,
            cancellation_type=_WAIT,
            priority=Priority(priority_key=BATCH),
        )
    except ActivityError:
        if workflow.cancellation_reason() is not None:
            raise
        return "unanswered"
    return outcome.answer


def _added(counts: MirrorCounts, answers: Counter[MirrorAnswer]) -> MirrorCounts:
    return counts.model_copy(
        update={
            "confirmed": counts.confirmed + answers["confirmed"],
            "withdrawn": counts.withdrawn + answers["withdrawn"],
            "unanswered": counts.unanswered + answers["unanswered"],
        }
    )
