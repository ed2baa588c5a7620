"""Several positions at one employer, or courses at one school: what is named once holds for all below it."""

import pytest

from domain.extraction.education import read_education
from domain.extraction.experience import read_experience
from domain.extraction.lines import read_lines

_SHIFT = [("Cadre de santé", "CHU de Nantes", "2018", "2024"), ("Infirmière", "CHU de Nantes", "2010", "2018")]


def _read(text: str) -> list[tuple[str | None, str | None, str | None, str | None]]:
    return [(item.title, item.company, item.start_date, item.end_date) for item in read_experience(read_lines(text))]


@pytest.mark.parametrize(
    "text",
    [
        # the employer with dates of its own
        "CHU de Nantes – 2010 à 2024\nCadre de santé – 2018 à 2024\n- Planning\nInfirmière – 2010 à 2018\n- Soins",
        "CHU de Nantes (8 000 agents) – 2010 à 2024\n\nCadre de santé, 2018 – 2024\n\n- Planning\n\n"
        "Infirmière, 2010 – 2018",
        "2010 - 2024\tCHU de Nantes\n2018 - 2024\tCadre de santé\n2010 - 2018\tInfirmière",
        "### CHU de Nantes\n*2010 – 2024*\n\nCadre de santé\n2018 – 2024\n- Planning\n\nInfirmière\n2010 – 2018",
        "CHU de Nantes\t2010 – 2024\nCadre de santé\t2018 – 2024\n- Planning\nInfirmière\t2010 – 2018",
        "CHU de Nantes, Nantes, 2010 – 2024\nPôle cardiologie\nCadre de santé (2018 – 2024)\nInfirmière (2010 – 2018)",
        "2010 – 2024 : CHU de Nantes\n- Cadre de santé (2018 – 2024)\n- Infirmière (2010 – 2018)",
        # without dates
        "CHU de Nantes\n- Cadre de santé, 2018 – 2024\n- Infirmière, 2010 – 2018",
        "CHU de Nantes\nCadre de santé\n2018 – 2024\nInfirmière\n2010 – 2018",
        # as a profile exported from a network writes it, with the length of all and the town of each
        "### CHU de Nantes\n\n14 ans\n\n### Cadre de santé\n\n2018 - 2024 (6 ans)\nRezé\nPlanning.\n\n"
        "### Infirmière\n\n2010 - 2018 (8 ans)\nRezé\nSoins.",
        "CHU de Nantes\nCDI · 14 ans\nCadre de santé\n2018 - 2024 · 6 ans\nNantes, France\nInfirmière\n"
        "2010 - 2018 · 8 ans\nNantes, France",
        # each with its town
        "CHU de Nantes\n\nCadre de santé – Rezé\n2018 – 2024\n\nInfirmière – Bouguenais\n2010 – 2018",
        # said in words
        "Cadre de santé, CHU de Nantes, 2018 – 2024\n- Planning\nInfirmière, même établissement, 2010 – 2018",
    ],
)
def test_positions_at_one_employer(text: str) -> None:
    assert _read(text) == _SHIFT


def test_each_employer_has_its_own_positions() -> None:
    text = (
        "Aéralis (Toulouse, 900 salariés) – depuis 2018\n\nResponsable communication, depuis janvier 2022\n\n"
        "Chargée de communication, mars 2018 – décembre 2021\n\nPoint Virgule (Bordeaux) – 2014 à 2018\n\n"
        "Rédactrice web, 2014 – 2018"
    )
    assert _read(text) == [
        ("Responsable communication", "Aéralis", "2022-01", None),
        ("Chargée de communication", "Aéralis", "2018-03", "2021-12"),
        ("Rédactrice web", "Point Virgule", "2014", "2018"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the second is at another company, though at the same time
        (
            "Novalis, 2015 – 2020\nComptable\n- Bilans\nOrvalis, 2016 – 2018\nAide-comptable\n- Saisie",
            [("Comptable", "Novalis", "2015", "2020"), ("Aide-comptable", "Orvalis", "2016", "2018")],
        ),
        # nobody employs the self-employed
        (
            "Novalis\nComptable\n2015 – 2020\n- Bilans\n\nComptable indépendante\n2020 – 2024\n- Clients",
            [("Comptable", "Novalis", "2015", "2020"), ("Comptable indépendante", None, "2020", "2024")],
        ),
        ("Peintre – à mon compte – 2010 - 2018", [("Peintre", None, "2010", "2018")]),
        (
            "Responsable RH\nNovalis\n2014 – 2020\nStagiaire RH\nOrvalis\n2014 – 2015",
            [("Responsable RH", "Novalis", "2014", "2020"), ("Stagiaire RH", "Orvalis", "2014", "2015")],
        ),
    ],
)
def test_other_positions_are_not_taken_in(
    text: str, expected: list[tuple[str | None, str | None, str | None, str | None]]
) -> None:
    assert _read(text) == expected


def test_dated_tasks_under_a_position_are_no_positions() -> None:
    text = "Cadre de santé, CHU de Nantes\t2010 – 2024\n- Chef du projet de fusion (2018 – 2020)\n- Planning"
    assert _read(text) == [("Cadre de santé", "CHU de Nantes", "2010", "2024")]


def test_courses_at_one_school() -> None:
    text = "Université Lyon 2, 2010 – 2015\nMaster Psychologie, 2013 – 2015\nLicence Psychologie, 2010 – 2013"
    courses = [course.education for course in read_education(read_lines(text))]
    assert [(course.degree, course.institution, course.end_date) for course in courses] == [
        ("Master Psychologie", "Université Lyon 2", "2015"),
        ("Licence Psychologie", "Université Lyon 2", "2013"),
    ]
