"""The one end of a search for job offers: what it came to, counted over what is stored."""

from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from db.job_recording import end_left_sources, end_search, lock_open
from db.job_results import found_ads, openings
from db.job_searches import facts_of, get_search, sources_of
from db.tables import JobSearch
from domain.job_search import SearchParams
from domain.search_outcome import Verdict, progress, verdict
from domain.source_errors import message_of, source_error

Ending = Literal["done", "cancelled", "lost"]


async def close_search(session: AsyncSession, task_id: str, ending: Ending) -> JobSearch | None:
    """Decide the search; a decided one stays as it is. Sources that have not ended end with it.

    `lost`: its run is gone without having closed it. None if there is no such search.
    """
    search = await lock_open(session, task_id)
    if search is None:
        return await get_search(session, task_id)
    before = progress("processing", facts_of(search, await sources_of(session, task_id)))
    if ending == "cancelled":
        sources = await end_left_sources(session, search, "cancelled", None)
    else:
        sources = await end_left_sources(session, search, "timed_out", source_error("worker_lost"))
    params = SearchParams.model_validate(search.params)
    found = len((await openings(await found_ads(session, task_id), params)).groups)
    counts = {"found": found, "listed": min(found, params.max_results)}
    if ending == "cancelled":
        await end_search(session, search, "cancelled", {**counts, "progress": before})
    elif ending == "lost":
        lost = {"error": message_of("worker_lost"), "error_code": "worker_lost", "progress": before}
        await end_search(session, search, "failed", {**counts, **lost})
    else:
        facts = facts_of(search, sources)
        end = verdict(facts)
        told = {**_told(end), "progress": progress(end.state, facts)}
        await end_search(session, search, end.state, {**counts, **told})
    return search


def _told(end: Verdict) -> dict[str, object]:
    return {
        "partial": end.partial,
        "cached": end.cached,
        "cached_at": end.cached_at,
        "notice": end.notice,
        "error": end.error,
        "error_code": end.error_code,
    }
