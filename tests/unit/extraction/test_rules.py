"""Whole CVs through the rules extractor."""

import time
from datetime import date
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.cv import CvProfile
from domain.extraction.rules import detect_language, extract_profile
from domain.grounding import ground

TODAY = date(2025, 6, 15)

FRENCH = """Camille Moreau
Développeuse Python
12 rue des Lilas, 69003 Lyon
06 39 98 12 34 | camille.moreau@example.fr

PROFIL
Développeuse depuis huit ans, je conçois des services fiables.

EXPÉRIENCE PROFESSIONNELLE

Développeuse Python senior – Nuvolia
Avril 2023 - Présent
- Conception d'une API

Développeuse – Datavia, Lyon
Sept. 2020 – Février 2023
- Services web

FORMATION
Master Informatique, Université Claude Bernard Lyon 1
2018 - 2020

COMPÉTENCES
Langages : Python (expert), SQL
Outils : Docker, Git
Travail en équipe

LANGUES
Français : langue maternelle
Anglais : courant

CERTIFICATIONS
Professional Scrum Master - Scrum.org - 2021
"""

ENGLISH = """# John Harper

Senior Data Engineer

London, UK | 07700 900123 | john.harper@example.com

## Work Experience

### Senior Data Engineer, Brightwave Ltd

January 2020 - Present

- Streaming with Kafka

### Data Engineer

Northfield Analytics | Manchester | June 2016 – December 2019

## Education

BSc (Hons) Computer Science, University of Leeds, 2011 - 2014

## Skills

Python, SQL, Kafka

## Languages

English (native), French (B1)
"""


def test_a_french_cv_is_read_whole() -> None:
    profile = extract_profile(FRENCH, today=TODAY)
    info = profile.personal_info
    assert (info.name, info.email, info.city) == ("Camille Moreau", "camille.moreau@example.fr", "Lyon")
    assert (info.phone, info.phone_as_written) == ("+33639981234", "06 39 98 12 34")
    assert profile.position == "Développeuse Python"
    assert profile.summary == "Développeuse depuis huit ans, je conçois des services fiables."
    assert [(e.title, e.company, e.start_date, e.end_date, e.is_current) for e in profile.experience] == [
        ("Développeuse Python senior", "Nuvolia", "2023-04", None, True),
        ("Développeuse", "Datavia", "2020-09", "2023-02", False),
    ]
    assert profile.total_experience_months == 27 + 30
    assert [(e.degree, e.level, e.field, e.institution) for e in profile.education] == [
        ("Master Informatique", "bac+5", "Informatique", "Université Claude Bernard Lyon 1")
    ]
    assert [(s.name, s.level) for s in profile.skills] == [
        ("Python", "EXPERT"),
        ("SQL", None),
        ("Docker", None),
        ("Git", None),
        ("Travail en équipe", None),
    ]
    assert [(item.language, item.level) for item in profile.languages] == [("fr", "native"), ("en", "C1")]
    assert [(c.name, c.issuer, c.date) for c in profile.certifications] == [
        ("Professional Scrum Master", "Scrum.org", "2021")
    ]


def test_an_english_cv_is_read_whole() -> None:
    profile = extract_profile(ENGLISH, today=TODAY)
    info = profile.personal_info
    assert (info.name, info.phone, info.city, info.country) == ("John Harper", "+447700900123", "London", "UK")
    assert [(e.title, e.company, e.location) for e in profile.experience] == [
        ("Senior Data Engineer", "Brightwave Ltd", None),
        ("Data Engineer", "Northfield Analytics", "Manchester"),
    ]
    assert [(e.degree, e.level) for e in profile.education] == [("BSc (Hons) Computer Science", "bac+3")]
    assert [(item.language, item.level) for item in profile.languages] == [("en", "native"), ("fr", "B1")]
    assert profile.total_experience_months == 43 + 66


def test_a_cv_without_a_skill_section_has_the_skills_of_its_text() -> None:
    text = (
        "Jean Martin\n\nEXPÉRIENCE\nDéveloppeur – Acme\n2019 - 2020\n"
        "- Services en Python et Django, déployés avec Docker"
    )
    assert [skill.name for skill in extract_profile(text, today=TODAY).skills] == ["Python", "Django", "Docker"]


def test_programming_languages_are_skills() -> None:
    text = "Sarah Lane\n\nTECHNICAL SKILLS\nLanguages: TypeScript, C#, Python\n\nLANGUAGES\nEnglish (native)"
    profile = extract_profile(text, today=TODAY)
    assert [skill.name for skill in profile.skills] == ["TypeScript", "C#", "Python"]
    assert [language.language for language in profile.languages] == ["en"]


@pytest.mark.parametrize("text", ["", " \n\t", "\x00\ufeff", "Lorem ipsum dolor sit amet"])
def test_nothing_is_invented_for_a_text_that_is_no_cv(text: str) -> None:
    assert extract_profile(text, today=TODAY).model_dump(exclude={"summary"}) == CvProfile().model_dump(
        exclude={"summary"}
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [(FRENCH, "fr"), (ENGLISH, "en"), ("", "fr"), ("Led the team at a company in the north", "en")],
)
def test_the_language_of_a_text(text: str, language: Literal["fr", "en"]) -> None:
    assert detect_language(text) == language


_PIECES = st.sampled_from(
    [
        *FRENCH.splitlines(),
        *ENGLISH.splitlines(),
        "2019 -",
        "| a | 2020 |",
        "(",
        "Nom : Benali",
        "Prénom : Karim",
        "é" * 50,
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(_PIECES, st.text(max_size=60)), max_size=40))
def test_whatever_the_lines_the_profile_is_valid_and_can_be_grounded(lines: list[str]) -> None:
    text = "\n".join(lines)
    profile = extract_profile(text, today=TODAY)
    assert CvProfile.model_validate_json(profile.model_dump_json()) == profile
    grounded, _ = ground(profile, text)
    assert ground(grounded, text) == (grounded, [])


@pytest.mark.parametrize(
    "text", [FRENCH, ENGLISH, "Nom : Benali\nPrénom : Karim", "Prénom : Karim\nNom : Benali\n\n06 39 98 12 34"]
)
def test_what_the_rules_find_stands_in_the_text(text: str) -> None:
    assert ground(extract_profile(text, today=TODAY), text)[1] == []


@pytest.mark.parametrize(
    "text",
    [
        "a" * 60_000,
        "(" * 60_000,
        "[a](" * 15_000,
        "EDUCATION\n" + "Master, " * 8_000,
        "EXPERIENCE\n" + "de\n" * 5_000,
        "LANGUAGES\n" + "anglais " * 8_000,
        "www." * 15_000,
        "2019 - " * 9_000,
        "EXPERIENCE\n" + "2019\n" * 12_000,
        "SKILLS\n" + "(a,\n" * 15_000,
        "COMPETENCES\n" + "a,\n" * 20_000,
        "[at] \n" * 9_000,
    ],
    ids=lambda text: text[:12],
)
def test_the_time_does_not_explode_with_a_hostile_text(text: str) -> None:
    begin = time.process_time()
    extract_profile(text, today=TODAY)
    assert time.process_time() - begin < 20


def test_a_name_after_the_side_column_begins_the_part_about_the_person() -> None:
    text = (
        "Contact\nm.okonkwo@example.com\n\nCertifications\nCertified Scrum Product Owner\n\n"
        "Michael Okonkwo\nSenior Product Manager\n\nExpérience\nProduct Manager – Fernwood\n2020 - 2022"
    )
    profile = extract_profile(text, today=TODAY)
    assert (profile.personal_info.name, profile.position) == ("Michael Okonkwo", "Senior Product Manager")
    assert [item.name for item in profile.certifications] == ["Certified Scrum Product Owner"]


def test_a_referee_is_not_the_person() -> None:
    text = "EXPÉRIENCE\nComptable – Acme\n2019 - 2020\n\nRÉFÉRENCES\nMarie Durand, directrice, Acme"
    assert extract_profile(text, today=TODAY).personal_info.name is None


def test_a_career_summary_of_periods_is_the_experience() -> None:
    text = "Gareth Llewellyn\n\nCareer Summary\n2016 to date – Joiner, Gower Ltd\n2010 – 2016 – Joiner, Tawe Ltd"
    assert [item.company for item in extract_profile(text, today=TODAY).experience] == ["Gower Ltd", "Tawe Ltd"]


def test_a_section_of_languages_and_tools_gives_both() -> None:
    text = "Paul Martin\n\nLANGUES ET INFORMATIQUE\nAnglais : courant\nExcel, Power BI"
    profile = extract_profile(text, today=TODAY)
    assert [skill.name for skill in profile.skills] == ["Excel", "Power BI"]
    assert [language.language for language in profile.languages] == ["en"]


@pytest.mark.parametrize("written", ["camille.dubreuil\n@example.fr", "camille.dubreuil [at] example.fr"])
def test_a_broken_address_stands_in_the_text_all_the_same(written: str) -> None:
    text = f"Camille Dubreuil\n{written}\n\nEXPÉRIENCE\nComptable – Acme\n2019 - 2020"
    profile = extract_profile(text, today=TODAY)
    assert profile.personal_info.email == "camille.dubreuil@example.fr"
    assert ground(profile, text)[1] == []
