"""The searches that are watched in this process, and the one connection that hears of their changes."""

import asyncio
from contextlib import aclosing, suppress

from api.feeds import Feeds
from api.job_feed import SearchFeed
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
        self._feeds = Feeds[SearchFeed]()
        self._listening: asyncio.Task[None] | None = None

    async def feed(self, task_id: str, owner: str) -> SearchFeed:
        """The events of the owner's search. Raises 404 for any other, 503 if it cannot be read."""
        feed = await self._feeds.get(task_id, lambda: self._open(task_id))
        if feed is None or feed.owner != owner:
            raise search_not_found()
        if feed.is_over and await self._reader.is_deleted(task_id):  # an ended search is not looked at any more
            raise search_not_found()
        return feed

    def let_go(self) -> None:
        """End all streams, and those to come: the process is about to stop."""
        self._feeds.let_go()

    async def close(self) -> None:
        """Stop following and listening."""
        await self._feeds.close()
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await self._listening

    async def _open(self, task_id: str) -> SearchFeed | None:
        search = await self._reader.read(task_id, events_after=0)
        if search is None:
            return None
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        return SearchFeed(search, self._reader)

    async def _listen(self) -> None:
        """Wake the feeds that changes are announced of, and all of them when some may have been missed."""
        while True:
            async with aclosing(announcements(self._url, CHANNEL)) as heard:
                async for task_id in heard:
                    for feed in [self._feeds.opened(task_id)] if task_id else self._feeds.all_opened():
                        if feed is not None:
                            feed.wake()
            log.warning("changes of searches are not announced; looking every second")
            await asyncio.sleep(LISTEN_AGAIN_SECONDS)
