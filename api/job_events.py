"""The searches that are watched in this process, and the one connection that hears of their changes."""

import asyncio
from contextlib import aclosing, suppress

from api.job_feed import Feed
from api.job_status import SearchReader, search_not_found
from db.job_searches import CHANNEL
from db.listening import announcements
from runtime.logging import get_logger

log = get_logger(__name__)

LISTEN_AGAIN_SECONDS = 1.0


class SearchEvents:
    """Gives every watcher of a search the same feed. Nothing is contacted before the first one comes."""

    def __init__(self, database_url: str, reader: SearchReader) -> None:
        self._url = database_url
        self._reader = reader
        self._feeds: dict[str, asyncio.Task[Feed | None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening: asyncio.Task[None] | None = None
        self._is_stopping = False

    async def feed(self, task_id: str, owner: str) -> Feed:
        """The events of the owner's search. Raises 404 for any other, 503 if it cannot be read."""
        opening = self._feeds.get(task_id)
        if opening is None:
            opening = self._feeds[task_id] = asyncio.create_task(self._open(task_id))
        # Those who come at the same time share the reading; one who leaves does not stop it.
        feed = await asyncio.shield(opening)
        if feed is None or feed.owner != owner:
            raise search_not_found()
        return feed

    def let_go(self) -> None:
        """End all streams, and those to come: the process is about to stop."""
        self._is_stopping = True
        for opening in self._feeds.values():
            if (feed := _opened(opening)) is not None:
                feed.close()

    async def close(self) -> None:
        """Stop following and listening."""
        self.let_go()
        running = [*self._feeds.values(), *self._tasks, *([self._listening] if self._listening else [])]
        for task in running:
            task.cancel()
        for task in running:
            with suppress(asyncio.CancelledError, Exception):
                await task

    async def _open(self, task_id: str) -> Feed | None:
        feed = None
        try:
            search = await self._reader.read(task_id, events_after=0)
            feed = Feed(search, self._reader) if search is not None else None
        finally:
            if feed is None:
                del self._feeds[task_id]
        if feed is not None:
            if self._is_stopping:
                feed.close()
            if self._listening is None:
                self._listening = asyncio.create_task(self._listen())
            following = asyncio.create_task(self._follow(task_id, feed))
            self._tasks.add(following)
            following.add_done_callback(self._tasks.discard)
        return feed

    async def _follow(self, task_id: str, feed: Feed) -> None:
        try:
            await feed.follow()
        finally:
            del self._feeds[task_id]

    async def _listen(self) -> None:
        """Wake the feeds that changes are announced of, and all of them when some may have been missed."""
        while True:
            async with aclosing(announcements(self._url, CHANNEL)) as heard:
                async for task_id in heard:
                    for opening in [self._feeds.get(task_id)] if task_id else list(self._feeds.values()):
                        if (feed := _opened(opening)) is not None:
                            feed.wake()
            log.warning("changes of searches are not announced; looking every second")
            await asyncio.sleep(LISTEN_AGAIN_SECONDS)


def _opened(opening: asyncio.Task[Feed | None] | None) -> Feed | None:
    """The feed that was opened, if it was."""
    if opening is None or not opening.done() or opening.cancelled() or opening.exception() is not None:
        return None
    return opening.result()
