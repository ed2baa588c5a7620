"""Build the candidates' search index anew beside the live one: load → catch up → swap → repair → drop the old one."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError, CancelledError, FailureError

from activities.contracts import CompareFrom, Failure, FilledStretch, IndexName, IndexStretch
from workflows.cancellation import protect, step
from workflows.contracts import STAGE, STEP_BUDGET, ReindexInput, ReindexResult
from workflows.policies import QUICK, UNTIL_DONE, failure_of

with workflow.unsafe.imports_passed_through():
    from activities.index_maintenance import IndexMaintenanceActivities
    from workflows.reconcile_index import compare, repair

Fill = Callable[[IndexMaintenanceActivities, IndexStretch], Awaitable[FilledStretch]]

_WAITED_FOR = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED


@workflow.defn
class ReindexCandidatesWorkflow:
    """Searches go to the old index until the swap, to the new one from then on: they neither fail nor find nothing.

    Before the swap a failure or a cancel leaves the old index as it is, and the new one is dropped. The swap and what
    follows it is done to the end whatever happens. The memo tells the `progress`: `loaded` of `total`.
    """

    @workflow.run
    async def run(self, input: ReindexInput) -> ReindexResult:
        try:
            filled = await self._load(input if input.index else await self._create())
            corrected = await self._catch_up(filled.index)
            await protect(self._publish(filled.index))
        except (FailureError, TimeoutError, asyncio.CancelledError) as err:
            message, kind = failure_of(err)
            cancelled = workflow.cancellation_reason() is not None
            await protect(self._drop_unpublished())
            if cancelled:
                raise CancelledError("cancelled") from err
            raise ApplicationError(message, type=kind) from err
        corrected += await protect(self._settle())
        return ReindexResult(loaded=filled.loaded, refused=filled.refused, corrected=corrected)

    async def _create(self) -> ReindexInput:
        """A new index, after dropping what a run that was terminated has left."""
        self._advance("create")
        await step(self._drop_unpublished())
        made = await step(
            workflow.execute_activity_method(
                IndexMaintenanceActivities.create_index,
                start_to_close_timeout=QUICK,
                schedule_to_close_timeout=STEP_BUDGET,
                retry_policy=UNTIL_DONE,
                cancellation_type=_WAITED_FOR,
            )
        )
        return ReindexInput(index=made.name, total=made.total)

    async def _load(self, state: ReindexInput) -> ReindexInput:
        """Write every searchable candidate into the new index."""
        self._advance("load")
        after: int | None = state.after
        while after is not None:
            self._tell(state)
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(state)
            filled = await self._fill(
                IndexMaintenanceActivities.load_index, IndexStretch(name=state.index, after=after)
            )
            after = filled.next
            loaded, refused = state.loaded + filled.written, state.refused + filled.refused
            state = state.model_copy(update={"loaded": loaded, "refused": refused, "after": after or state.after})
        self._tell(state)
        if state.refused > state.loaded:  # a few bad documents must not stand in the way of all the others
            raise ApplicationError("Les documents sont refusés par l'index", type=Failure.INDEX_REJECTED)
        return state

    async def _catch_up(self, index: str) -> int:
        """Write into the new index what has changed since it was loaded, so that the swap shows nothing old."""
        self._advance("catch_up")
        written = 0
        after: int | None = 0
        while after is not None:
            filled = await self._fill(IndexMaintenanceActivities.catch_up_index, IndexStretch(name=index, after=after))
            written += filled.written
            after = filled.next
        return written

    async def _publish(self, index: str) -> None:
        self._advance("publish")
        await workflow.execute_activity_method(
            IndexMaintenanceActivities.publish_index,
            IndexName(name=index),
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )

    async def _settle(self) -> int:
        """Bring in what changed until the swap. Whoever changed after it has written into the new index already.

        A change moves the version in the table before it reaches an index, so one that is not seen here came later.
        """
        self._advance("repair")
        repaired = 0
        after: int | None = 0
        while after is not None:
            found = await compare(CompareFrom(after=after))
            repaired += await repair(found.ids)
            after = found.next
        await self._drop_unpublished()
        return repaired

    async def _drop_unpublished(self) -> None:
        """Drop every index but the live one. Their names are decided first: a late try never drops a newer index."""
        names = await workflow.execute_activity_method(
            IndexMaintenanceActivities.unpublished_indices, start_to_close_timeout=QUICK, retry_policy=UNTIL_DONE
        )
        if names.names:
            await workflow.execute_activity_method(
                IndexMaintenanceActivities.drop_indices, names, start_to_close_timeout=QUICK, retry_policy=UNTIL_DONE
            )

    async def _fill(self, fill: Fill, stretch: IndexStretch) -> FilledStretch:
        return await step(
            workflow.execute_activity_method(
                fill,
                stretch,
                start_to_close_timeout=timedelta(minutes=5),
                schedule_to_close_timeout=STEP_BUDGET,
                heartbeat_timeout=timedelta(seconds=15),
                retry_policy=UNTIL_DONE,
                cancellation_type=_WAITED_FOR,
            )
        )

    def _advance(self, stage: str) -> None:
        workflow.upsert_search_attributes([STAGE.value_set(stage)])

    def _tell(self, state: ReindexInput) -> None:
        workflow.upsert_memo({"progress": {"loaded": state.loaded, "total": state.total}})
