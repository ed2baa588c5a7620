"""Reading the rows of a spreadsheet: workbooks (.xlsx, .xls) through calamine, CSV as a stream."""

import codecs
import csv
import io
import itertools
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, Literal

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from domain.election.cells import Cell
from domain.election.header import HEADER_ROWS, find_header

Extension = Literal["xlsx", "xls", "csv"]

MAX_UNPACKED_BYTES = 2 * 1024**3
"""What a workbook's parts may claim to hold in all; its sheets are read as a stream."""
MAX_LINE = 1_000_000
"""Characters in a line of a CSV file. Its cells are held to less, by `csv.field_size_limit()`: 131,072."""

_SAMPLE_LINES = 100
_CHUNK_BYTES = 1 << 20
_SEPARATORS = (";", ",", "\t")
_ZIP = b"PK\x03\x04"
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_WORKBOOK = "xl/workbook.xml"

_MISLABELLED = "Le contenu du fichier ne correspond pas à son extension .{}"
_PROTECTED = "Classeur protégé par mot de passe"
_DAMAGED = "Classeur endommagé : son contenu ne peut pas être lu"
_BOMB = "Classeur refusé : son contenu décompressé est anormalement volumineux"
_NO_SHEET = "Classeur sans feuille de calcul"
_ENCODING = "Encodage du fichier non reconnu : enregistrez-le en « CSV UTF-8 »"
_LONG_LINE = "Fichier CSV illisible : ligne ou cellule anormalement longue (guillemet non fermé ?)"
_UNCLOSED = "Fichier CSV illisible : un guillemet ouvert n'est jamais refermé"


class BadSpreadsheet(ValueError):
    """The file cannot be read, whoever tries again. The message, in French, never quotes a cell."""

    def __init__(self, message_fr: str) -> None:
        super().__init__(message_fr)
        self.message_fr = message_fr


def workbook_rows(data: bytes, extension: Extension) -> Iterator[Sequence[Cell]]:
    """The rows of the first sheet from its row 1 on, with typed cells; an error cell is empty.

    Raises `BadSpreadsheet` for a damaged, encrypted or mislabelled workbook.
    """
    if extension == "xlsx":
        _check_xlsx(data)
    elif not data.startswith(_OLE2):
        raise BadSpreadsheet(_MISLABELLED.format(extension))
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            if not workbook.sheet_names:
                raise BadSpreadsheet(_NO_SHEET)
            sheet = workbook.get_sheet_by_index(0)
    except PasswordError:
        raise BadSpreadsheet(_PROTECTED) from None
    except (CalamineError, OSError):
        raise BadSpreadsheet(_DAMAGED) from None  # its text quotes the workbook
    return sheet.iter_rows()


def _check_xlsx(data: bytes) -> None:
    if data.startswith(_OLE2):
        raise BadSpreadsheet(_PROTECTED if _ENCRYPTED_STREAM in data else _MISLABELLED.format("xlsx"))
    if not data.startswith(_ZIP):
        raise BadSpreadsheet(_MISLABELLED.format("xlsx"))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise BadSpreadsheet(_DAMAGED) from None
    if _WORKBOOK not in {member.filename for member in members}:
        raise BadSpreadsheet(_MISLABELLED.format("xlsx"))
    if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise BadSpreadsheet(_BOMB)


def csv_rows(open_file: Callable[[], BinaryIO]) -> Iterator[Sequence[Cell]]:
    """The rows of a CSV file in constant memory. `open_file` is called twice: the encoding is that of the whole file.

    The encoding is UTF-8, else Windows-1252; the separator is the one of `;`, `,` and tab that the header has most of.
    Raises `BadSpreadsheet`.
    """
    encoding = _encoding(open_file)
    ended = False

    def to_the_end(lines: Iterator[str]) -> Iterator[str]:
        nonlocal ended
        yield from lines
        ended = True

    with open_file() as stream, io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
        lines = _lines(text)
        try:
            sample = list(itertools.islice(lines, _SAMPLE_LINES))
            for row in csv.reader(to_the_end(itertools.chain(sample, lines)), delimiter=_separator(sample)):
                if ended:  # a row that went on to the end of the file: within quotation marks, with all rows after it
                    raise BadSpreadsheet(_UNCLOSED)
                yield row
        except UnicodeDecodeError:
            raise BadSpreadsheet(_ENCODING) from None
        except csv.Error:
            raise BadSpreadsheet(_LONG_LINE) from None


def _encoding(open_file: Callable[[], BinaryIO]) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open_file() as stream:
        chunk = stream.read(_CHUNK_BYTES)
        if chunk.startswith((_ZIP, _OLE2)):
            raise BadSpreadsheet(_MISLABELLED.format("csv"))
        if chunk.startswith(_UTF16_MARKS):
            raise BadSpreadsheet(_ENCODING)
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = stream.read(_CHUNK_BYTES)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise BadSpreadsheet(_LONG_LINE)
        yield line


def _separator(sample: Sequence[str]) -> str:
    def columns(separator: str) -> tuple[bool, int]:
        try:
            rows = list(itertools.islice(csv.reader(sample, delimiter=separator), HEADER_ROWS))
        except csv.Error:  # a line that this separator does not cut is one long cell
            return False, 0
        header = find_header(rows)
        return header is not None, len(rows[header or 0]) if rows else 0

    return max(_SEPARATORS, key=columns)
