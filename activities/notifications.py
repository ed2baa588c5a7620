"""Sending mails to candidates: at most once each, and never claimed without the server's word."""

from email.message import EmailMessage
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.contracts import MAIL_UNCERTAIN, Failure, NotificationEnd, NotificationRef, Withdrawal
from activities.errors import final, passing
from adapters.mail_templates import write_letter
from adapters.mailer import Mailer, MailFailure, MailRefused, MailUnavailable
from db import candidates, decisions, notifications
from db.engine import Database
from db.tables import Notification

_TOO_LATE = "Délai d'envoi dépassé"


class NotificationActivities:
    """`mailer` is None where no SMTP server is configured: mails are then skipped, and say so."""

    def __init__(self, database: Database, mailer: Mailer | None) -> None:
        self._database = database
        self._mailer = mailer

    @activity.defn
    async def send_notification(self, ref: NotificationRef) -> NotificationEnd:
        """One try. The row says `sending` before the dialogue begins: whoever finds that cannot know how it ended.

        Without heartbeat, hence no cancel comes in the middle of the dialogue, which has bounds of its own.
        """
        message = await self._begin(ref.notification_id)
        if message is not None and self._mailer is not None:
            failure: MailFailure | None = None
            try:
                await self._mailer.send(message)
            except MailFailure as error:
                failure = error
            return await self._settle(ref.notification_id, failure)
        async with self._database.transaction() as session:
            return _end(await notifications.get_notification(session, ref.notification_id))

    @activity.defn
    async def withdraw_notification(self, ref: NotificationRef) -> Withdrawal:
        """Call the mail off, for good. It is too late once a try has begun, unless the server did not accept it."""
        return _withdrawal(await self._give_up(ref.notification_id, notifications.WITHDRAWN))

    @activity.defn
    async def close_notification(self, ref: NotificationRef) -> Withdrawal:
        """No further try: a mail still pending has failed, with the last try's error."""
        return _withdrawal(await self._give_up(ref.notification_id))

    async def _begin(self, notification_id: UUID) -> EmailMessage | None:
        """The mail, its row `sending`; None when there is nothing (more) to send, as the row then says."""
        async with self._database.transaction() as session:
            row = await notifications.lock_notification(session, notification_id)
            if row is not None and row.state == "sending":
                await notifications.settle_unknown(session, row.id, MAIL_UNCERTAIN)
            if row is None or row.state != "pending":
                return None
            if self._mailer is None:
                await notifications.settle_skipped(session, row.id, "not_configured")
                return None
            try:
                message = await _compose(session, row, self._mailer)
            except MailRefused as refusal:
                await notifications.settle_failed(session, row.id, str(refusal))
                return None
            if message is None:
                await notifications.settle_skipped(session, row.id, "no_address")
                return None
            await notifications.begin(session, row.id)
            return message

    async def _settle(self, notification_id: UUID, failure: MailFailure | None) -> NotificationEnd:
        async with self._database.transaction() as session:
            if failure is None:
                await notifications.settle_sent(session, notification_id)
            elif isinstance(failure, MailUnavailable):
                await notifications.put_back(session, notification_id, str(failure))
            elif isinstance(failure, MailRefused):
                await notifications.settle_failed(session, notification_id, str(failure))
            else:
                await notifications.settle_unknown(session, notification_id, str(failure))
            # Read before the commit: a mail that was sent must not fail because it could not be read again.
            row = await notifications.get_notification(session, notification_id)
        if row is None and failure is None:  # erased during the dialogue, which ended well
            return NotificationEnd(state="sent", attempts=activity.info().attempt)
        return _end(row)

    async def _give_up(self, notification_id: UUID, error: str | None = None) -> str:
        """The state in which the mail stays, unless a try that still runs ends well; "" when there is no such mail."""
        async with self._database.transaction() as session:
            row = await notifications.lock_notification(session, notification_id)
            if row is None:
                return ""
            if row.state == "pending":
                await notifications.settle_failed(session, row.id, error or row.error or _TOO_LATE)
            elif row.state == "sending":
                await notifications.settle_unknown(session, row.id, MAIL_UNCERTAIN)
            await session.refresh(row)
            return row.state


def _end(row: Notification | None) -> NotificationEnd:
    """What this try tells the workflow: what the row says. The row of a mail to somebody who was erased is gone."""
    if row is None:
        return NotificationEnd(state="skipped", reason="erased", attempts=activity.info().attempt)
    match row.state:
        case "sent" | "skipped":
            return NotificationEnd(state=row.state, reason=row.error, attempts=activity.info().attempt)
        case "unknown":
            raise final(Failure.MAIL_UNKNOWN, row.error or MAIL_UNCERTAIN)
        case "failed":
            raise final(Failure.MAIL_REFUSED, row.error or _TOO_LATE)
        case _:
            raise passing(Failure.MAIL_UNAVAILABLE, row.error or _TOO_LATE)


def _withdrawal(state: str) -> Withdrawal:
    return Withdrawal(withdrawn=state in ("", "failed", "skipped"), state=state)


async def _compose(session: AsyncSession, row: Notification, mailer: Mailer) -> EmailMessage | None:
    """The mail to the address that the candidate has now; None without one."""
    candidate = await candidates.get_candidate(session, row.candidate_id)
    address = (candidate.email or "").strip() if candidate is not None else ""
    if candidate is None or not address:
        return None
    decision = await decisions.get_decision(session, row.decision_id) if row.decision_id else None
    reason = decision.body.get("rejectionReason") if decision is not None else None
    return mailer.compose(write_letter(row.kind, first_name=candidate.first_name, reason=reason), address, row.id)
