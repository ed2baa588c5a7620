"""One HTTP call to a job source: bounded in time and size, never repeated, its failures told by code.

The URLs and headers of these calls carry keys, so nothing of a request but its URL without the query is ever logged,
and an error keeps no link to the library's own, which knows the request.
"""

import asyncio
import email.utils
import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from pydantic import JsonValue

from adapters.job_sources.errors import SourceFailure
from runtime.logging import get_logger

log = get_logger(__name__)

Clock = Callable[[], datetime]
"""The time now, in UTC."""

_JSON_TYPES = ("application/json", "text/json")


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one call: seconds to connect and seconds to have the whole answer, and bytes of the answer, unpacked."""

    connect: float = 3
    read: float = 10
    body: int = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What a source answered; `retry_after` in seconds."""

    status: int
    headers: httpx.Headers
    body: bytes
    retry_after: float | None

    @property
    def is_json(self) -> bool:
        """Whether it says that it is JSON, or does not say what it is."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return not kind or kind in _JSON_TYPES or kind.endswith("+json")

    def json(self) -> JsonValue:
        """The body. Raises `SourceFailure` (`bad_payload`) when it is not JSON, or cut short."""
        try:
            parsed: JsonValue = json.loads(self.body, parse_float=_finite, parse_constant=_no_number)
        except (ValueError, RecursionError):
            readable = False
        else:
            readable = self.is_json
        if not readable:
            raise SourceFailure("bad_payload")  # out here: the library's error would quote the body
        return parsed


class SourceHttp:
    """The HTTP client of one source; `name` is the source's, for the log."""

    def __init__(self, name: str, client: httpx.AsyncClient, limits: Limits, clock: Clock) -> None:
        self._name = name
        self._client = client
        self._limits = limits
        self._clock = clock

    async def get(
        self, url: str, params: Mapping[str, str | list[str]], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One GET, whatever its status; a list is a parameter given several times.

        Raises `SourceFailure`: `connect_failed`, `timeout`, `bad_payload`.
        """
        return await self._send(
            self._client.build_request("GET", url, params=dict(params) or None, headers=headers, timeout=self._timeout)
        )

    async def post_form(self, url: str, form: Mapping[str, str]) -> Answer:
        """One POST of a form, as `get`."""
        return await self._send(self._client.build_request("POST", url, data=dict(form), timeout=self._timeout))

    @property
    def _timeout(self) -> httpx.Timeout:
        return httpx.Timeout(self._limits.read, connect=self._limits.connect, pool=self._limits.connect)

    async def _send(self, request: httpx.Request) -> Answer:
        started = time.monotonic()
        outcome = await self._outcome(request)
        log.info(
            "job source called",
            source=self._name,
            url=str(request.url.copy_with(query=None)),
            outcome=outcome.code if isinstance(outcome, SourceFailure) else outcome.status,
            milliseconds=round((time.monotonic() - started) * 1000),
        )
        if isinstance(outcome, SourceFailure):
            raise outcome
        return outcome

    async def _outcome(self, request: httpx.Request) -> Answer | SourceFailure:
        try:
            # The client's own limit starts again with every byte; this one bounds the whole call.
            async with asyncio.timeout(self._limits.connect + self._limits.read):
                response = await self._client.send(request, stream=True, follow_redirects=False)
                try:
                    body = await self._body(response)
                finally:
                    await response.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return SourceFailure("connect_failed")
        except (httpx.TimeoutException, TimeoutError):
            return SourceFailure("timeout")
        except httpx.DecodingError:
            return SourceFailure("bad_payload")
        except httpx.HTTPError:
            return SourceFailure("connect_failed")
        if body is None:
            return SourceFailure("bad_payload")
        return Answer(response.status_code, response.headers, body, self._retry_after(response.headers))

    async def _body(self, response: httpx.Response) -> bytes | None:
        """The whole body, unpacked, or None when it is too long."""
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._limits.body:
                return None
        return bytes(body)

    def _retry_after(self, headers: httpx.Headers) -> float | None:
        """The seconds of a Retry-After header, given as a number or as an HTTP date."""
        written = headers.get("retry-after")
        if not written:
            return None
        try:
            seconds = float(written)
        except ValueError:
            try:
                when = email.utils.parsedate_to_datetime(written)
            except ValueError:
                return None
            seconds = (when.replace(tzinfo=when.tzinfo or UTC) - self._clock()).total_seconds()
        return max(seconds, 0.0) if math.isfinite(seconds) else None


def failure_of(answer: Answer) -> SourceFailure | None:
    """What the status says where a source has no meaning of its own for it; None for a success."""
    status = answer.status
    if 200 <= status < 300:
        return None
    if status == 401:
        return SourceFailure("auth_failed")
    if status == 403:
        return SourceFailure("blocked")
    if status == 429:
        return SourceFailure("rate_limited", retry_after=answer.retry_after)
    if status == 408:
        return SourceFailure("timeout")
    if status >= 500:
        return SourceFailure("upstream_5xx", retry_after=answer.retry_after)
    if status >= 400:
        return SourceFailure("bad_request", f"statut {status}")
    return SourceFailure("bad_payload")  # a redirect leads to a page for people


def _finite(written: str) -> float | None:
    """A number of JSON that is too large for us is unknown."""
    number = float(written)
    return number if math.isfinite(number) else None


def _no_number(_constant: str) -> None:
    """`NaN` and `Infinity` are not JSON, whatever Python's reader accepts."""
    raise ValueError
