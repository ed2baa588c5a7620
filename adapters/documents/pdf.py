"""PDF documents: docling's model-free pipeline with the reading order that it lacks."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from pathlib import Path

from docling.backend.pdf_backend import PdfPageBackend
from docling.datamodel.backend_options import ThreadedDoclingParseBackendOptions
from docling.datamodel.base_models import ConversionStatus, DocumentStream, InputFormat, Page
from docling.datamodel.document import ConversionResult
from docling.datamodel.pipeline_options import NativePdfPipelineOptions
from docling.document_converter import DocumentConverter, NativePdfFormatOption
from docling.pipeline.native_pdf_pipeline import (
    NativePdfPipeline,
    _NativeAssemblyTimings,
    _NativeBuildTimings,
)
from docling_core.types.doc.base import BoundingBox, CoordOrigin, Size
from docling_core.types.doc.common.reference import ProvenanceItem
from docling_core.types.doc.document import DoclingDocument
from docling_core.types.doc.items.group import ListGroup
from docling_core.types.doc.items.text import ListItem, SectionHeaderItem
from docling_core.types.doc.labels import DocItemLabel
from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage, TextCell

from adapters.documents.cells import Cell
from adapters.documents.gates import MAX_PAGES
from adapters.documents.links import hidden_addresses
from adapters.documents.pdf_layout import Block, BlockKind, read_page
from adapters.documents.pdfium import open_pdf

_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_SYMBOLS = re.compile(r"dingbat|wingding|webding|symbol", re.IGNORECASE)
_UNMAPPED = re.compile(r"GLYPH<[^>]*>|[\ue000-\uf8ff]")
"""What docling-parse writes for a glyph without a character, and the private use area of icon fonts."""
_SLANT = 1 / 6
"""Quarter turns that a scanned line may be off: 15 degrees."""
_MARKS: dict[BlockKind, str] = {"heading": "## ", "subheading": "### ", "bullet": "- ", "text": ""}


@dataclass(frozen=True, slots=True)
class PdfPage:
    """The text of one page, counted from 1, in reading order."""

    number: int
    text: str


class OrderedPdfPipeline(NativePdfPipeline):
    """Adds a page as headings, list items and paragraphs in reading order, not cell by cell as it was drawn.

    The two hooks are private to docling: its version is pinned, and the tests of two-column pages fail without them.
    """

    def __init__(self, pipeline_options: NativePdfPipelineOptions) -> None:
        super().__init__(pipeline_options)
        self._read: dict[int, list[Block]] = {}

    def _parse_page(
        self, timings: _NativeBuildTimings, conv_res: ConversionResult, page_backend: PdfPageBackend
    ) -> Page | None:
        """Read the page as soon as it is parsed and let its cells go: fifty pages of them take 600 MB."""
        page = super()._parse_page(timings, conv_res, page_backend)
        if page is not None and page.parsed_page is not None and page.size is not None:
            _name_standard_fonts(conv_res.input._backend.path_or_stream, page.page_no, page.parsed_page)
            self._read[page.page_no] = _read_cells(page.parsed_page, page.size)
            page.parsed_page.word_cells = []
            page.parsed_page.textline_cells = []
        return page

    def _add_text_items(
        self,
        timings: _NativeAssemblyTimings,
        doc: DoclingDocument,
        page_no: int,
        parsed_page: SegmentedPdfPage,
        size: Size,
    ) -> None:
        blocks = self._read.pop(page_no)
        _add_blocks(doc, page_no, size, blocks)
        timings.n_text_items += len(blocks)


def _read_cells(parsed_page: SegmentedPdfPage, size: Size) -> list[Block]:
    up = _reading_direction(parsed_page.word_cells)
    words = [cell for cell in parsed_page.word_cells if _turn(cell) == up]
    blocks = read_page([_turned(_to_cell(word, size), up, size) for word in words])
    # Text set in another direction belongs to no line of the page; it is kept, after the rest.
    others = [_to_cell(cell, size) for cell in parsed_page.textline_cells if _turn(cell) != up]
    blocks += [Block("text", cell.text, cell.left, cell.top, cell.right, cell.bottom) for cell in others if cell.text]
    targets = [str(link.uri) for link in parsed_page.hyperlinks if link.uri is not None]
    text = "\n".join(block.text for block in blocks)
    return blocks + [Block("text", found, 0, 0, size.width, size.height) for found in hidden_addresses(targets, text)]


def _reading_direction(cells: Iterable[TextCell]) -> int:
    """The quarter turns, counted as in `_turn`, of most of the page's characters: a page may lie on its side."""
    weights = Counter({0: 0})
    for cell in cells:
        if (turn := _turn(cell)) is not None:
            weights[turn] += len(cell.text)
    return weights.most_common(1)[0][0]


def _turn(cell: TextCell) -> int | None:
    """The quarter turns against the clock that text is set at, 1 if it runs upwards; None for anything in between."""
    quarters = cell.rect.angle / (math.pi / 2)
    nearest = round(quarters)
    return nearest % 4 if abs(quarters - nearest) < _SLANT else None


def _turned(cell: Cell, quarters: int, size: Size) -> Cell:
    """The cell where it stands once the page is turned so that this direction runs from left to right."""
    left, top, right, bottom = cell.left, cell.top, cell.right, cell.bottom
    box = {
        0: (left, top, right, bottom),
        1: (size.height - bottom, left, size.height - top, right),
        2: (size.width - right, size.height - bottom, size.width - left, size.height - top),
        3: (top, size.width - right, bottom, size.width - left),
    }[quarters]
    return Cell(cell.text, *box, cell.bold)


def read_pdf(path: Path) -> list[PdfPage]:
    """The text of every page. The document has passed its gate; a page without any text comes back empty."""
    options = NativePdfPipelineOptions(generate_page_images=False, generate_picture_images=False, parser_threads=1)
    # The parser runs ahead of the pipeline, and keeps what it decoded, unless it is told not to.
    backend = ThreadedDoclingParseBackendOptions(
        parser_threads=1, render_pages=False, max_concurrent_results=2, release_native_memory_every_n_pages=4
    )
    native = NativePdfFormatOption(pipeline_cls=OrderedPdfPipeline, pipeline_options=options, backend_options=backend)
    converter = DocumentConverter(allowed_formats=[InputFormat.PDF], format_options={InputFormat.PDF: native})
    with open_pdf(path) as pdf:
        squared = pdf.squared()
        source = path if squared is None else DocumentStream(name="document.pdf", stream=squared)
        result = converter.convert(source, raises_on_error=False, page_range=(1, MAX_PAGES))
        # What docling's parser gives up on, a whole document or one page of it, the other library may still read.
        read: set[int] = set()
        texts: dict[int, str] = {}
        if result.status in (ConversionStatus.SUCCESS, ConversionStatus.PARTIAL_SUCCESS):
            read = {page.page_no for page in result.pages}
            texts = _page_texts(result.document)
        pages: list[PdfPage] = []
        for number in range(1, pdf.pages + 1):
            text = (
                texts.get(number, "")
                if number in read
                else _join((block.kind, block.text) for block in read_page(pdf.segments(number)))
            )
            pages.append(PdfPage(number, text))
        return pages


def _page_texts(doc: DoclingDocument) -> dict[int, str]:
    """The text of each page of a document that `OrderedPdfPipeline` built."""
    return {
        number: _join((_item_kind(item), item.text) for item in items)
        for number, items in groupby(doc.texts, key=lambda item: item.prov[0].page_no)
    }


def _item_kind(item: object) -> BlockKind:
    if isinstance(item, SectionHeaderItem):
        return "heading" if item.level == 1 else "subheading"
    return "bullet" if isinstance(item, ListItem) else "text"


def _join(parts: Iterable[tuple[BlockKind, str]]) -> str:
    """Blocks as text: an empty line between them, except between list items."""
    text = ""
    last: BlockKind | None = None
    for kind, content in parts:
        if last is not None:
            text += "\n" if kind == last == "bullet" else "\n\n"
        text += _MARKS[kind] + content
        last = kind
    return text


def _add_blocks(doc: DoclingDocument, page_no: int, size: Size, blocks: Sequence[Block]) -> None:
    group: ListGroup | None = None
    for block in blocks:
        box = BoundingBox(
            l=block.left, t=block.top, r=block.right, b=block.bottom, coord_origin=CoordOrigin.TOPLEFT
        ).to_bottom_left_origin(page_height=size.height)
        prov = ProvenanceItem(page_no=page_no, bbox=box, charspan=(0, len(block.text)))
        if block.kind == "bullet":
            group = group or doc.add_list_group()
            doc.add_list_item(block.text, parent=group, prov=prov)
            continue
        group = None
        if block.kind == "text":
            doc.add_text(label=DocItemLabel.TEXT, text=block.text, prov=prov)
        else:
            doc.add_heading(block.text, level=1 if block.kind == "heading" else 2, prov=prov)


def _to_cell(cell: TextCell, size: Size) -> Cell:
    font = cell.font_name if isinstance(cell, PdfTextCell) else ""
    text = _UNMAPPED.sub("", cell.text).strip()
    if len(text) <= 1 and _SYMBOLS.search(font):
        text = "•"  # a list's bullet: as a letter of the text it would be a meaningless "l" or "n"
    box = cell.rect.to_bounding_box().to_top_left_origin(page_height=size.height)
    return Cell(text, box.l, box.t, box.r, box.b, _BOLD.search(font) is not None)


def _name_standard_fonts(source: Path | BytesIO, page_no: int, parsed_page: SegmentedPdfPage) -> None:
    """Give the cells of fonts that are not embedded their font's name: docling-parse leaves the key ("/F2") there."""
    unnamed: dict[str, list[PdfTextCell]] = {}
    for cell in parsed_page.word_cells:
        if isinstance(cell, PdfTextCell) and cell.font_name == cell.font_key:
            unnamed.setdefault(cell.font_key, []).append(cell)
    if not unnamed:
        return
    with open_pdf(source) as pdf:
        height = parsed_page.dimension.height
        for cells in unnamed.values():
            box = cells[0].rect.to_bounding_box().to_bottom_left_origin(page_height=height)
            name = pdf.font_at(page_no, (box.l + box.r) / 2, (box.t + box.b) / 2)
            for cell in cells:
                cell.font_name = name or cell.font_key
