"""A third party on this machine that answers as its script says: first the faults, then as it should."""

import re
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.backend import TEST_RECEIVER

Answer = Callable[[Request], Response]


@dataclass(frozen=True)
class Call:
    """What was received; `at` in seconds of a clock that only goes forward."""

    at: float
    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Answers each path with what its script holds, in turn, then as usual."""

    def __init__(self, server: HTTPServer, usual: Answer) -> None:
        self._server = server
        self._usual = usual
        self._scripts: dict[str, deque[Answer]] = {}
        self._calls: list[Call] = []
        self._closing = Event()
        server.expect_request(re.compile(".*")).respond_with_handler(self._answer)

    def script(self, path: str, *answers: Answer) -> str:
        """The URL of a path that answers like this; calls to it before are forgotten."""
        self._scripts[path] = deque(answers)
        self._calls = [call for call in self._calls if call.path != path]
        return self._server.url_for(path)

    def calls(self, path: str) -> list[Call]:
        """What the path received, the first first."""
        return [call for call in self._calls if call.path == path]

    def hang(self, _request: Request) -> Response:
        """No answer until the receiver closes."""
        self._closing.wait(60)
        return Response(status=503)

    def close(self) -> None:
        self._closing.set()

    def _answer(self, request: Request) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self._calls.append(Call(time.monotonic(), request.path, headers, request.get_data()))
        script = self._scripts.get(request.path)
        return (script.popleft() if script else self._usual)(request)


@contextmanager
def receiver(usual: Answer) -> Generator[Receiver]:
    """A receiver on a free port; a call that hangs does not keep others from being answered."""
    with HTTPServer(host=TEST_RECEIVER, port=0, threaded=True) as server:
        running = Receiver(server, usual)
        try:
            yield running
        finally:
            running.close()


def status(code: int, **headers: str) -> Answer:
    """An answer without a body."""
    return lambda _request: Response(status=code, headers={n.replace("_", "-"): v for n, v in headers.items()})
