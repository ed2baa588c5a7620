"""Compensations: what undoes the steps of a run that does not come to its end."""

from collections.abc import Awaitable, Callable

from temporalio.exceptions import FailureError

Undo = Callable[[], Awaitable[None]]


class Saga:
    """Compensations in the order in which they are added, undone last in, first out.

    One is added *before* its step, which may take effect and still report failure: it accepts "never happened".
    """

    def __init__(self) -> None:
        self._steps: list[tuple[str, Undo]] = []

    def add(self, name: str, undo: Undo) -> None:
        self._steps.append((name, undo))

    async def compensate(self) -> list[tuple[str, FailureError]]:
        """Undo all of it; what could not be undone, with the reason, does not keep the rest from being undone."""
        failed: list[tuple[str, FailureError]] = []
        while self._steps:
            name, undo = self._steps.pop()
            try:
                await undo()
            except FailureError as error:  # not Exception: a defect must not pass for an outcome
                failed.append((name, error))
        return failed
