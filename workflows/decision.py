"""What all decisions on a candidate have in common: actions that can be watched, hurried, abandoned and undone."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    FailureError,
)

from activities.contracts import (
    MAIL_UNCERTAIN,
    ActionState,
    Compensation,
    DecisionClosing,
    DecisionStep,
    Failure,
    Incident,
    NotificationEnd,
    NotificationRef,
    StatusRecorded,
    SyncCandidate,
    SyncedCandidate,
    Withdrawal,
)
from domain.ids import notification_of
from workflows.cancellation import protect
from workflows.contracts import STAGE, DecisionInput
from workflows.policies import QUICK, UNTIL_DONE, attempts_of, failure_of, innermost
from workflows.saga import Saga

with workflow.unsafe.imports_passed_through():
    from activities.audit import AuditActivities
    from activities.candidate_index import CandidateIndexActivities
    from activities.decisions import DecisionActivities
    from activities.notifications import NotificationActivities

STATUS, INDEX, MAIL = "status_update", "indexation", "notification"
ACTIONS = (STATUS, INDEX, MAIL)

UNDO_BUDGET = timedelta(days=7)
"""How long a compensation is tried: far longer than any outage should last."""

_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(seconds=30)
)
_WAITED_FOR = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED

T = TypeVar("T")
Start = Callable[[timedelta | None], "workflow.ActivityHandle[T]"]


class DecisionWorkflow:
    """The base of the decisions. A subclass gives the order of the actions; everything else is here.

    `progress` answers the state of the actions. `retry_now` tries the waiting one at once, with what is left of its
    budget; `abandon` gives up and undoes what was done. A run that was rolled back ends Failed, saying so.
    """

    def __init__(self) -> None:
        self._actions = dict.fromkeys(ACTIONS, ActionState())
        self._retry_asked = False
        self._abandoned = False

    @workflow.query
    def progress(self) -> dict[str, ActionState]:
        """The state of each action; tries and errors of one under way are its pending activity's."""
        return self._actions

    @workflow.signal
    def retry_now(self) -> None:
        """Do not wait for the next try."""
        self._retry_asked = True

    @workflow.signal
    def abandon(self) -> None:
        """Stop trying, and undo what was done, unless the mail is out."""
        self._abandoned = True

    async def decide(self, input: DecisionInput, actions: Sequence[Callable[[DecisionInput], Awaitable[None]]]) -> None:
        """Do the actions in order, each only once the one before has ended well; if one does not, undo all of them."""
        saga = Saga()
        # The index is a projection of the table: the status is restored first (last in), then the index made to agree.
        saga.add(INDEX, lambda: self._restore_index(input))
        saga.add(STATUS, lambda: self._restore_status(input))
        try:
            for action in actions:
                await action(input)
        except (FailureError, TimeoutError, asyncio.CancelledError) as err:
            cancelled = workflow.cancellation_reason() is not None and not self._abandoned
            raise await protect(self._roll_back(input, saga, err, cancelled=cancelled)) from err
        for name, state in self._actions.items():
            if state.status == "pending":
                self._actions[name] = state.model_copy(update={"status": "skipped"})
        await protect(self._close(input, "completed"))

    async def record_status(self, input: DecisionInput) -> None:
        """Evaluation and status, in one transaction."""

        def start(budget: timedelta | None) -> "workflow.ActivityHandle[StatusRecorded]":
            return workflow.start_activity_method(
                DecisionActivities.record_evaluation_and_status,
                DecisionStep(decision_id=input.decision_id),
                start_to_close_timeout=QUICK,
                schedule_to_close_timeout=budget,
                retry_policy=_RETRIES,
                cancellation_type=_WAITED_FOR,
            )

        recorded = await self._act(input, STATUS, start, incident="candidate_status_update_failed")
        self._end(STATUS, attempts=recorded.attempts)
        self._check_wanted()

    async def index(self, input: DecisionInput) -> None:
        """Put the candidate, whose status says so by now, into the index."""
        synced = await self._act(input, INDEX, _sync(input), incident="indexation_failed")
        if not synced.indexed:
            conflict = ApplicationError("Le statut du candidat a changé entre-temps", type=Failure.STATUS_CONFLICT)
            await protect(self._fail(input, INDEX, "indexation_failed", conflict))
            raise conflict
        self._end(INDEX, attempts=synced.attempts)
        self._check_wanted()

    async def remove_from_index(self, input: DecisionInput) -> None:
        """Take the candidate out of the index. Whoever withdraws must not be found: this is tried until it is done."""
        try:
            synced = await self._act(input, INDEX, _sync(input), incident="deindexation_failed")
        except ActivityError:
            self._begin(INDEX)  # anew: it is under way as long as it is tried
            synced = await self._attempt(_sync(input, persistent=True), None)
        self._end(INDEX, attempts=synced.attempts)
        self._check_wanted()

    async def notify(self, input: DecisionInput) -> None:
        """Tell the candidate. A mail that cannot be sent is an incident and undoes nothing; one that is out stays."""
        mail = NotificationRef(notification_id=notification_of(input.decision_id))

        def start(budget: timedelta | None) -> "workflow.ActivityHandle[NotificationEnd]":
            return workflow.start_activity_method(
                NotificationActivities.send_notification,
                mail,
                start_to_close_timeout=timedelta(seconds=30),
                schedule_to_close_timeout=budget,
                retry_policy=_RETRIES,
                cancellation_type=_WAITED_FOR,
            )

        self._check_wanted()
        self._begin(MAIL)
        try:
            sent = await self._attempt(start, input.retry_budget)
        except (FailureError, asyncio.CancelledError) as err:
            # The row is settled before anything is said of it: a try may yet have handed the mail over.
            end = await protect(self._withdraw(mail) if self._unwanted else self._give_up(mail))
            if end.state == "sent":
                self._end(MAIL)
            elif end.state == "unknown":
                await protect(self._fail(input, MAIL, "notification_failed", _UNCERTAIN))
            elif self._unwanted:
                raise
            else:
                await protect(self._fail(input, MAIL, "notification_failed", err))
                self._check_wanted()
        else:
            self._end(MAIL, attempts=sent.attempts, status="completed" if sent.state == "sent" else sent.state)
            self._actions[MAIL] = self._actions[MAIL].model_copy(update={"reason": sent.reason})

    @property
    def _unwanted(self) -> bool:
        return self._abandoned or workflow.cancellation_reason() is not None

    def _check_wanted(self) -> None:
        """An action that ended well although the decision was called off meanwhile is undone all the same."""
        if self._abandoned:
            raise ApplicationError("Décision abandonnée", type=Failure.ABANDONED)
        if workflow.cancellation_reason() is not None:
            raise CancelledError("cancelled")

    async def _act(self, input: DecisionInput, name: str, start: "Start[T]", *, incident: str) -> T:
        """One action, until it ends well, fails for good, or is called off; a failure for good is an incident."""
        self._check_wanted()
        self._begin(name)
        try:
            return await self._attempt(start, input.retry_budget)
        except ActivityError as err:
            await protect(self._fail(input, name, incident, err))
            raise

    async def _attempt(self, start: "Start[T]", limit: timedelta | None) -> T:
        """Try within `limit`, anew when an operator asks for it; raises `ActivityError` for a failure for good only."""
        deadline = workflow.now() + limit if limit is not None else None
        while True:
            self._check_wanted()
            self._retry_asked = False
            left = None if deadline is None else max(deadline - workflow.now(), timedelta(seconds=1))
            handle = start(left)

            def called() -> bool:
                return handle.done() or self._retry_asked or self._abandoned  # noqa: B023 - asked while it is this one

            with suppress(asyncio.CancelledError):  # the run's: it is looked at below
                await workflow.wait_condition(called)
            called_off = not handle.done()
            if called_off:
                handle.cancel()  # at once between two tries; a try under way is waited for
                await protect(_ended(handle))
            try:
                return handle.result()
            except ActivityError as err:
                if not called_off or _is_final(err):
                    raise
            self._check_wanted()  # otherwise an operator asked for the next try

    async def _roll_back(
        self, input: DecisionInput, saga: Saga, err: BaseException, *, cancelled: bool
    ) -> FailureError:
        """Undo, record it, decide the end; what the run ends with says in fixed words what became of it."""
        self._stage("compensate")
        undone = {
            name
            for name, state in self._actions.items()
            if state.status == "completed" or (state.status == "running" and name != MAIL)
        }
        failed = await saga.compensate()
        for name, state in self._actions.items():
            status = "compensated" if name in undone else "failed" if state.status == "failed" else "skipped"
            self._actions[name] = state.model_copy(update={"status": status})
        for name, error in failed:
            await self._fail(input, name, "compensation_failed", error)
        cause = "Annulée" if cancelled else failure_of(err)[0]
        if failed:
            message = f"{cause}. N'a pas pu être annulé : {', '.join(name for name, _ in failed)}"
            await self._close(input, "failed", message)
            return ApplicationError(message, type="RollbackIncomplete")
        message = f"{cause}. Statut et index sont ceux d'avant"
        await self._close(input, "cancelled" if cancelled else "failed", message)
        return CancelledError(message) if cancelled else ApplicationError(message, type="DecisionRolledBack")

    async def _restore_status(self, input: DecisionInput) -> None:
        await workflow.execute_activity_method(
            DecisionActivities.restore_status,
            DecisionStep(decision_id=input.decision_id),
            start_to_close_timeout=QUICK,
            schedule_to_close_timeout=UNDO_BUDGET,
            retry_policy=UNTIL_DONE,
        )

    async def _restore_index(self, input: DecisionInput) -> None:
        if self._actions[INDEX].status == "pending":
            return  # never begun
        await workflow.execute_activity_method(
            CandidateIndexActivities.sync_candidate,
            SyncCandidate(candidate_id=input.candidate_id, persistent=True),
            start_to_close_timeout=QUICK,
            schedule_to_close_timeout=UNDO_BUDGET,
            retry_policy=UNTIL_DONE,
        )
        await workflow.execute_activity_method(
            AuditActivities.record_compensation,
            Compensation(
                decision_id=input.decision_id,
                candidate_id=input.candidate_id,
                step=INDEX,
                description="Index remis en accord avec le statut",
            ),
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )

    async def _give_up(self, mail: NotificationRef) -> Withdrawal:
        return await workflow.execute_activity_method(
            NotificationActivities.close_notification,
            mail,
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )

    async def _withdraw(self, mail: NotificationRef) -> Withdrawal:
        return await workflow.execute_activity_method(
            NotificationActivities.withdraw_notification,
            mail,
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )

    async def _fail(self, input: DecisionInput, name: str, incident: str, err: BaseException) -> None:
        """The action has failed for good: that is its last state, and an incident."""
        message, kind = failure_of(err)
        self._end(name, attempts=attempts_of(err), status="failed", error=message)
        await workflow.execute_activity_method(
            AuditActivities.record_incident,
            Incident(
                incident_type=incident,
                step=f"{incident}:{name}",
                candidate_id=input.candidate_id,
                error=message,
                error_type=kind,
            ),
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )

    async def _close(self, input: DecisionInput, outcome: str, error: str | None = None) -> None:
        closing = DecisionClosing(decision_id=input.decision_id, outcome=outcome, actions=self._actions, error=error)
        await workflow.execute_activity_method(
            DecisionActivities.close_decision, closing, start_to_close_timeout=QUICK, retry_policy=UNTIL_DONE
        )

    def _begin(self, name: str) -> None:
        state = self._actions[name]
        started = state.started_at or _now()
        self._actions[name] = state.model_copy(
            update={"status": "running", "started_at": started, "completed_at": None}
        )
        self._stage(name)

    def _end(self, name: str, *, status: str = "completed", attempts: int = 1, error: str | None = None) -> None:
        self._actions[name] = self._actions[name].model_copy(
            update={"status": status, "attempts": attempts, "completed_at": _now(), "last_error": error}
        )

    def _stage(self, stage: str) -> None:
        """For operators' lists, and for whoever asks while no worker is up."""
        workflow.upsert_search_attributes([STAGE.value_set(stage)])
        workflow.upsert_memo({"actions": self._actions})


_UNCERTAIN = ApplicationError(MAIL_UNCERTAIN, type=Failure.MAIL_UNKNOWN)


def _sync(input: DecisionInput, *, persistent: bool = False) -> "Start[SyncedCandidate]":
    def start(budget: timedelta | None) -> "workflow.ActivityHandle[SyncedCandidate]":
        return workflow.start_activity_method(
            CandidateIndexActivities.sync_candidate,
            SyncCandidate(candidate_id=input.candidate_id, persistent=persistent),
            start_to_close_timeout=QUICK,
            schedule_to_close_timeout=budget,
            retry_policy=_RETRIES,
            cancellation_type=_WAITED_FOR,
        )

    return start


def _is_final(err: ActivityError) -> bool:
    cause = innermost(err)
    return isinstance(cause, ApplicationError) and cause.non_retryable


async def _ended(handle: "workflow.ActivityHandle[Any]") -> None:
    """Wait for the end of an activity, whatever it is."""
    await workflow.wait([handle])


def _now() -> str:
    return workflow.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
