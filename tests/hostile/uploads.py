"""Files that are not what they say, and names that are no names."""

import gzip
import io
import tarfile
from collections.abc import Iterator
from random import Random

from tests.hostile.hostile import HostileFile, either, readable, refused
from tests.hostile.originals import OLE2, docx_bytes, odt_bytes, pdf_bytes

KINDS = ("pdf", "docx", "doc", "rtf", "odt", "txt")
TEXT = "Ana Durand\nDéveloppeuse\nana.durand@example.fr\n".encode()

NAMES = {
    "path": "../../../../etc/passwd.txt",
    "Windows path": "..\\..\\Windows\\win.txt",
    "absolute path": "/etc/cron.d/cv.txt",
    "drive": "C:\\cv.txt",
    "network share": "\\\\server\\share\\cv.txt",
    "percent-encoded path": "..%2f..%2fetc%2fpasswd.txt",
    "right-to-left override": "cv\u202efdp.txt",
    "zero width": "c\u200bv\u200d.txt",
    "4,000 characters": "a" * 4000 + ".txt",
    "4,000 accents": "e" + "\u0301" * 4000 + ".txt",
    "line end": "cv\r\nX-Evil: 1.txt",
    "quotes": 'cv"; filename="x.exe.txt',
    "shell": "$(touch pwned)`id`;|&.txt",
    "options": "--convert-to.txt",
    "SQL": "cv'; DROP TABLE cv_jobs;--.txt",
    "HTML": "<img src=x onerror=alert(1)>.txt",
    "template": "{{7*7}}${7*7}%s%n.txt",
    "device": "CON.txt",
    "dots": "....txt",
    "spaces": "   .txt",
    "emoji": "😀👩‍💻.txt",
    "unpaired escape": "cv%ZZ.txt",
    "NUL": "cv.pdf\x00.txt",
    "bell and escape": "\x07\x1b[31mcv.txt",
}


def files(random: Random) -> Iterator[HostileFile]:
    """Wrong types and names."""
    for kind in KINDS:
        yield refused(f"nothing, as {kind}", f"cv.{kind}", b"")
    contents = {
        "pdf": pdf_bytes(),
        "docx": docx_bytes(),
        "odt": odt_bytes(),
        "rtf": rb"{\rtf1\ansi Ana Durand}",
        "doc": OLE2 + "WordDocument".encode("utf-16-le") + bytes(600),
    }
    for kind, data in contents.items():
        for other in KINDS:
            if other != kind:
                yield refused(f"{kind} called {other}", f"cv.{other}", data)
    pictures = {
        "PNG": b"\x89PNG\r\n\x1a\n" + bytes(400),
        "JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(400),
        "program": b"MZ\x90\x00" + bytes(400),
        "ELF": b"\x7fELF" + bytes(400),
        "gzip": gzip.compress(TEXT, mtime=0),
        "tar": _tar(),
    }
    for what, data in pictures.items():
        for kind in KINDS:
            yield refused(f"{what} called {kind}", f"cv.{kind}", data)
    for extension in ("exe", "html", "svg", "zip", "docm", "pdf.exe", ""):
        yield refused(f"text called .{extension}", f"cv.{extension}", TEXT)
    for what, name in NAMES.items():
        yield HostileFile(f"name: {what}", name, TEXT, frozenset({"done", "refused"}))
    yield readable("HTML called txt", "cv.txt", b"<html><script>alert(1)</script>Ana Durand</html>")
    for _ in range(4):
        yield either("noise called txt", "cv.txt", bytes(random.randrange(1, 256) for _ in range(3000)))


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("../cv.txt")
        member.size = len(TEXT)
        archive.addfile(member, io.BytesIO(TEXT))
    return out.getvalue()
