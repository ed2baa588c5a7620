"""Pages that are pictures: which ones, and their text by character recognition within a bounded time."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from adapters.documents.errors import NO_TEXT, BadDocument
from adapters.documents.ocr import Recognised, find_recogniser
from adapters.documents.pdfium import PdfFile, open_pdf

IMAGE_PAGE_CHARACTERS = 25
"""A page with fewer characters than this, spaces apart, is a picture of a page."""
SCAN_SECONDS = 75.0
"""The time for all pictures of a document: what was read until then is kept, before the whole reading is stopped."""
UNSURE = 65.0
"""Percent of confidence below which the caller is warned."""
OCR_UNAVAILABLE = "document scanné, OCR indisponible"
OCR_FAILED = "document scanné, la reconnaissance de caractères a échoué"


@dataclass(slots=True)
class ScannedPages:
    """The texts of all pages after recognition, whether any comes from it, and French warnings."""

    texts: list[str]
    recognised: bool = False
    warnings: list[str] = field(default_factory=list)


def read_scans(path: Path, texts: Sequence[str]) -> ScannedPages:
    """Replace, in the texts of a PDF's pages, those of the pages that are pictures by what can be seen on them.

    Raises `BadDocument` for a document of pictures alone that nothing could read: it must not pass for an empty CV.
    """
    pages = ScannedPages(list(texts))
    with open_pdf(path) as pdf:
        scanned = [
            number
            for number, text in enumerate(texts, 1)
            if _weight(text) < IMAGE_PAGE_CHARACTERS and _shows_more(pdf, number)
        ]
        if scanned:
            _recognise(pdf, scanned, pages)
    return pages


def _recognise(pdf: PdfFile, scanned: Sequence[int], pages: ScannedPages) -> None:
    recognise = find_recogniser()
    deadline = time.monotonic() + SCAN_SECONDS
    seen: dict[int, Recognised] = {}
    failed: list[int] = []
    late: list[int] = []
    for number in scanned:
        left = deadline - time.monotonic()
        if recognise is None or left <= 0:
            late.append(number)
            continue
        found = recognise(pdf.render_png(number), left)
        if found is None:
            (late if time.monotonic() >= deadline else failed).append(number)
        elif _weight(found.text) > _weight(pages.texts[number - 1]):
            seen[number] = found
    for number, found in seen.items():
        pages.texts[number - 1] = found.text
    pages.recognised = bool(seen)
    if not seen and all(_weight(text) < IMAGE_PAGE_CHARACTERS for text in pages.texts):
        raise BadDocument(OCR_UNAVAILABLE if recognise is None else OCR_FAILED if failed else NO_TEXT)
    unsure = [number for number, found in seen.items() if found.confidence < UNSURE]
    skipped = "OCR indisponible" if recognise is None else "document trop long à reconnaître"
    pages.warnings += [
        *_warning(late, "non lue", skipped),
        *_warning(failed, "non lue", "la reconnaissance a échoué"),
        *_warning(unsure, "peu lisible", "des mots peuvent être faux"),
    ]


def _shows_more(pdf: PdfFile, number: int) -> bool:
    """Whether the page shows more than was read of it: a drawing, or letters of a font that does not name them."""
    return pdf.looks_drawn(number) or pdf.count_characters(number) >= IMAGE_PAGE_CHARACTERS


def _warning(pages: Sequence[int], state: str, reason: str) -> list[str]:
    if not pages:
        return []
    plural = "s" if len(pages) > 1 else ""
    return [f"Page{plural} {', '.join(map(str, pages))} scannée{plural}, {state}{plural} : {reason}"]


def _weight(text: str) -> int:
    return sum(not character.isspace() for character in text)
