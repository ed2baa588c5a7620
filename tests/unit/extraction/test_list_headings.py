"""Lists of skills, languages and certifications whose lines are marked as headings."""

from datetime import date

import pytest

from domain.extraction.rules import extract_profile

PERSON = "Léa Petit\nlea.petit@example.fr\n\n## Expérience\n\n### Vendeuse, Acme\n\n2019 - 2021\n\n"


def _skills(text: str) -> list[str]:
    return [skill.name for skill in extract_profile(PERSON + text, today=date(2026, 11, 1)).skills]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "## Compétences techniques\n\n### Systèmes : Windows, Debian\n\n### Réseaux : VPN\n\n### Outils : GLPI",
            ["Windows", "Linux", "VPN", "GLPI"],
        ),
        ("## Compétences\n\n### Excel\n\n### Word\n\n### Sage", ["Excel", "Word", "Sage"]),
        ("## Logiciels\n\n### AutoCAD\n### Revit\n### SketchUp", ["AutoCAD", "Revit", "SketchUp"]),
        (
            "## Compétences\n\n**Cuisine : sauces, dressage**\n**Hygiène : HACCP**",
            ["sauces", "dressage", "HACCP"],
        ),
        (
            "## Compétences\n\n### Conduite\tCACES 1, 3 et 5\n\n### Informatique\tWMS Reflex, Excel",
            ["CACES", "WMS Reflex", "Excel"],
        ),
        ("## Skills\n\n### Payroll: Sage, Xero\n\n### Languages: Python, R", ["Sage", "Xero", "Python", "R"]),
        ("## Compétences\n\n### Logiciels : Photoshop\n\n### Langues : anglais courant", ["Photoshop"]),
        # Those with something below them are titles.
        (
            "## Compétences\n\n### Techniques\nSoudure TIG\n### Transversales\nRigueur, autonomie",
            ["Soudure TIG", "Rigueur", "Autonomie"],
        ),
        ("## Compétences\n\n### Paie, bilans\n- Sage\n- Ciel", ["Sage", "Ciel"]),
    ],
)
def test_a_heading_that_holds_the_list_is_no_title(text: str, expected: list[str]) -> None:
    assert _skills(text) == expected


def test_languages_and_certifications_in_headings() -> None:
    text = "## Langues\n\n### Anglais : B2\n\n### Espagnol : A2\n\n## Certifications\n\n### CACES R489 (2020)"
    profile = extract_profile(PERSON + text, today=date(2026, 11, 1))
    assert [(item.language, item.level) for item in profile.languages] == [("en", "B2"), ("es", "A2")]
    assert [item.name for item in profile.certifications] == ["CACES R489"]
