"""The formats we read, and how a file's format is told: its content decides, its extension must agree.

Light on purpose (standard library only): the API asks it about each upload.
"""

import zipfile
from collections.abc import Callable
from pathlib import PurePath
from typing import BinaryIO, Literal, get_args

from adapters.documents.archive import open_archive
from adapters.documents.errors import UnsupportedFormat

DocumentKind = Literal["pdf", "docx", "doc", "rtf", "odt", "txt"]
KINDS: tuple[DocumentKind, ...] = get_args(DocumentKind)

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
PROTECTED_OFFICE = "Document protégé par mot de passe"

_UTF16_NULS = 0.8
_HEAD_BYTES = 8192
_PDF = b"%PDF-"
_PDF_SEARCH_BYTES = 1024  # readers accept as much before the signature
_RTF = b"{\\rtf"
_ZIP = b"PK\x03\x04"
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORD_STREAM = "WordDocument".encode("utf-16-le")
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_OPENDOCUMENT_TEXT = b"application/vnd.oasis.opendocument.text"
_ZIP_FAULTS = (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, NotImplementedError, RuntimeError)


def detect_kind(file: BinaryIO, file_name: str) -> DocumentKind:
    """The format of a seekable binary file, which is left at its start.

    Raises `UnsupportedFormat` when the extension of `file_name` is none of `KINDS` or the content is of another
    format. A file of the right format may still be unreadable: that is for `adapters.documents.gates`.
    """
    extension = PurePath(file_name.replace("\\", "/")).suffix.lower().removeprefix(".")
    kind = next((kind for kind in KINDS if kind == extension), None)
    if kind is None:
        raise UnsupportedFormat("Format non pris en charge : PDF, DOCX, DOC, RTF, ODT ou TXT attendu")
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    try:
        if kind in ("docx", "odt") and head.startswith(_OLE2) and _holds(file, _ENCRYPTED_STREAM):
            raise UnsupportedFormat(PROTECTED_OFFICE)
        if not _LOOKS_LIKE[kind](file, head):
            raise UnsupportedFormat(f"Le contenu du fichier ne correspond pas à son extension .{kind}")
    finally:
        file.seek(0)
    return kind


def _holds(file: BinaryIO, needle: bytes) -> bool:
    file.seek(0)
    return needle in file.read()


def _is_pdf(_file: BinaryIO, head: bytes) -> bool:
    return _PDF in head[:_PDF_SEARCH_BYTES]


def _is_docx(file: BinaryIO, head: bytes) -> bool:
    if not head.startswith(_ZIP):
        return False
    try:
        with open_archive(file) as archive:
            names = archive.namelist()
    except _ZIP_FAULTS:
        return False
    return "[Content_Types].xml" in names and any(name.startswith("word/") for name in names)


def _is_odt(file: BinaryIO, head: bytes) -> bool:
    if not head.startswith(_ZIP):
        return False
    try:
        with open_archive(file) as archive, archive.open("mimetype") as member:
            mimetype = member.read(len(_OPENDOCUMENT_TEXT) + 1)
    except (KeyError, *_ZIP_FAULTS):
        return False
    # Exactly text documents and their templates: "…text-master" and "…text-web" are something else.
    return mimetype.rstrip() == _OPENDOCUMENT_TEXT


def _is_doc(file: BinaryIO, head: bytes) -> bool:
    return head.startswith(_OLE2) and _holds(file, _WORD_STREAM)


def _is_rtf(_file: BinaryIO, head: bytes) -> bool:
    return head.startswith(_RTF)


def _is_txt(_file: BinaryIO, head: bytes) -> bool:
    if head.startswith((_PDF, _RTF, _ZIP, _OLE2)):
        return False
    return b"\x00" not in head or utf16_order(head) is not None


def utf16_order(data: bytes) -> Literal["utf-16", "utf-16-le", "utf-16-be"] | None:
    """The encoding of a text in UTF-16, whose byte order a mark tells, or else its NUL bytes: None if it is none.

    Western text has a NUL beside nearly every letter, always on the same side of it, and no other.
    """
    if data.startswith(UTF16_MARKS):
        return "utf-16"
    if len(data) < 2 or len(data) % 2:
        return None
    first, second = data[::2].count(0), data[1::2].count(0)
    wanted = _UTF16_NULS * len(data) / 2
    if first == 0 and second >= wanted:
        return "utf-16-le"
    return "utf-16-be" if second == 0 and first >= wanted else None


_LOOKS_LIKE: dict[DocumentKind, Callable[[BinaryIO, bytes], bool]] = {
    "pdf": _is_pdf,
    "docx": _is_docx,
    "doc": _is_doc,
    "rtf": _is_rtf,
    "odt": _is_odt,
    "txt": _is_txt,
}
