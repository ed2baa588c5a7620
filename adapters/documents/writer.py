"""Writer documents made plain before docling reads them: what stands in text boxes becomes text of the page."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from adapters.documents.archive import open_archive

Element = Any
"""An element of lxml, which comes without types."""

CONTENT = "content.xml"
STYLES = "styles.xml"
"""The member that holds page headers and footers."""

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_LINES = (f"{_TEXT}p", f"{_TEXT}h")
_BLOCKS = (*_LINES, f"{_TEXT}list", f"{_TABLE}table", f"{_TEXT}section")
_HOLDERS = (f"{_DRAW}text-box", f"{_DRAW}custom-shape", f"{_DRAW}rect", f"{_DRAW}ellipse")
_PICTURE = f"{_DRAW}image"
_COUNTS = {
    f"{_TEXT}c": 200,
    f"{_TABLE}number-columns-repeated": 63,
    f"{_TABLE}number-columns-spanned": 63,
    f"{_TABLE}number-rows-repeated": 200,
    f"{_TABLE}number-rows-spanned": 200,
}
"""How often something may stand for itself: blanks, columns and rows are multiplied in memory."""
_FRAMES = (f"{_DRAW}frame", f"{_DRAW}g", *_HOLDERS)


def without_boxes(path: Path) -> io.BytesIO:
    """A copy of the ODT document at `path`, its text boxes made paragraphs before what they float on, without pictures.

    Docling glues the paragraphs of a text box to one another and to the text around it, and drops boxes that are
    bound to a page. Raises `zipfile.BadZipFile` or `lxml.etree.XMLSyntaxError` for a damaged document.
    """
    out = io.BytesIO()
    with path.open("rb") as file, open_archive(file) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as copy:
        for member in archive.infolist():
            if member.is_dir():
                continue
            data = archive.read(member)
            copy.writestr(member.filename, _lifted(data) if member.filename in (CONTENT, STYLES) else data)
    out.seek(0)
    return out


def _lifted(data: bytes) -> bytes:
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    for element in root.iter(etree.Element):
        for name in _COUNTS.keys() & element.attrib.keys():
            count = element.get(name)
            if not (count.isdecimal() and len(count) < 9 and int(count) <= _COUNTS[name]):
                element.set(name, str(_COUNTS[name]))
    for picture in list(root.iter(_PICTURE)):
        picture.getparent().remove(picture)
    for holder in list(root.iter(*_HOLDERS)):
        _lift(holder)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _lift(holder: Element) -> None:
    """Move the blocks of a box or shape before the outermost line or frame that it stands in."""
    place = _place(holder)
    for block in [child for child in holder if child.tag in _BLOCKS]:
        place.addprevious(block)


def _place(holder: Element) -> Element:
    """The outermost of the lines and frames around a box, up to the cell, list item or page that holds them."""
    place = holder
    for ancestor in _ancestors(holder):
        if ancestor.tag not in _LINES and ancestor.tag not in _FRAMES and not _is_inline(ancestor):
            break
        place = ancestor
    return place


def _ancestors(element: Element) -> Iterator[Element]:
    while (element := element.getparent()) is not None:
        yield element


def _is_inline(element: Element) -> bool:
    return element.tag in (f"{_TEXT}span", f"{_TEXT}a", f"{_DRAW}a")
