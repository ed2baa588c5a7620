"""Text of pictures of pages: by the tesseract program in French and English, else by rapidocr where it is installed."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path

from adapters.documents.cells import Cell
from adapters.documents.pdf_layout import read_page

LANGUAGES = ("fra", "eng")
PAGE_SECONDS = 60.0
RENDERED_DPI = 300

_LISTING_SECONDS = 10
_POINTS = 72 / RENDERED_DPI
_RAPID_PACKAGES = ("rapidocr", "onnxruntime")
_RAPID_MODULE = "adapters.documents.rapid_ocr"
_LINE_LEVEL = "4"
_SEEN_BULLET = re.compile(r"[e•·¢°«»©*+]{1,2}")
"""What the bullet before a list item is taken for."""


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
    return Recognised(_ordered(cells), _mean([(100 * line["score"], len(line["text"])) for line in lines]))


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


def _from_table(table: str) -> Recognised:
    """Tesseract's words in reading order: its own order parts dates in a margin from their lines."""
    lines: dict[tuple[str, ...], tuple[float, float, list[Cell]]] = {}
    confidences: list[tuple[float, int]] = []
    turned = 0
    for row in table.splitlines()[1:]:
        fields = row.split("\t")
        if len(fields) != 12:
            continue
        level, page, block, paragraph, line, _ = fields[:6]
        left, top, width, height = (_POINTS * int(number) for number in fields[6:10])
        place = page, block, paragraph, line
        if level == _LINE_LEVEL:
            lines[place] = top, top + height, []
            turned += 1 if height > width else -1
        elif fields[11].strip() and place in lines:
            text = fields[11].strip()
            # The box of a word is as high as its letters, so the words of one line would not seem to be of one size.
            upper, lower, words = lines[place]
            words.append(Cell(text, left, upper, left + width, lower))
            confidences.append((float(fields[10]), len(text)))
    seen = [_seen_bullet(words) for _, _, words in lines.values()]
    if turned > 0:
        # The boxes are those of the picture, on which the lines of this page run up or down.
        text = "\n".join(" ".join(word.text for word in words) for words in seen)
    else:
        text = _ordered([word for words in seen for word in words])
    return Recognised(text, _mean(confidences))


def _seen_bullet(words: list[Cell]) -> list[Cell]:
    """The words of a line, with a bullet where one was taken for a character that no line begins with."""
    quoted = any("»" in word.text for word in words[1:])
    if len(words) > 1 and _SEEN_BULLET.fullmatch(words[0].text) and not quoted:
        return [replace(words[0], text="•"), *words[1:]]
    return words


def _ordered(cells: list[Cell]) -> str:
    """The text in reading order: an empty line between blocks, except between list items."""
    text = ""
    for _, run in groupby(read_page(cells), key=lambda block: block.kind == "bullet"):
        blocks = list(run)
        listed = blocks[0].kind == "bullet"
        text += ("\n" if listed else "\n\n").join(f"- {block.text}" if listed else block.text for block in blocks)
        text += "\n\n"
    return text.rstrip()


def _mean(values: list[tuple[float, int]]) -> float:
    """The mean of values with their weights; 0 without any."""
    weight = sum(count for _, count in values)
    return sum(value * count for value, count in values) / weight if weight else 0.0
