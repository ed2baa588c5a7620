"""The events of one search for all who watch it here: read once, written once, sent to any number of clients."""

import asyncio
import json
from bisect import bisect_right
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from fastapi.sse import format_sse_event

from api.job_answers import counts_of, status_answer, told_error
from api.job_offers import arrival
from api.job_status import Facts, Search, SearchReader
from db.tables import JobSearchEvent
from runtime.logging import get_logger

log = get_logger(__name__)

POLL_SECONDS = 1.0
"""How long a change may go unseen when its announcement is lost."""

LINGERING_POLLS = 5
"""How often an unwatched feed still looks: clients that were cut off come again."""

RETRY_MS = 2000


@dataclass(frozen=True)
class Entry:
    """What is sent at a place of the log; `is_done` is the last one's."""

    seq: int
    text: bytes
    is_done: bool = False


class Feed:
    """Follows a search from its first event to its end, for as long as somebody watches.

    The log is kept from its beginning, so that whoever comes later or again is served from here.
    """

    def __init__(self, search: Search, reader: SearchReader) -> None:
        """`search` was read with all its events."""
        self.owner = search.owner
        self._reader = reader
        self._search = search
        self._entries: list[Entry] = []
        self._ids: set[int] = set()
        self._snapshot: Entry | None = None
        self._changed = asyncio.Event()
        self._awake = asyncio.Event()
        self._watchers = 0
        self.is_closed = False
        if _is_whole(search):
            self._ids.add(0)
        self._take(search)

    @property
    def is_over(self) -> bool:
        """Whether the end is in the log."""
        return bool(self._entries) and self._entries[-1].is_done

    def wake(self) -> None:
        """Something has happened: look now."""
        self._awake.set()

    def close(self) -> None:
        """Let all watchers go; they come again, to whichever process there is."""
        self.is_closed = True
        self._changed.set()

    def had_all(self, last_seen: int | None) -> bool:
        """Whether a client that saw the event of this number has seen the end."""
        return self.is_over and self._entries[-1].seq == last_seen

    async def follow(self) -> None:
        """Take in what happens, until nobody has watched for a moment. Then the feed is closed."""
        seen = None
        unwatched = 0
        while unwatched < LINGERING_POLLS and not self.is_closed:
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._awake.wait()
            except TimeoutError:
                unwatched = 0 if self._watchers else unwatched + 1
            self._awake.clear()
            try:
                seen = seen if self.is_over else await self._look(seen)
            except Exception as error:  # noqa: BLE001 - a neighbour is away: the next look may succeed
                log.warning("search not read", task_id=self._search.task_id, error=type(error).__name__)
        self.close()

    async def _look(self, seen: object) -> object:
        """Read the search again if anything has changed since what was `seen`."""
        task_id = self._search.task_id
        mark = await self._reader.mark(task_id)
        run = await self._reader.runs.describe(task_id)
        if (mark, run.state) == seen:
            return seen
        search = await self._reader.read(task_id, events_after=self._search.last_seq)
        if search is None:
            self.close()  # deleted
        else:
            self._take(search)
        return mark, run.state

    def _take(self, search: Search) -> None:
        """Add to the log what has happened since the last reading."""
        self._search, self._snapshot = search, None
        for event in search.facts.events if search.facts is not None else ():
            if event.kind != "done":
                assert search.facts is not None  # noqa: S101 - for the type checker
                self._add(event.seq, _text(event.kind, _told(event, search.facts), event.seq))
                self._add(event.seq, _text("progress", _progress(search)))
        if search.is_terminal:
            decided = search.facts is not None and search.facts.row.outcome is not None
            # An end that is not recorded yet will be under the next number.
            seq = search.last_seq if decided else search.last_seq + 1
            self._entries.append(Entry(seq, _text("done", status_answer(search, with_offers=False), seq), is_done=True))
        self._changed.set()
        self._changed = asyncio.Event()

    def _add(self, seq: int, text: bytes) -> None:
        self._ids.add(seq)
        self._entries.append(Entry(seq, text))

    def _snapshot_entry(self) -> Entry:
        if self._snapshot is None:
            seq = self._search.last_seq
            self._snapshot = Entry(seq, _text("snapshot", status_answer(self._search, with_offers=True), seq))
        return self._snapshot

    async def watch(self, last_seen: int | None, *, seconds: float, heartbeat: float) -> AsyncGenerator[bytes]:
        """The stream of a client that has seen the events up to a number, or none.

        It ends with the search, or after `seconds`. A comment is sent when nothing else was for `heartbeat` seconds.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        self._watchers += 1
        try:
            yield format_sse_event(retry=RETRY_MS)
            if last_seen not in self._ids:
                snapshot = self._snapshot_entry()
                last_seen = snapshot.seq
                yield snapshot.text
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


def _is_whole(search: Search) -> bool:
    """Whether the log still begins with the first event."""
    if search.facts is None or not search.facts.events:
        return search.last_seq == 0
    first = search.facts.events[0]
    return bool(first.data.get("from_seq", first.seq) == 1)


def _text(kind: str, data: dict[str, Any], seq: int | None = None) -> bytes:
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return format_sse_event(event=kind, data_str=written, id=str(seq) if seq is not None else None)


def _progress(search: Search) -> dict[str, Any]:
    return {
        "status": search.state,
        "message": search.message,
        "progress": search.progress,
        "count": search.count,
    }


def _told(event: JobSearchEvent, facts: Facts) -> dict[str, Any]:
    """What a stored event says, with what the tables know about it."""
    data: dict[str, Any] = dict(event.data)
    if event.kind == "offers":
        ads = [arrival(ad) for ad in facts.ads if data["from_seq"] <= ad.seq <= data["to_seq"]]
        return data | {"count": len(ads), "offers": ads}
    source = facts.sources.get(data["source"])
    has_ended = data["status"] not in ("queued", "running")
    told = {"source": data["source"], "status": data["status"], "counts": counts_of(source if has_ended else None)}
    if has_ended and source is not None and source.error is not None:
        told["error"] = told_error(source.error)
    return told
