"""The demonstration's third part: import the sample election spreadsheets, rebuild the summary, look at one row."""

import asyncio
from pathlib import Path
from typing import Any

import httpx

from embedded.demo_validation import json_of

LIMIT_SECONDS = 60
_BAR = 30
_SAMPLES = (("pv", "minutes.xlsx"), ("invit", "invitations.csv"))


async def import_and_rebuild(client: httpx.AsyncClient, folder: Path) -> bool:
    """Import what `folder` holds and rebuild, with a progress bar; whether all of it went well."""
    print()
    async with asyncio.timeout(LIMIT_SECONDS):
        imports = [await _import(client, kind, folder / name) for kind, name in _SAMPLES]
        built = await _rebuild(client)
    if not built or any(done["status"] != "completed" for done in imports):
        return False
    found = json_of(await client.get("/api/siret", params={"statut_pap": "C3+C4", "limit": 1}), 200)
    for row in found["items"]:
        print(
            f"  {row['siret']} {row['raison_sociale']}: {row['statut_pap']}, last election {row['date_pv_last']},"
            f" {row['inscrits_c4']} registered, {row['invitation_count']} invitation(s)"
        )
    return bool(found["items"])


async def _import(client: httpx.AsyncClient, kind: str, file: Path) -> dict[str, Any]:
    content = await asyncio.to_thread(file.read_bytes)
    accepted = json_of(await client.post(f"/api/ingest/{kind}", files={"file": (file.name, content)}), 202)
    while True:
        done = json_of(await client.get(accepted["check_status_url"]), 200)
        if done["status"] != "running":
            break
        await asyncio.sleep(0.05)
    counts = done.get("counts") or {}
    print(
        f"  {file.name:<20} {done['status']}: {counts.get('rows_read')} rows, {counts.get('inserted')} new,"
        f" {counts.get('updated')} changed, {counts.get('unchanged')} as before, {counts.get('rejected')} refused"
        f" {done.get('error') or ''}".rstrip()
    )
    return done


async def _rebuild(client: httpx.AsyncClient) -> bool:
    started = json_of(await client.post("/api/build/summary"), 202)
    while True:
        state = json_of(await client.get("/api/build/summary/status"), 200)
        progress = state.get("progress") or {"percent": 0, "phase": ""}
        done = int(progress["percent"] * _BAR / 100)
        print(
            f"\r  siret_summary        [{'#' * done}{'.' * (_BAR - done)}] {progress['percent']:>5.1f} %"
            f" {progress['phase']:<12}",
            end="",
            flush=True,
        )
        if state["status"] != "running":
            break
        await asyncio.sleep(0.05)
    print()
    if state["status"] == "completed":
        print(f"  {state['result']['rows']} establishments, rebuilt while the table stayed readable")
        return started["status"] in ("started", "already_running")
    print(f"  {state['status']}: {state.get('error')}")
    return False
