"""What the routes work with: one of each a process, opened and closed with the application."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from elasticsearch import AsyncElasticsearch
from fastapi import Depends, Request
from temporalio.client import Client

from adapters.candidate_index import CandidateIndex
from adapters.job_sources.registry import JobSources
from adapters.object_store import ObjectStore
from adapters.search import search_client
from adapters.webhooks import WebhookSender
from api.feeds import Feed, Feeds
from api.job_events import SearchEvents
from api.job_limits import SearchLimits
from api.job_runs import SearchRuns
from api.job_status import SearchReader
from db.engine import Database
from db.job_budget import CallBudget
from domain.places import Gazetteer, load_gazetteer
from runtime.sealing import Sealer
from runtime.settings import Settings
from runtime.temporal import connect

SEARCH_SECONDS = 10
"""What a search may take: the facets of a large index on a busy machine are the slowest of it."""


@dataclass(frozen=True)
class State:
    """`queue` is the workflow queue that runs are started on."""

    settings: Settings
    database: Database
    store: ObjectStore
    temporal: Client
    search: AsyncElasticsearch
    index: CandidateIndex
    webhooks: WebhookSender
    sealer: Sealer
    places: Gazetteer
    job_sources: JobSources
    searches: SearchReader
    search_limits: SearchLimits
    search_events: SearchEvents
    cv_feeds: Feeds[Feed]
    queue: str

    def let_go(self) -> None:
        """End all streams of events: the process is about to stop."""
        self.search_events.let_go()
        self.cv_feeds.let_go()


@asynccontextmanager
async def open_state(settings: Settings, queue: str) -> AsyncGenerator[State]:
    """Open what the settings describe. Nothing is contacted yet: the API starts before its neighbours do."""
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url.get_secret_value())
        stack.push_async_callback(database.close)
        search = search_client(settings, seconds=SEARCH_SECONDS)
        stack.push_async_callback(search.close)
        webhooks = WebhookSender(settings.webhook_allowed_hosts)
        stack.push_async_callback(webhooks.close)
        places = await asyncio.to_thread(load_gazetteer)
        job_sources = JobSources(settings, lambda: datetime.now(UTC), CallBudget(database, settings), places)
        stack.push_async_callback(job_sources.close)
        temporal = await connect(settings, lazy=True)
        searches = SearchReader(database, SearchRuns(temporal))
        search_events = SearchEvents(settings.database_url.get_secret_value(), searches)
        stack.push_async_callback(search_events.close)
        cv_feeds = Feeds[Feed]()
        stack.push_async_callback(cv_feeds.close)
        yield State(
            settings=settings,
            database=database,
            store=ObjectStore(settings),
            temporal=temporal,
            search=search,
            index=CandidateIndex(search),
            webhooks=webhooks,
            sealer=Sealer(settings.secrets_key.get_secret_value()),
            places=places,
            job_sources=job_sources,
            searches=searches,
            search_limits=SearchLimits(database, settings),
            search_events=search_events,
            cv_feeds=cv_feeds,
            queue=queue,
        )


def state_of(request: Request) -> State:
    state: State = request.app.state.talentflow
    return state


Parts = Annotated[State, Depends(state_of)]
