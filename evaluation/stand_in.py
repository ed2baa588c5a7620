"""A stand-in for a model provider: answers each request with what is recorded for the text that it carries."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

MODEL = "recorded-answers"


class RecordedPart(BaseModel):
    """The answers to one part of a CV, known by a phrase that it `shows`.

    They are given in turn: one that is no profile (a text instead of an object) is followed by the one that a request
    for repair gets.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    shows: str
    answers: list[dict[str, Any] | str]


class Recording(BaseModel):
    """What is recorded for one CV: the file beside others of its kind is `<stem of the CV>.json`."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    parts: list[RecordedPart]


def load_recordings(folder: Path) -> dict[str, Recording]:
    """The recordings of a folder by the stem of their CV. OSError when there is none, ValueError for a bad file."""
    recordings: dict[str, Recording] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".json":
            try:
                recordings[path.stem] = Recording.model_validate_json(path.read_bytes())
            except ValidationError as error:
                raise ValueError(f"{path} is not a recording: {error}") from error
    return recordings


class StandIn:
    """What the server was asked: `requests` counts every call, `repairs` those that ask for a better answer."""

    def __init__(self, parts: Sequence[RecordedPart]) -> None:
        self._parts = parts
        self.requests = 0
        self.repairs = 0

    def answer(self, messages: Sequence[dict[str, str]]) -> str | None:
        """The recorded answer to a conversation; None when nothing is recorded for its text."""
        asked_before = sum(message["role"] == "assistant" for message in messages)
        self.requests += 1
        self.repairs += asked_before > 0
        text = next(message["content"] for message in messages if message["role"] == "user")
        part = next((part for part in self._parts if part.shows in text), None)
        if part is None or asked_before >= len(part.answers):
            return None
        recorded = part.answers[asked_before]
        return recorded if isinstance(recorded, str) else json.dumps(recorded, ensure_ascii=False)


@contextmanager
def stand_in(recordings: Sequence[Recording]) -> Iterator[tuple[str, StandIn]]:
    """The base URL of a server on this machine that speaks the provider's protocol, and what it was asked."""
    told = StandIn([part for recording in recordings for part in recording.parts])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            content = told.answer(request["messages"])
            body = json.dumps(_completion(content)).encode() if content is not None else b"{}"
            self.send_response(200 if content is not None else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the report says what was asked."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _completion(content: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    return {
        "id": "recorded",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
    }
