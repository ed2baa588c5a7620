"""Bring an archived candidate back: status → index."""

from temporalio import workflow

from workflows.contracts import DecisionInput
from workflows.decision import DecisionWorkflow


@workflow.defn
class UnarchiveCandidateWorkflow(DecisionWorkflow):
    """The candidate is visible to recruiters again; nobody is told by mail."""

    @workflow.run
    async def run(self, input: DecisionInput) -> None:
        await self.decide(input, (self.record_status, self.index))
