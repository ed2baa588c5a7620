"""DOC and RTF, by each of the programs that may read them and without any."""

import subprocess
from pathlib import Path

import docx
import pytest

from adapters.documents.errors import BadDocument
from adapters.documents.kinds import DocumentKind
from adapters.documents.libreoffice import office_command
from adapters.documents.reader import ReadText, read_document
from tests.unit.documents.conftest import Machine
from tests.unit.documents.document_samples import write_docx

RTF = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 Ana | Durand\par D\'e9veloppeuse, n\'e9e \'e0 \'c9pinal\par "
    rb"\u8364? 45 k\par \trowd\cellx2000\cellx4000 Python\cell Expert\cell\row Fin\par}"
)
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BODY = ["Expérience", "R&D <C++> chez Acme – née à Épinal", "Conception", "Python\tExpert", "SQL\tAvancé", "Fin"]

needs_libreoffice = pytest.mark.skipif(office_command() is None, reason="LibreOffice is not installed")


def lines_of(read: ReadText) -> list[str]:
    return [line.lstrip("#- ") for line in read.text.split("\n") if line.strip()]


@pytest.fixture(scope="module")
def legacy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same CV as `cv.docx`, `cv.doc` and `cv.rtf`."""
    folder = tmp_path_factory.mktemp("legacy")

    def fill(document: docx.document.Document) -> None:
        document.sections[0].header.paragraphs[0].text = "Ana Durand | 06 39 98 12 34"
        document.add_heading("Expérience", 1)
        document.add_paragraph("R&D <C++> chez Acme – née à Épinal")
        document.add_paragraph("Conception", style="List Bullet")
        table = document.add_table(2, 2)
        for row, texts in enumerate([("Python", "Expert"), ("SQL", "Avancé")]):
            table.cell(row, 0).text, table.cell(row, 1).text = texts
        document.add_paragraph("Fin")

    write_docx(folder / "cv.docx", fill)
    for target in ("doc:MS Word 97", "rtf"):
        subprocess.run(  # noqa: S603
            [
                office_command() or "",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                *("--headless", "--convert-to", target, "--outdir", str(folder), str(folder / "cv.docx")),
            ],
            capture_output=True,
            timeout=120,
            check=True,
        )
    return folder


@needs_libreoffice
@pytest.mark.parametrize("kind", ["doc", "rtf"])
def test_through_libreoffice_nothing_is_lost(legacy: Path, kind: DocumentKind) -> None:
    read = read_document(legacy / f"cv.{kind}", kind)
    assert lines_of(read) == ["Ana Durand | 06 39 98 12 34", *BODY]
    assert not read.warnings


@needs_libreoffice
@pytest.mark.parametrize("program", ["antiword", "catdoc"])
def test_a_doc_through_a_simpler_program(legacy: Path, program: str, machine: Machine) -> None:
    if not machine.lend(program):
        pytest.skip(f"{program} is not installed")
    read = read_document(legacy / "cv.doc", "doc")
    assert "R&D <C++> chez Acme – née à Épinal" in read.text
    if program == "antiword":
        assert lines_of(read) == BODY
    assert "LibreOffice" in read.warnings[0]


def test_rtf_without_any_program(tmp_path: Path, bare_machine: None) -> None:
    path = tmp_path / "cv.rtf"
    path.write_bytes(RTF)
    read = read_document(path, "rtf")
    assert read.text.split("\n") == ["Ana | Durand", "Développeuse, née à Épinal", "€ 45 k", "Python\tExpert", "Fin"]
    assert len(read.warnings) == 1
    assert "LibreOffice" in read.warnings[0]


def test_doc_without_any_program_says_what_to_install(tmp_path: Path, bare_machine: None) -> None:
    path = tmp_path / "cv.doc"
    path.write_bytes(OLE2 + bytes(600))
    with pytest.raises(BadDocument) as refusal:
        read_document(path, "doc")
    assert "installez LibreOffice" in refusal.value.message_fr
    assert "workers" in refusal.value.message_fr


@pytest.mark.parametrize("program", ["soffice", "antiword", "catdoc"])
def test_a_broken_doc_is_refused(tmp_path: Path, program: str, machine: Machine) -> None:
    if not machine.lend(program):
        pytest.skip(f"{program} is not installed")
    path = tmp_path / "cv.doc"
    path.write_bytes(OLE2 + "WordDocument".encode("utf-16-le") + bytes(range(1, 256)) * 30)
    with pytest.raises(BadDocument):
        read_document(path, "doc")


@needs_libreoffice
def test_what_an_rtf_points_to_is_not_read(tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("secret de la machine", encoding="utf-8")
    path = tmp_path / "cv.rtf"
    field = rf'{{\field{{\*\fldinst INCLUDETEXT "{other}" }}{{\fldrslt }}}}'
    path.write_text(rf"{{\rtf1\ansi Ana Durand\par {field}\par}}", encoding="ascii")
    assert lines_of(read_document(path, "rtf")) == ["Ana Durand"]
