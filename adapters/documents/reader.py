"""Reading a document: checks first, then the text in reading order, with how it was obtained."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from adapters.documents.errors import NO_TEXT, BadDocument
from adapters.documents.gates import check_document
from adapters.documents.kinds import DocumentKind
from adapters.documents.plain import decode_text

MAX_CHARACTERS = 300_000
"""About what `MAX_PAGES` dense pages hold; the other formats have no pages to count."""

_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_KEPT = frozenset("\n\t")
_EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")


class ReadText(BaseModel):
    """The text of a document in reading order.

    Headings start with "#" marks and list items with "- " where the format tells them; a tab parts the cells of one
    row. `pages` is 1 for formats without pages. `characters` counts the text. `warnings` are French sentences.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    text: str
    pages: int = 1
    characters: int
    ocr: bool = False
    warnings: list[str] = Field(default_factory=list)


def read_document(path: Path, kind: DocumentKind) -> ReadText:
    """Read the document of this kind at `path`. Raises `BadDocument` when it cannot be read or holds no text.

    Takes seconds and hundreds of megabytes in the worst case, and hostile input may kill the process: run it through
    `adapters.documents.sandbox`.
    """
    check_document(path, kind)
    if kind == "pdf":
        return _read_pdf(path)
    text, warnings = _READERS[kind](path)
    return _result(text, warnings=warnings)


def _result(text: str, *, pages: int = 1, ocr: bool = False, warnings: list[str] | None = None) -> ReadText:
    text = _clean(text)
    if not text:
        raise BadDocument(NO_TEXT)
    if len(text) > MAX_CHARACTERS:
        raise BadDocument(f"Document trop long : {len(text)} caractères, {MAX_CHARACTERS} au plus")
    return ReadText(text=text, pages=pages, characters=len(text), ocr=ocr, warnings=warnings or [])


def _clean(text: str) -> str:
    """Composed characters only, without those that no reader sees and no database or JSON text may hold."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in _DROPPED_CATEGORIES)
    return _EMPTY_LINES.sub("\n\n", text).strip()


def _read_pdf(path: Path) -> ReadText:
    from adapters.documents.pdf import read_pdf
    from adapters.documents.scans import read_scans

    pages = read_scans(path, [page.text for page in read_pdf(path)])
    return _result("\n\n".join(pages.texts), pages=len(pages.texts), ocr=pages.recognised, warnings=pages.warnings)


def _read_txt(path: Path) -> tuple[str, list[str]]:
    return decode_text(path.read_bytes()), []


# docling is loaded by the formats that need it only: plain text is read in a millisecond.
def _read_docx(path: Path) -> tuple[str, list[str]]:
    from adapters.documents.office import read_docx

    return read_docx(path), []


def _read_odt(path: Path) -> tuple[str, list[str]]:
    from adapters.documents.office import read_odt

    return read_odt(path), []


def _read_doc(path: Path) -> tuple[str, list[str]]:
    from adapters.documents.legacy import read_doc

    return read_doc(path)


def _read_rtf(path: Path) -> tuple[str, list[str]]:
    from adapters.documents.legacy import read_rtf

    return read_rtf(path)


_READERS: dict[DocumentKind, Callable[[Path], tuple[str, list[str]]]] = {
    "docx": _read_docx,
    "odt": _read_odt,
    "doc": _read_doc,
    "rtf": _read_rtf,
    "txt": _read_txt,
}
"""How each format but PDF is read: its text and the warnings."""
