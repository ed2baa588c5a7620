"""Retry policies and bounds shared by the workflows, and what a failure is called towards users."""

from datetime import timedelta

from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.exceptions import TimeoutError as StepTimeout

from activities.contracts import INTERNAL_ERROR, TIMED_OUT, Failure

QUICK = timedelta(seconds=10)
"""One attempt of a step that only touches the database or the object store."""

UNTIL_DONE = RetryPolicy(
    initial_interval=timedelta(milliseconds=500), backoff_coefficient=2, maximum_interval=timedelta(seconds=30)
)
"""Retried for as long as it takes: what was decided must be recorded."""

_TOLD = frozenset(str(kind) for kind in Failure if kind is not Failure.UNEXPECTED)


def failure_of(error: BaseException) -> tuple[str, str]:
    """The user's sentence and the operator's type of a failed step.

    Our own failures carry a fixed French sentence; anything else is an internal error, whose text stays in history.
    """
    cause = innermost(error)
    if isinstance(cause, ApplicationError) and cause.type in _TOLD:
        return cause.message, cause.type
    if isinstance(cause, StepTimeout):
        return TIMED_OUT, type(cause).__name__
    if isinstance(cause, FailureError):
        return INTERNAL_ERROR, getattr(cause, "type", None) or type(cause).__name__
    return INTERNAL_ERROR, type(error).__name__


def innermost(error: BaseException) -> BaseException:
    """What an activity or child itself said, beneath what Temporal adds: a budget that ended has the last failure."""
    while isinstance(error, FailureError) and not isinstance(error, ApplicationError) and error.cause is not None:
        error = error.cause
    return error


def attempts_of(error: BaseException) -> int:
    """How many tries a failed activity had, as far as its failure tells."""
    cause = innermost(error)
    if isinstance(cause, ApplicationError) and cause.details and isinstance(cause.details[0], int):
        return cause.details[0]
    return 1
