"""Courses, their levels and fields."""

import pytest

from domain.extraction.degrees import degree_field, education_level
from domain.extraction.education import read_education
from domain.extraction.lines import read_lines


@pytest.mark.parametrize(
    ("degree", "level"),
    [
        ("Doctorat en chimie", "bac+8"),
        ("PhD in Physics", "bac+8"),
        ("Master Informatique", "bac+5"),
        ("Diplôme d'ingénieur", "bac+5"),
        ("MBA", "bac+5"),
        ("MSc Marketing", "bac+5"),
        ("Maîtrise de droit", "bac+3"),
        ("Licence professionnelle", "bac+3"),
        ("BSc (Hons) Computer Science", "bac+3"),
        ("BA Business Management", "bac+3"),
        ("Bachelor of Science", "bac+3"),
        ("BUT GEA", "bac+3"),
        ("BTS Comptabilité", "bac+2"),
        ("DUT Génie mécanique", "bac+2"),
        ("HND Professional Cookery", "bac+2"),
        ("Formation bac+4", "bac+3"),
        ("Baccalauréat scientifique", "bac"),
        ("Bac pro commerce", "bac"),
        ("A-levels", "bac"),
        ("CAP Cuisine", "none"),
        ("GCSEs", "none"),
        ("Formation secourisme", None),
    ],
)
def test_a_degree_has_a_level_on_the_french_scale(degree: str, level: str | None) -> None:
    assert education_level(degree) == level


@pytest.mark.parametrize(
    ("degree", "field"),
    [
        ("Master Informatique", "Informatique"),
        ("Master en informatique", "informatique"),
        ("Diplôme d'ingénieur en génie mécanique", "génie mécanique"),
        ("Diplôme d'État d'infirmier", "infirmier"),
        ("Bachelor of Science in Computer Science", "Computer Science"),
        ("BSc (Hons) Computer Science", "Computer Science"),
        ("Licence Économie (bac+3)", "Économie"),
        ("Baccalauréat scientifique", None),
        ("Master", None),
    ],
)
def test_a_degree_says_what_it_is_about(degree: str, field: str | None) -> None:
    assert degree_field(degree) == field


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Master Informatique, Université Claude Bernard Lyon 1\n2018 - 2020\n"
            "Licence – Université de Dijon\n2015 – 2018",
            [
                ("Master Informatique", "Université Claude Bernard Lyon 1", "2018", "2020"),
                ("Licence", "Université de Dijon", "2015", "2018"),
            ],
        ),
        (
            "2015\nBTS Comptabilité\nLycée Vial, Nantes\n2012\nBac STG\nLycée Carcouët",
            [("BTS Comptabilité", "Lycée Vial", None, "2015"), ("Bac STG", "Lycée Carcouët", None, "2012")],
        ),
        (
            "University of Exeter\t2010 – 2013\nBA (Hons) Marketing",
            [("BA (Hons) Marketing", "University of Exeter", "2010", "2013")],
        ),
        (
            "### MSc Marketing\n\nUniversity of Bristol\nSep 2015 - Jun 2016\n\n"
            "### BA Business\n\nCardiff University\n2012 - 2015",
            [
                ("MSc Marketing", "University of Bristol", "2015-09", "2016-06"),
                ("BA Business", "Cardiff University", "2012", "2015"),
            ],
        ),
        (
            "2014 : Diplôme d'ingénieur, INSA Toulouse\n2009 : Baccalauréat, mention bien, Lycée Fermat",
            [("Diplôme d'ingénieur", "INSA Toulouse", None, "2014"), ("Baccalauréat", "Lycée Fermat", None, "2009")],
        ),
        (
            "DCG – Diplôme de comptabilité et de gestion, Lycée Curie, 2012",
            [("DCG - Diplôme de comptabilité et de gestion", "Lycée Curie", None, "2012")],
        ),
        (
            "2020 | Baccalauréat ES, mention Bien – Lycée Ampère",
            [("Baccalauréat ES", "Lycée Ampère", None, "2020")],
        ),
        ("Master Droit, Université de Lyon", [("Master Droit", "Université de Lyon", None, None)]),
        ("- CAP Petite enfance (2014)", [("CAP Petite enfance", None, None, "2014")]),
    ],
)
def test_layouts_of_courses(text: str, expected: list[tuple[str | None, str | None, str | None, str | None]]) -> None:
    courses = [course.education for course in read_education(read_lines(text))]
    assert [(c.degree, c.institution, c.start_date, c.end_date) for c in courses] == expected


def test_a_certificate_among_courses_is_told() -> None:
    courses = read_education(read_lines("2020 : Master, Université de Lyon\n2021 : Certification Scrum, Orvalis"))
    assert [course.is_certification for course in courses] == [False, True]
