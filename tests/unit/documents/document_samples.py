"""Documents made at run time for the tests of reading; every person in them is fictional."""

import io
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import docx
import odfdo
import reportlab
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

PAGE = (595, 842)
MAIN = [
    "EXPÉRIENCE",
    "Développeuse principale",
    "Acme, Paris",
    "2019 - 2023",
    "Conception d'API",
    "Migration des files",
    "Cheffe de projet",
    "Beta SAS, Lyon",
    "2016 - 2019",
    "Pilotage du budget",
    "Reporting mensuel",
    "FORMATION",
    "Master informatique",
]
SIDE = ["CONTACT", "06 39 98 12 34", "ana@example.fr", "LANGUES", "Anglais C1", "Espagnol B1", "LOISIRS", "Randonnée"]

Line = tuple[float, float, str]
"""Left edge and baseline from the top, in points, and the text."""


def write_pdf(path: Path, *pages: Sequence[Line], size: float = 10, encrypt: StandardEncryption | None = None) -> Path:
    """A PDF whose lines are drawn in the order given; a negative left edge means right-aligned at its opposite."""
    canvas = Canvas(str(path), pagesize=PAGE, encrypt=encrypt)
    for page in pages:
        canvas.setFont("Helvetica", size)
        for left, top, text in page:
            if left < 0:
                canvas.drawRightString(-left, PAGE[1] - top, text)
            else:
                canvas.drawString(left, PAGE[1] - top, text)
        canvas.showPage()
    canvas.save()
    return path


def column(texts: Sequence[str], left: float, top: float = 120, leading: float = 14) -> list[Line]:
    return [(left, top + leading * index, text) for index, text in enumerate(texts)]


def interleaved(left: Sequence[Line], right: Sequence[Line]) -> list[Line]:
    """Row by row, as generators that think in tables draw."""
    return sorted([*left, *right], key=lambda line: (line[1], line[0]))


def write_pdf_stream(path: Path, chunk: bytes, times: int) -> Path:
    """A PDF of one page whose packed content stream is `chunk` many times over."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(chunk) for _ in range(times)) + packer.flush()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed),
    ]
    body = b"".join(b"%d 0 obj\n%b\nendobj\n" % (number, part) for number, part in enumerate(parts, 1))
    path.write_bytes(b"%PDF-1.4\n" + body + b"trailer << /Root 1 0 R /Size 5 >>\n%%EOF")
    return path


def picture(*lines: str, size: int = 45) -> Image.Image:
    """A page at 150 dpi as a scanner sees it."""
    page = Image.new("L", (1240, 1754), 255)
    font = ImageFont.truetype(str(Path(reportlab.__file__).with_name("fonts") / "Vera.ttf"), size)
    ImageDraw.Draw(page).text((150, 150), "\n".join(lines), fill=0, font=font, spacing=20)
    return page


def write_scan(path: Path, *pages: Image.Image | Sequence[Line]) -> Path:
    """A PDF whose pages are pictures, or lines like those of `write_pdf`."""
    canvas = Canvas(str(path), pagesize=PAGE)
    for page in pages:
        if isinstance(page, Image.Image):
            canvas.drawImage(ImageReader(page), 0, 0, *PAGE)
        else:
            for left, top, text in page:
                canvas.drawString(left, PAGE[1] - top, text)
        canvas.showPage()
    canvas.save()
    return path


def write_docx(path: Path, fill: Callable[[docx.document.Document], object]) -> Path:
    document = docx.Document()
    fill(document)
    document.save(str(path))
    return path


def write_odt(path: Path, *parts: odfdo.Element) -> Path:
    document = odfdo.Document("text")
    document.body.clear()
    for part in parts:
        document.body.append(part)
    document.save(str(path))
    return path


def rewritten(path: Path, change: Callable[[str, bytes], bytes], **more: bytes) -> Path:
    """The archive at `path` with each member changed and others added."""
    with zipfile.ZipFile(path) as archive:
        members = {name: change(name, archive.read(name)) for name in archive.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**members, **more}.items():
            archive.writestr(name, data)
    path.write_bytes(out.getvalue())
    return path
