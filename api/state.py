"""What the routes work with: one of each a process, opened and closed with the application."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from elasticsearch import AsyncElasticsearch
from fastapi import Depends, Request
from temporalio.client import Client

from adapters.object_store import ObjectStore
from adapters.search import search_client
from adapters.webhooks import WebhookSender
from db.engine import Database
from runtime.sealing import Sealer
from runtime.settings import Settings
from runtime.temporal import connect


@dataclass(frozen=True)
class State:
    """`queue` is the workflow queue that runs are started on."""

    settings: Settings
    database: Database
    store: ObjectStore
    temporal: Client
    search: AsyncElasticsearch
    webhooks: WebhookSender
    sealer: Sealer
    queue: str


@asynccontextmanager
async def open_state(settings: Settings, queue: str) -> AsyncGenerator[State]:
    """Open what the settings describe. Nothing is contacted yet: the API starts before its neighbours do."""
    database = Database(settings.database_url.get_secret_value())
    search = search_client(settings)
    webhooks = WebhookSender(settings.webhook_allowed_hosts)
    try:
        yield State(
            settings=settings,
            database=database,
            store=ObjectStore(settings),
            temporal=await connect(settings, lazy=True),
            search=search,
            webhooks=webhooks,
            sealer=Sealer(settings.secrets_key.get_secret_value()),
            queue=queue,
        )
    finally:
        await webhooks.close()
        await search.close()
        await database.close()


def state_of(request: Request) -> State:
    state: State = request.app.state.talentflow
    return state


Parts = Annotated[State, Depends(state_of)]
