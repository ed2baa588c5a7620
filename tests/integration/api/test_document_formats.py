"""Every format through the API: the same CV is found in each, and the result says how it was read."""

import subprocess
from pathlib import Path
from typing import Any

import docx
import httpx
import odfdo
import pytest

from adapters.documents.libreoffice import office_command
from adapters.documents.ocr import find_recogniser
from tests.integration.api.calls import CV, accepted
from tests.unit.documents.document_samples import column, picture, write_docx, write_odt, write_pdf, write_scan
from tests.waiting import settled

LINES = CV.split("\n")


def as_docx(path: Path) -> Path:
    def fill(document: docx.document.Document) -> None:
        for line in LINES:
            document.add_paragraph(line)

    return write_docx(path, fill)


def as_doc(path: Path) -> Path:
    command = office_command()
    if command is None:
        pytest.skip("LibreOffice is not installed")
    profile = f"-env:UserInstallation={path.with_name('profile').as_uri()}"
    arguments = ["--headless", "--convert-to", "doc:MS Word 97", "--outdir", str(path.parent)]
    subprocess.run(  # noqa: S603
        [command, profile, *arguments, str(as_docx(path.with_suffix(".docx")))],
        capture_output=True,
        timeout=120,
        check=True,
    )
    return path


def as_rtf(path: Path) -> Path:
    body = "".join(letter if ord(letter) < 128 else f"\\u{ord(letter)}?" for letter in CV).replace("\n", "\\par ")
    path.write_text(rf"{{\rtf1\ansi {body}}}", encoding="ascii")
    return path


def as_text(path: Path) -> Path:
    path.write_text(CV, encoding="utf-16-le")
    return path


def as_scan(path: Path) -> Path:
    if find_recogniser() is None:
        pytest.skip("neither tesseract nor rapidocr is installed")
    return write_scan(path, picture(*LINES, size=30))


MADE = {
    "cv.pdf": lambda path: write_pdf(path, column(LINES, 50)),
    "scan.pdf": as_scan,
    "cv.docx": as_docx,
    "cv.odt": lambda path: write_odt(path, *map(odfdo.Paragraph, LINES)),
    "cv.doc": as_doc,
    "cv.rtf": as_rtf,
    "cv.txt": as_text,
}


@pytest.mark.parametrize("name", MADE)
async def test_a_cv_in_each_format(recruiter: httpx.AsyncClient, tmp_path: Path, name: str) -> None:
    path = MADE[name](tmp_path / name)
    job = (await accepted(recruiter, path.read_bytes(), name))["job_id"]
    end: dict[str, Any] = await settled(recruiter, job)
    assert end["status"] == "done", end
    data, extraction = end["result"]["data"], end["result"]["extraction"]
    info = data["personal_info"]
    assert (info["name"], info["email"], info["phone"]) == (
        "Claire Fontaine",
        "claire.fontaine@example.fr",
        "+33639981234",
    )
    assert [item["company"] for item in data["experience"]] == ["Atelier Numérique"]
    assert extraction["ocr"] is (name == "scan.pdf")
    assert extraction["pages"] == 1
