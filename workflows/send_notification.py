"""Send one mail that no decision waits for, such as the one that confirms a submission."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, is_cancelled_exception

from activities.contracts import MAIL_UNCERTAIN, Failure, Incident, NotificationEnd, NotificationRef
from workflows.cancellation import protect
from workflows.contracts import SendNotificationInput
from workflows.policies import QUICK, UNTIL_DONE, failure_of

with workflow.unsafe.imports_passed_through():
    from activities.audit import AuditActivities
    from activities.notifications import NotificationActivities


@workflow.defn
class SendNotificationWorkflow:
    """Ends Completed once the mail is sent or skipped for a reason; Failed, with an incident, if it may not have been.

    A cancel calls the mail off between two tries; a try under way is waited for, and counts.
    """

    @workflow.run
    async def run(self, input: SendNotificationInput) -> NotificationEnd:
        try:
            return await workflow.execute_activity_method(
                NotificationActivities.send_notification,
                NotificationRef(notification_id=input.notification_id),
                start_to_close_timeout=timedelta(seconds=30),
                schedule_to_close_timeout=input.retry_budget,
                retry_policy=UNTIL_DONE,
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            )
        except (ActivityError, asyncio.CancelledError) as err:
            message, kind = failure_of(err)
            cancelled = workflow.cancellation_reason() is not None
            if is_cancelled_exception(err):
                await protect(self._withdraw(input))
            else:
                await protect(self._fail(input, message, kind))
            if cancelled:
                raise CancelledError("cancelled") from err
            raise ApplicationError(message, type=kind) from err

    async def _withdraw(self, input: SendNotificationInput) -> None:
        withdrawal = await workflow.execute_activity_method(
            NotificationActivities.withdraw_notification,
            NotificationRef(notification_id=input.notification_id),
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )
        if withdrawal.state == "unknown":  # of a try that was lost: its mail may have been sent
            await self._record(input, MAIL_UNCERTAIN, Failure.MAIL_UNKNOWN)

    async def _fail(self, input: SendNotificationInput, message: str, kind: str) -> None:
        """The incident first: it is what an administrator finds, whatever comes after."""
        await self._record(input, message, kind)
        await workflow.execute_activity_method(
            NotificationActivities.close_notification,
            NotificationRef(notification_id=input.notification_id),
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )

    async def _record(self, input: SendNotificationInput, message: str, kind: str) -> None:
        await workflow.execute_activity_method(
            AuditActivities.record_incident,
            Incident(
                incident_type="notification_failed",
                step="notification",
                candidate_id=input.candidate_id,
                error=message,
                error_type=kind,
            ),
            start_to_close_timeout=QUICK,
            retry_policy=UNTIL_DONE,
        )
