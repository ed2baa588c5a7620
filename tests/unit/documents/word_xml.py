"""Pieces of Word's XML that python-docx has no words for."""

from pathlib import Path

import docx
from docx.oxml import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement

from tests.unit.documents.document_samples import write_docx

_SPACES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)


def paragraph(*inner: str) -> str:
    return f"<w:p>{''.join(inner)}</w:p>"


def run(inner: str) -> str:
    return f"<w:r>{inner}</w:r>"


def line(text: str) -> str:
    return paragraph(run(f'<w:t xml:space="preserve">{text}</w:t>'))


def drawn_box(*lines: str) -> str:
    """A text box as Word writes it since 2010."""
    shape = f"<wps:wsp><wps:txbx>{_box(*lines)}</wps:txbx></wps:wsp>"
    return (
        f"<w:drawing><wp:anchor><a:graphic><a:graphicData>{shape}</a:graphicData></a:graphic></wp:anchor></w:drawing>"
    )


def old_box(*lines: str) -> str:
    """A text box as Word wrote it before."""
    return f"<w:pict><v:shape><v:textbox>{_box(*lines)}</v:textbox></v:shape></w:pict>"


def both_boxes(*lines: str) -> str:
    """A text box as a document holds it that old versions can read too."""
    new, old = drawn_box(*lines), old_box(*lines)
    choice = f'<mc:Choice Requires="wps">{new}</mc:Choice>'
    return f"<mc:AlternateContent>{choice}<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent>"


def control(*inner: str) -> str:
    """A content control, as forms and templates have them."""
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{''.join(inner)}</w:sdtContent></w:sdt>"


def _box(*lines: str) -> str:
    return f"<w:txbxContent>{''.join(map(line, lines))}</w:txbxContent>"


def cell(*inner: str) -> str:
    return f"<w:tc>{''.join(inner)}</w:tc>"


def table(*rows: list[str], columns: int = 2) -> str:
    body = "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in rows)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{'<w:gridCol/>' * columns}</w:tblGrid>{body}</w:tbl>"


def text_table(*rows: tuple[str, ...]) -> str:
    """A table of one paragraph for each line of a cell."""
    return table(*([cell(*map(line, text.split("\n"))) for text in row] for row in rows), columns=len(rows[0]))


def element(block: str) -> BaseOxmlElement:
    """A block as an element of a document."""
    name, rest = block[1:].split(">", 1)
    return parse_xml(f"<{name} {_SPACES}>{rest}")


def write_word(path: Path, *blocks: str) -> Path:
    """A DOCX document whose body is these blocks."""

    def fill(document: docx.document.Document) -> None:
        body = document.element.body
        for block in blocks:
            body.insert(len(body) - 1, element(block))

    return write_docx(path, fill)
