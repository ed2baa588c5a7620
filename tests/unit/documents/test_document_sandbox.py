"""Documents read in a child process: what it writes, and that a hostile document stays inside it."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from adapters.documents import sandbox
from adapters.documents.sandbox import preload, read_into
from tests.unit.documents.document_samples import MAIN, column, rewritten, write_docx, write_pdf, write_pdf_stream
from tests.waiting import DEADLINE


@pytest.fixture(scope="module")
def server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(preload())
    return context


def run(server: ForkServerContext, target: Callable[[str, str, str], None], source: Path, kind: str) -> BaseProcess:
    child = server.Process(target=target, args=(str(source), kind, str(source.with_name("out.json"))), daemon=True)
    child.start()
    child.join(DEADLINE)
    assert not child.is_alive()
    return child


def outcome(source: Path) -> Any:
    return json.loads(source.with_name("out.json").read_text(encoding="utf-8"))


def test_a_document_is_read(server: ForkServerContext, tmp_path: Path) -> None:
    source = write_pdf(tmp_path / "cv.pdf", column(MAIN, 50))
    assert run(server, read_into, source, "pdf").exitcode == 0
    assert "Développeuse principale" in outcome(source)["ok"]["text"]


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
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert done.returncode == sandbox.FAILED
        assert done.stderr == "document reader: FileNotFoundError\n"


def read_with_little_memory(source: str, kind: str, target: str) -> None:
    sandbox.MEMORY_BYTES = 700 * 1024**2
    read_into(source, kind, target)


def read_with_little_time(source: str, kind: str, target: str) -> None:
    sandbox.CPU_SECONDS = 2
    read_into(source, kind, target)


def test_a_document_that_eats_memory_ends_its_own_process_only(server: ForkServerContext, tmp_path: Path) -> None:
    source = write_pdf_stream(tmp_path / "cv.pdf", b" " * 1_000_000, 400)
    assert source.stat().st_size < 1_000_000
    assert run(server, read_with_little_memory, source, "pdf").exitcode != 0
    assert not source.with_name("out.json").exists()
    after = write_pdf(tmp_path / "after.pdf", column(MAIN, 50))
    assert run(server, read_into, after, "pdf").exitcode == 0


def test_a_document_that_takes_too_long_is_stopped(server: ForkServerContext, tmp_path: Path) -> None:
    def lengthened(name: str, data: bytes) -> bytes:
        paragraph = b"<w:p><w:r><w:t>ligne</w:t></w:r></w:p>"
        return data.replace(b"<w:sectPr", paragraph * 5_900 + b"<w:sectPr") if name == "word/document.xml" else data

    source = rewritten(write_docx(tmp_path / "cv.docx", lambda document: document.add_paragraph("Ana")), lengthened)
    assert run(server, read_with_little_time, source, "docx").exitcode in (-signal.SIGXCPU, -signal.SIGKILL)
    assert not source.with_name("out.json").exists()


def read_with_a_hanging_office(source: str, kind: str, target: str) -> None:
    os.environ["DOCLING_LIBREOFFICE_CMD"] = str(Path(source).with_name("office"))
    read_into(source, kind, target)


def test_killing_the_group_ends_the_programs_it_started(server: ForkServerContext, tmp_path: Path) -> None:
    source, office, pipe = tmp_path / "cv.rtf", tmp_path / "office", tmp_path / "pipe"
    source.write_bytes(rb"{\rtf1 Ana Durand}")
    office.write_text(f"#!/bin/sh\nexec >{pipe}\necho started\nexec sleep 600\n")
    office.chmod(0o700)
    os.mkfifo(pipe)
    child = server.Process(target=read_with_a_hanging_office, args=(str(source), "rtf", str(tmp_path / "out.json")))
    child.start()
    assert child.pid is not None
    with pipe.open() as running:
        assert running.readline() == "started\n"
        os.killpg(child.pid, signal.SIGKILL)
        # The end of the pipe comes when the last program that holds it is gone.
        assert running.read() == ""
    child.join(DEADLINE)
    assert child.exitcode == -signal.SIGKILL
