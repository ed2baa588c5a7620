"""The events of one search for all who watch it here: read once, written once, sent to any number of clients."""

from typing import Any

from api.feeds import Entry, Feed, event_text
from api.job_answers import counts_of, status_answer, told_error
from api.job_offers import arrival
from api.job_status import Facts, Search, SearchReader
from db.tables import JobSearchEvent


class SearchFeed(Feed):
    """The log of one search, and for whoever has seen nothing of it, how it stands."""

    def __init__(self, search: Search, reader: SearchReader) -> None:
        """`search` was read with all its events."""
        super().__init__(search.task_id)
        self.owner = search.owner
        self._reader = reader
        self._search = search
        self._seen: object = None
        self._ids: set[int] = set()
        self._snapshot: Entry | None = None
        if _is_whole(search):
            self._ids.add(0)
        self._take(search)

    def begin(self, last_seen: int | None) -> tuple[bytes, int]:
        if last_seen is not None and last_seen in self._ids:
            return b"", last_seen
        snapshot = self._snapshot_entry()
        return snapshot.text, snapshot.seq

    async def look(self) -> None:
        """Read the search again if anything has changed since the last look."""
        task_id = self._search.task_id
        mark = await self._reader.mark(task_id)
        run = await self._reader.runs.describe(task_id)
        if (mark, run.state) == self._seen:
            return
        search = await self._reader.read(task_id, events_after=self._search.last_seq)
        if search is None:
            self.close()  # deleted
        else:
            self._take(search)
        self._seen = mark, run.state

    def _take(self, search: Search) -> None:
        """Add to the log what has happened since the last reading."""
        self._search, self._snapshot = search, None
        entries: list[Entry] = []
        for event in search.facts.events if search.facts is not None else ():
            if event.kind != "done":
                assert search.facts is not None  # noqa: S101 - for the type checker
                self._ids.add(event.seq)
                entries.append(Entry(event.seq, event_text(event.kind, _told(event, search.facts), event.seq)))
                entries.append(Entry(event.seq, event_text("progress", _progress(search))))
        if search.is_terminal:
            decided = search.facts is not None and search.facts.row.outcome is not None
            # The end comes after those of the sources that it ends, also where it is not recorded yet.
            seq = search.last_seq if decided else search.last_seq + _left_open(search) + 1
            done = event_text("done", status_answer(search, with_offers=False), seq)
            entries.append(Entry(seq, done, is_done=True))
        self.add(*entries)

    def _snapshot_entry(self) -> Entry:
        if self._snapshot is None:
            seq = self._search.last_seq
            self._snapshot = Entry(seq, event_text("snapshot", status_answer(self._search, with_offers=True), seq))
        return self._snapshot


def _is_whole(search: Search) -> bool:
    """Whether the log still begins with the first event."""
    if search.facts is None or not search.facts.events:
        return search.last_seq == 0
    first = search.facts.events[0]
    return bool(first.data.get("from_seq", first.seq) == 1)


def _left_open(search: Search) -> int:
    """How many sources have no end of their own."""
    if search.facts is None:
        return 0
    sources = search.facts.sources
    ended = [name for name, source in sources.items() if source.state is not None]
    return len(search.facts.row.plan) - len(ended)


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
