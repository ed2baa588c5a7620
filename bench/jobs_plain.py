"""The plain alternative to a search: the same readers of the sources, called one after the other in one process."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from adapters.job_sources.registry import JobSources
from adapters.job_sources.source import Plan
from bench.cv import JobFailed
from domain.job_search import SearchParams, SearchSource
from domain.places import load_gazetteer
from runtime.settings import Settings


class _NoBudget:
    """Calls are not counted."""

    async def take(self, source: SearchSource) -> bool:
        return True

    async def is_spent(self, source: SearchSource) -> bool:
        return False


async def read_in_turn(environment: Mapping[str, str]) -> dict[SearchSource, float]:
    """Seconds that each source takes for the search that the stack is asked. Raises `JobFailed`."""
    settings = Settings.model_validate({name.lower(): value for name, value in environment.items()})
    sources = JobSources(settings, lambda: datetime.now(UTC), _NoBudget(), load_gazetteer())
    seconds: dict[SearchSource, float] = {}
    try:
        for name, source in sources.by_name.items():
            plan = source.plan(SearchParams(keywords="Python"), None)
            if not isinstance(plan, Plan):
                raise JobFailed(f"{name} cannot be asked")
            begun = time.monotonic()
            cursor = None
            for _ in range(plan.query.pages):
                page = await source.read_page(plan.query, cursor)
                cursor = page.next
                if cursor is None:
                    break
            seconds[name] = time.monotonic() - begun
    finally:
        await sources.close()
    return seconds
