"""The reading order comes from where words stand, not from the order in which they were drawn."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.documents.cells import Cell
from adapters.documents.pdf_layout import read_page

LEFT = ["EXPÉRIENCE", "Cheffe de projet chez Acme", *(f"tâche numéro {index}" for index in range(10))]
RIGHT = ["LANGUES", *(f"langue {index}" for index in range(8))]


def words(text: str, left: float, top: float, *, size: float = 10, bold: bool = False) -> list[Cell]:
    """A line as a parser gives it: a box for each word."""
    cells: list[Cell] = []
    for word in text.split(" "):
        width = 0.5 * size * len(word)
        cells.append(Cell(word, left, top, left + width, top + 0.93 * size, bold))
        left += width + 0.28 * size
    return cells


def lines(texts: list[str], left: float, top: float = 100, leading: float = 14) -> list[list[Cell]]:
    return [words(text, left, top + leading * index) for index, text in enumerate(texts)]


def text_of(cells: list[Cell]) -> str:
    return "\n".join(block.text for block in read_page(cells))


def flat(drawn: list[list[Cell]]) -> list[Cell]:
    return [cell for line in drawn for cell in line]


@pytest.mark.parametrize("seed", range(6))
def test_two_columns_in_any_drawing_order(seed: int) -> None:
    drawn = lines(LEFT, 50) + lines(RIGHT, 330)
    random.Random(seed).shuffle(drawn)
    assert text_of(flat(drawn)).split("\n") == LEFT + RIGHT


def test_columns_of_different_leading() -> None:
    drawn = lines(LEFT, 50, leading=13) + lines(RIGHT, 330, top=103, leading=17)
    drawn.sort(key=lambda line: line[0].top)
    assert text_of(flat(drawn)).split("\n") == LEFT + RIGHT


def test_a_narrow_gutter() -> None:
    widest = max(cell.right for cell in flat(lines(LEFT, 50)))
    drawn = lines(LEFT, 50) + lines(RIGHT, widest + 10)
    drawn.sort(key=lambda line: line[0].top)
    assert text_of(flat(drawn)).split("\n") == LEFT + RIGHT


def test_what_spans_both_columns_is_read_above_and_below() -> None:
    header = words("Ana Durand ingénieure des données depuis dix ans à Lyon et à Paris", 50, 60, size=12)
    footer = words("Références disponibles sur demande et permis de conduire de catégorie B", 50, 400, size=12)
    drawn = lines(LEFT, 50) + lines(RIGHT, 330)
    read = text_of([*footer, *flat(drawn), *header]).split("\n")
    assert read[0].startswith("Ana Durand")
    assert read[1:-1] == LEFT + RIGHT
    assert read[-1].startswith("Références")


@pytest.mark.parametrize("top", [140, 50])
def test_a_name_over_one_column_comes_before_a_sidebar(top: float) -> None:
    sidebar = lines(RIGHT, 40, top=top)
    main = lines(LEFT, 220, top=140)
    name = words("Ana Durand", 220, 60, size=24)
    assert text_of([*flat(sidebar), *name, *flat(main)]).split("\n") == ["Ana Durand", *RIGHT, *LEFT]


def test_section_titles_stay_with_their_columns() -> None:
    left = [words("Compétences", 40, 100, size=16), *lines(RIGHT, 40, top=130)]
    right = [words("Parcours", 220, 100, size=16), *lines(LEFT, 220, top=130)]
    assert text_of(flat(right + left)).split("\n") == ["Compétences", *RIGHT, "Parcours", *LEFT]


def test_dates_on_the_right_stay_with_their_rows() -> None:
    titles = [f"Poste numéro {index}" for index in range(8)]
    dates = [f"Sept. {2010 + index} – Févr. {2011 + index}" for index in range(8)]
    drawn = lines(titles, 50) + lines(dates, 430)
    assert text_of(flat(drawn)).split("\n") == [f"{t}\t{d}" for t, d in zip(titles, dates, strict=True)]


def test_dates_in_the_left_margin_stay_with_their_rows() -> None:
    dates = [words(f"{2010 + 2 * index} - {2012 + 2 * index}", 50, 100 + 42 * index) for index in range(7)]
    main = [words(f"ligne {index}", 150, 100 + 14 * index) for index in range(21)]
    read = text_of(flat(dates + main)).split("\n")
    assert read[:4] == ["2010 - 2012\tligne 0", "ligne 1", "ligne 2", "2012 - 2014\tligne 3"]


def test_dates_set_flush_right_beside_a_sidebar_stay_with_their_lines() -> None:
    titles = [words(f"Poste numéro {index}", 50, 100 + 28 * index) for index in range(5)]
    periods = ["2019 - 2021", "mars 2016 - 2019", "2014 - 2016", "mai 2012 - 2014", "2010 - 2012"]
    dates = [words(text, 0, 100 + 28 * index) for index, text in enumerate(periods)]
    flush = [
        [replace(cell, left=cell.left + 330 - line[-1].right, right=cell.right + 330 - line[-1].right) for cell in line]
        for line in dates
    ]
    read = text_of(flat(titles + flush + lines(RIGHT, 400, top=103, leading=17))).split("\n")
    assert read == [*(f"Poste numéro {index}\t{text}" for index, text in enumerate(periods)), *RIGHT]


def test_a_longer_column_is_read_whole_before_a_shorter_one() -> None:
    main = [*LEFT, "FORMATION", "Licence de gestion à l'Université de Pau"]
    assert text_of(flat(lines(main, 50) + lines(RIGHT[:6], 330))).split("\n") == [*main, *RIGHT[:6]]


def test_section_titles_in_a_margin_stay_with_their_sections() -> None:
    titles = ["Profil", "Expérience", "Formation", "Langues", "Loisirs", "Références"]
    margin = [words(title, 50, 100 + 70 * index) for index, title in enumerate(titles)]
    main = [words(f"ligne {index}", 200, 100 + 14 * index) for index in range(30)]
    read = text_of(flat(main + margin)).split("\n")
    assert read[0] == "Profil\tligne 0"
    assert read[5] == "Expérience\tligne 5"


def test_bullets_are_no_column() -> None:
    bullets = [words("•", 50, 100 + 14 * index) for index in range(8)]
    texts = [words(f"tâche {index}", 66, 100 + 14 * index) for index in range(8)]
    blocks = read_page(flat(bullets + texts))
    assert [(block.kind, block.text) for block in blocks] == [("bullet", f"tâche {index}") for index in range(8)]


def test_a_list_item_of_two_lines_is_one_item() -> None:
    cells = [*words("• Conception de l'architecture et", 50, 100), *words("de ses tests", 58, 113)]
    assert [(block.kind, block.text) for block in read_page(cells)] == [
        ("bullet", "Conception de l'architecture et de ses tests")
    ]


def test_headings() -> None:
    body = flat(lines([f"une ligne de texte ordinaire {index}" for index in range(12)], 50, top=200))
    tall = words("Ana Durand", 50, 50, size=20)
    capitals = words("FORMATION", 50, 100)
    bold = words("Université de Lyon", 50, 130, bold=True)
    kinds = {block.text: block.kind for block in read_page([*tall, *capitals, *bold, *body])}
    assert kinds["Ana Durand"] == "heading"
    assert kinds["FORMATION"] == "heading"
    assert kinds["Université de Lyon"] == "subheading"
    assert list(kinds.values()).count("text") == 1


def test_letters_set_apart_are_one_word() -> None:
    cells = [Cell(letter, 50 + 10 * index, 100, 56 + 10 * index, 110) for index, letter in enumerate("FORMATION")]
    assert text_of(cells) == "FORMATION"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8),
            st.floats(-50, 650),
            st.floats(-50, 900),
            st.floats(0.1, 300),
            st.floats(0.1, 60),
        ),
        max_size=60,
    )
)
def test_no_word_is_lost_or_repeated(boxes: list[tuple[str, float, float, float, float]]) -> None:
    cells = [Cell(text, left, top, left + width, top + height) for text, left, top, width, height in boxes]
    read = "".join(block.text for block in read_page(cells))
    assert Counter("".join(read.split())) == Counter("".join(cell.text for cell in cells))
