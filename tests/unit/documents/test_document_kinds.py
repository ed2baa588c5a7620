"""The format is told by the content, and the extension must agree."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import odfdo
import pytest

from adapters.documents.errors import UnsupportedFormat
from adapters.documents.kinds import detect_kind
from tests.unit.documents.document_samples import write_docx, write_odt, write_pdf

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200)
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def archive_of(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def test_each_format_is_recognised(tmp_path: Path) -> None:
    made = {
        "pdf": write_pdf(tmp_path / "a", [(50, 50, "Ana")]).read_bytes(),
        "docx": write_docx(tmp_path / "b", lambda document: document.add_paragraph("Ana")).read_bytes(),
        "odt": write_odt(tmp_path / "c.odt", odfdo.Paragraph("Ana")).read_bytes(),
        "rtf": rb"{\rtf1\ansi Ana}",
        "doc": OLE2 + "WordDocument".encode("utf-16-le"),
        "txt": "Ana, née à Épinal".encode("cp1252"),
    }
    for kind, data in made.items():
        file = io.BytesIO(data)
        assert detect_kind(file, f"Mon CV.{kind.upper()}") == kind
        assert file.tell() == 0


def test_utf16_text_is_text() -> None:
    assert detect_kind(io.BytesIO("Ana".encode("utf-16")), "cv.txt") == "txt"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("cv.pdf", PNG),
        ("cv.txt", PNG),
        ("cv.txt", b"%PDF-1.7 ..."),
        ("cv.doc", rb"{\rtf1 Ana}"),
        ("cv.docx", archive_of("mimetype", "content.xml")),
        ("cv.docx", archive_of("[Content_Types].xml", "xl/workbook.xml")),
        ("cv.odt", archive_of("[Content_Types].xml", "word/document.xml")),
        ("cv.docx", b"PK\x03\x04 cut short"),
        ("cv.doc", OLE2),
        ("cv.pdf", b""),
        ("cv.exe", b"MZ"),
        ("cv", b"Ana"),
        ("pdf", b"%PDF-1.7"),
    ],
)
def test_other_content_is_refused_in_french(name: str, data: bytes) -> None:
    with pytest.raises(UnsupportedFormat) as refusal:
        detect_kind(io.BytesIO(data), name)
    assert "ormat" in refusal.value.message_fr or "extension" in refusal.value.message_fr


def test_a_word_file_under_password_says_so() -> None:
    data = OLE2 + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(UnsupportedFormat, match="protégé par mot de passe"):
        detect_kind(io.BytesIO(data), "cv.docx")


def test_an_archive_of_countless_members_is_not_listed() -> None:
    data = archive_of("[Content_Types].xml", *(f"word/{number}" for number in range(30_000)))
    with pytest.raises(UnsupportedFormat):
        detect_kind(io.BytesIO(data), "cv.docx")


def test_detection_loads_no_reader() -> None:
    code = "import sys, adapters.documents.kinds; print([m for m in ('docling', 'pypdfium2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "[]"
