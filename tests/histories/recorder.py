"""Running jobs through the API and writing the histories of their runs."""

import json
import os
import socket
from pathlib import Path
from typing import Any

import httpx

from tests.backend import Backend
from tests.waiting import until
from workflows.contracts import delivery_workflow_id

FOLDER = Path(__file__).parent


class Recorder:
    """Runs jobs through the API, waits for their end and writes their histories."""

    def __init__(self, at: Backend, api: httpx.AsyncClient, wanted: set[str]) -> None:
        self.at = at
        self.temporal = at.temporal
        self.api = api
        self._wanted = wanted

    async def post(self, path: str, **request: Any) -> dict[str, Any]:
        answer = await self.api.post(path, **request)
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body

    async def save(self, name: str, workflow_id: str) -> None:
        """Wait until the run is closed, and write its history without this machine's name."""
        handle = self.temporal.get_workflow_handle(workflow_id)

        async def closed() -> bool:
            return (await handle.describe()).close_time is not None

        await until(closed)
        if not self._wanted or name in self._wanted:
            history = json.loads((await handle.fetch_history()).to_json())
            written = json.dumps(history, indent=1, ensure_ascii=False)
            written = written.replace(f"{os.getpid()}@{socket.gethostname()}", "worker")
            (FOLDER / f"{name}.json").write_text(written + "\n", encoding="utf-8")

    async def save_delivery(self, name: str, deliveries: str) -> None:
        """Write the history of the one delivery that is listed at this path."""

        async def listed() -> list[dict[str, Any]]:
            items: list[dict[str, Any]] = (await self.api.get(deliveries)).json()["items"]
            return items

        await self.save(name, delivery_workflow_id((await until(listed))[0]["id"]))
