"""Planning and reading a source as a search does, without one."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from adapters.job_sources.errors import SourceFailure
from adapters.job_sources.http import Clock
from adapters.job_sources.registry import JobSources
from adapters.job_sources.source import Cursor, JobSource, Page, Plan
from domain.job_search import SearchParams, SearchSource
from domain.places import Resolution, load_gazetteer
from domain.source_ad import SourceAd
from domain.source_errors import SkipReason
from runtime.settings import Settings
from tests.stubs.job_boards import JobBoards

HASTE: dict[str, Any] = {"job_source_connect_seconds": 1, "job_source_read_seconds": 0.5}
"""Limits for sources that never answer."""


@dataclass
class Calls:
    """A budget of so many calls; None is no limit."""

    left: int | None = None
    taken: int = 0

    async def take(self, source: SearchSource) -> bool:
        if self.left == 0:
            return False
        self.taken += 1
        if self.left is not None:
            self.left -= 1
        return True

    async def is_spent(self, source: SearchSource) -> bool:
        return self.left == 0


def settings_of(boards: JobBoards, **changes: Any) -> Settings:
    """Settings that lead to these boards."""
    base: dict[str, Any] = {
        "database_url": "postgresql+psycopg://unused",
        "jwt_secret": "n" * 32,
        "secrets_key": "unused",
    }
    return Settings(_env_file=None, **{**base, **boards.settings(), **changes})


def utc_now() -> datetime:
    return datetime.now(UTC)


def sources_of(boards: JobBoards, budget: Calls | None = None, *, clock: Clock = utc_now, **changes: Any) -> JobSources:
    return JobSources(settings_of(boards, **changes), clock, budget or Calls(), load_gazetteer())


def asked(**params: Any) -> tuple[SearchParams, Resolution | None]:
    """The parameters of a search, and what its place was found to be."""
    wanted = SearchParams.model_validate(params)
    place = load_gazetteer().resolve(wanted.location) if wanted.location is not None else None
    return wanted.located(place), place


def planned(source: JobSource, **params: Any) -> Plan:
    plan = source.plan(*asked(**params))
    assert isinstance(plan, Plan), plan
    return plan


def skipped(source: JobSource, **params: Any) -> SkipReason:
    reason = source.plan(*asked(**params))
    assert isinstance(reason, SkipReason), reason
    return reason


@dataclass
class Reading:
    """All pages of a plan, in order."""

    pages: list[Page] = field(default_factory=list)

    @property
    def ads(self) -> list[SourceAd]:
        return [ad for page in self.pages for ad in page.ads]

    @property
    def ids(self) -> list[str]:
        return [ad.source_id for ad in self.ads]

    @property
    def invalid(self) -> int:
        return sum(page.invalid for page in self.pages)

    @property
    def total(self) -> int | None:
        return self.pages[-1].total

    @property
    def truncated(self) -> bool:
        return self.pages[-1].truncated


async def read(source: JobSource, **params: Any) -> Reading:
    """What the source gives for a search, page by page."""
    plan = planned(source, **params)
    reading = Reading()
    cursor: Cursor | None = None
    while True:
        page = await source.read_page(plan.query, cursor)
        reading.pages.append(page)
        if page.next is None:
            return reading
        cursor = page.next


async def failure(source: JobSource, **params: Any) -> SourceFailure:
    """How a reading fails."""
    try:
        await read(source, **params)
    except SourceFailure as error:
        return error
    raise AssertionError("it did not fail")


@asynccontextmanager
async def answering(*parts: bytes, pause: float = 0) -> AsyncGenerator[str]:
    """A server that answers every request with these bytes, pausing before each; its address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            for part in parts:
                await asyncio.sleep(pause)
                writer.write(part)
                await writer.drain()
        except OSError:
            pass
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
