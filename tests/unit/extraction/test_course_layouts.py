"""Courses as tables, sentences and wrapped lines give them, and trainings told from courses."""

import pytest

from domain.extraction.degrees import education_level, starts_with_degree
from domain.extraction.education import Course, read_education
from domain.extraction.lines import read_lines


def _read(text: str) -> list[Course]:
    return read_education(read_lines(text))


def _shown(text: str) -> list[tuple[str | None, str | None, str | None]]:
    """Degree, school and last date of each course that is no certificate."""
    found = [course.education for course in _read(text) if not course.is_certification]
    return [(item.degree, item.institution, item.end_date) for item in found]


@pytest.mark.parametrize(
    ("text", "courses"),
    [
        (
            "2020 D.U. Gérontologie\nUniversité de Bourgogne\n2008 Licence STAPS\nIUT d'Angers",
            [
                ("D.U. Gérontologie", "Université de Bourgogne", "2020"),
                ("Licence STAPS", "IUT d'Angers", "2008"),
            ],
        ),
        (
            "2021 DIU de médecine du sport\nUniversité de Nantes\n2000 Diplôme d'État d'infirmier\nIFSI de Dax",
            [
                ("DIU de médecine du sport", "Université de Nantes", "2021"),
                ("Diplôme d'État d'infirmier", "IFSI de Dax", "2000"),
            ],
        ),
        (
            "2019 Perfectionnement fromager\nLycée laitier de Poligny\n2010 Bac STAV\nLycée agricole de Vesoul",
            [
                ("Perfectionnement fromager", "Lycée laitier de Poligny", "2019"),
                ("Bac STAV", "Lycée agricole de Vesoul", "2010"),
            ],
        ),
        (
            "iaelyon School of Management\nMaster, Gestion · (2012 - 2014)\n\nLycée Branly\nBTS Banque · (2010 - 2012)",
            [("Master, Gestion", "iaelyon School of Management", "2014"), ("BTS Banque", "Lycée Branly", "2012")],
        ),
    ],
)
def test_a_school_on_a_line_of_its_own_stays_with_its_degree(
    text: str, courses: list[tuple[str | None, str | None, str | None]]
) -> None:
    assert _shown(text) == courses


@pytest.mark.parametrize(
    ("text", "course"),
    [
        (
            "BSc Nursing from Kerala University of Health Sciences, 2016, 71%",
            ("BSc Nursing", "Kerala University of Health Sciences", "2016"),
        ),
        ("B.Com from Loyola College, 2012, with 68%", ("B.Com", "Loyola College", "2012")),
        (
            "Diploma in Hotel Management from IHM Institute, Goa, 2010, with 65%",
            ("Diploma in Hotel Management", "IHM Institute", "2010"),
        ),
        (
            "PGDM (Marketing) from Symbiosis Institute, 2018, CGPA 7.9",
            ("PGDM (Marketing)", "Symbiosis Institute", "2018"),
        ),
        ("BA Economics at the University of Kent, 2014", ("BA Economics", "University of Kent", "2014")),
        (
            "Master de droit social obtenu à l'Université Lyon 2, 2014",
            ("Master de droit social", "Université Lyon 2", "2014"),
        ),
        ("BTS Tourisme suivi au lycée Vauvenargues, 2010", ("BTS Tourisme", "lycée Vauvenargues", "2010")),
        ("Licence d'anglais à l'université de Caen, 2008", ("Licence d'anglais", "université de Caen", "2008")),
        ("CAP Coiffure au CFA de Laval, 2004", ("CAP Coiffure", "CFA de Laval", "2004")),
    ],
)
def test_a_course_told_as_a_sentence(text: str, course: tuple[str, str, str]) -> None:
    assert _shown(text) == [course]


@pytest.mark.parametrize(
    ("text", "courses"),
    [
        (
            "Degree\tCollege\tYear\tPercentage\nB.A. (English\tLoyola College\t2012\t68%\nLiterature)\n"
            "HSC\tDon Bosco Higher Secondary School\t2009\t81%",
            [
                ("B.A. (English Literature)", "Loyola College", "2012"),
                ("HSC", "Don Bosco Higher Secondary School", "2009"),
            ],
        ),
        (
            "Diplôme\tÉtablissement\tAnnée\tMention\nBTS Comptabilité\tLycée Carnot\t2012\tBien",
            [("BTS Comptabilité", "Lycée Carnot", "2012")],
        ),
        (
            "Year of passing\tQualification\tBoard / University\n2012\tB.Com\tOsmania University",
            [("B.Com", "Osmania University", "2012")],
        ),
        (
            "| Qualification | Institution | Year |\n|---|---|---|\n| BA History | University of York | 2012 |",
            [("BA History", "University of York", "2012")],
        ),
    ],
)
def test_a_table_of_courses(text: str, courses: list[tuple[str | None, str | None, str | None]]) -> None:
    assert _shown(text) == courses


@pytest.mark.parametrize(
    ("text", "course"),
    [
        (
            "2010 Titre professionnel Technicien supérieur en maintenance\n\n### des systèmes industriels\n\n"
            "AFPA Beaumont",
            ("Titre professionnel Technicien supérieur en maintenance des systèmes industriels", "AFPA Beaumont"),
        ),
        (
            "2012 Licence professionnelle Management des organisations\net des territoires\nUniversité de Tours",
            ("Licence professionnelle Management des organisations et des territoires", "Université de Tours"),
        ),
        ("A-levels, Harrogate Grammar School\t2006", ("A-levels", "Harrogate Grammar School")),
        ("High School Diploma, Lincoln High School\t2009", ("High School Diploma", "Lincoln High School")),
        ("Academic year 2015/2016\tMaster exchange, University of Oslo", ("Master exchange", "University of Oslo")),
    ],
)
def test_names_are_kept_whole(text: str, course: tuple[str, str]) -> None:
    assert [(degree, school) for degree, school, _ in _shown(text)] == [course]


@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("Licence pro Logistique (en alternance), IUT de Chartres, 2013", "Licence pro Logistique"),
        ("2018 BTS MCO en alternance – CFA Descartes", "BTS MCO"),
        ("2016 CAP Cuisine par la VAE, GRETA de Pau", "CAP Cuisine"),
        ("2012 : Diplôme d'ingénieur (cours du soir), CNAM Orléans", "Diplôme d'ingénieur"),
        ("2011 MBA (part-time), Cranfield School of Management", "MBA"),
        ("2020 Master Management de l'alternance, IAE Lille", "Master Management de l'alternance"),
    ],
)
def test_how_one_studied_is_no_part_of_the_degree(text: str, degree: str) -> None:
    assert [found for found, _, _ in _shown(text)] == [degree]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2018\tFormation HACCP, 14 heures", "Formation HACCP"),
        ("Formation interne « Gérer les conflits » (2 jours), 2019", "Formation interne « Gérer les conflits »"),
        ("2017 Formation gestes et postures – 1 jour", "Formation gestes et postures"),
        ("SSIAP 2 (2019), recyclage 2025", "SSIAP 2"),
        ("CQP Agent de sécurité (2014)", "CQP Agent de sécurité"),
    ],
)
def test_a_training_is_a_certificate(text: str, name: str) -> None:
    assert [(course.education.degree, course.is_certification) for course in _read(text)] == [(name, True)]


@pytest.mark.parametrize(
    ("text", "course"),
    [
        ("2015 Formation Développeur web, OpenClassrooms", ("Formation Développeur web", "OpenClassrooms", "2015")),
        ("2014-2015 Formation de comédien, Cours Florent", ("Formation de comédien", "Cours Florent", "2015")),
        ("Formation d'adultes, AFPA Nevers, 2012", ("Formation d'adultes", "AFPA Nevers", "2012")),
        ("CQP Agent de sécurité – 2016 – Institut Sûreté", ("CQP Agent de sécurité", "Institut Sûreté", "2016")),
    ],
)
def test_a_training_at_a_school_is_a_course(text: str, course: tuple[str, str, str]) -> None:
    assert _shown(text) == [course]


@pytest.mark.parametrize(
    ("degree", "level"),
    [
        ("B.Com", "bac+3"),
        ("BCA", "bac+3"),
        ("M.Com Finance", "bac+5"),
        ("MCA", "bac+5"),
        ("Class XII", "bac"),
        ("Higher Secondary (XII)", "bac"),
        ("Class X", "none"),
        ("SSC", "none"),
        ("DU Soins palliatifs", None),
    ],
)
def test_levels_of_other_school_systems(degree: str, level: str | None) -> None:
    assert education_level(degree) == level


@pytest.mark.parametrize("text", ["Du 01/2020 au 06/2020", "du soin aux malades", "DU RHÔNE", "DU 03/2020 AU 06/2020"])
def test_the_word_du_is_no_diploma(text: str) -> None:
    assert not starts_with_degree(text)
