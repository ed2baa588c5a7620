"""Labels in a column of their own are read with their values, columns that are level by chance are not."""

import pytest

from adapters.documents.cells import Cell
from adapters.documents.pdf_layout import read_page

ROWS = [
    ("INFORMATIONS", ["Nadia Lambert"]),
    ("Adresse", ["12 rue des Lilas, 35000 Rennes"]),
    ("Téléphone", ["01 99 00 41 42"]),
    ("EXPÉRIENCE", []),
    ("03/2015 - 06/2018", ["Aide à domicile", "Association Entraide, Rennes", "Repas et courses"]),
    ("09/2010 - 02/2015", ["Employée de maison", "Famille Simon, Vannes"]),
    ("FORMATION", []),
    ("Diplôme", ["BEP Carrières sanitaires"]),
    ("Établissement", ["Lycée Jean Rostand", "Rennes"]),
    ("LANGUES", []),
    ("Langue maternelle", ["Français"]),
    ("Autre langue", ["Allemand, niveau B1"]),
]
READ = [
    line
    for label, values in ROWS
    for line in ([f"{label}\t{values[0]}", *values[1:]] if values else [label])
]  # fmt: skip
LEFT = ["COMPÉTENCES", "Word", "Excel", "Accueil", "LANGUES", "Anglais", "Espagnol", "INTÉRÊTS", "Chorale", "Vélo"]
RIGHT = ["PARCOURS", "Secrétaire", "Mairie de Vannes", "Accueil du public", "Hôtesse", "Gare de Rennes", "2009 - 2012"]


def line(text: str, left: float, top: float, *, bold: bool = False) -> list[Cell]:
    cells: list[Cell] = []
    for word in text.split(" "):
        cells.append(Cell(word, left, top, left + 5 * len(word), top + 9.3, bold))
        left += 5 * len(word) + 2.8
    return cells


def form(rows: list[tuple[str, list[str]]], *, to_the_right: bool, padding: float) -> list[Cell]:
    cells: list[Cell] = []
    top = 60.0
    for label, values in rows:
        width = line(label, 0, 0)[-1].right
        cells += line(label, 160 - width if to_the_right else 50, top)
        for number, value in enumerate(values):
            cells += line(value, 180, top + 12 * number)
        top += 12 * max(1, len(values)) + padding
    return cells


def read(cells: list[Cell]) -> list[str]:
    by_line = sorted(cells, key=lambda cell: (cell.top, cell.left))
    return [text for block in read_page(by_line) for text in block.text.split("\n")]


@pytest.mark.parametrize(("to_the_right", "padding"), [(True, 3), (True, 0), (False, 3), (False, 5)])
def test_labels_are_read_with_their_values(to_the_right: bool, padding: float) -> None:
    assert read(form(ROWS, to_the_right=to_the_right, padding=padding)) == READ


def test_a_label_of_two_lines_stands_before_its_value() -> None:
    cells = form([("Nationalité", ["Française"]), *ROWS], to_the_right=False, padding=4)
    bottom = max(cell.bottom for cell in cells) + 7
    cells += line("Principales activités et", 50, bottom) + line("responsabilités", 50, bottom + 12)
    cells += line("Repas et courses", 180, bottom)
    assert read(cells)[-1] == "Principales activités et responsabilités\tRepas et courses"


def test_a_title_of_two_lines_is_one_title() -> None:
    rows = form(ROWS, to_the_right=False, padding=4)
    bottom = max(cell.bottom for cell in rows) + 7
    rows += line("COMPÉTENCES", 50, bottom) + line("PERSONNELLES", 50, bottom + 12)
    rows += line("Informatique", 50, bottom + 28) + line("Word, Excel", 180, bottom + 28)
    assert read(rows)[-2:] == ["COMPÉTENCES PERSONNELLES", "Informatique\tWord, Excel"]


@pytest.mark.parametrize("start", [60, 63, 66, 70])
@pytest.mark.parametrize("leading", [12, 13.5, 16])
def test_two_columns_of_their_own_spacing_are_no_form(start: float, leading: float) -> None:
    cells: list[Cell] = []
    for texts, left, top, step in ((LEFT, 50.0, 60.0, 12.0), (RIGHT, 200.0, start, leading)):
        for text in texts:
            top += 7 if text.isupper() else 0
            cells += line(text, left, top)
            top += step
    assert read(cells) == LEFT + RIGHT


def test_blocks_aligned_title_by_title_are_columns() -> None:
    left, right, cells, top = [], [], [], 60.0
    for number in range(4):
        for row in range(4):
            texts = (
                f"{'TITRE' if row == 0 else 'item'} A{number}{row}",
                f"{'TITRE' if row == 0 else 'item'} B{number}{row}",
            )
            left.append(texts[0])
            right.append(texts[1])
            cells += line(texts[0], 50, top) + line(texts[1], 200, top)
            top += 17 if row == 0 else 12
        top += 9
    assert read(cells) == left + right


def test_a_list_in_two_columns_is_no_form() -> None:
    cells: list[Cell] = []
    top = 60.0
    for number in range(9):
        cells += line(f"• outil {number}", 50, top) + line(f"• langage {number}", 200, top)
        top += 12 if number % 2 else 19
    assert read(cells) == [f"outil {number}" for number in range(9)] + [f"langage {number}" for number in range(9)]
