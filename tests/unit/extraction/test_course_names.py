"""Names of courses: kept whole, told from teaching and from certificates, with their levels."""

import pytest

from domain.extraction.degrees import education_level
from domain.extraction.education import read_education
from domain.extraction.lines import read_lines


@pytest.mark.parametrize(
    ("text", "degree", "institution"),
    [
        ("- SSIAP 1 – 2020 – Centre Phocéa Formation, Marseille", "SSIAP 1", "Centre Phocéa Formation"),
        ("CQP Agent de sécurité – 2016 – Institut Sûreté", "CQP Agent de sécurité", "Institut Sûreté"),
        ("2019 : BAFA, UFCV Tours", "BAFA", "UFCV Tours"),
        (
            "2011 - 2013\tMaster Métiers de l'enseignement, de l'éducation et de la formation\n"
            "ESPE Centre-Val de Loire",
            "Master Métiers de l'enseignement, de l'éducation et de la formation",
            "ESPE Centre-Val de Loire",
        ),
        (
            "2011 BTS Métiers de l'eau, de l'environnement et des déchets, Lycée Leconte, Dole",
            "BTS Métiers de l'eau, de l'environnement et des déchets",
            "Lycée Leconte",
        ),
        (
            "2013 Licence Arts, lettres et langues, Université de Metz",
            "Licence Arts, lettres et langues",
            "Université de Metz",
        ),
        ("2008 : CAP Cuisine, CFA de Tours", "CAP Cuisine", "CFA de Tours"),
        ("2018\tBTS Tourisme, Lycée\n\n### Albert Camus", "BTS Tourisme", "Lycée Albert Camus"),
    ],
)
def test_degree_and_school(text: str, degree: str, institution: str) -> None:
    [course] = read_education(read_lines(text))
    assert (course.education.degree, course.education.institution) == (degree, institution)


def test_a_town_after_the_longest_line_is_the_end_of_the_school() -> None:
    text = (
        "2005\tTitre professionnel Conducteur du transport routier, AFTRAL\nCaen\n"
        "2000\tCAP Mécanique, Lycée Vial, Mondeville"
    )
    assert [course.education.institution for course in read_education(read_lines(text))] == [
        "AFTRAL Caen",
        "Lycée Vial",
    ]


def test_a_town_on_a_line_of_its_own_is_no_part_of_the_school() -> None:
    text = (
        "2005\tMaster Droit public, Université Claude Vial de la mer du Nord\nLyon\n"
        "2000\tLicence Droit, Université Marot\nMetz"
    )
    assert [course.education.institution for course in read_education(read_lines(text))] == [
        "Université Claude Vial de la mer du Nord",
        "Université Marot",
    ]


@pytest.mark.parametrize(
    "text", ["2022 : CACES R489 catégories 1, 3 et 5", "CACES R486 A, B – 2022", "2022 : AFGSU niveau 2"]
)
def test_a_certificate_of_safety_is_whole_and_no_course(text: str) -> None:
    [course] = read_education(read_lines(text))
    assert course.is_certification
    assert (course.education.degree or "") in text


@pytest.mark.parametrize(
    "text",
    [
        "2017-2020\tTravaux dirigés de statistiques en licence 2 (192 heures), Université de Bretagne",
        "2018 Chargé de TD en droit public, Université de Lille",
        "2015 - 2016\tTeaching Assistant, Statistics, University of Leeds",
        "2012 - 2014\tVacataire en licence 3, Université de Metz",
        "2014 - 2016\tEncadrement de mémoires de master, Université de Metz",
    ],
)
def test_teaching_given_is_no_course_taken(text: str) -> None:
    assert read_education(read_lines(text)) == []


@pytest.mark.parametrize(
    ("degree", "level"),
    [
        ("Secondary technical diploma in Mechanics", "bac"),
        ("Secondary School Leaving Certificate", "bac"),
        ("Upper secondary certificate", "bac"),
        ("High School degree", "bac"),
        ("Matura", "bac"),
        ("Diplôme d'études secondaires", "bac"),
        ("Post-secondary diploma in Accounting", None),
        ("General Certificate of Secondary Education", None),
        ("Degree in Tourism", "bac+3"),
        ("Economics degree", "bac+3"),
        ("University degree in Nursing", "bac+3"),
        ("Associate degree in Nursing", "bac+2"),
        ("Foundation degree in Care", "bac+2"),
        ("Master's degree in Law", "bac+5"),
        ("Doctoral degree in Physics", "bac+8"),
        ("Technical degree in welding", None),
        ("Double degree in Management", None),
        ("Titre professionnel Développeur web et web mobile", "bac+2"),
        ("Titre professionnel Concepteur développeur d'applications", "bac+3"),
    ],
)
def test_levels(degree: str, level: str | None) -> None:
    assert education_level(degree) == level
