"""Erase a candidate: out of the index first → files, results and everything personal."""

from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.contracts import DecisionStep
from workflows.cancellation import protect
from workflows.contracts import DecisionInput
from workflows.decision import STATUS, DecisionWorkflow
from workflows.policies import UNTIL_DONE

with workflow.unsafe.imports_passed_through():
    from activities.erasure import ErasureActivities


@workflow.defn
class EraseCandidateWorkflow(DecisionWorkflow):
    """What is erased cannot be brought back: a cancel counts until the erasing itself begins."""

    @workflow.run
    async def run(self, input: DecisionInput) -> None:
        await self.decide(input, (self.remove_from_index, self._erase))

    async def _erase(self, input: DecisionInput) -> None:
        self._begin(STATUS)
        await protect(self._carry_out(input))
        self._end(STATUS)

    async def _carry_out(self, input: DecisionInput) -> None:
        """What has begun is tried until it is done; that it takes longer than the budget is an incident."""
        try:
            await self._try(input, input.retry_budget)
        except ActivityError as err:
            await self._fail(input, STATUS, "erasure_failed", err)
            self._begin(STATUS)  # anew: it is under way as long as it is tried
            await self._try(input, None)

    async def _try(self, input: DecisionInput, budget: timedelta | None) -> None:
        await workflow.execute_activity_method(
            ErasureActivities.erase_candidate,
            DecisionStep(decision_id=input.decision_id),
            start_to_close_timeout=timedelta(minutes=5),
            schedule_to_close_timeout=budget,
            heartbeat_timeout=timedelta(seconds=30),
            retry_policy=UNTIL_DONE,
        )
