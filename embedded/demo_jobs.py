"""The demonstration's fourth part: search for job offers, showing them arrive source by source."""

import asyncio
from typing import Any

import httpx

from embedded.demo_validation import json_of, log_in
from embedded.seed import CANDIDATE

LIMIT_SECONDS = 90
SEARCH = {"keywords": "Python", "location": "Paris"}
_SHOWN = 3


async def search_jobs(client: httpx.AsyncClient) -> bool:
    """Search as a candidate, show each source and the offers; whether the search ended with offers.

    Without network and keys the catalogue alone answers: the other sources say why they do not.
    """
    headers = {"Authorization": await log_in(client, CANDIDATE)}
    asked = " ".join(SEARCH.values())
    print(f"\n{CANDIDATE.email} searches job offers: {asked}")
    started = json_of(await client.post("/api/v1/jobs/search/async", params=SEARCH, headers=headers), 202)
    async with asyncio.timeout(LIMIT_SECONDS):
        ended = await _follow(client, started["links"]["status"], headers)
    print(f"  {ended['message']} {ended.get('notice') or ''}".rstrip())
    for offer in ended["offers"][:_SHOWN]:
        print(f"  {offer['title']}, {offer['company'] or 'entreprise non nommée'} ({offer['source_platform']})")
    return ended["status"] == "completed" and bool(ended["offers"])


async def _follow(client: httpx.AsyncClient, status: str, headers: dict[str, str]) -> dict[str, Any]:
    shown: dict[str, str] = {}
    while True:
        search = json_of(await client.get(status, headers=headers), 200)
        for source, state in search["sources"].items():
            told = _told(state)
            if shown.get(source) != told:
                shown[source] = told
                print(f"  [{search['progress']:>3} %] {source:<20} {told}", flush=True)
        if search["status"] not in ("pending", "processing"):
            return search
        await asyncio.sleep(0.1)


def _told(state: dict[str, Any]) -> str:
    error = state.get("error") or state.get("last_error")
    kept = f", {state['kept']} kept" if state.get("kept") is not None else ""
    return f"{state['status']}{kept}" + (f": {error['message']}" if error else "")
