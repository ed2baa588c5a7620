"""Word layouts: contacts in the page header, and a layout table of two cells."""

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Protocol

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from samples.content import Content, Item, Section

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_BESIDE = frozenset({"skills", "languages", "certifications"})


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
