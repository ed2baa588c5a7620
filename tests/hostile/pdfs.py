"""PDF files that are cut, endless, recursive, oversized or curious."""

import io
import zlib
from collections.abc import Iterator
from random import Random

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.hostile.hostile import HostileFile, Lures, either, failing, readable
from tests.hostile.originals import docx_bytes, pdf_bytes

SHOW = b"BT /F1 12 Tf 72 700 Td (Ana Durand) Tj ET"
FONT = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


def pdf(
    *more: bytes,
    catalog: bytes = b"",
    pages: bytes = PAGES,
    page: bytes = b"/MediaBox [0 0 595 842]",
    resources: bytes = FONT,
    content: bytes = SHOW,
    trailer: bytes = b"",
) -> bytes:
    """A PDF of one page: objects 1 to 4 are catalog, page tree, page and content, `more` begin at 5."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %b >>" % catalog,
        pages,
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources %b %b >>" % (resources, page),
        stream(content),
        *more,
    ]
    body = b"".join(b"%d 0 obj\n%b\nendobj\n" % (number, part) for number, part in enumerate(objects, 1))
    return b"%%PDF-1.7\n%btrailer << /Root 1 0 R /Size %d %b >>\n%%%%EOF" % (body, len(objects) + 1, trailer)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(data), entries, data)


def packed(chunk: bytes, times: int) -> bytes:
    """A content stream that unpacks to `chunk` many times over."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(chunk) for _ in range(times)) + packer.flush()
    return stream(data, b"/Filter /FlateDecode")


def files(random: Random, lures: Lures) -> Iterator[HostileFile]:
    """Cut and noisy ones first."""
    honest = pdf_bytes(2)
    for part in range(1, 8):
        yield either(f"PDF cut at {part}/8", "cv.pdf", honest[: len(honest) * part // 8])
    for _ in range(4):
        yield failing("noise behind a PDF's signature", "cv.pdf", b"%PDF-1.7\n" + random.randbytes(5000))
    for _ in range(6):
        noisy = bytearray(honest)
        for _ in range(60):
            noisy[random.randrange(8, len(noisy))] = random.randrange(256)
        yield either("PDF with wrong bytes", "cv.pdf", bytes(noisy))
    for what, data, may_be_read in _bent(lures):
        make = readable if may_be_read else either
        yield make(f"PDF: {what}", "cv.pdf", data)
    yield failing("PDF of 51 pages", "cv.pdf", pdf_bytes(51))
    yield failing("PDF without pages", "cv.pdf", pdf(pages=b"<< /Type /Pages /Kids [] /Count 0 >>"))
    yield failing("PDF under password", "cv.pdf", _sealed())
    yield readable("PDF before a DOCX", "cv.pdf", honest + docx_bytes())
    yield either("PDF behind a picture", "cv.pdf", b"GIF89a" + bytes(900) + honest)


def _bent(lures: Lures) -> Iterator[tuple[str, bytes, bool]]:
    """What, the file, and whether its one line of text must be read."""
    yield "page count of a billion", pdf(pages=b"<< /Type /Pages /Kids [3 0 R] /Count 1000000000 >>"), False
    yield "page count below zero", pdf(pages=b"<< /Type /Pages /Kids [3 0 R] /Count -5 >>"), False
    yield "page tree in a circle", pdf(pages=b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), False
    tree = b"<< /Type /Pages /Kids [5 0 R] /Count 9 >>"
    yield "page trees in each other", pdf(b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 9 >>", pages=tree), False
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X 5 0 R >> >>"
    draws = b"<< /XObject << /X 5 0 R >> >>"
    yield "form that draws itself", pdf(stream(b"/X Do " * 9, form), resources=draws, content=b"/X Do"), False
    other = form.replace(b"5 0 R", b"6 0 R")
    each = (stream(b"/X Do " * 9, other), stream(b"/X Do " * 9, form))
    yield "forms that draw each other", pdf(*each, resources=draws, content=b"/X Do"), False
    levels = [stream(b"/X Do " * 8, form.replace(b"5 0 R", b"%d 0 R" % number)) for number in range(6, 26)]
    yield "forms that double at each level", pdf(*levels, stream(SHOW), resources=draws, content=b"/X Do"), False
    yield "array in arrays", pdf(page=b"/MediaBox " + b"[" * 100_000), False
    yield "operands in arrays", pdf(content=b"[" * 200_000 + SHOW), False
    yield "dictionary in dictionaries", pdf(catalog=b"/A <<" * 50_000), False
    yield "page of a thousand kilometres", pdf(page=b"/MediaBox [0 0 3000000000 3000000000]"), False
    yield "page of no size", pdf(page=b"/MediaBox [0 0 0 0]"), False
    yield "page of numbers that are none", pdf(page=b"/MediaBox [nan inf -1e999 0x7]"), False
    yield "page turned by 45", pdf(page=b"/MediaBox [0 0 595 842] /Rotate 45"), False
    yield "states pushed without end", pdf(content=b"q " * 500_000 + SHOW), False
    yield "content of blanks", pdf(packed(b" " * 1_000_000, 400)).replace(b"/Contents 4 0 R", b"/Contents 5 0 R"), False
    yield "content of letters", pdf(packed(SHOW + b"\n", 20_000)).replace(b"/Contents 4", b"/Contents 5"), False
    yield "content of lines", pdf(packed(b"0 0 m 9 9 l S\n", 40_000)).replace(b"/Contents 4", b"/Contents 5"), False
    image = b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceRGB"
    for side in (60_000, 2**31 - 1):
        picture = stream(b"", image % (side, side))
        yield f"picture {side} wide", pdf(picture, resources=draws, content=b"595 0 0 842 0 0 cm /X Do"), False
    filters = b"/Filter [" + b"/FlateDecode " * 500 + b"]"
    yield "stream in five hundred filters", pdf(stream(zlib.compress(SHOW), filters)), True
    yield "lengths that lie", pdf().replace(b"/Length %d" % len(SHOW), b"/Length 999999999"), False
    yield "cross references in a circle", pdf(trailer=b"/Prev 10") + b"\nstartxref\n10\n%%EOF", False
    yield "numbers without end", pdf(content=b"9" * 300_000 + b" Tf " + SHOW), False
    yield "name without end", pdf(content=b"/" + b"A" * 300_000 + b" gs " + SHOW), False
    yield "text with controls", pdf(content=SHOW.replace(b"(Ana", b"(\\000\\033[31mAna")), False
    yield (
        "font in a circle",
        pdf(b"<< /Type /Font /Subtype /Type0 /DescendantFonts [5 0 R] >>", resources=b"<< /Font << /F1 5 0 R >> >>"),
        False,
    )
    url = lures.url.encode()
    yield "address opened at once", pdf(catalog=b"/OpenAction << /S /URI /URI (%b/pdf-uri) >>" % url), True
    script = b"/OpenAction << /S /JavaScript /JS (app.launchURL('%b/pdf-js')) >>" % url
    yield "script", pdf(catalog=script), True
    yield "program to launch", pdf(catalog=b"/OpenAction << /S /Launch /F (/bin/sh) >>"), True
    far = b"/FFilter /FlateDecode /F << /FS /URL /F (%b/pdf-stream) >>" % url
    yield (
        "content from elsewhere",
        pdf(stream(b"", far)).replace(b"/Contents 4", b"/Contents [5 0 R 4 0 R] /X 4"),
        False,
    )
    near = b"/F (%b)" % str(lures.file).encode()
    yield (
        "content from the machine",
        pdf(stream(b"", near)).replace(b"/Contents 4", b"/Contents [5 0 R 4 0 R] /X 4"),
        False,
    )
    form_of_form = b"/AcroForm << /XFA 5 0 R /Fields [] >>"
    xfa = b'<!DOCTYPE x [<!ENTITY e SYSTEM "%b/pdf-xfa">]><xdp>&e;</xdp>' % url
    yield "form in XML", pdf(stream(xfa), catalog=form_of_form), True


def _sealed() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret"))
    canvas.drawString(50, 700, "Ana Durand")
    canvas.save()
    return out.getvalue()
