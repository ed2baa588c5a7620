"""The steps of sending a mail."""

from datetime import timedelta
from uuid import UUID

from activities.contracts.base import Contract


class NotificationRef(Contract):
    """One mail (the row's id)."""

    notification_id: UUID


SEND_WORKFLOW = "SendNotificationWorkflow"
"""The registered name, for activities that start it."""


class SendNotificationInput(Contract):
    """`retry_budget`: how long the mail is tried before it has failed."""

    notification_id: UUID
    candidate_id: int
    retry_budget: timedelta


MAIL_UNCERTAIN = "Envoi interrompu : le message est peut-être parti"
"""Of a mail that was handed over and whose acceptance nobody knows of."""


class NotificationEnd(Contract):
    """`sent`, or `skipped` with the reason (`not_configured`, `no_address`, `erased`)."""

    state: str
    reason: str | None = None
    attempts: int = 1


class Withdrawal(Contract):
    """Whether the mail is sure never to be sent; if not, it was (`state` sent) or may have been."""

    withdrawn: bool
    state: str = ""
