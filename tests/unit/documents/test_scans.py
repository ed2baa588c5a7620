"""Scanned pages: what is on them is recognised, within bounds, or the document says that it was not."""

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from adapters.documents import ocr, scans
from adapters.documents.errors import BadDocument
from adapters.documents.ocr import Recognised, find_recogniser
from adapters.documents.reader import read_document
from adapters.documents.sandbox import MEMORY_BYTES
from domain.text import fold
from tests.unit.documents.conftest import Machine
from tests.unit.documents.document_samples import MAIN, PAGE, column, picture, write_pdf, write_scan

LINES = ["Ana Durand", "Développeuse principale à Épinal", "Expérience", "Acme, Lyon, 2019 - 2023"]
HAS_TESSERACT = find_recogniser() is not None and find_recogniser() is not ocr._by_rapidocr
HAS_RAPIDOCR = all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))

needs_tesseract = pytest.mark.skipif(not HAS_TESSERACT, reason="tesseract with French or English is not installed")
needs_rapidocr = pytest.mark.skipif(not HAS_RAPIDOCR, reason="rapidocr is not installed")


def standing_in(monkeypatch: pytest.MonkeyPatch, *found: Recognised | None) -> list[float]:
    """Let pages be recognised as these, one after the other; gives back the seconds each was allowed."""
    answers = iter(found)
    allowed: list[float] = []

    def recognise(_picture: bytes, seconds: float) -> Recognised | None:
        allowed.append(seconds)
        return next(answers)

    monkeypatch.setattr(scans, "find_recogniser", lambda: recognise)
    return allowed


@needs_tesseract
def test_a_scan_is_recognised(tmp_path: Path) -> None:
    read = read_document(write_scan(tmp_path / "cv.pdf", picture(*LINES)), "pdf")
    assert read.ocr
    assert [line for line in read.text.split("\n") if line] == LINES
    assert not read.warnings


@needs_tesseract
def test_a_scan_laid_on_its_side_is_recognised(tmp_path: Path) -> None:
    lines = [*LINES, *MAIN]  # fewer words do not tell which side is up
    turned = picture(*lines, size=40).rotate(90, expand=True, fillcolor=255)
    text = read_document(write_scan(tmp_path / "cv.pdf", turned), "pdf").text
    seen = [fold(line) for line in text.split("\n") if line]  # at this size an accent may be lost
    assert seen[: len(LINES)] == list(map(fold, LINES))


@needs_tesseract
def test_pages_of_text_and_scans_together(tmp_path: Path) -> None:
    path = write_scan(tmp_path / "cv.pdf", column(MAIN, 50), picture(*LINES))
    read = read_document(path, "pdf")
    assert read.ocr
    assert read.pages == 2
    assert read.text.index("Master informatique") < read.text.index("Épinal")


@needs_tesseract
def test_a_page_number_does_not_make_a_scan_a_text(tmp_path: Path) -> None:
    page = picture(*LINES)
    canvas = Canvas(str(tmp_path / "cv.pdf"), pagesize=PAGE)
    canvas.drawInlineImage(page, 0, 0, *PAGE)
    canvas.drawString(280, 20, "Page 1 sur 1")
    canvas.save()
    text = read_document(tmp_path / "cv.pdf", "pdf").text
    assert "Épinal" in text
    assert text.endswith("Page 1 sur 1")


@needs_tesseract
def test_cells_of_a_row_and_bullets(tmp_path: Path) -> None:
    page = picture("Développeuse principale                    2019 - 2023", "• Conception des services", size=35)
    text = read_document(write_scan(tmp_path / "cv.pdf", page), "pdf").text
    assert "Développeuse principale\t2019 - 2023" in text
    assert "- Conception des services" in text


@needs_rapidocr
def test_a_scan_is_recognised_without_tesseract(
    tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "rapidocr")
    read = read_document(write_scan(tmp_path / "cv.pdf", picture(*LINES)), "pdf")
    assert read.ocr
    assert [line for line in read.text.split("\n") if line] == LINES


@needs_rapidocr
def test_a_dense_page_fits_into_the_memory_of_a_reader(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    picture(*(f"{line} {number}" for number in range(6) for line in LINES), size=30).resize((2480, 3508)).save(path)
    code = f"import resource, runpy; resource.setrlimit(resource.RLIMIT_AS, ({MEMORY_BYTES},) * 2); "
    code += "runpy.run_module('adapters.documents.rapid_ocr', run_name='__main__')"
    environment = {**os.environ, "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], input=path.read_bytes(), capture_output=True, env=environment, check=True
    )
    assert done.stdout.count(b"Acme") == 6


def test_a_scan_without_any_way_to_read_it_fails_and_says_so(tmp_path: Path, bare_machine: None) -> None:
    with pytest.raises(BadDocument) as refusal:
        read_document(write_scan(tmp_path / "cv.pdf", picture("CV")), "pdf")
    assert refusal.value.message_fr == "document scanné, OCR indisponible"


def test_one_scanned_page_among_others_is_warned_of(tmp_path: Path, bare_machine: None) -> None:
    path = write_scan(tmp_path / "cv.pdf", column(MAIN, 50), Image.new("L", (200, 300), 128))
    read = read_document(path, "pdf")
    assert "Master informatique" in read.text
    assert read.warnings == ["Page 2 scannée, non lue : OCR indisponible"]


def test_a_blank_last_page_is_no_scan(tmp_path: Path, bare_machine: None) -> None:
    read = read_document(write_pdf(tmp_path / "cv.pdf", column(MAIN, 50), []), "pdf")
    assert read.pages == 2
    assert not read.warnings


def test_what_could_hardly_be_read_or_not_at_all_is_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    standing_in(monkeypatch, Recognised("Ana Durand, développeuse", 40), None, None)
    read = read_document(write_scan(tmp_path / "cv.pdf", *[picture("CV")] * 3), "pdf")
    assert read.text == "Ana Durand, développeuse"
    assert read.warnings == [
        "Pages 2, 3 scannées, non lues : la reconnaissance a échoué",
        "Page 1 scannée, peu lisible : des mots peuvent être faux",
    ]


def test_a_scan_that_cannot_be_recognised_is_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    standing_in(monkeypatch, None)
    with pytest.raises(BadDocument, match="la reconnaissance de caractères a échoué"):
        read_document(write_scan(tmp_path / "cv.pdf", picture("CV")), "pdf")


def test_a_scanned_book_is_read_as_far_as_the_time_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = standing_in(monkeypatch, *[Recognised("Ana Durand, développeuse", 90)] * 2)
    clock = iter(range(0, 5000, 30))
    monkeypatch.setattr("adapters.documents.scans.time.monotonic", lambda: next(clock))
    read = read_document(write_scan(tmp_path / "cv.pdf", *[picture("CV")] * 5), "pdf")
    assert allowed == [scans.SCAN_SECONDS - 30, scans.SCAN_SECONDS - 60]
    assert read.warnings == ["Pages 3, 4, 5 scannées, non lues : document trop long à reconnaître"]


def test_a_recogniser_that_hangs_is_stopped(tmp_path: Path, machine: Machine) -> None:
    program = Path(os.environ["PATH"], "tesseract")
    program.write_text('#!/bin/sh\n[ "$1" = --list-langs ] && echo fra && exit\nexec /bin/sleep 600\n')
    program.chmod(0o700)
    recognise = find_recogniser()
    assert recognise is not None
    started = time.monotonic()
    assert recognise(b"", 0.2) is None
    assert time.monotonic() - started < 60
