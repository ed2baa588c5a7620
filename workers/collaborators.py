"""What activities work with, opened once a process."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from activities.run_watch import RunWatch
from adapters.candidate_index import CandidateIndex
from adapters.job_sources.registry import JobSources
from adapters.mailer import Mailer
from adapters.object_store import ObjectStore
from adapters.search import search_client
from adapters.webhooks import WebhookSender
from db.engine import Database
from db.job_budget import CallBudget
from domain.places import load_gazetteer
from runtime.sealing import Sealer
from runtime.settings import Settings

if TYPE_CHECKING:
    from adapters.llm import LlmExtractor


SEARCH_CONNECTIONS = 8
"""Hundreds of searches may have something to record at the same moment, and other steps must not wait for them."""


@dataclass(frozen=True)
class Collaborators:
    """One of each a process. `llm` and `mailer` are None where none is configured.

    `search_database` is the same database over few connections, for which searches wait in turn.
    """

    database: Database
    search_database: Database
    store: ObjectStore
    sender: WebhookSender
    sealer: Sealer
    index: CandidateIndex
    job_sources: JobSources
    run_watch: RunWatch
    mailer: Mailer | None
    llm: "LlmExtractor | None"


@asynccontextmanager
async def collaborators(settings: Settings) -> AsyncGenerator[Collaborators]:
    """Open the collaborators that the settings describe, and close them at the end."""
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url.get_secret_value(), pool_size=20)
        stack.push_async_callback(database.close)
        search_database = Database(
            settings.database_url.get_secret_value(),
            pool_size=SEARCH_CONNECTIONS,
            max_overflow=0,
            pool_timeout=settings.job_search_timeout,
        )
        stack.push_async_callback(search_database.close)
        sender = WebhookSender(settings.webhook_allowed_hosts)
        stack.push_async_callback(sender.close)
        search = search_client(settings)
        stack.push_async_callback(search.close)
        job_sources = JobSources(settings, lambda: datetime.now(UTC), CallBudget(database, settings), load_gazetteer())
        stack.push_async_callback(job_sources.close)
        run_watch = RunWatch(search_database)
        stack.push_async_callback(run_watch.close)
        llm = _llm(settings) if settings.uses_llm else None
        if llm is not None:
            stack.push_async_callback(llm.close)
        yield Collaborators(
            database=database,
            search_database=search_database,
            store=ObjectStore(settings),
            sender=sender,
            sealer=Sealer(settings.secrets_key.get_secret_value()),
            index=CandidateIndex(search),
            job_sources=job_sources,
            run_watch=run_watch,
            mailer=Mailer(settings) if settings.smtp_host else None,
            llm=llm,
        )


def _llm(settings: Settings) -> "LlmExtractor":
    from adapters.llm import LlmExtractor  # loads the OpenAI client: for those that use it

    key = settings.openai_api_key
    return LlmExtractor(
        key.get_secret_value() if key else "none",  # compatible servers on one's own machine ask for none
        settings.openai_model,
        settings.openai_base_url,
        settings.openai_timeout_seconds,
        max_characters=settings.llm_max_characters,
    )
