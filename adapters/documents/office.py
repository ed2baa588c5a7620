"""Word and Writer documents: docling's reading of DOCX and ODT as text, with page headers and layout tables."""

import re
from pathlib import Path
from typing import Any

import odfdo
from docling.datamodel.base_models import ConversionStatus, InputFormat
from docling.document_converter import DocumentConverter
from docling_core.transforms.serializer.base import BaseDocSerializer, SerializationResult
from docling_core.transforms.serializer.common import create_ser_result
from docling_core.transforms.serializer.markdown import (
    MarkdownDocSerializer,
    MarkdownParams,
    MarkdownPictureSerializer,
    MarkdownTableSerializer,
)
from docling_core.types.doc.common.content_layer import ContentLayer
from docling_core.types.doc.document import DoclingDocument
from docling_core.types.doc.items.picture.picture import PictureItem
from docling_core.types.doc.items.table.table import TableItem
from docling_core.types.doc.items.table.table_data import RichTableCell, TableCell

from adapters.documents.errors import BadDocument
from adapters.documents.gates import BAD_OFFICE
from adapters.documents.links import hidden_addresses

_HEADER = "page header"
_ROW_CELL_CHARACTERS = 80
_TRAILING_SPACES = re.compile(r"[ \t]+$", re.MULTILINE)
_EMPTY_LINES = re.compile(r"\n{3,}")


class _Tables(MarkdownTableSerializer):
    """A row of short cells is one line, a tab between cells; a row of a layout table is read cell by cell."""

    def serialize(
        self, *, item: TableItem, doc_serializer: BaseDocSerializer, doc: DoclingDocument, **kwargs: Any
    ) -> SerializationResult:
        seen: set[tuple[int, int]] = set()
        rows: list[str] = []
        for grid_row in item.data.grid:
            texts: list[str] = []
            for cell in grid_row:
                # A merged cell stands in the grid once for each place it covers.
                place = (cell.start_row_offset_idx, cell.start_col_offset_idx)
                if place not in seen:
                    seen.add(place)
                    texts.append(_cell_text(cell, doc_serializer, doc, kwargs).strip())
            texts = [text for text in texts if text]
            plain = all("\n" not in text and len(text) <= _ROW_CELL_CHARACTERS for text in texts)
            rows.append("\t".join(texts) if plain else "\n\n" + "\n\n".join(texts) + "\n\n")
        return create_ser_result(text="\n" + "\n".join(rows).strip() + "\n", span_source=item)


def _cell_text(cell: TableCell, serializer: BaseDocSerializer, doc: DoclingDocument, kwargs: dict[str, Any]) -> str:
    if isinstance(cell, RichTableCell):
        return serializer.serialize(item=cell.ref.resolve(doc=doc), **kwargs).text
    return cell.text or ""


class _Pictures(MarkdownPictureSerializer):
    """Pictures leave no trace in the text."""

    def serialize(
        self, *, item: PictureItem, doc_serializer: BaseDocSerializer, doc: DoclingDocument, **kwargs: Any
    ) -> SerializationResult:
        return create_ser_result(text="", span_source=item)


def read_docx(path: Path) -> str:
    """The text of a DOCX document: page headers first, footers and notes last."""
    return _text(_convert(path, InputFormat.DOCX))


def read_odt(path: Path) -> str:
    """The text of an ODT document, in the same order as for DOCX."""
    return _split_text_boxes(_text(_convert(path, InputFormat.ODT)), path)


def _convert(path: Path, kind: InputFormat) -> DoclingDocument:
    result = DocumentConverter(allowed_formats=[kind]).convert(path, raises_on_error=False)
    if result.status is not ConversionStatus.SUCCESS:
        raise BadDocument(BAD_OFFICE)
    return result.document


def _text(doc: DoclingDocument) -> str:
    # Contacts often stand in the page header, which docling puts after the body.
    doc.body.children.sort(key=lambda ref: _place(ref.resolve(doc=doc)))
    serializer = MarkdownDocSerializer(
        doc=doc,
        table_serializer=_Tables(),
        picture_serializer=_Pictures(),
        params=MarkdownParams(
            layers={ContentLayer.BODY, ContentLayer.FURNITURE},
            escape_html=False,
            escape_underscores=False,
            include_formatting=False,
            include_hyperlinks=False,
            image_placeholder="",
        ),
    )
    text = _EMPTY_LINES.sub("\n\n", _TRAILING_SPACES.sub("", serializer.serialize().text)).strip()
    targets = [str(item.hyperlink) for item in doc.texts if item.hyperlink is not None]
    return "\n\n".join([text, *hidden_addresses(targets, text)])


def _place(item: Any) -> int:
    if getattr(item, "content_layer", ContentLayer.BODY) is not ContentLayer.FURNITURE:
        return 1
    return 0 if getattr(item, "name", "") == _HEADER else 2


def _split_text_boxes(text: str, path: Path) -> str:
    """Part the lines of text boxes, which docling's ODT reader glues into one."""
    document = odfdo.Document(str(path))
    for box in document.body.get_elements("descendant::draw:text-box"):
        lines = [line for line in (str(paragraph.text_recursive).strip() for paragraph in box.get_paragraphs()) if line]
        glued = "".join(lines)
        if len(lines) > 1:
            text = text.replace(glued, "\n".join(lines))
    return text
