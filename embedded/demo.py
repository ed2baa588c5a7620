"""The demonstration: parse and match the sample CVs, validate one, rebuild the summary, search offers."""

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from embedded.demo_jobs import search_jobs
from embedded.demo_summary import import_and_rebuild
from embedded.demo_validation import json_of, log_in, validate_and_find
from embedded.seed import ADMIN

SAMPLES = Path(__file__).parent.parent / "samples"
LIMIT_SECONDS = 180
_DOCUMENTS = (".pdf", ".docx", ".txt")
_SHOWN_OFFERS = 3
_SHOWN_REASONS = 2


@dataclass
class Job:
    """One CV on its way: `state` is what the API last said."""

    file: Path
    job_id: str
    matching_id: str
    state: dict[str, Any]

    @property
    def stage(self) -> str:
        status: str = self.state["status"]
        if status == "done":
            return f"done, matching {self.state['matching']['status']}"
        return f"{self.state['stage']} {self.state['progress']} %" if status == "running" else status

    @property
    def ended(self) -> bool:
        if self.state["status"] == "done":
            return self.state["matching"]["status"] not in ("queued", "processing")
        return self.state["status"] in ("failed", "cancelled")

    @property
    def succeeded(self) -> bool:
        matching: dict[str, str] = self.state.get("matching", {})
        return self.state["status"] == "done" and matching.get("status") == "completed"


async def run(api: str, temporal_ui: str) -> bool:
    """Run the demonstration against a running stack, printing as it goes; whether everything ended as it should."""
    async with httpx.AsyncClient(base_url=api, timeout=30) as client:
        client.headers["Authorization"] = await log_in(client, ADMIN)
        offer_ids = await _offers(client)
        print(f"{len(offer_ids)} offers in the catalogue\n")
        files = sorted(path for path in (SAMPLES / "cv").iterdir() if path.suffix in _DOCUMENTS)
        jobs = [await _upload(client, file, offer_ids) for file in files]
        async with asyncio.timeout(LIMIT_SECONDS):
            await _follow(client, jobs)
        rankings = [await _show_ranking(client, job) for job in jobs]
        parsed = next((job for job in jobs if job.succeeded), None)
        found = parsed is not None and await validate_and_find(client, parsed.state["result"]["candidate_id"])
        rebuilt = await import_and_rebuild(client, SAMPLES / "election")
        searched = await search_jobs(client)
    well = all(rankings) and found and rebuilt and searched
    print(f"\n{sum(rankings)} of {len(jobs)} CVs parsed and matched with {len(offer_ids)} offers")
    print(f"every step of every run: {temporal_ui} (while the stack runs; `make up` brings it back)")
    return well


async def _offers(client: httpx.AsyncClient) -> list[int]:
    """The ids of the sample offers, added to the catalogue unless an earlier demonstration did."""
    known: dict[tuple[str, str | None], int] = {}
    cursor: str | None = ""
    while cursor is not None:
        page = json_of(
            await client.get("/api/v1/offers", params={"limit": 200, **({"cursor": cursor} if cursor else {})}), 200
        )
        known |= {(item["title"], item["company"]): item["id"] for item in page["items"]}
        cursor = page["next_cursor"]
    ids: list[int] = []
    for offer in json.loads((SAMPLES / "offers.json").read_text(encoding="utf-8")):
        found = known.get((offer["title"], offer.get("company")))
        ids.append(found or json_of(await client.post("/api/v1/offers", json=offer), 201)["id"])
    return ids


async def _upload(client: httpx.AsyncClient, file: Path, offer_ids: list[int]) -> Job:
    content = await asyncio.to_thread(file.read_bytes)
    answer = await client.post(
        "/api/queue", files={"file": (file.name, content)}, data={"offer_ids": ",".join(map(str, offer_ids))}
    )
    body = json_of(answer, 202)
    print(f"  {file.name:<36} queued as {body['job_id']}", flush=True)
    return Job(file, body["job_id"], body["matching_job_id"], {"status": "pending"})


async def _follow(client: httpx.AsyncClient, jobs: list[Job]) -> None:
    """Ask for the state of each job until all have ended, printing what changed."""
    print()
    while not all(job.ended for job in jobs):
        for job in (job for job in jobs if not job.ended):
            before = job.stage
            job.state = json_of(await client.get(f"/api/result/{job.job_id}"), 200)
            if job.stage != before:
                ended = sum(job.ended for job in jobs)
                print(f"  [{ended:>2}/{len(jobs)}] {job.file.name:<36} {job.stage}", flush=True)
        await asyncio.sleep(0.2)


async def _show_ranking(client: httpx.AsyncClient, job: Job) -> bool:
    """Print the best offers of one CV with reasons; whether the job and every pair of it succeeded."""
    if not job.succeeded:
        print(f"\n{job.file.name}: {job.state['status']}: {job.state.get('error') or job.stage}", file=sys.stderr)
        return False
    result = job.state["result"]
    person, read = result["data"]["personal_info"], result["extraction"]
    months = result["data"]["total_experience_months"]
    print(
        f"\n{person['name']} ({job.file.name}, {read['language']}, {read['pages']} p., read by {read['method']}):"
        f" {months // 12} years {months % 12} months, {len(result['data']['skills'])} skills"
    )
    ranking = json_of(await client.get(f"/api/v1/result/{job.matching_id}"), 200)["result"]
    for item in ranking["items"][:_SHOWN_OFFERS]:
        pair = json_of(await client.get(f"/api/v1/result/{item['job_id']}"), 200)["result"]
        print(f"  {item['rank']}. {item['score']:.2f} {item['category']:<12} {item['title']}")
        for strength in pair["strengths"][:_SHOWN_REASONS]:
            print(f"       + {strength}")
        for gap in pair["gaps"][:_SHOWN_REASONS]:
            print(f"       - {gap['message']} ({gap['score_if_closed']:.2f} without this gap)")
    for error in ranking["errors"]:
        print(f"  offer {error['offer_id']}: {error['error']}", file=sys.stderr)
    return not ranking["errors"] and ranking["total"] > 0
