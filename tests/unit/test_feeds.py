"""Feeds of events, apart from what they tell of."""

import asyncio

import pytest

from api.feeds import Entry, Feed, Feeds
from tests.waiting import DEADLINE, until


class Growing(Feed):
    """Has an event more at each look."""

    async def look(self) -> None:
        number = self.last_number + 1
        self.add(Entry(number, b"event %d" % number))


async def test_what_happens_while_a_feed_is_opened_waits_for_no_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.feeds.POLL_SECONDS", 3600.0)
    feeds = Feeds[Growing]()

    async def opened() -> Growing:
        return Growing("search")

    feed = await feeds.get("search", opened)
    assert feed is not None
    try:
        async with asyncio.timeout(DEADLINE):
            watching = feed.watch(None, seconds=3600, heartbeat=3600)
            assert [await anext(watching), await anext(watching)][1] == b"event 1"
    finally:
        await feeds.close()


async def test_a_closed_feed_is_given_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.feeds.POLL_SECONDS", 3600.0)
    feeds = Feeds[Growing]()

    async def opened() -> Growing:
        return Growing("search")

    try:
        first = await feeds.get("search", opened)
        assert first is not None
        await first.refresh()
        first.close()

        async def forgotten() -> bool:
            return feeds.opened("search") is None

        await until(forgotten)
        assert await feeds.get("search", opened) is not first
    finally:
        await feeds.close()
