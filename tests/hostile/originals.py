"""The honest documents that hostile ones are made of."""

import io
import zipfile
from collections.abc import Callable, Mapping

import docx
import odfdo
from reportlab.pdfgen.canvas import Canvas

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PERSON = "Ana Durand"


def pdf_bytes(pages: int = 1) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    for _ in range(pages):
        canvas.drawString(50, 700, f"{PERSON}, ana.durand@example.fr")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def docx_bytes() -> bytes:
    document = docx.Document()
    document.add_paragraph(f"{PERSON}, ana.durand@example.fr")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def odt_bytes() -> bytes:
    document = odfdo.Document("text")
    document.body.clear()
    document.body.append(odfdo.Paragraph(f"{PERSON}, ana.durand@example.fr"))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def changed(data: bytes, changes: Mapping[str, bytes | Callable[[bytes], bytes]]) -> bytes:
    """The archive with these members replaced, changed or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name, change in changes.items():
        members[name] = change(members[name]) if callable(change) else change
    return zipped(members)


def zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(zipfile.ZipInfo(name), member, zipfile.ZIP_DEFLATED)
    return out.getvalue()
