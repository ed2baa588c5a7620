"""Grounding: what the text does not say is dropped, and only named by its place."""

import time

import pytest

from domain.cv import CvProfile, Education, Experience, PersonalInfo
from domain.grounding import ground

TEXT = """Élodie MARTIN
Née Durand - elodie.martin@example.fr
Tél. +33 (0)6.39.98.12.34
Société Générale de
Chauffage & Fils, Paris
Université de Lyon
"""


def _profile(**info: str) -> CvProfile:
    return CvProfile(
        personal_info=PersonalInfo(**info),
        experience=[Experience(title="Technicienne", company="Société générale de chauffage & fils")],
        education=[Education(degree="Licence", institution="UNIVERSITE DE LYON")],
    )


def test_what_the_text_says_stays_whatever_its_case_accents_and_line_ends() -> None:
    profile = _profile(
        name="Elodie Martin", email="Elodie.Martin@example.fr", phone="+33639981234", phone_as_written="06 39 98 12 34"
    )
    assert ground(profile, TEXT) == (profile, [])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Jean Dupont"),
        ("name", "Martin Dupont"),
        ("email", "martin@example.fr"),
        ("email", "elodie.martin@example.f"),
        ("email", "elodie.martin@exampl.efr"),
        ("phone", "+33639981235"),
        ("phone_as_written", "01 99 00 12 34"),
        ("phone", "34"),
    ],
)
def test_a_contact_that_the_text_does_not_give_is_dropped(field: str, value: str) -> None:
    profile = _profile(**{field: value})
    grounded, dropped = ground(profile, TEXT)
    assert getattr(grounded.personal_info, field) is None
    assert dropped == [f"personal_info.{field}"]
    assert getattr(profile.personal_info, field) == value


@pytest.mark.parametrize(
    "text",
    [
        "06 39 98 12 34\n3 rue du Verger",
        "06 39 98 12 34\n01 99 00 42 71",
        "01 99 00 42 71 06 39 98 12 34 2018",
        "01 99 00 42 71 / +33 (0)6 39 98 12 34",
        "69003 06 39 98 12 34, 12 ans",
        "\u202a+33\u00a06\u00a039\u00a098\u00a012\u00a034\u202c",
        "06•39•98•12•34",
        "06 39 98\n12 34",
        "0033639981234",
    ],
)
def test_a_phone_stands_among_other_digits(text: str) -> None:
    profile = CvProfile(personal_info=PersonalInfo(phone="+33639981234", phone_as_written="06 39 98 12 34"))
    assert ground(profile, text) == (profile, [])


@pytest.mark.parametrize("text", ["07 39 98 12 34", "06 39 98 12 345", "+41 79 39 98 12 34", "06 39, 98, 12 et 34 ans"])
def test_a_phone_of_other_digits_is_dropped(text: str) -> None:
    profile = CvProfile(personal_info=PersonalInfo(phone="+33639981234"))
    assert ground(profile, text)[1] == ["personal_info.phone"]


@pytest.mark.parametrize("name", ["Martin Élodie", "ELODIE MARTIN", "élodie martin"])
def test_a_name_stands_in_any_order_and_case(name: str) -> None:
    assert ground(_profile(name=name), TEXT)[1] == []


@pytest.mark.parametrize("text", ["Nom : Benali\nPrénom : Karim", "K A R I M  B E N A L I", "BENALI, Karim"])
def test_a_name_is_found_in_the_ways_cvs_set_it(text: str) -> None:
    profile = CvProfile(personal_info=PersonalInfo(name="Karim Benali"))
    assert ground(profile, text) == (profile, [])


def test_an_entry_stays_without_its_invented_company() -> None:
    profile = CvProfile(
        experience=[Experience(title="A", company="Paris"), Experience(title="B", company="Générale de Chauf")],
        education=[Education(degree="Master", institution="Université de Rennes")],
    )
    grounded, dropped = ground(profile, TEXT)
    assert [(item.title, item.company) for item in grounded.experience] == [("A", "Paris"), ("B", None)]
    assert [(item.degree, item.institution) for item in grounded.education] == [("Master", None)]
    assert dropped == ["experience[1].company", "education[0].institution"]


@pytest.mark.parametrize("value", ["", " ", "&", "..."])
def test_a_value_without_a_word_grounds_nothing(value: str) -> None:
    profile = CvProfile(experience=[Experience(company=value)], personal_info=PersonalInfo(name=value))
    assert ground(profile, TEXT)[1] == ["personal_info.name", "experience[0].company"]


@pytest.mark.parametrize(
    ("written", "phone"),
    [("07700 900123", "+447700900123"), ("0033 6 39 98 12 34", "+33639981234"), ("06/39/98/12/34", "+33639981234")],
)
def test_a_phone_is_the_same_with_and_without_its_country(written: str, phone: str) -> None:
    profile = CvProfile(personal_info=PersonalInfo(phone=phone, phone_as_written=written))
    assert ground(profile, f"Mobile: {written}, Leeds") == (profile, [])


@pytest.mark.parametrize(
    "claimed",
    [
        {"email": "a" * 998 + "@b"},
        {"name": "a " * 499 + "b"},
        {"name": "a " + "b " * 480 + "c"},
    ],
    ids=["email", "letters", "words"],
)
def test_a_hostile_text_does_not_keep_the_processor(claimed: dict[str, str]) -> None:
    """A text made so that a made-up name or address nearly stands at each place of it: seconds of work for each."""
    began = time.process_time()
    for text in ("a " * 150_000, "a b " * 75_000):
        assert ground(CvProfile(personal_info=PersonalInfo(**claimed)), text)[1] == [
            f"personal_info.{next(iter(claimed))}"
        ]
    assert time.process_time() - began < 1
