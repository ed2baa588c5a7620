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
        ("MDes Product Design", "bac+5"),
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
        ("B.Tech Computer Science", "bac+3"),
        ("DSAA Design graphique", "bac+5"),
        ("DNMADE Graphisme", "bac+3"),
        ("Formation secourisme", None),
        ("Master 1 Droit public", "bac+3"),
        ("Master (M1) Lettres", "bac+3"),
        ("Master 1 et 2 Finance", "bac+5"),
        ("Première année de master", "bac+3"),
        ("Licence 1 Psychologie", "bac"),
        ("Licence 2 Psychologie", "bac+2"),
        ("Licence 3 Psychologie", "bac+3"),
        ("1re année de BTS", "bac"),
        ("Brevet de maîtrise Boulanger", "bac+2"),
        ("BEPA Services aux personnes", "none"),
        ("Brevet professionnel agricole", "none"),
        ("BPJEPS Activités aquatiques", "bac"),
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


@pytest.mark.parametrize(
    ("text", "degree", "institution"),
    [
        (
            "2013–2016\tDiplôme d'ingénieur, Grenoble INP – Ensimag, Grenoble, Systèmes d'information.",
            "Diplôme d'ingénieur",
            "Grenoble INP – Ensimag",
        ),
        (
            "2011 – Master MIAGE, Université Toulouse III – Paul Sabatier",
            "Master MIAGE",
            "Université Toulouse III – Paul Sabatier",
        ),
        (
            "INSA Rennes — 2010\nDiplôme d'ingénieur, spécialité informatique",
            "Diplôme d'ingénieur, spécialité informatique",
            "INSA Rennes",
        ),
        (
            "University of California, Davis\tJune 2018\nB.S. in Computer Science, GPA: 3.8/4.0",
            "B.S. in Computer Science",
            "University of California, Davis",
        ),
        (
            "2011–2015\tPhD Biology, University of Northgate. Thesis: Signalling in yeast",
            "PhD Biology",
            "University of Northgate",
        ),
        (
            "University of Sheffield\t2019 – 2023\nMEng Mechanical Engineering (First Class Honours)",
            "MEng Mechanical Engineering",
            "University of Sheffield",
        ),
        (
            "Hallam Sixth Form College\t2017 – 2019\nA-Levels: Maths, Physics",
            "A-Levels: Maths, Physics",
            "Hallam Sixth Form College",
        ),
        ("BTS NDRC, obtenu avec mention bien\nLycée Baudelaire, Annecy\n2020 – 2022", "BTS NDRC", "Lycée Baudelaire"),
        (
            "2010 – 2014\nLICENCE EN SOINS INFIRMIERS Escola Superior do Douro",
            "LICENCE EN SOINS INFIRMIERS",
            "Escola Superior do Douro",
        ),
        ("Promotion 2018 : Licence de droit, Université de Lille", "Licence de droit", "Université de Lille"),
        ("Licence Économie (en cours), Université de Nantes, 2023 - 2025", "Licence Économie", "Université de Nantes"),
    ],
)
def test_degree_and_school_are_cut_between_them_and_not_inside(text: str, degree: str, institution: str) -> None:
    (course,) = read_education(read_lines(text))
    assert (course.education.degree, course.education.institution) == (degree, institution)


@pytest.mark.parametrize(
    ("text", "degree", "institution"),
    [
        ("GCSEs – Anywhere School, 2006", "GCSEs", "Anywhere School"),
        (
            "École Centrale de Lyon\nDiplôme d'ingénieur, Génie industriel\n2012 - 2015",
            "Diplôme d'ingénieur, Génie industriel",
            "École Centrale de Lyon",
        ),
        ("2015 : Master Finance, Skemya", "Master Finance", "Skemya"),
        ("Diplôme : Bac pro Commerce\nÉtablissement : Lycée Yvert\nAnnée : 2010", "Bac pro Commerce", "Lycée Yvert"),
    ],
)
def test_what_follows_a_degree_is_its_school_or_its_field(text: str, degree: str, institution: str) -> None:
    (course,) = read_education(read_lines(text))
    assert (course.education.degree, course.education.institution) == (degree, institution)


def test_a_school_above_two_degrees_is_the_school_of_both() -> None:
    text = "Université de Lorraine\nMaster 2 Droit social, 2012 - 2013\nMaster 1 Droit privé, 2011 - 2012"
    courses = [course.education for course in read_education(read_lines(text))]
    assert [(c.degree, c.institution) for c in courses] == [
        ("Master 2 Droit social", "Université de Lorraine"),
        ("Master 1 Droit privé", "Université de Lorraine"),
    ]


def test_a_degree_without_a_school_does_not_take_the_one_above() -> None:
    text = "BTS Management\nLycée Berger\n2014 - 2016\nBaccalauréat ES\n2014"
    assert [course.education.institution for course in read_education(read_lines(text))] == ["Lycée Berger", None]


def test_a_dated_line_about_anything_else_is_no_course() -> None:
    courses = read_education(read_lines("2020 : Master, Université de Lyon\n2021 : Gold Card"))
    assert [course.education.degree for course in courses] == ["Master"]


@pytest.mark.parametrize(
    "text",
    [
        "Lycée Vial\n2012 - 2014\nBTS Tourisme\nLycée Marot\n2012\nBac général",
        "---------\n\n2012 - 2014  BTS Tourisme\n   Lycée Vial\n2009 - 2012  Bac général\n   Lycée Marot",
    ],
)
def test_each_school_stays_with_its_degree(text: str) -> None:
    assert [(c.education.degree, c.education.institution) for c in read_education(read_lines(text))] == [
        ("BTS Tourisme", "Lycée Vial"),
        ("Bac général", "Lycée Marot"),
    ]


@pytest.mark.parametrize(
    ("text", "is_certification"),
    [
        ("Certificat d'aptitude professionnelle Cuisine, CFA de Vesoul, 2012", False),
        ("2013 - 2014 : Certificat de spécialisation Restauration, CFPPA de Vesoul", False),
        ("Certificat de spécialisation Élagage (2013 - 2014)", False),
        ("Certificat de formation aux premiers secours, 2019", True),
    ],
)
def test_a_certificate_of_a_school_or_of_years_is_a_course(text: str, is_certification: bool) -> None:
    (course,) = read_education(read_lines(text))
    assert course.is_certification == is_certification


def test_a_period_cut_inside_its_brackets() -> None:
    (course,) = read_education(read_lines("BTS Comptabilité, Lycée Vial (2015\n\n- 2017)"))
    assert (course.education.institution, course.education.start_date, course.education.end_date) == (
        "Lycée Vial",
        "2015",
        "2017",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a year in front or behind without any mark
        (
            "* 2012  Licence pro Réseaux (IUT de Corte)\n* 2011  DUT Réseaux (IUT de Corte)",
            [("Licence pro Réseaux", "IUT de Corte", "2012"), ("DUT Réseaux", "IUT de Corte", "2011")],
        ),
        (
            "2012 BTS Tourisme Lycée Vial\n2010 Bac général Lycée Marot",
            [("BTS Tourisme", "Lycée Vial", "2012"), ("Bac général", "Lycée Marot", "2010")],
        ),
        ("BTS Tourisme (Lycée Vial, Nantes) 2012", [("BTS Tourisme", "Lycée Vial", "2012")]),
        # in the middle
        ("BTS Tourisme 2012 Lycée Vial", [("BTS Tourisme", "Lycée Vial", "2012")]),
        ("BTS Tourisme, 2012, Lycée Vial", [("BTS Tourisme", "Lycée Vial", "2012")]),
        ("BTS Tourisme (2012), Lycée Vial", [("BTS Tourisme", "Lycée Vial", "2012")]),
        ("BTS Tourisme obtenu en 2012, Lycée Vial", [("BTS Tourisme", "Lycée Vial", "2012")]),
        ("[2012] BTS Tourisme – Lycée Vial", [("BTS Tourisme", "Lycée Vial", "2012")]),
        # the school in brackets
        ("CAP Petite enfance (CNED), 2016", [("CAP Petite enfance", "CNED", "2016")]),
        # subjects stay with their examination
        (
            "A-levels: Mathematics, Physics, French; Parkfield Sixth Form, 2013",
            [("A-levels: Mathematics, Physics, French", "Parkfield Sixth Form", "2013")],
        ),
        (
            "GCSEs: 9 including Maths, Parkfield School, 2011",
            [("GCSEs: 9 including Maths", "Parkfield School", "2011")],
        ),
        # a part of a university
        (
            "Master MIAGE\nUniversité de Rennes 1 - ISTIC | 2018 - 2020",
            [("Master MIAGE", "Université de Rennes 1 - ISTIC", "2020")],
        ),
        ("Université de Lille – DEUST Animation – 2012", [("DEUST Animation", "Université de Lille", "2012")]),
    ],
)
def test_years_and_schools_in_other_places(text: str, expected: list[tuple[str, str, str]]) -> None:
    courses = [course.education for course in read_education(read_lines(text))]
    assert [(c.degree, c.institution, c.end_date) for c in courses] == expected
