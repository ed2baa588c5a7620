"""Documents read in a child process: what it writes, and that a hostile document stays inside it."""

import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from adapters.documents import sandbox
from adapters.documents.sandbox import preload, read_into
from tests.unit.documents.document_samples import MAIN, column, write_docx, write_pdf


@pytest.fixture(scope="module")
def server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(preload())
    return context


def run(server: ForkServerContext, target: Callable[[str, str, str], None], source: Path, kind: str) -> BaseProcess:
    child = server.Process(target=target, args=(str(source), kind, str(source.with_name("out.json"))), daemon=True)
    child.start()
    child.join(60)
    assert not child.is_alive()
    return child


def outcome(source: Path) -> dict[str, dict[str, object]]:
    written: dict[str, dict[str, object]] = json.loads(source.with_name("out.json").read_text(encoding="utf-8"))
    return written


def test_a_document_is_read(server: ForkServerContext, tmp_path: Path) -> None:
    source = write_pdf(tmp_path / "cv.pdf", column(MAIN, 50))
    assert run(server, read_into, source, "pdf").exitcode == 0
    assert "Développeuse principale" in str(outcome(source)["ok"]["text"])


def test_a_refusal_is_written_down(server: ForkServerContext, tmp_path: Path) -> None:
    source = tmp_path / "cv.pdf"
    source.write_bytes(b"%PDF-1.7 cut")
    assert run(server, read_into, source, "pdf").exitcode == 0
    assert outcome(source) == {"bad": "Document PDF corrompu ou protégé par mot de passe"}


def test_a_failure_says_nothing_of_the_document(tmp_path: Path) -> None:
    target = tmp_path / "no-such-folder" / "out.json"
    source = tmp_path / "cv.txt"
    source.write_text("Ana Durand", encoding="utf-8")
    missing = tmp_path / "ana-durand.txt"
    for given in (source, missing):
        code = f"from adapters.documents.sandbox import read_into; read_into({str(given)!r}, 'txt', {str(target)!r})"
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, start_new_session=False
        )
        assert done.returncode == sandbox.FAILED
        assert done.stderr == "document reader: FileNotFoundError\n"


def read_with_little_memory(source: str, kind: str, target: str) -> None:
    sandbox.MEMORY_BYTES = 700 * 1024**2
    read_into(source, kind, target)


def read_with_little_time(source: str, kind: str, target: str) -> None:
    sandbox.CPU_SECONDS = 2
    read_into(source, kind, target)


def crowded_page(path: Path, count: int) -> Path:
    return write_pdf(path, [(10 + 57.0 * (i % 10), 5 + 0.2 * (i // 10), f"m{i}") for i in range(count)], size=2)


def test_a_page_that_eats_memory_ends_its_own_process_only(server: ForkServerContext, tmp_path: Path) -> None:
    source = crowded_page(tmp_path / "cv.pdf", 40_000)
    assert run(server, read_with_little_memory, source, "pdf").exitcode != 0
    assert not source.with_name("out.json").exists()
    after = write_pdf(tmp_path / "after.pdf", column(MAIN, 50))
    assert run(server, read_into, after, "pdf").exitcode == 0


def test_a_document_that_takes_too_long_is_stopped(server: ForkServerContext, tmp_path: Path) -> None:
    def fill(document: object) -> None:
        for index in range(9_000):
            document.add_paragraph(f"ligne {index}")  # type: ignore[attr-defined]

    source = write_docx(tmp_path / "cv.docx", fill)
    started = time.monotonic()
    assert run(server, read_with_little_time, source, "docx").exitcode != 0
    assert time.monotonic() - started < 20
    assert not source.with_name("out.json").exists()


def tell_group(_source: str, _kind: str, target: str) -> None:
    read_into(_source, _kind, target)
    Path(target).write_text(f"{os.getpid()} {os.getpgid(0)}", encoding="utf-8")


def test_the_child_leads_its_own_process_group(server: ForkServerContext, tmp_path: Path) -> None:
    source = tmp_path / "cv.txt"
    source.write_text("Ana Durand", encoding="utf-8")
    run(server, tell_group, source, "txt")
    pid, group = source.with_name("out.json").read_text(encoding="utf-8").split()
    assert pid == group
