"""Employers whose names begin as section titles do."""

from datetime import date

import pytest

from domain.cv import CvProfile
from domain.extraction.employer_headings import names_an_employer
from domain.extraction.lines import read_lines
from domain.extraction.rules import extract_profile

_GROUP = """6 ans 6 mois
Chef des ventes
septembre 2007 - février 2011 (3 ans 6 mois)

Technico-commercial itinérant
septembre 2004 - août 2007 (3 ans)
Saint-Étienne, France"""
_POST = "Chef des ventes\nseptembre 2007 - février 2011 (3 ans 6 mois)\nSaint-Étienne, France"


def _profile(heading: str, below: str) -> CvProfile:
    text = (
        "## Anne Roy\n\nanne.roy@example.com\n\n## Résumé\n\nCommerciale de terrain.\n\n## Expérience\n\n"
        "## Hexatec Industries\n\nDirectrice commerciale\njanvier 2018 - Present (8 ans)\nLyon, France\n\n"
        f"## {heading}\n\n{below}\n\n## Bricolage Plus\n\nVendeuse conseil\njuin 2002 - août 2004 (2 ans)\n\n"
        "## Formation\n\nLycée Branly\nBTS Technico-commercial · (2000 - 2002)\n"
    )
    return extract_profile(text, today=date(2026, 11, 1))


@pytest.mark.parametrize(
    "name",
    [
        "Outillage Mercier", "Technique Bois", "Talents RH", "Langues et Cie", "Profil Plus", "Logiciels Martin",
        "Savoir Faire Durable", "Certif Qualité", "Prix Bas Distribution", "Passion Froid", "Loisirs Diffusion",
        "Publications Agricoles", "Références Bois", "Formation Conseil",
    ],
)  # fmt: skip
def test_an_employer_above_its_posts_opens_no_section(name: str) -> None:
    profile = _profile(name, _GROUP)
    assert [(post.title, post.company) for post in profile.experience] == [
        ("Directrice commerciale", "Hexatec Industries"),
        ("Chef des ventes", name),
        ("Technico-commercial itinérant", name),
        ("Vendeuse conseil", "Bricolage Plus"),
    ]
    assert not {skill.name for skill in profile.skills} & {"6 ans 6 mois", "Chef des ventes"}


@pytest.mark.parametrize("name", ["Outillage Mercier", "Talents RH", "Profil Plus", "Langues et Cie"])
def test_the_employer_of_one_post_opens_no_list(name: str) -> None:
    profile = _profile(name, _POST)
    assert [post.company for post in profile.experience] == ["Hexatec Industries", name, "Bricolage Plus"]


@pytest.mark.parametrize(
    ("heading", "below"),
    [
        ("Bénévolat", "Trésorier\n2015 - 2018\nSecours populaire"),
        ("Engagement associatif", "Responsable de l'antenne\n2015 - 2018\nSecours populaire"),
        ("Mes outils", "Excel, SAP, Salesforce"),
        ("Talents", "Négociation\nOrganisation"),
    ],
)
def test_other_sections_still_open(heading: str, below: str) -> None:
    titles = [post.title for post in _profile(heading, below).experience]
    assert titles == ["Directrice commerciale", "Vendeuse conseil"]


@pytest.mark.parametrize(
    ("below", "told"),
    [
        ("Cariste\n2015 - 2018", True),
        ("2015 - 2018\nCariste", True),
        ("Cariste, 2015 - 2018", True),
        ("3 ans\nBrodeuse\n2015 - 2018", True),
        ("Excel, Word\nSAP", False),
        ("- Cariste\n- 2015 - 2018", False),
        ("SAP (2015 - 2020)\nExcel", False),
        ("Cariste\n2015", False),
        ("", False),
    ],
)
def test_a_post_right_below_tells(below: str, told: bool) -> None:
    assert names_an_employer(read_lines(below), "skills") is told
