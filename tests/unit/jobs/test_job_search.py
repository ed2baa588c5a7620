"""The parameters of a search, and the key of a reading."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.job_search import NativeQuery, SearchParams, run_key
from domain.places import load_gazetteer


def test_blank_is_absent() -> None:
    params = SearchParams(keywords=" \t", location="", company="\u00a0\x00", job_type=" ", work_mode="", sources=[])
    assert params == SearchParams()
    assert params.is_empty
    assert SearchParams(keywords=' , "" -').is_empty
    assert not SearchParams(company="Acme").is_empty
    assert SearchParams(job_type="CDI", work_mode="remote", salary_min=1).is_empty


def test_texts_are_trimmed_and_hold_no_control_characters() -> None:
    params = SearchParams(keywords="  Python \n Django\x00", location="\x1bParis ", company="A  B")
    assert (params.keywords, params.location, params.company) == ("Python Django", "Paris", "A B")
    assert params.terms == ("Python", "Django")


@pytest.mark.parametrize(
    ("written", "job_type"),
    [
        ("cdi", "CDI"),
        ("Permanent", "CDI"),
        ("CONTRACT", "CDD"),
        ("Intérim", "INTERIM"),
        ("mis", "INTERIM"),
        ("Alternance", "ALTERNANCE"),
        ("apprentissage", "ALTERNANCE"),
        ("Contrat pro", "ALTERNANCE"),
        ("internship", "STAGE"),
        ("stage", "STAGE"),
        ("free-lance", "FREELANCE"),
    ],
)
def test_a_job_type_has_one_name(written: str, job_type: str) -> None:
    assert SearchParams.model_validate({"job_type": written}).job_type == job_type


@pytest.mark.parametrize(
    ("written", "mode"),
    [
        ("Remote", "remote"),
        ("télétravail", "remote"),
        ("TELE-TRAVAIL", "remote"),
        ("Hybride", "hybrid"),
        ("présentiel", "onsite"),
        ("sur site", "onsite"),
        ("on-site", "onsite"),
    ],
)
def test_a_work_mode_has_one_name(written: str, mode: str) -> None:
    assert SearchParams.model_validate({"work_mode": written}).work_mode == mode


def test_sources_are_listed_once_in_order() -> None:
    params = SearchParams.model_validate({"sources": ["catalogue", "adzuna", "catalogue"]})
    assert params.sources == ("adzuna", "catalogue")


@pytest.mark.parametrize(
    "wrong",
    [
        {"keywords": "x" * 201},
        {"location": "x" * 101},
        {"company": "x" * 201},
        {"job_type": "OTHER"},
        {"job_type": "bénévolat"},
        {"work_mode": "maybe"},
        {"sources": ["internal"]},
        {"sources": ["adzuna", "linkedin"]},
        {"sources": [{}]},
        {"radius_km": 101},
        {"radius_km": -1},
        {"posted_within_days": 0},
        {"posted_within_days": 91},
        {"salary_min": 0},
        {"max_results": 0},
        {"max_results": 301},
        {"keywords": 12},
    ],
)
def test_what_is_outside_the_limits_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SearchParams.model_validate(wrong)


def test_parameters_survive_being_stored() -> None:
    params = SearchParams.model_validate({"keywords": "Python", "sources": ["adzuna"], "job_type": "permanent"})
    assert SearchParams.model_validate_json(params.model_dump_json()) == params


def test_remote_as_a_place_asks_for_remote_work() -> None:
    places = load_gazetteer()
    anywhere = SearchParams(location="télétravail")
    assert anywhere.located(places.resolve("télétravail")).work_mode == "remote"
    hybrid = SearchParams(location="télétravail", work_mode="hybrid")
    assert hybrid.located(places.resolve("télétravail")) == hybrid
    paris = SearchParams(location="Paris")
    assert paris.located(places.resolve("Paris")) == paris
    assert paris.located(None) == paris


def test_the_key_of_a_reading_ignores_case_spaces_order_and_what_is_not_asked() -> None:
    key = run_key("adzuna", "1", {"what": " Python  Dev", "days": 7, "terms": ["b", "A "]}, 2)
    assert key == run_key("adzuna", "1", {"terms": ["a", "B", "b"], "days": 7, "what": "python dev", "none": None}, 2)
    assert len(key) == 64


@pytest.mark.parametrize(
    "other",
    [
        ("arbeitnow", "1", {"what": "python"}, 2),
        ("adzuna", "2", {"what": "python"}, 2),
        ("adzuna", "1", {"what": "java"}, 2),
        ("adzuna", "1", {"where": "python"}, 2),
        ("adzuna", "1", {"what": ["python"]}, 2),
        ("adzuna", "1", {}, 2),
        ("adzuna", "1", {"what": "python"}, 3),
    ],
)
def test_another_reading_has_another_key(other: tuple[str, str, NativeQuery, int]) -> None:
    assert run_key(*other) != run_key("adzuna", "1", {"what": "python"}, 2)


@settings(deadline=None)
@given(st.lists(st.text(max_size=5), max_size=4).flatmap(lambda t: st.tuples(st.just(t), st.permutations(t))))
def test_terms_in_any_order_have_one_key(drawn: tuple[list[str], list[str]]) -> None:
    terms, shuffled = drawn
    assert run_key("adzuna", "1", {"terms": terms}, 1) == run_key("adzuna", "1", {"terms": shuffled}, 1)
