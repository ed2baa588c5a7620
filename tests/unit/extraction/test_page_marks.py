"""Page numbers and repeated names are no content."""

import pytest

from domain.extraction.lines import read_lines
from domain.extraction.page_marks import without_page_marks

EMAIL = "p.martin@example.fr"


@pytest.mark.parametrize(
    "mark",
    [
        "Page 2",
        "page 2/3",
        "Page 1 of 1",
        "Page 2 sur 3",
        "p. 2",
        "2/3",
        "- 2 -",
        "2 | Page",
        "Paul Martin - page 1",
        "Paul Martin – 2/3",
        "Paul Martin | Curriculum Vitae | Page 2",
        "CV – Paul Martin – 2",
        "Curriculum vitae - page 2",
        "Page 2 – Paul Martin",
        "Paul Martin",
        "PAUL MARTIN",
        "**Paul Martin**",
    ],
)
def test_a_page_mark_is_left_out(mark: str) -> None:
    lines = read_lines(f"Paul Martin\nATELIERS VERMOREL\n\n{mark}\n\nTechnico-commercial")
    assert [line.text for line in without_page_marks(lines, EMAIL)] == [
        "Paul Martin",
        "ATELIERS VERMOREL",
        "Technico-commercial",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "12/2014",
        "2012 - 2014",
        "Python 3 - 2",
        "Martin & Fils",
        "Vendeur - 2",
        "p.martin",
        "Atelier Martin - page 4",
        "09/12",
    ],
)
def test_content_stays(text: str) -> None:
    lines = read_lines(f"Paul Martin\n{text}\nVendeur")
    assert [line.text for line in without_page_marks(lines, EMAIL)] == ["Paul Martin", text, "Vendeur"]


def test_a_name_that_the_address_does_not_tell_repeats_as_the_first_line() -> None:
    lines = read_lines("Nina Costa\nServeuse\n\nNina Costa\n\nCaissière")
    assert [line.text for line in without_page_marks(lines, "contact@example.fr")] == [
        "Nina Costa",
        "Serveuse",
        "Caissière",
    ]


def test_what_stands_below_the_name_repeats_with_it() -> None:
    lines = read_lines(
        "Paul Martin\nVendeur\np.martin@example.fr\n\nDarty\n\nPaul Martin\nVendeur\nPage 2\n\nFnac\nVendeur"
    )
    texts = [line.text for line in without_page_marks(lines, EMAIL)]
    assert texts == ["Paul Martin", "Vendeur", "p.martin@example.fr", "Darty", "Fnac", "Vendeur"]


def test_a_sentence_goes_on_below_a_page_break() -> None:
    lines = without_page_marks(read_lines("Paul Martin\nGestion des stocks et\n\nPage 2\n\ndes achats"), EMAIL)
    assert [line.gap for line in lines] == [True, False, False]
