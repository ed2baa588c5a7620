"""What is checked in milliseconds before a document is read: size, pages, protection, decompressed volume."""

import re
import xml.parsers.expat
import zipfile
import zlib
from pathlib import Path

from adapters.documents.archive import open_archive
from adapters.documents.errors import BadDocument
from adapters.documents.kinds import PROTECTED_OFFICE, DocumentKind
from adapters.documents.pdfium import BAD_PDF, open_pdf
from adapters.documents.plain import decode_text

MAX_PAGES = 50
MAX_PAGE_CHARACTERS = 30_000
"""Five times a page of small print; docling needs a gigabyte for a page ten times as dense."""
MAX_UNPACKED_BYTES = 50_000_000
MAX_RATIO = 200
"""Unpacked over packed size of a whole archive; Word and Writer files stay under 30."""

MAX_PARAGRAPHS = 12_000
"""With the stretches of one style in them, each of which takes docling half a millisecond."""
"""200 for each of `MAX_PAGES` pages; docling takes about a millisecond for each."""

BAD_OFFICE = "Document corrompu : son contenu ne peut pas être ouvert"
_BOMB = "Document refusé : son contenu décompressé est anormalement volumineux"
_DOCTYPE = "Document refusé : il contient une déclaration DOCTYPE"
_ENCRYPTED_FLAG = 0x1
_CHUNK_BYTES = 65536
_PARAGRAPH = re.compile(rb"<(?:[\w.-]+:)?(?:p|r|span)[\s/>]")
_RTF_BINARY = re.compile(rb"\\bin([0-9]{1,20})")
_ODT_MANIFEST = "META-INF/manifest.xml"
_BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    xml.parsers.expat.ExpatError,
    EOFError,
    OSError,
    NotImplementedError,
    LookupError,
)


def check_document(path: Path, kind: DocumentKind) -> None:
    """Raise `BadDocument` if the document of this kind at `path` must not be read."""
    if path.stat().st_size == 0:
        raise BadDocument("Document vide")
    if kind == "pdf":
        _check_pdf(path)
    elif kind in ("docx", "odt"):
        _check_archive(path)
    elif kind == "rtf":
        _check_rtf(path.read_bytes())
    elif kind == "txt":
        decode_text(path.read_bytes())


def _check_pdf(path: Path) -> None:
    with open_pdf(path) as pdf:
        if pdf.pages == 0:
            raise BadDocument(BAD_PDF)
        if pdf.pages > MAX_PAGES:
            raise BadDocument(f"Document trop long : {pdf.pages} pages, {MAX_PAGES} au plus")
        for number in range(1, pdf.pages + 1):
            if pdf.count_characters(number) > MAX_PAGE_CHARACTERS:
                raise BadDocument(f"Document refusé : le texte de la page {number} est anormalement dense")


def _check_rtf(data: bytes) -> None:
    """Refuse a picture that claims more bytes than the file has: LibreOffice waits for them."""
    if any(int(claimed[1]) > len(data) for claimed in _RTF_BINARY.finditer(data)):
        raise BadDocument(BAD_OFFICE)


def _check_archive(path: Path) -> None:
    try:
        with path.open("rb") as file, open_archive(file) as archive:
            members = archive.infolist()
            # `zipfile` never gives more than a member declares, so the declared sizes bound what any read gives.
            unpacked = sum(member.file_size for member in members)
            if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_RATIO * path.stat().st_size:
                raise BadDocument(_BOMB)
            if any(member.flag_bits & _ENCRYPTED_FLAG for member in members):
                raise BadDocument(PROTECTED_OFFICE)
            paragraphs = sum(_check_member(archive, member) for member in members)
    except _BROKEN_ARCHIVE:
        raise BadDocument(BAD_OFFICE) from None
    if paragraphs > MAX_PARAGRAPHS:
        raise BadDocument(f"Document trop long : {paragraphs} paragraphes et passages, {MAX_PARAGRAPHS} au plus")


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """Refuse XML with a DOCTYPE, whatever the member's name (its entities expand without bound), and ciphertext.

    Returns how many paragraphs and stretches of one style there are, about: a tag cut by a chunk's end is not counted.
    """
    paragraphs = 0
    with archive.open(member) as stream:
        chunk = stream.read(_CHUNK_BYTES)
        if not _may_be_xml(chunk):
            return 0
        root_reached: list[bool] = []
        parser = xml.parsers.expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = lambda _name, _attributes: root_reached.append(True)
        while chunk:
            if not root_reached:
                parser.Parse(chunk, False)
            paragraphs += sum(1 for _ in _PARAGRAPH.finditer(chunk.replace(b"\x00", b"")))
            chunk = stream.read(_CHUNK_BYTES)
    if member.filename == _ODT_MANIFEST and b"encryption-data" in archive.read(member):
        raise BadDocument(PROTECTED_OFFICE)
    return paragraphs


def _may_be_xml(chunk: bytes) -> bool:
    """Whether the first character is "<" in any of the encodings XML parsers guess (UTF-8, UTF-16, UTF-32)."""
    plain = chunk[:64].replace(b"\x00", b"")
    for mark in (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"):
        plain = plain.removeprefix(mark)
    return plain.lstrip().startswith(b"<")


def _refuse_doctype(_name: str, _system_id: str | None, _public_id: str | None, _has_subset: bool) -> None:
    raise BadDocument(_DOCTYPE)
