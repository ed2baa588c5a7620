"""Section titles and the split of a text by section."""

import pytest

from domain.extraction.lines import read_lines
from domain.extraction.sections import split_sections, title_kind


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("EXPÉRIENCES PROFESSIONELLES", "experience"),
        ("1. Expérience", "experience"),
        ("Work Experience", "experience"),
        ("Parcours professionnel", "experience"),
        ("Employment history", "experience"),
        ("Expériences professionnelles (8 ans)", "experience"),
        ("Formation académique et diplômes obtenus", "education"),
        ("EDUCATION & CERTIFICATIONS", "education"),
        ("Compétences & outils", "skills"),
        ("Key skills", "skills"),
        ("Savoir-être", "skills"),
        ("Logiciels", "softwares"),
        ("Langues et centres d'intérêt", "languages"),
        ("À propos", "summary"),
        ("Certificatons", "certifications"),
        ("Loisirs", "other"),
        ("Coordonnées", "contact"),
        ("Principales compétences", "skills"),
        ("Compétences numériques", "skills"),
        ("Langues pratiquées", "languages"),
        ("Honours and awards", "other"),
        ("Développeur expérience client", None),
        ("Directrice de la formation continue", None),
        ("Acme", None),
        ("Outils bureautiques : Word", None),
    ],
)
def test_a_title_tells_its_section(title: str, kind: str | None) -> None:
    assert title_kind(title) == kind


def test_labels_inside_a_position_do_not_end_it() -> None:
    text = "EXPÉRIENCE\nDéveloppeur - Acme\n2019 - 2020\nCompétences : Java\nProjets :\n- Migration\nLANGUES\nAnglais"
    sections = split_sections(read_lines(text))
    assert [(section.kind, len(section.lines)) for section in sections] == [
        ("preamble", 0),
        ("experience", 5),
        ("languages", 1),
    ]


def test_a_title_and_its_content_may_share_a_line() -> None:
    sections = split_sections(read_lines("Formation\n2014 : Master\nLangues : anglais courant\nLoisirs : lecture"))
    assert [section.kind for section in sections] == ["preamble", "education", "languages", "other"]


def test_programming_languages_open_no_section_of_spoken_ones() -> None:
    sections = split_sections(read_lines("Technical Skills\nLanguages: Java, C#\nTools: Git"))
    assert [(section.kind, len(section.lines)) for section in sections] == [("preamble", 0), ("skills", 2)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("## Clinical experience", "experience"),
        ("PRACTICE AREAS AND SKILLS", "skills"),
        ("\nLegal experience", "experience"),
        ("## Travel grants", "other"),
        ("## Research positions", "experience"),
        ("## Invited talks", "other"),
        ("## Computing", "skills"),
        ("COMPÉTENCES MÉTIER ET TERRAIN", "skills"),
        ("EXPÉRIENCES\tDepuis avr. 2019", "experience"),
        ("Langues\tAnglais, arabe", "languages"),
    ],
)
def test_a_line_that_stands_out_is_a_title_by_its_words(text: str, kind: str) -> None:
    sections = split_sections(read_lines(f"Paul Martin\n{text}"))
    assert [section.kind for section in sections] == ["preamble", kind]


@pytest.mark.parametrize(
    "text",
    [
        "## Responsable expérience client",
        "DIRECTRICE DE LA FORMATION",
        "## Experience 2019 - 2021",
        "Python skills for all of us",
    ],
)
def test_a_line_about_something_else_is_none(text: str) -> None:
    assert [section.kind for section in split_sections(read_lines(f"Paul Martin\n{text}"))] == ["preamble"]


def test_an_unmarked_title_in_a_paragraph_of_its_own_ends_marked_positions() -> None:
    text = "## Expérience\nVendeur - Acme\n2019 - 2020\nOutils\nCaisse\n\nCompétences\nNégociation"
    sections = split_sections(read_lines(text))
    assert [(section.kind, len(section.lines)) for section in sections] == [
        ("preamble", 0),
        ("experience", 4),
        ("skills", 1),
    ]


def test_where_titles_end_with_a_colon_a_further_one_ends_the_positions() -> None:
    sections = split_sections(read_lines("Expérience :\nDéveloppeur - Acme\n2019 - 2020\nLogiciels :\nExcel, Sage"))
    assert [section.kind for section in sections] == ["preamble", "experience", "softwares"]


@pytest.mark.parametrize("label", ["Autres", "Divers", "Other"])
def test_a_group_label_inside_the_skills_opens_no_section(label: str) -> None:
    sections = split_sections(read_lines(f"COMPÉTENCES\nLangages : Python, SQL\n{label} : Git, Jira\nLOISIRS\nChant"))
    assert [(section.kind, len(section.lines)) for section in sections[1:]] == [("skills", 2), ("other", 1)]


def test_a_driving_licence_below_the_skills_is_none_of_them() -> None:
    sections = split_sections(read_lines("COMPÉTENCES\nPython\nDivers : permis B"))
    assert [section.kind for section in sections[1:]] == ["skills", "other"]
