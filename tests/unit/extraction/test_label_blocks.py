"""Labels of a form in a column of their own, read as one block above their values."""

from datetime import date

import pytest

from domain.extraction.label_blocks import beside_labels
from domain.extraction.lines import read_lines
from domain.extraction.rules import extract_profile

_LABELS = "Langue maternelle\n\nAutres langues\n\nCompétences numériques"


def _texts(text: str) -> list[str]:
    return [line.text for line in beside_labels(read_lines(text))]


def test_each_paragraph_goes_to_its_label() -> None:
    assert _texts(f"{_LABELS}\n\nFrançais\n\nAllemand : C1\nAnglais : B2\n\nZyxcad, Word\n\n## Loisirs") == [
        "Langue maternelle : Français", "Autres langues", "Allemand : C1", "Anglais : B2", "Compétences numériques",
        "Zyxcad, Word", "Loisirs",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        f"{_LABELS}\n\nFrançais\n\nAnglais",
        f"{_LABELS}\n\nFrançais\n\nAnglais\n\nWord\n\nLecture",
        f"{_LABELS}\n\nWord\n\nFrançais\n\nAnglais",
        "Outils\n\nLogiciels\n\nProjets\n\nWord\n\nExcel\n\nZyxcad",
        "Langue maternelle\n\nOutils\n\nFrançais\n\nWord",
    ],
)
def test_other_paragraphs_stay_where_they_are(text: str) -> None:
    assert _texts(text) == [line.text for line in read_lines(text)]


def test_a_profile_has_what_stood_beside_the_labels() -> None:
    profile = extract_profile(
        f"## Compétences personnelles\n\n{_LABELS}\n\nFrançais\n\nAnglais : B2\n\nWord, tissage, Zyxcad",
        today=date(2026, 1, 1),
    )
    assert [(item.language, item.level) for item in profile.languages] == [("fr", "native"), ("en", "B2")]
    assert [skill.name for skill in profile.skills] == ["Word", "tissage", "Zyxcad"]


def test_languages_with_levels_are_no_title() -> None:
    profile = extract_profile(
        "## Langues\n\nAnglais professionnel, catalan courant\n\n## En dehors du travail\n\nEscalade, fanfare",
        today=date(2026, 1, 1),
    )
    assert [(item.language, item.level) for item in profile.languages] == [("en", "B2"), ("ca", "C1")]


def test_a_mother_tongue_among_the_particulars_counts_beside_a_section_of_others() -> None:
    profile = extract_profile(
        "## Contact\n\nLangue maternelle : arabe\n\n## Autres langues\n\nAnglais : B2", today=date(2026, 1, 1)
    )
    assert [(item.language, item.level) for item in profile.languages] == [("ar", "native"), ("en", "B2")]
