"""Plain text: every usual encoding, lines as they are."""

from pathlib import Path

import pytest

from adapters.documents.errors import BadDocument, UnsupportedFormat
from adapters.documents.kinds import detect_kind
from adapters.documents.reader import MAX_CHARACTERS, read_document

CV = "Ana Durand\n\n  Développeuse – Épinal\n* Python, C++, C#\nsnake_case & <b>\t2019 - 2021"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "cv.txt"
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    path.write_bytes(mark + CV.replace("\n", "\r\n").encode(encoding))
    read = read_document(path, "txt")
    assert read.text == CV
    assert (read.pages, read.characters, read.ocr, read.warnings) == (1, len(CV), False, [])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_missing_byte_order_mark_is_no_loss(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "cv.txt"
    path.write_bytes(CV.encode(encoding))
    with path.open("rb") as file:
        assert detect_kind(file, path.name) == "txt"
    assert read_document(path, "txt").text == CV


@pytest.mark.parametrize("data", [b"A\x00n\x00a\x00", "Ана".encode("utf-16-le") + b"A\x00", bytes(range(256))])
def test_bytes_that_may_be_anything_are_no_text(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "cv.txt"
    path.write_bytes(data + b"\x00")
    with pytest.raises(UnsupportedFormat), path.open("rb") as file:
        detect_kind(file, path.name)
    with pytest.raises(BadDocument):
        read_document(path, "txt")


def test_invisible_characters_are_dropped_and_accents_composed(tmp_path: Path) -> None:
    path = tmp_path / "cv.txt"
    path.write_text("E\u0301pi\u00adnal\u200b \x07Ana\u202e", encoding="utf-8")
    assert read_document(path, "txt").text == "Épinal Ana"


@pytest.mark.parametrize("content", [" \n\t \n", "\u200b\u200b"])
def test_no_text_is_no_success(tmp_path: Path, content: str) -> None:
    path = tmp_path / "cv.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadDocument, match="Aucun texte lisible"):
        read_document(path, "txt")


def test_a_book_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cv.txt"
    path.write_text("mot " * (MAX_CHARACTERS // 4 + 1), encoding="utf-8")
    with pytest.raises(BadDocument, match="Document trop long"):
        read_document(path, "txt")
