"""How errors leave an activity: always an `ApplicationError` with a fixed sentence and a type operators can read.

Foreign exceptions may quote a CV, a prompt or a row. They are translated here, once, for every activity: only their
class and the lines they passed through are logged.
"""

import asyncio
import traceback
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory, CancelledError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities.contracts import INTERNAL_ERROR, Failure
from adapters.object_store import ObjectMissing, StorageUnavailable
from db.engine import is_unreachable
from runtime.logging import get_logger

log = get_logger(__name__)


def _attempt() -> int:
    """The number of this try, as the one detail of every failure: the workflow has no other way to learn it."""
    return activity.info().attempt if activity.in_activity() else 1


def final(kind: Failure, message: str) -> ApplicationError:
    """A failure that no retry will change: the document, the request or the receiver is at fault."""
    return ApplicationError(message, _attempt(), type=kind, non_retryable=True)


def passing(kind: Failure, message: str, *, delay: timedelta | None = None) -> ApplicationError:
    """A failure worth another try, after `delay` when the other side named one."""
    return ApplicationError(message, _attempt(), type=kind, next_retry_delay=delay)


def expected(kind: Failure, message: str, *, delay: timedelta | None = None) -> ApplicationError:
    """A retryable "not yet", which is no incident: the SDK neither logs it as an error nor counts it as one."""
    return ApplicationError(
        message, _attempt(), type=kind, next_retry_delay=delay, category=ApplicationErrorCategory.BENIGN
    )


def translate(error: Exception) -> ApplicationError:
    """The `ApplicationError` that stands for a foreign exception, without its text."""
    if isinstance(error, StorageUnavailable):
        return passing(Failure.STORAGE_UNAVAILABLE, "Stockage des documents indisponible")
    if isinstance(error, ObjectMissing):
        return final(Failure.OBJECT_MISSING, "Document introuvable dans le stockage")
    if is_unreachable(error):
        return passing(Failure.DATABASE_UNAVAILABLE, "Base de données indisponible")
    record(error)
    return passing(Failure.UNEXPECTED, f"{INTERNAL_ERROR} ({type(error).__name__})")


def record(error: Exception) -> None:
    """Log an exception nobody foresaw: its class and the lines it passed through, without its text."""
    frames = [f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)]
    log.error("activity raised", activity=activity.info().activity_type, error=type(error).__name__, frames=frames)


class ErrorTranslation(Interceptor):
    """The worker interceptor that applies `translate` to every activity."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Translating(super().intercept_activity(next))


class _Translating(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        try:
            return await super().execute_activity(input)
        except (ApplicationError, CancelledError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - the one place where unknown errors are given a known form
            translated = translate(error)
        raise translated  # outside the except block: no context, hence no foreign text
