"""Deliver one webhook: many tries, one accepted delivery, never a job held up by a dead receiver."""

import asyncio
from datetime import timedelta
from uuid import UUID

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, WorkflowAlreadyStartedError

from activities.contracts import Delivery, DeliveryClosing, DeliveryPlan, Failure
from workflows.cancellation import protect
from workflows.contracts import DeliverWebhookInput, delivery_workflow_id
from workflows.policies import QUICK, UNTIL_DONE, failure_of

with workflow.unsafe.imports_passed_through():
    from activities.webhooks import WebhookActivities


@workflow.defn
class DeliverWebhookWorkflow:
    """Ends Failed when the receiver refused or never answered, so that operators see it; the job is not touched."""

    @workflow.run
    async def run(self, input: DeliverWebhookInput) -> None:
        try:
            await workflow.execute_activity_method(
                WebhookActivities.deliver_webhook,
                Delivery(delivery_id=input.delivery_id),
                start_to_close_timeout=timedelta(seconds=20),
                schedule_to_close_timeout=timedelta(hours=24),
                retry_policy=RetryPolicy(
                    initial_interval=timedelta(seconds=2),
                    backoff_coefficient=3,
                    maximum_interval=timedelta(hours=1),
                    maximum_attempts=input.max_attempts,
                ),
                # A try under way when an operator cancels may yet be accepted: it is waited for.
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            )
        except (ActivityError, asyncio.CancelledError) as err:
            message, kind = failure_of(err)
            cancelled = workflow.cancellation_reason() is not None
            outcome = "refused" if kind == Failure.WEBHOOK_REFUSED else "exhausted"
            await protect(self._close(DeliveryClosing(delivery_id=input.delivery_id, outcome=outcome)))
            if cancelled:
                raise CancelledError("cancelled") from err
            raise ApplicationError(message, type=kind) from err

    async def _close(self, closing: DeliveryClosing) -> None:
        await workflow.execute_activity_method(
            WebhookActivities.close_delivery, closing, start_to_close_timeout=QUICK, retry_policy=UNTIL_DONE
        )


async def start_delivery(delivery_id: UUID, plan: DeliveryPlan) -> None:
    """Start the delivery as a child that outlives its parent; one already started under this id is the same one."""
    if not plan.wanted:
        return
    try:
        await workflow.start_child_workflow(
            DeliverWebhookWorkflow.run,
            DeliverWebhookInput(delivery_id=delivery_id, max_attempts=plan.max_attempts),
            id=delivery_workflow_id(delivery_id),
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
        )
    except WorkflowAlreadyStartedError:
        workflow.logger.info("delivery %s was already started", delivery_id)
