"""Documents of other programs: a Word layout that LibreOffice saves as DOC, RTF or ODT, and PDF pages as pictures."""

import io
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from adapters.documents.libreoffice import office_command
from samples.content import Content

_FILTERS = {"doc": "doc:MS Word 97", "rtf": "rtf:Rich Text Format", "odt": "odt:writer8"}
_SECONDS = 60
_SCAN_DPI = 200

Layout = Callable[[Content, Path], None]


class OfficeMissing(Exception):
    """LibreOffice is not installed here."""


def by_office(layout: Layout) -> Layout:
    """What LibreOffice makes of a Word layout, in the format that the path names; raises `OfficeMissing` without it."""

    def save(content: Content, path: Path) -> None:
        command = office_command()
        if command is None:
            raise OfficeMissing("LibreOffice is needed to render DOC, RTF and ODT")
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / f"{path.stem}.docx"
            layout(content, source)
            profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
            kind = path.suffix.lstrip(".")
            arguments = [command, profile, "--headless", "--convert-to", _FILTERS[kind], "--outdir", folder]
            # S603: the program is found on the path of whoever renders, the arguments are ours.
            subprocess.run([*arguments, str(source)], capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603
            path.write_bytes((Path(folder) / path.name).read_bytes())

    return save


def scanned(layout: Layout) -> Layout:
    """A PDF layout as a scanner gives it: one black and white picture a page, without any text."""

    def save(content: Content, path: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "drawn.pdf"
            layout(content, source)
            canvas = Canvas(str(path), pagesize=A4, invariant=1)
            with pypdfium2.PdfDocument(source) as document:
                for page in document:
                    picture = page.render(scale=_SCAN_DPI / 72).to_pil().convert("L").point(_ink)
                    content_of_page = io.BytesIO()
                    picture.convert("1").save(content_of_page, "PNG")
                    canvas.drawImage(ImageReader(content_of_page), 0, 0, *A4)
                    canvas.showPage()
            canvas.save()

    return save


def _ink(level: int) -> int:
    return 255 if level > 160 else 0
