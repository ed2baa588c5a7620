"""What lines are about, whatever the title above them."""

from datetime import date

import pytest

from domain.extraction.lines import Line
from domain.extraction.rules import extract_profile
from domain.extraction.section_content import evidence


@pytest.mark.parametrize(
    "text",
    [
        "Maîtrise de Zotero et de LaTeX, notions de R",
        "Maîtrise d'Excel",
        "Maîtrise d’Excel et de Word",
        "Maîtrise d'Excel (2019)",
        "Maîtrise parfaite du Pack Office",
        "Maîtrise du logiciel Ciel",
        "maîtrise des techniques de vente",
        "Maîtrise de la soudure TIG",
        "Maîtrise de l'outil informatique",
    ],
)
def test_the_command_of_a_tool_is_no_course(text: str) -> None:
    assert not evidence(Line(text)).course


@pytest.mark.parametrize(
    "text",
    [
        "Maîtrise de droit privé, Université Lyon 2, 1998",
        "1998 : Maîtrise d'histoire",
        "Maîtrise en économie",
        "Maîtrise AES",
        "Maîtrise de lettres modernes, Université de Caen",
    ],
)
def test_the_degree_of_that_name_is_one(text: str) -> None:
    assert evidence(Line(text)).course


@pytest.mark.parametrize(
    ("title", "lines", "expected"),
    [
        ("Compétences", "Maîtrise de Zotero et de LaTeX, notions de R", ["Zotero", "LaTeX", "R"]),
        ("Compétences informatiques", "Maîtrise d'Excel et de Word\nLicence Photoshop", ["Excel", "Word"]),
        ("Skills", "Master of Excel\nWord", ["Word"]),
    ],
)
def test_a_title_of_skills_wins_over_words_of_degrees(title: str, lines: str, expected: list[str]) -> None:
    text = f"Jean Morvan\njean.morvan@example.fr\n\nEXPÉRIENCE\nVendeur, Acme\n2018 - 2020\n\n{title.upper()}\n{lines}"
    profile = extract_profile(text, today=date(2026, 11, 1))
    assert profile.education == []
    assert set(expected) <= {skill.name for skill in profile.skills}
