"""Opening an untrusted zip archive without paying for what it claims to hold."""

import io
import os
import struct
import zipfile
from typing import BinaryIO

MAX_MEMBERS = 2000
MAX_DIRECTORY_BYTES = 1_000_000
"""Size of the central directory: 500 bytes for each of `MAX_MEMBERS`, far over what Word or Writer produce."""

_END_RECORD = b"PK\x05\x06"
_END_RECORD_BYTES = 22
_ZIP64_LOCATOR = b"PK\x06\x07"
_MAX_COMMENT_BYTES = 65535


def open_archive(file: BinaryIO) -> zipfile.ZipFile:
    """Open `file` for reading. Raises `zipfile.BadZipFile` if it is no zip or lists more than `MAX_MEMBERS` members.

    `zipfile` builds an object per member before anything can be counted, so the directory's size is looked at first.
    Zip64 is refused: it serves archives over 4 GB.
    """
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(max(0, size - _END_RECORD_BYTES - _MAX_COMMENT_BYTES), os.SEEK_SET)
    tail = file.read()
    # The same record as the one `zipfile` takes: at the very end without a comment, else the last one found.
    start = len(tail) - _END_RECORD_BYTES
    if start < 0 or not (tail.startswith(_END_RECORD, start) and tail.endswith(b"\x00\x00")):
        start = tail.rfind(_END_RECORD)
    if start < 0 or len(tail) - start < _END_RECORD_BYTES or _ZIP64_LOCATOR in tail[:start]:
        raise zipfile.BadZipFile("no usable end record")
    (directory_bytes,) = struct.unpack_from("<L", tail, start + 12)
    if directory_bytes > MAX_DIRECTORY_BYTES:
        raise zipfile.BadZipFile("directory too large")
    file.seek(0)
    archive = zipfile.ZipFile(file)
    if len(archive.infolist()) > MAX_MEMBERS:
        raise zipfile.BadZipFile("too many members")
    return archive
