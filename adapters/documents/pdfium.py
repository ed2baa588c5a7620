"""What pypdfium2 gives beside docling: why a PDF does not open, its page count, pictures of pages, font names."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw  # type: ignore[import-untyped]

from adapters.documents.cells import Cell
from adapters.documents.errors import BadDocument

BAD_PDF = "Document PDF corrompu ou protégé par mot de passe"

_RENDER_DPI = 300
_MAX_RENDER_PIXELS = 12_000_000
"""An A4 page at 300 dpi has 8.7 million; a page that claims to be metres wide is rendered coarser."""
_POINTS_PER_INCH = 72
_MIN_DRAWN_PATHS = 40
_FONT_NAME_BYTES = 256
_SEARCH_POINTS = 2.0


class PdfFile:
    """An open PDF; pages are counted from 1."""

    def __init__(self, document: Any) -> None:
        self._document = document

    @property
    def pages(self) -> int:
        return len(self._document)

    def count_characters(self, page_no: int) -> int:
        """How many characters the page holds, spaces included."""
        return int(self._document[page_no - 1].get_textpage().count_chars())

    def segments(self, page_no: int) -> list[Cell]:
        """The page's text as pieces of lines with their boxes, for a page that docling's parser gives up on."""
        page = self._document[page_no - 1]
        height = page.get_height()
        text = page.get_textpage()
        cells: list[Cell] = []
        for index in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(index)
            written = text.get_text_bounded(left, bottom, right, top).strip()
            cells.append(Cell(" ".join(written.split()), left, height - top, right, height - bottom))
        return cells

    def looks_drawn(self, page_no: int) -> bool:
        """Whether the page shows more than its text: a picture, or letters drawn as outlines. A blank page does not."""
        raw = pypdfium2.raw
        wanted = (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH)
        for paths, item in enumerate(self._document[page_no - 1].get_objects(filter=wanted, max_depth=4), 1):
            if item.type == raw.FPDF_PAGEOBJ_IMAGE or paths >= _MIN_DRAWN_PATHS:
                return True
        return False

    def render_png(self, page_no: int) -> bytes:
        """The page in grey as a PNG, at 300 dpi unless that makes it too large."""
        page = self._document[page_no - 1]
        width, height = page.get_size()
        scale = _RENDER_DPI / _POINTS_PER_INCH
        scale *= min(1.0, (_MAX_RENDER_PIXELS / max(1.0, width * height * scale * scale)) ** 0.5)
        out = BytesIO()
        page.render(scale=scale, grayscale=True).to_pil().save(out, format="PNG")
        return out.getvalue()

    def font_at(self, page_no: int, x: float, y: float) -> str:
        """The base font of the character at a point (origin: bottom left corner); empty where there is none."""
        text = self._document[page_no - 1].get_textpage()
        index = text.get_index(x, y, _SEARCH_POINTS, _SEARCH_POINTS)
        if index is None:
            return ""
        name = ctypes.create_string_buffer(_FONT_NAME_BYTES)
        pypdfium2.raw.FPDFText_GetFontInfo(text, index, name, _FONT_NAME_BYTES, ctypes.c_int())
        return name.value.decode("utf-8", "replace")

    def squared(self) -> BytesIO | None:
        """A copy whose turned pages have a square box; None when no page is turned by a quarter.

        docling-parse turns the text of such a page but not the page's box, and drops what then lies outside.
        """
        turned = [page for page in self._document if page.get_rotation() in (90, 270)]
        if not turned:
            return None
        for page in turned:
            left, bottom, right, top = page.get_mediabox()
            side = max(right - left, top - bottom)
            page.set_mediabox(left, bottom, left + side, bottom + side)
            page.set_cropbox(left, bottom, left + side, bottom + side)
        out = BytesIO()
        self._document.save(out)
        return BytesIO(out.getvalue())


@contextmanager
def open_pdf(source: Path | BytesIO) -> Iterator[PdfFile]:
    """Open a PDF. Raises `BadDocument` if it wants a password or is corrupt, be it a page looked at in the block."""
    try:
        with pypdfium2.PdfDocument(source) as document:
            yield PdfFile(document)
    except pypdfium2.PdfiumError:
        # The library tells "Incorrect password" from "Data format error"; the caller is told both at once.
        raise BadDocument(BAD_PDF) from None
