"""The smallest .xls file that is read as one: one sheet of texts, numbers and dates, in one OLE2 stream."""

import struct
from collections.abc import Sequence
from datetime import date

_SECTOR = 512
_MIN_STREAM = 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_GLOBALS, _SHEET = 0x0005, 0x0010
_PLAIN, _DATE = 0, 1
_BUILT_IN_DATE = 14


def xls(rows: Sequence[Sequence[str | int | date | None]]) -> bytes:
    """An .xls file with these rows; dates are numbers of the 1900 system, shown as dates."""
    return _ole2("Workbook", _workbook(rows))


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _workbook(rows: Sequence[Sequence[str | int | date | None]]) -> bytes:
    def globals_(sheet_at: int) -> bytes:
        formats = b"".join(_record(0x00E0, struct.pack("<HH", 0, shown) + bytes(16)) for shown in (0, _BUILT_IN_DATE))
        sheet = _record(0x0085, struct.pack("<IHBB", sheet_at, 0, 8, 0) + b"Feuille1")
        return _bof(_GLOBALS) + _record(0x0042, struct.pack("<H", 1200)) + formats + sheet + _record(0x000A)

    cells = b"".join(_cell(r, c, cell) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell is not None)
    size = struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0)
    return globals_(len(globals_(0))) + _bof(_SHEET) + _record(0x0200, size) + cells + _record(0x000A)


def _bof(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _cell(row: int, column: int, cell: str | int | date) -> bytes:
    if isinstance(cell, str):
        text = struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le")
        return _record(0x0204, struct.pack("<HHH", row, column, _PLAIN) + text)
    shown, number = (_DATE, (cell - date(1899, 12, 30)).days) if isinstance(cell, date) else (_PLAIN, cell)
    return _record(0x0203, struct.pack("<HHHd", row, column, shown, number))


def _ole2(name: str, stream: bytes) -> bytes:
    """A compound file: its header, the table of sectors, the directory, the stream."""
    stream = stream.ljust(max(_MIN_STREAM, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    chain = [_FAT, _END, *range(3, 2 + count), _END]
    table = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry(name, 2, _FREE, 2, len(stream))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, _MIN_STREAM, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    return header + table + directory.ljust(_SECTOR, b"\0") + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, _FREE, _FREE, child)
    return head + bytes(16 + 4 + 16) + struct.pack("<IQ", start, size)
