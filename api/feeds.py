"""Streams of events: what happens to one thing is read once in this process, and sent to any number of clients."""

import asyncio
import json
import re
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import Response
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from runtime.logging import get_logger
from runtime.settings import Settings

log = get_logger(__name__)

POLL_SECONDS = 1.0
"""How long a change may go unseen that nobody announced."""

LINGERING_POLLS = 5
"""How often an unwatched feed still looks: clients that were cut off come again."""

RETRY_MS = 2000

_NUMBER = re.compile(r"[0-9]{1,18}")
_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


@dataclass(frozen=True)
class Entry:
    """What is sent at a place of the log; `is_done` is the last one's."""

    seq: int
    text: bytes
    is_done: bool = False


class Feed(ABC):
    """Follows one thing from its first event to its end, for as long as somebody watches.

    The log is kept from its beginning, so that whoever comes later or again is served from here.
    """

    def __init__(self, name: str) -> None:
        """`name` is what logs call the thing."""
        self._name = name
        self._entries: list[Entry] = []
        self._changed = asyncio.Event()
        self._awake = asyncio.Event()
        self._awake.set()  # what was announced while the feed was being opened, nobody has heard
        self._looking = asyncio.Lock()
        self._watchers = 0
        self.is_closed = False

    @abstractmethod
    async def look(self) -> None:
        """Add what has happened since the last look. Not called any more once the end is in the log."""

    def begin(self, last_seen: int | None) -> tuple[bytes, int]:
        """What a client is sent first that saw the events up to a number, or none, and the number it goes on after."""
        return b"", last_seen or 0

    @property
    def is_over(self) -> bool:
        """Whether the end is in the log."""
        return bool(self._entries) and self._entries[-1].is_done

    @property
    def last_number(self) -> int:
        """The number of the last event in the log, 0 of none."""
        return self._entries[-1].seq if self._entries else 0

    def wake(self) -> None:
        """Something has happened: look now."""
        self._awake.set()

    def close(self) -> None:
        """Let all watchers go, once they have what is in the log; they come again, to whichever process there is."""
        self.is_closed = True
        self._changed.set()
        self._awake.set()  # so that nobody who comes now is given it

    def had_all(self, last_seen: int | None) -> bool:
        """Whether a client that saw the event of this number has seen the end."""
        return self.is_over and self.last_number == last_seen

    async def refresh(self) -> None:
        """Have in the log what has happened by now. Raises what the neighbours raise that cannot be asked."""
        async with self._looking:
            if not self.is_over and not self.is_closed:
                await self.look()

    def add(self, *entries: Entry) -> None:
        """Put these at the end of the log, and tell the watchers."""
        self._entries += entries
        self._changed.set()
        self._changed = asyncio.Event()

    async def follow(self) -> None:
        """Take in what happens, until nobody has watched for a moment. Then the feed is closed."""
        unwatched = 0
        while unwatched < LINGERING_POLLS and not self.is_closed:
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._awake.wait()
            except TimeoutError:
                unwatched = 0 if self._watchers else unwatched + 1
            self._awake.clear()
            try:
                await self.refresh()
            except Exception as error:  # noqa: BLE001 - a neighbour is away: the next look may succeed
                log.warning("events not read", of=self._name, error=type(error).__name__)
        self.close()

    async def watch(self, last_seen: int | None, *, seconds: float, heartbeat: float) -> AsyncGenerator[bytes]:
        """The stream of a client that has seen the events up to a number, or none.

        It ends with the log, or after `seconds`. A comment is sent when nothing else was for `heartbeat` seconds.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        self._watchers += 1
        try:
            yield format_sse_event(retry=RETRY_MS)
            first, last_seen = self.begin(last_seen)
            if first:
                yield first
            place = bisect_right(self._entries, last_seen, key=lambda entry: entry.seq)
            if self.is_over:
                place = min(place, len(self._entries) - 1)
            while True:
                changed = self._changed
                while place < len(self._entries):
                    entry = self._entries[place]
                    place += 1
                    yield entry.text
                    if entry.is_done:
                        return
                if self.is_closed or clock() >= until:
                    return
                try:
                    async with asyncio.timeout(min(heartbeat, until - clock())):
                        await changed.wait()
                except TimeoutError:
                    yield format_sse_event(comment="")
        finally:
            self._watchers -= 1


F = TypeVar("F", bound=Feed)


class Feeds(Generic[F]):
    """The feeds that are watched in this process: everybody who watches a thing is given the same one."""

    def __init__(self) -> None:
        self._opening: dict[str, asyncio.Task[F | None]] = {}
        self._following: set[asyncio.Task[None]] = set()
        self._is_stopping = False

    async def get(self, name: str, open_feed: Callable[[], Awaitable[F | None]]) -> F | None:
        """The feed of this name, opened if there is none yet; None if there is nothing to follow."""
        opening = self._opening.get(name)
        if opening is None:
            opening = self._opening[name] = asyncio.create_task(self._open(name, open_feed))
        # Those who come at the same time share the reading; one who leaves does not stop it.
        return await asyncio.shield(opening)

    def opened(self, name: str) -> F | None:
        """The feed of this name, if there is one by now."""
        opening = self._opening.get(name)
        if opening is None or not opening.done() or opening.cancelled() or opening.exception() is not None:
            return None
        return opening.result()

    def all_opened(self) -> list[F]:
        return [feed for name in self._opening if (feed := self.opened(name)) is not None]

    def let_go(self) -> None:
        """End all streams, and those to come: the process is about to stop."""
        self._is_stopping = True
        for feed in self.all_opened():
            feed.close()

    async def close(self) -> None:
        """Stop following."""
        self.let_go()
        running = [*self._opening.values(), *self._following]
        for task in running:
            task.cancel()
        for task in running:
            with suppress(asyncio.CancelledError, Exception):
                await task

    async def _open(self, name: str, open_feed: Callable[[], Awaitable[F | None]]) -> F | None:
        feed = None
        try:
            feed = await open_feed()
        finally:
            if feed is None:
                del self._opening[name]
        if feed is not None:
            if self._is_stopping:
                feed.close()
            following = asyncio.create_task(self._follow(name, feed))
            self._following.add(following)
            following.add_done_callback(self._following.discard)
        return feed

    async def _follow(self, name: str, feed: F) -> None:
        try:
            await feed.follow()
        finally:
            del self._opening[name]


def event_text(kind: str, data: dict[str, Any], seq: int | None = None) -> bytes:
    """An event as it is sent; one without a number is not one that a client can go on after."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return format_sse_event(event=kind, data_str=written, id=str(seq) if seq is not None else None)


async def event_stream(feed: Feed, last_event_id: str | None, settings: Settings) -> Response:
    """The answer to a client: the events after the `Last-Event-ID` it sent, or 204 if that was the last one."""
    seen = int(last_event_id) if last_event_id and _NUMBER.fullmatch(last_event_id) else None
    if seen is not None and seen > feed.last_number:
        await feed.refresh()  # another process may have told it before this one has looked
    if feed.had_all(seen):
        return Response(status_code=204)
    events = feed.watch(seen, seconds=settings.job_stream_seconds, heartbeat=settings.job_stream_heartbeat_seconds)
    return StreamingResponse(events, media_type="text/event-stream", headers=_HEADERS)
