"""The job boards as servers on this machine: they answer as documented, keep what they are asked, fail when told to.

One port serves them all, each under a path of its own. Tests steer them as objects or over HTTP: `POST /__stub/faults`,
`GET /__stub/requests`, `POST /__stub/reset`.
"""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from tests.stubs.board_adzuna import AdzunaBoard
from tests.stubs.board_arbeitnow import ArbeitnowBoard
from tests.stubs.board_france_travail import FranceTravailBoard
from tests.stubs.board_la_bonne_alternance import LaBonneAlternanceBoard

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Mode = Literal["latency", "hang", "status", "drop", "truncated_json", "html", "bad_row"]

_ROWS = {"france_travail": "resultats", "adzuna": "results", "arbeitnow": "data", "la_bonne_alternance": "jobs"}
_SOURCES = ("france_travail_token", *_ROWS)
_PAGE_FOR_PEOPLE = "<!DOCTYPE html><html><body><h1>Maintenance</h1></body></html>"


@dataclass
class Fault:
    """What a source does instead, after so many good answers and so often; None: from then on.

    `source` is a source's name, or `france_travail_token`. `value`: seconds of `latency`, the code of `status` and
    `html`, how many rows are bad, or "all". `headers` go with a status.
    """

    source: str
    mode: Mode
    value: Any = None
    after: int = 0
    count: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A request that came; `at` in seconds of a clock that only goes forward."""

    source: str
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    at: float


class JobBoards:
    """The servers; each board has its own switches."""

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Call] = []
        self._faults: list[Fault] = []
        self._released: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.reset()

    def reset(self) -> None:
        """As after the start: no faults, no calls remembered, all switches as usual; what hangs is let go."""
        self.calls.clear()
        self._faults.clear()
        self.release()
        self._released = defaultdict(asyncio.Event)
        self.france_travail = FranceTravailBoard()
        self.adzuna = AdzunaBoard()
        self.arbeitnow = ArbeitnowBoard()
        self.la_bonne_alternance = LaBonneAlternanceBoard()

    def fail(
        self,
        source: str,
        mode: Mode,
        value: Any = None,
        *,
        after: int = 0,
        count: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """From now on, show this fault."""
        self._faults.append(Fault(source, mode, value, after, count, dict(headers or {})))

    def calls_to(self, source: str) -> list[Call]:
        return [call for call in self.calls if call.source == source]

    def settings(self) -> dict[str, Any]:
        """The settings that lead to these servers, with credentials that they take."""
        return {
            "france_travail_token_url": f"{self.url}/france_travail_token?realm=%2Fpartenaire",
            "france_travail_api_url": f"{self.url}/france_travail",
            "france_travail_client_id": FranceTravailBoard.CLIENT_ID,
            "france_travail_client_secret": FranceTravailBoard.CLIENT_SECRET,
            "adzuna_base_url": f"{self.url}/adzuna",
            "adzuna_app_id": AdzunaBoard.APP_ID,
            "adzuna_app_key": AdzunaBoard.APP_KEY,
            "arbeitnow_base_url": f"{self.url}/arbeitnow",
            "lba_enabled": True,
            "lba_base_url": f"{self.url}/la_bonne_alternance",
            "lba_api_key": LaBonneAlternanceBoard.KEY,
        }

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._as_told])
        app.add_routes(
            [
                web.post("/__stub/faults", self._take_fault),
                web.get("/__stub/requests", self._tell_requests),
                web.post("/__stub/reset", self._reset),
                web.post("/france_travail_token", self._answer),
                web.get("/france_travail/v2/offres/search", self._answer),
                web.get("/france_travail/v2/offres/{id}", self._answer),
                web.get("/adzuna/v1/api/jobs/{country}/search/{page}", self._answer),
                web.get("/arbeitnow/api/job-board-api", self._answer),
                web.get("/la_bonne_alternance/job/v1/search", self._answer),
            ]
        )
        return app

    async def _answer(self, request: web.Request) -> web.Response:
        """As the board does now: a reset puts new boards in place."""
        match request.path.split("/")[1:]:
            case ["france_travail_token"]:
                return await self.france_travail.token(request)
            case ["france_travail", *_]:
                board = self.france_travail
                return await (board.detail(request) if "id" in request.match_info else board.search(request))
            case ["adzuna", *_]:
                return await self.adzuna.search(request)
            case ["arbeitnow", *_]:
                return await self.arbeitnow.feed(request)
        return await self.la_bonne_alternance.search(request)

    @web.middleware
    async def _as_told(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        source = request.path.split("/")[1]
        if source == "__stub":
            return await handler(request)
        query = {name: request.query.getall(name) for name in request.query}
        self.calls.append(Call(source, request.method, request.path, query, dict(request.headers), time.monotonic()))
        fault = self._due(source)
        if fault is None:
            return await handler(request)
        match fault.mode:
            case "latency":
                await asyncio.sleep(float(fault.value))
            case "hang":
                await self._released[source].wait()
            case "status":
                return web.Response(status=int(fault.value), headers=fault.headers)
            case "html":
                return web.Response(status=int(fault.value or 200), text=_PAGE_FOR_PEOPLE, content_type="text/html")
            case "drop":
                assert request.transport is not None
                request.transport.abort()
            case "truncated_json" | "bad_row":
                return _spoilt(await handler(request), fault, source)
        return await handler(request)

    def _due(self, source: str) -> Fault | None:
        for fault in self._faults:
            if fault.source != source or fault.count == 0:
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            if fault.count is not None:
                fault.count -= 1
            return fault
        return None

    async def _take_fault(self, request: web.Request) -> web.Response:
        self._faults.append(Fault(**await request.json()))
        return web.Response(status=204)

    async def _tell_requests(self, _request: web.Request) -> web.Response:
        told = [{"source": c.source, "method": c.method, "path": c.path, "query": c.query} for c in self.calls]
        return web.json_response(told)

    async def _reset(self, _request: web.Request) -> web.Response:
        self.reset()
        return web.Response(status=204)

    def release(self, *sources: str) -> None:
        """Let go what hangs at these sources, or at all, and hang there no more."""
        for source in sources or _SOURCES:
            self._released[source].set()


def _spoilt(answer: web.StreamResponse, fault: Fault, source: str) -> web.Response:
    assert isinstance(answer, web.Response)
    body = answer.body
    assert isinstance(body, bytes)
    if fault.mode == "truncated_json":
        body = body[: len(body) // 2]
    else:
        parsed = json.loads(body)
        rows = parsed[_ROWS[source]]
        for number in range(len(rows) if fault.value == "all" else int(fault.value or 1)):
            rows[number] = {"ceci": "n'est pas une offre"}
        body = json.dumps(parsed).encode()
    kept = {name: answer.headers[name] for name in ("content-range",) if name in answer.headers}
    return web.Response(status=answer.status, body=body, content_type="application/json", headers=kept)


@asynccontextmanager
async def job_boards() -> AsyncGenerator[JobBoards]:
    """All boards on a free port of 127.0.0.1."""
    boards = JobBoards()
    runner = web.AppRunner(boards.application(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        boards.url = f"http://{host}:{port}"
        yield boards
    finally:
        boards.release()
        await runner.cleanup()
