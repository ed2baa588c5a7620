"""Archive a validated candidate: out of the index first → status."""

from temporalio import workflow

from workflows.contracts import DecisionInput
from workflows.decision import DecisionWorkflow


@workflow.defn
class ArchiveCandidateWorkflow(DecisionWorkflow):
    """The candidate is found by recruiters no more; nobody is told by mail."""

    @workflow.run
    async def run(self, input: DecisionInput) -> None:
        await self.decide(input, (self.remove_from_index, self.record_status))
