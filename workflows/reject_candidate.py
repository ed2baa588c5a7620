"""Reject a candidate: out of the index first → status → mail."""

from temporalio import workflow

from workflows.contracts import DecisionInput
from workflows.decision import DecisionWorkflow


@workflow.defn
class RejectCandidateWorkflow(DecisionWorkflow):
    """The candidate is found by recruiters no more, and is told why."""

    @workflow.run
    async def run(self, input: DecisionInput) -> None:
        await self.decide(input, (self.remove_from_index, self.record_status, self.notify))
