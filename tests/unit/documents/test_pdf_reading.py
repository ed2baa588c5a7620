"""PDF files as generators write them, read through docling."""

from pathlib import Path

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from adapters.documents.errors import BadDocument
from adapters.documents.reader import read_document
from tests.unit.documents.document_samples import (
    MAIN,
    PAGE,
    SIDE,
    Line,
    column,
    interleaved,
    write_pdf,
)


def lines_of(path: Path) -> list[str]:
    text = read_document(path, "pdf").text
    return [line.lstrip("#- ") for line in text.split("\n") if line]


DRAWN: dict[str, list[Line]] = {
    "row by row": interleaved(column(MAIN, 50), column(SIDE, 330)),
    "column by column": [*column(MAIN, 50), *column(SIDE, 330)],
    "right column first": [*column(SIDE, 330), *column(MAIN, 50)],
}


@pytest.mark.parametrize("order", DRAWN)
def test_two_columns_whatever_the_drawing_order(tmp_path: Path, order: str) -> None:
    assert lines_of(write_pdf(tmp_path / "cv.pdf", DRAWN[order])) == MAIN + SIDE


def test_two_columns_close_to_each_other(tmp_path: Path) -> None:
    drawn = interleaved(column(MAIN, 50), column(SIDE, 175))
    assert lines_of(write_pdf(tmp_path / "cv.pdf", drawn)) == MAIN + SIDE


def test_a_sidebar_on_the_left_with_its_own_leading(tmp_path: Path) -> None:
    drawn = interleaved(column(SIDE, 40, leading=19), column(MAIN, 220))
    assert lines_of(write_pdf(tmp_path / "cv.pdf", drawn)) == SIDE + MAIN


def test_right_aligned_dates_stay_on_their_row(tmp_path: Path) -> None:
    titles = [f"Poste numéro {index}, Acme" for index in range(7)]
    drawn: list[Line] = [*column(titles, 50)]
    drawn += [(-545, top, f"{2010 + index} - {2011 + index}") for index, (_, top, _) in enumerate(column(titles, 50))]
    read = lines_of(write_pdf(tmp_path / "cv.pdf", drawn))
    assert read == [f"{title}\t{2010 + index} - {2011 + index}" for index, title in enumerate(titles)]


def test_both_pages_are_read(tmp_path: Path) -> None:
    read = read_document(write_pdf(tmp_path / "cv.pdf", column(MAIN, 50), column(SIDE, 50)), "pdf")
    assert read.pages == 2
    assert read.text.index("Master informatique") < read.text.index("ana@example.fr")
    assert read.characters == len(read.text)
    assert not read.ocr
    assert not read.warnings


def test_the_structure_is_marked(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "cv.pdf"), pagesize=PAGE)
    canvas.setFont("Helvetica", 20)
    canvas.drawString(50, 780, "Ana Durand")
    canvas.setFont("Helvetica-Bold", 10)
    canvas.drawString(50, 740, "Développeuse principale")
    canvas.setFont("Helvetica", 10)
    for index, text in enumerate(("• Conception d'une API de paiement", "• Encadrement de trois personnes")):
        canvas.drawString(50, 720 - 14 * index, text)
    canvas.drawString(50, 660, "Une ligne de texte ordinaire, plus longue que les autres")
    canvas.save()
    assert read_document(tmp_path / "cv.pdf", "pdf").text.split("\n\n") == [
        "## Ana Durand",
        "### Développeuse principale",
        "- Conception d'une API de paiement\n- Encadrement de trois personnes",
        "Une ligne de texte ordinaire, plus longue que les autres",
    ]


def test_addresses_behind_links_are_read(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "cv.pdf"), pagesize=PAGE)
    canvas.drawString(50, 780, "Ana Durand, profil et adresse ci-contre, www.example.org/ana")
    for target in ("https://social.example.com/in/ana", "mailto:ana@example.fr", "https://www.example.org/ana"):
        canvas.linkURL(target, (50, 770, 90, 790))
    canvas.linkURL("javascript:alert(1)", (50, 770, 90, 790))
    canvas.save()
    text = read_document(tmp_path / "cv.pdf", "pdf").text
    assert "https://social.example.com/in/ana" in text
    assert "ana@example.fr" in text
    assert text.count("example.org/ana") == 1
    assert "javascript" not in text


def test_a_page_turned_by_a_quarter_loses_nothing(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "cv.pdf"), pagesize=PAGE)
    canvas.setPageRotation(90)
    canvas.translate(300, 60)
    canvas.rotate(90)
    canvas.drawString(0, 0, "Ana Durand développeuse")
    canvas.drawString(650, 0, "tout à droite")
    canvas.save()
    assert lines_of(tmp_path / "cv.pdf") == ["Ana Durand développeuse\ttout à droite"]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_lies_on_its_side_is_read_in_order(tmp_path: Path, turn: int) -> None:
    canvas = Canvas(str(tmp_path / "cv.pdf"), pagesize=PAGE)
    canvas.setPageRotation(turn)
    for left, top, text in DRAWN["row by row"]:
        canvas.drawString(left, PAGE[1] - top, text)
    canvas.save()
    assert lines_of(tmp_path / "cv.pdf") == MAIN + SIDE


def test_ligatures_are_letters_and_hyphens_stay(tmp_path: Path) -> None:
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    canvas = Canvas(str(tmp_path / "cv.pdf"), pagesize=PAGE)
    canvas.setFont("Vera", 10)
    canvas.drawString(50, 780, "Pro\ufb01l : \ufb02uide, micro\u00adservices")
    canvas.drawString(50, 766, "Développement d'archi-")
    canvas.drawString(50, 752, "tectures, quatre-vingt-dix")
    canvas.save()
    assert lines_of(tmp_path / "cv.pdf") == [
        "Profil : fluide, microservices",
        "Développement d'archi-",
        "tectures, quatre-vingt-dix",
    ]


@pytest.mark.parametrize("angle", [45, 90])
def test_text_set_sideways_is_kept(tmp_path: Path, angle: float) -> None:
    canvas = Canvas(str(tmp_path / "cv.pdf"), pagesize=PAGE)
    for left, top, text in column(MAIN, 80):
        canvas.drawString(left, PAGE[1] - top, text)
    canvas.translate(30, 500)
    canvas.rotate(angle)
    canvas.drawString(0, 0, "Curriculum vitae")
    canvas.save()
    read = lines_of(tmp_path / "cv.pdf")
    assert read[: len(MAIN)] == MAIN
    assert read[-1] == "Curriculum vitae"


def test_a_blank_last_page_is_no_scan(tmp_path: Path, bare_machine: None) -> None:
    read = read_document(write_pdf(tmp_path / "cv.pdf", column(MAIN, 50), []), "pdf")
    assert read.pages == 2
    assert not read.warnings


def test_a_document_of_blank_pages_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(BadDocument, match="Aucun texte lisible"):
        read_document(write_pdf(tmp_path / "cv.pdf", [], []), "pdf")
