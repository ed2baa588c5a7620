"""How a reader of a job source fails: with one of the codes of `domain.source_errors`, and nothing foreign attached."""

from domain.source_errors import ErrorCode, SourceError, source_error


class SourceFailure(Exception):
    """A source did not give what was asked; `error` is French and safe to show, log and store."""

    def __init__(self, code: ErrorCode, about: str | None = None, *, retry_after: float | None = None) -> None:
        """`about`: the reason that the sentence gives; `retry_after`: seconds that the source asks to wait."""
        self.error: SourceError = source_error(code, about, retry_after=retry_after)
        super().__init__(self.error.message)

    @property
    def code(self) -> str:
        return self.error.code

    @property
    def retryable(self) -> bool:
        return self.error.retryable

    @property
    def retry_after(self) -> float | None:
        return self.error.retry_after
