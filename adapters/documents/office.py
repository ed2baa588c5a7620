"""Word and Writer documents: docling's reading of DOCX and ODT as text, with page headers and layout tables."""

import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

from docling.datamodel.base_models import ConversionStatus, DocumentStream, InputFormat
from docling.document_converter import DocumentConverter, FormatOption, WordFormatOption
from docling_core.transforms.serializer.base import BaseDocSerializer, SerializationResult
from docling_core.transforms.serializer.common import create_ser_result
from docling_core.transforms.serializer.markdown import (
    MarkdownDocSerializer,
    MarkdownParams,
    MarkdownPictureSerializer,
)
from docling_core.types.doc.common.content_layer import ContentLayer
from docling_core.types.doc.document import DoclingDocument
from docling_core.types.doc.items.picture.picture import PictureItem
from lxml import etree  # type: ignore[import-untyped]

from adapters.documents.errors import BadDocument
from adapters.documents.gates import BAD_OFFICE
from adapters.documents.links import hidden_addresses
from adapters.documents.tables import TextTables
from adapters.documents.word import ShownWordBackend
from adapters.documents.writer import without_boxes

_HEADER = "page header"
_TRAILING_SPACES = re.compile(r"[ \t]+$", re.MULTILINE)
_EMPTY_LINES = re.compile(r"\n{3,}")


class _Pictures(MarkdownPictureSerializer):
    """Pictures leave no trace in the text."""

    def serialize(
        self, *, item: PictureItem, doc_serializer: BaseDocSerializer, doc: DoclingDocument, **kwargs: Any
    ) -> SerializationResult:
        return create_ser_result(text="", span_source=item)


def read_docx(path: Path) -> str:
    """The text of a DOCX document: page headers first, footers and notes last."""
    shown = WordFormatOption(backend=ShownWordBackend)
    return _text(_convert(path, InputFormat.DOCX, {InputFormat.DOCX: shown}))


def read_odt(path: Path) -> str:
    """The text of an ODT document, in the same order as for DOCX."""
    try:
        plain = without_boxes(path)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, etree.XMLSyntaxError):
        raise BadDocument(BAD_OFFICE) from None
    return _text(_convert(DocumentStream(name="document.odt", stream=plain), InputFormat.ODT))


def _convert(
    source: Path | DocumentStream, kind: InputFormat, options: dict[InputFormat, FormatOption] | None = None
) -> DoclingDocument:
    converter = DocumentConverter(allowed_formats=[kind], format_options=options)
    result = converter.convert(source, raises_on_error=False)
    if result.status is not ConversionStatus.SUCCESS:
        raise BadDocument(BAD_OFFICE)
    return result.document


def _text(doc: DoclingDocument) -> str:
    # Contacts often stand in the page header, which docling puts after the body.
    doc.body.children.sort(key=lambda ref: _place(ref.resolve(doc=doc)))
    serializer = MarkdownDocSerializer(
        doc=doc,
        table_serializer=TextTables(),
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
