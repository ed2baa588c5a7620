"""Hundreds of hostile files through the API and a worker: none does harm, and the next honest CV is read."""

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from pytest_httpserver import HTTPServer

from tests.e2e.stack import WorkerProcess, running_stack
from tests.hostile.corpus import hostile_files
from tests.hostile.hostile import HostileFile, Lures
from tests.integration.api.calls import CV, accepted
from tests.waiting import settled

AT_ONCE = 8
PEAK_BYTES = 3 * 1024**3
"""A worker, two readers of a gibibyte at most, one of which may hold LibreOffice or tesseract beside it."""
SAMPLE_SECONDS = 0.25
PWNED = Path("/tmp/talentflow-pwned")  # noqa: S108 - where the files of the corpus would write
REFUSAL = re.compile(
    r"Document |Aucun texte lisible|Encodage du texte non reconnu|Le fichier n'est pas un document texte"
    r"|Lecture des fichiers DOC indisponible|document scanné, "
)


class Peak:
    """The most memory that a worker and all it has started held at any moment, shared pages counted once."""

    def __init__(self, worker: WorkerProcess) -> None:
        self._worker = worker
        self.bytes = 0

    def sample(self) -> None:
        pids = [self._worker.pid, *(pid for pid, _ in self._worker.descendants())]
        self.bytes = max(self.bytes, sum(map(_proportional, pids)))


def _proportional(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it has ended
        return 0
    return 1024 * sum(int(size) for size in re.findall(r"^Pss: +([0-9]+)", rollup, re.MULTILINE))


@contextmanager
def watched(worker: WorkerProcess) -> Generator[Peak]:
    """Measure the worker's memory all along the block."""
    peak, ended = Peak(worker), threading.Event()

    def watch() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            peak.sample()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


async def sent(api: httpx.AsyncClient, file: HostileFile) -> httpx.Response:
    """The answer to an upload whose part is written by hand: clients escape what servers must cope with."""
    boundary = uuid4().hex
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'
    body = head.encode("utf-8", "surrogatepass") + file.data + f"\r\n--{boundary}--\r\n".encode()
    return await api.post(
        "/api/queue", content=body, headers={"content-type": f"multipart/form-data; boundary={boundary}"}
    )


def check_refusal(file: HostileFile, answer: httpx.Response) -> None:
    assert 400 <= answer.status_code < 500, (file.what, answer.text)
    body = answer.json()
    assert body["code"], file.what
    assert body["detail"], file.what
    assert "refused" in file.ends, (file.what, body)


def check_end(file: HostileFile, end: dict[str, Any], lures: Lures) -> None:
    assert end["status"] in file.ends, (file.what, end)
    assert lures.secret not in str(end), file.what
    if end["status"] == "failed":
        assert REFUSAL.match(end["error"]), (file.what, end["error"])
    else:
        name = end["result"]["file_name"]
        assert name.isprintable(), file.what
        assert not set("/\\") & set(name), file.what
        assert len(name) <= 255, file.what


async def test_hostile_files_harm_nobody(tmp_path: Path, httpserver: HTTPServer) -> None:
    secret = tmp_path / "machine.txt"
    secret.write_text("secret-de-la-machine", encoding="utf-8")
    lures = Lures(httpserver.url_for("").rstrip("/"), secret, "secret-de-la-machine")
    files = list(hostile_files(lures))
    assert len(files) >= 200
    async with running_stack(tmp_path, CV_EXTRACTOR="rules") as stack:
        worker = await stack.start_worker()
        running = worker.started()
        free = asyncio.Semaphore(AT_ONCE)
        jobs: list[tuple[HostileFile, str]] = []
        ends: Counter[str] = Counter()

        async def offer(file: HostileFile) -> None:
            async with free:
                answer = await sent(stack.api, file)
            if answer.status_code == 202:
                jobs.append((file, answer.json()["job_id"]))
            else:
                check_refusal(file, answer)
                ends["refused"] += 1

        with watched(worker) as peak:
            await asyncio.gather(*map(offer, files))
            for file, job in jobs:
                end = await settled(stack.api, job, seconds=240)
                check_end(file, end, lures)
                ends[end["status"]] += 1
        after = await settled(stack.api, (await accepted(stack.api, CV))["job_id"])
        print(f"{len(files)} files: {dict(ends)}; {peak.bytes / 1e6:.0f} MB at most")

        assert after["status"] == "done"
        assert after["result"]["data"]["personal_info"]["name"] == "Claire Fontaine"
        assert worker.started() == running
        assert 0 < peak.bytes < PEAK_BYTES
        assert not [path for path in stack.temporary.iterdir() if path.name.startswith(("talentflow-", "document-"))]
        assert "ana.durand" not in stack.log.read_text().lower()
    assert not httpserver.log
    assert not PWNED.exists()  # noqa: ASYNC240
