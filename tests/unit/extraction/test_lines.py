"""Lines freed of Markdown, glyphs and broken ends."""

import pytest

from domain.extraction.lines import BOLD, DECORATED, Line, read_lines
from domain.extraction.wrapping import join_wrapped


def test_markdown_marks_become_facts_of_the_line() -> None:
    assert read_lines("## Profil\n\n**Acme**, *Lyon*\n- Tâche \\#1\n• Autre") == [
        Line("Profil", heading=True, gap=True),
        Line("Acme, Lyon", gap=True),
        Line("Tâche #1", bullet=True),
        Line("Autre", bullet=True),
    ]


def test_a_bold_line_is_a_heading_and_a_bullet_is_not() -> None:
    assert [line.heading for line in read_lines("**Développeuse**\n- **Python**")] == [True, False]


def test_table_cells_become_lines_and_rules_disappear() -> None:
    text = "| Période | Poste |\n|---|---|\n| 2019 - 2020 | Comptable |\n-----"
    assert [line.text for line in read_lines(text)] == ["Période", "Poste", "2019 - 2020", "Comptable"]


def test_columns_survive_as_tabs() -> None:
    assert read_lines("Comptable          2019 - 2020")[0].text == "Comptable\t2019 - 2020"


def test_spaced_letters_ligatures_and_icons_are_read() -> None:
    assert [line.text for line in read_lines("E X P É R I E N C E S\nCertiﬁé\n\uf0e0 a@example.fr")] == [
        "EXPÉRIENCES",
        "Certifié",
        "a@example.fr",
    ]


def test_links_keep_what_can_be_read() -> None:
    text = "[a@example.fr](mailto:a@example.fr) [Portfolio](https://a.example.org)"
    assert read_lines(text)[0].text == "a@example.fr Portfolio https://a.example.org"


def test_broken_lines_are_joined_and_others_are_not() -> None:
    lines = read_lines(
        "### Master statistique et science des\n\n### données\nUniversité de Rennes, sept. 2012 -\nsept. 2014"
    )
    assert [line.text for line in join_wrapped(lines)] == [
        "Master statistique et science des données",
        "Université de Rennes, sept. 2012 - sept. 2014",
    ]
    kept = read_lines("Comptable\nCabinet Fidalis\ndepuis 2019\n- Tenue des comptes")
    assert join_wrapped(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "== Formation ==",
        "--- Formation ---",
        "*** Formation ***",
        "-- Formation --",
        "- Formation -",
        "* Formation *",
        "[Formation]",
        "=== F o r m a t i o n ===",
        "// Formation",
        ">> Formation",
        "~~ Formation ~~",
        "::: Formation :::",
        "█ Formation",
        "Formation -----------",
        "Formation ________",
        "Formation\n---------",
        "=========\nFormation\n=========",
    ],
)
def test_a_typed_decoration_marks_a_title(text: str) -> None:
    assert [(line.text, line.heading, line.level) for line in read_lines(text)] == [("Formation", True, DECORATED)]


@pytest.mark.parametrize(
    "text",
    ["Vendeur 2012 ----", "11/2019 - ...", "- Gestion - planning", "Vendeur ....... Acme", "Langues --> anglais"],
)
def test_dashes_and_dots_in_content_mark_none(text: str) -> None:
    assert [line.heading for line in read_lines(text)] == [False]


def test_a_rule_below_several_lines_parts_them_only() -> None:
    assert [line.heading for line in read_lines("Vincent Cardinali\nAdministrateur\n-----\nAjaccio")] == [False] * 3


@pytest.mark.parametrize(("text", "level"), [("# A b", 1), ("### A b ###", 3), ("**A b**", BOLD), ("A b", 0)])
def test_a_heading_tells_its_level(text: str, level: int) -> None:
    assert [(line.text, line.level) for line in read_lines(text)] == [("A b", level)]
