"""Bad documents are refused in milliseconds, each with a message that says why."""

import random
import time
from pathlib import Path

import pytest
from odfdo import Paragraph
from reportlab.lib.pdfencrypt import StandardEncryption

from adapters.documents.errors import BadDocument
from adapters.documents.gates import check_document
from adapters.documents.kinds import DocumentKind
from adapters.documents.reader import read_document
from tests.unit.documents.document_samples import MAIN, column, rewritten, write_docx, write_odt, write_pdf

BAD_PDF = "Document PDF corrompu ou protégé par mot de passe"


def refusal(path: Path, kind: DocumentKind) -> str:
    with pytest.raises(BadDocument) as caught:
        check_document(path, kind)
    return caught.value.message_fr


def same(_name: str, data: bytes) -> bytes:
    return data


def a_docx(path: Path) -> Path:
    return write_docx(path, lambda document: document.add_paragraph("Ana Durand"))


def test_a_pdf_under_password(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "cv.pdf", column(MAIN, 50), encrypt=StandardEncryption("secret", canPrint=0))
    assert refusal(path, "pdf") == BAD_PDF


def test_a_pdf_that_only_forbids_changes_is_read(tmp_path: Path) -> None:
    locked = StandardEncryption("", ownerPassword="owner", canModify=0)
    path = write_pdf(tmp_path / "cv.pdf", column(MAIN, 50), encrypt=locked)
    assert "Développeuse principale" in read_document(path, "pdf").text


def test_a_truncated_pdf(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "cv.pdf", column(MAIN, 50))
    path.write_bytes(path.read_bytes()[:300])
    assert refusal(path, "pdf") == BAD_PDF


def test_a_picture_called_pdf(tmp_path: Path) -> None:
    path = tmp_path / "cv.pdf"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    assert refusal(path, "pdf") == BAD_PDF


def test_fifty_pages_and_no_more(tmp_path: Path) -> None:
    line = [(50.0, 50.0, "Ana Durand")]
    check_document(write_pdf(tmp_path / "fifty.pdf", *[line] * 50), "pdf")
    assert "51 pages" in refusal(write_pdf(tmp_path / "more.pdf", *[line] * 51), "pdf")


def test_a_page_of_a_book_on_a_stamp(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "cv.pdf", [(10, 10 + 2 * index, "mot " * 60) for index in range(400)], size=2)
    assert "anormalement dense" in refusal(path, "pdf")


@pytest.mark.parametrize("kind", ["pdf", "docx", "doc", "rtf", "odt", "txt"])
def test_an_empty_file(tmp_path: Path, kind: DocumentKind) -> None:
    path = tmp_path / "cv"
    path.touch()
    assert refusal(path, kind) == "Document vide"


def test_sound_office_documents_pass(tmp_path: Path) -> None:
    check_document(a_docx(tmp_path / "cv.docx"), "docx")
    check_document(write_odt(tmp_path / "cv.odt", Paragraph("Ana Durand")), "odt")


def test_a_zip_bomb_is_refused_at_once(tmp_path: Path) -> None:
    path = rewritten(a_docx(tmp_path / "cv.docx"), same, **{"word/media/image1.bmp": bytes(45_000_000)})
    assert path.stat().st_size < 100_000
    started = time.monotonic()
    assert "anormalement volumineux" in refusal(path, "docx")
    assert time.monotonic() - started < 10


def test_a_big_archive_of_an_ordinary_ratio(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(300_000)
    path = rewritten(a_docx(tmp_path / "cv.docx"), same, noise=noise, **{"word/media/image1.bmp": bytes(51_000_000)})
    assert "anormalement volumineux" in refusal(path, "docx")


def test_countless_paragraphs(tmp_path: Path) -> None:
    def multiplied(name: str, data: bytes) -> bytes:
        return data.replace(b"<w:sectPr", b"<w:p/>" * 20_000 + b"<w:sectPr") if name == "word/document.xml" else data

    path = rewritten(a_docx(tmp_path / "cv.docx"), multiplied)
    path = rewritten(path, same, noise=bytes(range(256)) * 10)
    assert "paragraphes" in refusal(path, "docx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_have_no_place_in_a_cv(tmp_path: Path, encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "cccc">]><a>&b;</a>'.encode(encoding)
    path = rewritten(a_docx(tmp_path / "cv.docx"), same, **{"word/extra.bin": xml})
    assert "DOCTYPE" in refusal(path, "docx")


def test_a_damaged_archive(tmp_path: Path) -> None:
    path = a_docx(tmp_path / "cv.docx")
    data = bytearray(path.read_bytes())
    data[60:400] = bytes(340)
    path.write_bytes(bytes(data))
    assert refusal(path, "docx").startswith("Document corrompu")


def test_an_odt_under_password(tmp_path: Path) -> None:
    def sealed(name: str, data: bytes) -> bytes:
        mark = b"<manifest:encryption-data/></manifest:file-entry>"
        return data.replace(b"</manifest:manifest>", b"<manifest:file-entry>" + mark + b"</manifest:manifest>")

    path = rewritten(write_odt(tmp_path / "cv.odt", Paragraph("Ana Durand")), sealed)
    assert refusal(path, "odt") == "Document protégé par mot de passe"


def test_a_part_in_an_unknown_encoding(tmp_path: Path) -> None:
    xml = b'<?xml version="1.0" encoding="EBCDIC-X"?><a/>'
    path = rewritten(a_docx(tmp_path / "cv.docx"), same, **{"word/extra.xml": xml})
    assert refusal(path, "docx").startswith("Document corrompu")


def test_an_rtf_that_claims_more_bytes_than_it_has(tmp_path: Path) -> None:
    path = tmp_path / "cv.rtf"
    path.write_bytes(rb"{\rtf1\ansi{\pict\bin3 abc}Ana Durand}")
    check_document(path, "rtf")
    path.write_bytes(rb"{\rtf1\ansi{\pict\bin999999999 abc}Ana Durand}")
    assert refusal(path, "rtf").startswith("Document corrompu")


def test_a_nul_in_a_text(tmp_path: Path) -> None:
    path = tmp_path / "cv.txt"
    path.write_bytes(b"Ana\x00Durand")
    assert refusal(path, "txt") == "Le fichier n'est pas un document texte"


def test_a_text_of_no_known_encoding(tmp_path: Path) -> None:
    path = tmp_path / "cv.txt"
    path.write_bytes(b"Ana \x81\x8d Durand")
    assert "Encodage" in refusal(path, "txt")
