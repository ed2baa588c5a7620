"""What the search index can answer other than success, in fixed words: its own texts quote documents."""

from collections.abc import Generator
from contextlib import contextmanager

from elasticsearch import ApiError, ConnectionTimeout, TransportError


class IndexUnavailable(Exception):
    """The search server is away or too busy: worth another try later."""


class IndexRejected(Exception):
    """The search server refuses the request: no retry will change that."""


class IndexMissing(Exception):
    """There is no index under this name."""


@contextmanager
def translated() -> Generator[None]:
    """Raise one of the errors above in place of the client's."""
    try:
        yield
    except (ApiError, TransportError) as error:
        raise _failure(error) from None


def refusal(status: int, kind: str | None = None) -> Exception:
    """The error that stands for an HTTP status, where `kind` is the server's name of it."""
    if status in (408, 429) or status >= 500:
        return IndexUnavailable(f"HTTP {status}")
    if kind == "index_not_found_exception":
        return IndexMissing("No such index")
    return IndexRejected(f"HTTP {status}")


def _failure(error: ApiError | TransportError) -> Exception:
    if isinstance(error, ApiError):
        return refusal(error.status_code, error.error)
    return IndexUnavailable("Connection timeout" if isinstance(error, ConnectionTimeout) else "Connection error")
