"""Text of pictures of pages: by the tesseract program in French and English, else by rapidocr where it is installed."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

from adapters.documents.pdf_layout import Cell, read_page

LANGUAGES = ("fra", "eng")
PAGE_SECONDS = 60.0
RENDERED_DPI = 300

_LISTING_SECONDS = 10
_POINTS = 72 / RENDERED_DPI
_RAPID_PACKAGES = ("rapidocr", "onnxruntime")
_RAPID_MODULE = "adapters.documents.rapid_ocr"
_CELL_GAP = 1.5
"""Words further apart than this many times their height are cells of one row."""
_SEEN_BULLET = re.compile(r"^[•¢°»©*+]\s+(?=[^\W\d_])")
"""What a list's bullet is taken for."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The text on a picture, columns in order, and how sure its reader is of it, in percent."""

    text: str
    confidence: float


Recogniser = Callable[[bytes, float], Recognised | None]
"""Reads a PNG at `RENDERED_DPI` within a number of seconds; None if that failed or took longer."""


def find_recogniser() -> Recogniser | None:
    """The best way to read pictures that this machine has."""
    program = shutil.which("tesseract")
    languages = _languages(program) if program is not None else None
    if program is not None and languages is not None:
        return partial(_by_tesseract, program, languages)
    if all(importlib.util.find_spec(package) is not None for package in _RAPID_PACKAGES):
        return _by_rapidocr
    return None


def _languages(program: str) -> str | None:
    """Those of `LANGUAGES` that tesseract has, as its `-l` option wants them."""
    try:
        listed = subprocess.run(  # noqa: S603 - a program found on the operator's path
            [program, "--list-langs"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LISTING_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    installed = listed.stdout.decode("utf-8", "replace").split()
    return "+".join(language for language in LANGUAGES if language in installed) or None


def _by_tesseract(program: str, languages: str, picture: bytes, seconds: float) -> Recognised | None:
    # Mode 1 also finds out which side of the page is up, where tesseract has its data for that.
    arguments = [program, "stdin", "stdout", "-l", languages, "--dpi", str(RENDERED_DPI), "--psm", "1", "tsv"]
    # One core a document: the reading slots share the machine.
    table = _printed(arguments, picture, seconds, OMP_THREAD_LIMIT="1")
    return None if table is None else _from_table(table)


def _by_rapidocr(picture: bytes, seconds: float) -> Recognised | None:
    # A process of its own, without docling: both together do not fit into the reader's memory limit, which it inherits.
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    arguments = [sys.executable, "-m", _RAPID_MODULE]
    # A single heap: with one for each thread, the memory that is reserved grows by half.
    printed = _printed(arguments, picture, seconds, PYTHONPATH=path, OMP_NUM_THREADS="1", MALLOC_ARENA_MAX="1")
    if printed is None:
        return None
    lines = json.loads(printed)
    cells = [Cell(line["text"], *(_POINTS * edge for edge in line["box"])) for line in lines]
    blocks = read_page(cells)
    text = "\n\n".join(f"- {block.text}" if block.kind == "bullet" else block.text for block in blocks)
    return Recognised(text, _mean([(100 * line["score"], len(line["text"])) for line in lines]))


def _printed(arguments: list[str], picture: bytes, seconds: float, **environment: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - programs of the operator's, no argument comes from the document
            arguments,
            input=picture,
            capture_output=True,
            timeout=min(PAGE_SECONDS, seconds),
            check=False,
            env={**os.environ, **environment},
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    left: int
    right: int
    height: int


def _from_table(table: str) -> Recognised:
    """Tesseract's words, in its order of blocks, paragraphs and lines."""
    paragraphs: dict[tuple[str, ...], dict[str, list[_Word]]] = {}
    confidences: list[tuple[float, int]] = []
    for row in table.splitlines()[1:]:
        fields = row.split("\t")
        if len(fields) != 12 or not fields[11].strip():
            continue
        _, page, block, paragraph, line, _, left, _, width, height, confidence, text = fields
        word = _Word(text.strip(), int(left), int(left) + int(width), int(height))
        paragraphs.setdefault((page, block, paragraph), {}).setdefault(line, []).append(word)
        confidences.append((float(confidence), len(word.text)))
    text = "\n\n".join("\n".join(map(_line, lines.values())) for lines in paragraphs.values())
    return Recognised(text, _mean(confidences))


def _line(words: list[_Word]) -> str:
    height = max(word.height for word in words)
    text = words[0].text
    for before, after in pairwise(words):
        text += ("\t" if after.left - before.right > _CELL_GAP * height else " ") + after.text
    return _SEEN_BULLET.sub("- ", text)


def _mean(values: list[tuple[float, int]]) -> float:
    """The mean of values with their weights; 0 without any."""
    weight = sum(count for _, count in values)
    return sum(value * count for value, count in values) / weight if weight else 0.0
