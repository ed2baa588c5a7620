"""Titles and companies told apart by their words, in trades of every kind."""

import pytest

from domain.extraction.companies import company_score
from domain.extraction.experience import read_experience
from domain.extraction.lines import read_lines
from domain.extraction.places import is_place
from domain.extraction.titles import title_score


@pytest.mark.parametrize(
    ("text", "title", "company"),
    [
        # employers abroad, whose town or country stands beside
        (
            "2019-2022\tPostdoctoral researcher\nUniversity of Tromholm, Norway",
            "Postdoctoral researcher",
            "University of Tromholm",
        ),
        ("2019-2022\tProcess Engineer\nEquinox, Norway", "Process Engineer", "Equinox"),
        ("2019-2022\tLecteur\nUniversidad de Salamanca, Espagne", "Lecteur", "Universidad de Salamanca"),
        # names that begin as a trade does
        (
            "Stage – Assistant administratif\nPlomberie Rhône Service, Vaulx-en-Velin\n2019 - 2020",
            "Assistant administratif",
            "Plomberie Rhône Service",
        ),
        ("Apprentie coiffeuse\nHorlogerie Perrin, Morteau\n2015 - 2017", "Apprentie coiffeuse", "Horlogerie Perrin"),
        ("Conciergerie du Port\nFemme de chambre\n2006 - 2012", "Femme de chambre", "Conciergerie du Port"),
        ("Pharmacie du Marché – Préparatrice – 2006 - 2012", "Préparatrice", "Pharmacie du Marché"),
        ("Hôtel du Lac, Annecy\nRéceptionniste\n2006 - 2012", "Réceptionniste", "Hôtel du Lac"),
        ("Coordination Santé Nord\nSecrétaire médicale\n2015 - 2018", "Secrétaire médicale", "Coordination Santé Nord"),
        ("Barrett Engineering, Derby\nWelder\n2015 - 2018", "Welder", "Barrett Engineering"),
        (
            "2015 - 2018 | Bernard Architectes Associés | Dessinatrice projeteuse",
            "Dessinatrice projeteuse",
            "Bernard Architectes Associés",
        ),
        (
            "Gendarmerie nationale\nAdjudant, commandant de brigade\n2015 – 2022",
            "Adjudant, commandant de brigade",
            "Gendarmerie nationale",
        ),
        ("Maçon\nSARL Bati Sud, Mâcon\n2006 - 2012", "Maçon", "SARL Bati Sud"),
        # temporary work
        (
            "Électricien\t2013 - 2016\nIntérim Bâti Services - Île-de-France\nChantiers de rénovation",
            "Électricien",
            "Intérim Bâti Services",
        ),
        ("Agent de quai, plusieurs missions d'intérim (Manpoland)\t2008 à 2010", "Agent de quai", "Manpoland"),
        ("Manutentionnaire – missions d'intérim via Randal\t2008 à 2010", "Manutentionnaire", "Randal"),
        ("Cariste en intérim chez Adequa (Lens)\t2008 à 2010", "Cariste", "Adequa"),
        # words before an employer
        ("Maçon chez Entreprise Allègre et Fils, Istres, de 2006 à 2012", "Maçon", "Entreprise Allègre et Fils"),
        ("Formateur auprès de l'AFPA\n2006 - 2012", "Formateur", "AFPA"),
        ("Ingénieur d'études pour Talia Space\n2006 - 2012", "Ingénieur d'études", "Talia Space"),
        # figures in brackets are no part of a title
        (
            "Directeur commercial France (42 M€, 60 personnes)\nVALTRENE, Grenoble\n2020 - 2022",
            "Directeur commercial France",
            "VALTRENE",
        ),
        (
            "Hôtesse de caisse (12 h par semaine)\nHyper Provence, Sète\n2020 - 2022",
            "Hôtesse de caisse",
            "Hyper Provence",
        ),
        ("Aide à domicile (80 %), ADMR du Trégor, 2012 - 2015", "Aide à domicile", "ADMR du Trégor"),
        ("Ward Manager (24 beds, 35 staff), St Anne's Hospital\n2016 to 2020", "Ward Manager", "St Anne's Hospital"),
        # the company in brackets, the end of the period open
        ("Serveuse (Restaurant Le Phare, Sète)\n2016 - 2018", "Serveuse", "Restaurant Le Phare"),
        (
            "* Collectivité de l'Île | Administrateur systèmes et réseaux de l'île | 11/2019 - ...",
            "Administrateur systèmes et réseaux de l'île",
            "Collectivité de l'Île",
        ),
        ("2012 Serveuse, Café de la Gare, Lyon\n", "Serveuse", "Café de la Gare"),
    ],
)
def test_title_and_company(text: str, title: str, company: str) -> None:
    (position,) = read_experience(read_lines(text))
    assert (position.title, position.company) == (title, company)


def test_companies_in_brackets_are_a_habit_of_the_section() -> None:
    positions = read_experience(read_lines("Serveuse (Les Embruns)\n2016 - 2018\nPlongeuse (Les Pins)\n2015 - 2016"))
    assert [(item.title, item.company) for item in positions] == [
        ("Serveuse", "Les Embruns"),
        ("Plongeuse", "Les Pins"),
    ]


@pytest.mark.parametrize(
    "text", ["Plomberie", "Engineering", "Coordination", "Pharmacie", "International", "Hôtel", "Mâcon"]
)
def test_what_is_done_is_no_person(text: str) -> None:
    assert title_score(text) == 0


@pytest.mark.parametrize("text", ["Directeur de magasin", "Chef d'agence", "Secrétaire de mairie"])
def test_what_a_title_is_about_is_no_company(text: str) -> None:
    assert company_score(text) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bezons, France", True),
        ("University of Tromholm, Norway", False),
        ("Intérim Bâti Services - Île-de-France", False),
        ("Mâcon", True),
        ("Maçon", False),
    ],
)
def test_an_organisation_beside_a_country_is_no_place(text: str, expected: bool) -> None:
    assert is_place(text) is expected
