"""Word layouts: plain headings, contacts in the page header, tables for layout and for dates, text boxes."""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from samples.content import Content, Item, Section

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_BESIDE = frozenset({"skills", "languages", "certifications"})
_EMU = 12_700
"""Word's unit of drawings: this many a point."""
_BOX = """
<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
  xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
  xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
  xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><w:drawing>
<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="{number}" behindDoc="0" locked="0"
  layoutInCell="1" allowOverlap="0"><wp:simplePos x="0" y="0"/>
<wp:positionH relativeFrom="page"><wp:posOffset>{left}</wp:posOffset></wp:positionH>
<wp:positionV relativeFrom="page"><wp:posOffset>{top}</wp:posOffset></wp:positionV>
<wp:extent cx="{width}" cy="{height}"/><wp:wrapSquare wrapText="bothSides"/>
<wp:docPr id="{number}" name="Box {number}"/>
<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>
<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>
<wps:txbx><w:txbxContent>{shown}</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic>
</wp:anchor></w:drawing></w:r>"""


class _Body(Protocol):
    """What takes paragraphs: a document or a table cell."""

    def add_paragraph(self, text: str = "", style: str | None = None) -> Paragraph: ...


def header_contacts(content: Content, path: Path) -> None:
    """Name and contacts in the page header, as Word's letterheads do; the rest in the body."""
    document = _new(content)
    header = document.sections[0].header
    header.paragraphs[0].add_run(content.name).bold = True
    for contact in content.contacts:
        header.add_paragraph(contact)
    document.add_paragraph(content.position, style="Title")
    for section in content.sections.values():
        _section(document, section, right=Cm(17))
    _save(document, path)


def headings(content: Content, path: Path) -> None:
    """Word's own styles: title, headings and bullets, everything under one another."""
    document = _new(content)
    _head(document, content)
    for section in content.sections.values():
        _section(document, section, right=Cm(17))
    _save(document, path)


def date_table(content: Content, path: Path) -> None:
    """A borderless table for each section with dates: the date in the left cell, its entry in the right one."""
    document = _new(content)
    _head(document, content)
    for section in content.sections.values():
        if not any(item.aside for item in section.items):
            _section(document, section, right=Cm(17))
            continue
        document.add_paragraph(section.title, style="Heading 1")
        table = document.add_table(rows=0, cols=2)
        table.autofit = False
        for item in section.items:
            if item.kind == "entry":
                date, entry = table.add_row().cells
                date.width, entry.width = Cm(4), Cm(13)
                date.paragraphs[0].text = item.aside
                entry.paragraphs[0].add_run(item.text).bold = True
            else:
                _item(entry, item, Cm(12))
    _save(document, path)


def text_boxes(content: Content, path: Path) -> None:
    """Name and contacts, skills and languages in text boxes beside the career, as Word's CV templates have them."""
    document = _new(content)
    document.sections[0].left_margin = Cm(7.5)
    anchor = document.add_paragraph()
    boxes = [[content.name, content.position, *content.contacts]]
    boxes += [[section.title, *(item.text for item in section.items)] for section in _short(content)]
    top = 40
    for number, lines in enumerate(boxes, 1):
        height = 17 * len(lines) + 12
        anchor._p.append(parse_xml(_text_box(number, top, height, lines)))
        top += height + 12
    for key, section in content.sections.items():
        if key not in _BESIDE:
            _section(document, section, right=Cm(11))
    _save(document, path)


def layout_table(content: Content, path: Path) -> None:
    """A borderless table of one row: contacts, skills and languages in one cell, the career in the other."""
    document = _new(content)
    document.add_paragraph(content.name, style="Title")
    document.add_paragraph(content.position, style="Subtitle")
    table = document.add_table(rows=1, cols=2)
    narrow, wide = table.rows[0].cells
    narrow.width, wide.width = Cm(5.5), Cm(11.5)
    narrow.paragraphs[0].text = content.contacts[0]
    for contact in content.contacts[1:]:
        narrow.add_paragraph(contact)
    for key, section in content.sections.items():
        _section(narrow if key in _BESIDE else wide, section, right=Cm(11))
    _save(document, path)


def _head(document: WordDocument, content: Content) -> None:
    document.add_paragraph(content.name, style="Title")
    document.add_paragraph(content.position, style="Subtitle")
    for contact in content.contacts:
        document.add_paragraph(contact)


def _short(content: Content) -> list[Section]:
    return [section for key, section in content.sections.items() if key in _BESIDE]


def _text_box(number: int, top: int, height: int, lines: Sequence[str]) -> str:
    """The run that holds a text box at the left edge; `top` and `height` in points."""
    shown = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    return _BOX.format(
        number=number, top=top * _EMU, height=height * _EMU, width=150 * _EMU, left=36 * _EMU, shown=shown
    )


def _new(content: Content) -> WordDocument:
    document = Document()
    page = document.sections[0]
    page.left_margin = page.right_margin = Cm(2)
    document.styles["Normal"].font.size = Pt(10)
    properties = document.core_properties
    properties.title, properties.author = content.name, content.name
    properties.created = properties.modified = datetime(2026, 1, 1)
    return document


def _section(body: _Body, section: Section, *, right: Cm) -> None:
    body.add_paragraph(section.title, style="Heading 1")
    for item in section.items:
        _item(body, item, right)


def _item(body: _Body, item: Item, right: Cm) -> None:
    paragraph = body.add_paragraph(style="List Bullet" if item.kind == "bullet" else None)
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.add_run(item.text).bold = item.kind == "entry" or None
    if item.aside:
        paragraph.paragraph_format.tab_stops.add_tab_stop(right, WD_TAB_ALIGNMENT.RIGHT)
        paragraph.add_run(f"\t{item.aside}")


def _save(document: WordDocument, path: Path) -> None:
    """Write the document with fixed times in its archive, so that equal content gives equal bytes."""
    buffer = io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _ZIP_TIME), source.read(name), zipfile.ZIP_DEFLATED)
