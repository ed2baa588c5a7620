"""Validate a candidate: status → index → mail."""

from temporalio import workflow

from workflows.contracts import DecisionInput
from workflows.decision import DecisionWorkflow


@workflow.defn
class ValidateCandidateWorkflow(DecisionWorkflow):
    """The candidate becomes visible to recruiters, and is told so."""

    @workflow.run
    async def run(self, input: DecisionInput) -> None:
        await self.decide(input, (self.record_status, self.index, self.notify))
