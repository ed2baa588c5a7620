"""What Word shows of a document: its XML made plain before docling walks it.

Word keeps more in a document than it shows (deleted text, both places of moved text, hidden text, a second form of
each text box for old versions), and wraps what it shows (insertions, content controls). Docling skips or repeats
some of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from docling.backend.msword_backend import MsWordDocumentBackend
from docling.backend.utils.archive_limits import ArchiveLimits
from docling.datamodel.backend_options import MsWordBackendOptions
from docling_core.types.doc.common.formatting import Formatting
from docling_core.types.doc.document import DoclingDocument
from docx.document import Document
from docx.opc.part import XmlPart
from docx.styles.style import CharacterStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml import etree  # type: ignore[import-untyped]

Element = Any
"""An element of lxml, which comes without types."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_GONE = (f"{_W}del", f"{_W}moveFrom", f"{_W}sdtPr", f"{_W}sdtEndPr", f"{_W}customXmlPr", f"{_W}smartTagPr")
_WRAPPERS = (
    f"{_W}ins",
    f"{_W}moveTo",
    f"{_W}sdt",
    f"{_W}sdtContent",
    f"{_W}smartTag",
    f"{_W}customXml",
    f"{_W}fldSimple",
)
_PICTURES = (f"{_W}drawing", f"{_W}pict", f"{_W}object")
_LIMITS = ArchiveLimits.from_options(MsWordBackendOptions())
_OFF = ("0", "false", "off")
_MAX_COLUMNS = 63
"""What Word allows a table."""


class ShownWordBackend(MsWordDocumentBackend):
    """Docling's reader of Word documents, given what Word shows and no pictures."""

    @staticmethod
    def load_msword_file(
        path_or_stream: BytesIO | Path, document_hash: str, limits: ArchiveLimits = _LIMITS
    ) -> Document:
        """Load the document as docling does, then make the XML of all its parts plain."""
        document: Document = MsWordDocumentBackend.load_msword_file(path_or_stream, document_hash, limits)
        for part in document.part.package.iter_parts():
            if isinstance(part, XmlPart):
                make_plain(part.element)
        return document

    @classmethod
    def _get_format_from_run(
        cls, run: Run, paragraph: Paragraph | None = None, style_chain: Sequence[CharacterStyle] | None = None
    ) -> Formatting | None:
        """None: docling parts a line where its letters change, and so loses the tabs and spaces there."""
        return None

    def _handle_drawingml(self, doc: DoclingDocument, drawingml_els: Any) -> None:
        """Nothing: docling would have LibreOffice draw the shape, without our restrictions on what it may fetch."""


def make_plain(root: Element) -> None:
    """Leave in the XML of a part only what is shown, without wrappers around it, and its tables with all columns."""
    for row in _each(root, f"{_W}tr"):
        if row.find(f"{_W}trPr/{_W}del") is not None:
            _remove(row)
    for run in _each(root, f"{_W}r"):
        hidden = run.find(f"{_W}rPr/{_W}vanish")
        if hidden is not None and hidden.get(f"{_W}val") not in _OFF:
            _remove(run)
    for element in _each(root, *_GONE):
        _remove(element)
    for element in _each(root, f"{_MC}AlternateContent"):
        _replace(element, _shown_form(element))
    for element in _each(root, *_PICTURES):
        if next(element.iter(f"{_W}t", f"{_A}t"), None) is None:
            _remove(element)
    for element in _each(root, *_WRAPPERS):
        _replace(element, list(element))
    for table in _each(root, f"{_W}tbl"):
        _complete_grid(table)


def _each(root: Element, *tags: str) -> Iterator[Element]:
    """The elements below `root` with one of these tags, which may be removed meanwhile."""
    return (element for element in list(root.iter(*tags)) if element is not root)


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _replace(element: Element, children: Iterable[Element]) -> None:
    """Put the children into the element's place."""
    parent = element.getparent()
    place = parent.index(element)
    parent[place : place + 1] = children


def _shown_form(alternatives: Element) -> list[Element]:
    """The content of the first form that holds text, or of none: the others say the same for other programs."""
    for form in alternatives:
        if next(form.iter(f"{_W}t", f"{_A}t"), None) is not None:
            return list(form)
    return []


def _complete_grid(table: Element) -> None:
    """Let the grid, which some programs leave empty, have a column for each cell: docling drops cells beyond it."""
    grid = table.find(f"{_W}tblGrid")
    if grid is None:
        grid = etree.SubElement(table, f"{_W}tblGrid")
    widest = max((_width(row) for row in table.iterchildren(f"{_W}tr")), default=0)
    for _ in range(len(grid), min(widest, _MAX_COLUMNS)):
        etree.SubElement(grid, f"{_W}gridCol")


def _width(row: Element) -> int:
    """How many columns of the grid the row covers."""
    spans = [*row.iterfind(f"{_W}tc/{_W}tcPr/{_W}gridSpan"), *row.iterfind(f"{_W}trPr/{_W}gridBefore")]
    extra = sum(_number(span) for span in spans) - len(row.findall(f"{_W}tc/{_W}tcPr/{_W}gridSpan"))
    return len(row.findall(f"{_W}tc")) + extra


def _number(element: Element) -> int:
    value = element.get(f"{_W}val", "")
    return int(value) if value.isdecimal() and len(value) < 4 else 1
