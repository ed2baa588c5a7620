"""What stands between the backend and its neighbours when a test wants them away, silent, slow or unwilling."""

import asyncio
import re
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from aiohttp import web

LOOPBACK = "127.0.0.1"

CANARY = "canary-4711@example.org"
"""What the search server's own texts quote: it must not be seen anywhere."""

Address = int | Path
"""A port of this machine, or a Unix socket."""


class Pipe:
    """Passes connections to `target` on, byte for byte; a target can be put in place of another at any time."""

    def __init__(self, target: Address | None, listens_at: Address) -> None:
        self.target = target
        self.listens_at = listens_at
        self._server: asyncio.Server | None = None
        self._ends: set[StreamWriter] = set()

    async def come_back(self) -> None:
        """Take connections."""
        if isinstance(self.listens_at, Path):
            self._server = await asyncio.start_unix_server(self._pass_on, self.listens_at)
        else:
            self._server = await asyncio.start_server(self._pass_on, LOOPBACK, self.listens_at, reuse_port=True)

    def go_away(self) -> None:
        """Refuse connections, and break off those there are."""
        if self._server is not None:
            self._server.close()
        for end in self._ends:
            end.transport.abort()

    @asynccontextmanager
    async def away(self) -> AsyncGenerator[None]:
        """Nothing listens here during the block."""
        self.go_away()
        try:
            yield
        finally:
            await self.come_back()

    async def _pass_on(self, reader: StreamReader, writer: StreamWriter) -> None:
        with self._tracked(writer):
            try:
                there, to_there = await _connect(self.target)
            except OSError:
                return
            with self._tracked(to_there):
                await asyncio.gather(_copy(reader, to_there), _copy(there, writer))

    @contextmanager
    def _tracked(self, end: StreamWriter) -> Generator[None]:
        self._ends.add(end)
        try:
            yield
        finally:
            self._ends.discard(end)
            end.close()


async def _connect(target: Address | None) -> tuple[StreamReader, StreamWriter]:
    if target is None:
        raise ConnectionRefusedError
    if isinstance(target, Path):
        return await asyncio.open_unix_connection(target)
    return await asyncio.open_connection(LOOPBACK, target)


async def _copy(source: StreamReader, target: StreamWriter) -> None:
    """Pass on what comes, then the end of it."""
    with suppress(OSError):
        while data := await source.read(65_536):
            target.write(data)
            await target.drain()
    target.close()


@asynccontextmanager
async def pipe(target: Address | None = None, *, at: Path | None = None) -> AsyncGenerator[Pipe]:
    """A pipe at this path, or at a port that is its own even while it is away."""
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind((LOOPBACK, 0))
        running = Pipe(target, at or reserved.getsockname()[1])
        await running.come_back()
        try:
            yield running
        finally:
            running.go_away()


@dataclass
class Hold:
    """One request that waits in the proxy. Its sender may give it up meanwhile: it is passed on all the same."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    passed: asyncio.Event = field(default_factory=asyncio.Event)
    status: int | None = None
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        self._released.set()

    async def wait(self) -> None:
        self.reached.set()
        await self._released.wait()

    async def late(self) -> int:
        """Let it go on now; what the server answers to it."""
        self.release()
        await self.passed.wait()
        assert self.status is not None
        return self.status


_DOCUMENT = re.compile(r"/[^/]+/_doc/(\d+)")

Request = tuple[str, int]
"""A method, and the id of the document that it is about."""


class SearchProxy:
    """Passes requests on to a search server, but for those about documents that a test has named."""

    def __init__(self) -> None:
        self.upstream = ""
        self.port = 0
        self._answers: dict[Request, int] = {}
        self._holds: dict[Request, Hold] = {}
        self._client = httpx.AsyncClient(timeout=30)

    @contextmanager
    def answering(self, status: int, method: str, document: int) -> Generator[None]:
        """During the block, these requests are answered with this status, and reach nobody."""
        self._answers[method, document] = status
        try:
            yield
        finally:
            del self._answers[method, document]

    def hold(self, method: str, document: int) -> Hold:
        """Keep the next such request until it is released."""
        self._holds[method, document] = hold = Hold()
        return hold

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        found = _DOCUMENT.fullmatch(request.path)
        about = (request.method, int(found[1])) if found else None
        hold = self._holds.pop(about, None) if about else None
        if hold is not None:
            await hold.wait()
        if about in self._answers:
            return _refusal(self._answers[about])
        headers = {name: value for name, value in request.headers.items() if name.lower() in ("accept", "content-type")}
        url = self.upstream + request.raw_path
        answer = await self._client.request(request.method, url, content=body, headers=headers)
        if hold is not None:
            hold.status = answer.status_code
            hold.passed.set()
        kept = {name: answer.headers[name] for name in ("content-type", "x-elastic-product") if name in answer.headers}
        return web.Response(status=answer.status_code, body=answer.content, headers=kept)

    async def close(self) -> None:
        for hold in self._holds.values():
            hold.release()
        await self._client.aclose()


def _refusal(status: int) -> web.Response:
    """An error in the server's shape, whose reason quotes a document, as the server's do."""
    kind = "document_parsing_exception" if status == 400 else "unavailable_shards_exception"
    error = {"type": kind, "reason": f"Preview of field's value: '{CANARY}'"}
    return web.json_response({"error": error, "status": status}, status=status)


@asynccontextmanager
async def search_proxy(upstream: str = "") -> AsyncGenerator[SearchProxy]:
    """A search server's stand-in on a free port."""
    running = SearchProxy()
    running.upstream = upstream
    handler = web.Server(running.serve)
    server = await asyncio.get_running_loop().create_server(handler, LOOPBACK, 0)
    running.port = server.sockets[0].getsockname()[1]
    try:
        yield running
    finally:
        server.close()
        await running.close()
        await handler.shutdown(timeout=1)
