"""What the index holds of a candidate, however little or much, plain or hostile, is known of them."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.candidate_document import (
    MAX_HEADLINE,
    MAX_KEY,
    MAX_TEXT,
    CandidateContent,
    candidate_document,
    skill_key,
)
from domain.cv import MAX_ENTRIES, MAX_SKILLS
from domain.search_text import presentable, query_words, search_words

NOTHING = CandidateContent(None, None, None, None, None, None, None, {}, None)


def document(**known: Any) -> dict[str, Any]:
    return candidate_document(7, 3, replace(NOTHING, **known))


def test_a_candidate_of_whom_nothing_is_known_has_a_document() -> None:
    made = document()
    assert (made["id"], made["version"], made["experience_years"]) == (7, 3, 0.0)
    empty = {key: value for key, value in made.items() if value in (None, [])}
    assert empty.keys() == made.keys() - {"id", "version", "experience_years", "order", "search"}
    assert "None" not in json.dumps(made)


def test_a_half_known_name_stays_half_known() -> None:
    made = document(last_name="Doe")
    assert (made["first_name"], made["last_name"]) == (None, "Doe")
    assert "None" not in json.dumps(document(last_name="Doe", city="Lyon", profile={"skills": [{"name": "Git"}]}))


def test_every_criterion_finds_its_field() -> None:
    profile = {
        "position": "Développeuse backend",
        "summary": "Dix ans de Python.",
        "skills": [{"name": "JS", "level": "ADVANCED"}, {"name": "élevage Bovin"}, {"name": "C++", "level": "EXPERT"}],
        "softwares": ["javascript", "C#"],
        "languages": [
            {"language": "en", "label": "Anglais", "level": "B2"},
            {"language": "en", "label": "Anglais", "level": "C1"},
            {"language": "fr", "label": "Français"},
        ],
        "experience": [{"title": "Développeuse", "company": "Atelier", "description": "API"}, {"title": None}],
        "education": [{"level": "bac+2"}, {"level": "bac+5"}, {"degree": "Autre"}],
        "total_experience_months": 61,
    }
    preferences = {
        "contract_types": ["CDI", "FREELANCE"],
        "work_mode": "remote",
        "locations": ["Saint-Étienne"],
        "availability": "2030-01-31",
    }
    made = document(
        city="LYON", country="France", sector="Édition", profile=profile, preferences=preferences, admin_score=4.5
    )
    assert made["skills"] == [
        {"key": "javascript", "name": "JavaScript", "level": "ADVANCED", "rank": 3},
        {"key": "elevage bovin", "name": "élevage Bovin", "level": None, "rank": None},
        {"key": "c++", "name": "C++", "level": "EXPERT", "rank": 4},
        {"key": "c#", "name": "C#", "level": None, "rank": None},
    ]
    assert made["languages"] == [
        {"language": "en", "level": "C1", "rank": 5},
        {"language": "fr", "level": None, "rank": None},
    ]
    assert made["skill_keys"] == ["javascript", "elevage bovin", "c++", "c#"]
    assert made["language_keys"] == ["en", "fr"]
    assert (made["city"], made["city_key"], made["sector_key"]) == ("LYON", "lyon", "edition")
    assert made["locations"] == ["lyon france", "saint etienne"]
    assert made["experience_years"] == 61 / 12
    assert (made["education"], made["education_rank"]) == ("bac+5", 4)
    assert (made["admin_score"], made["availability"]) == (4.5, "2030-01-31")
    assert made["order"] == {"admin_score": 4.5, "availability": 20300131}
    assert (made["contract_types"], made["work_mode"]) == (["CDI", "FREELANCE"], "remote")
    assert made["experience"] == ["Développeuse", "Atelier", "API"]
    words = made["search"]["all"].split()
    assert {"developpeuse", "python", "atelier", "js", "javascript", "c++", "c#", "lyon", "edition"} <= set(words)


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("JS", "JavaScript", "java script", "JAVASCRIPT"), "javascript"),
        (("c++", "C++", "cpp"), "c++"),
        (("c#", "C#", "csharp"), "c#"),
        (("c", "C"), "c"),
        (("Élevage", "elevage"), "elevage"),
    ],
)
def test_a_skill_has_one_key_however_it_is_written(names: tuple[str, ...], key: str) -> None:
    assert {skill_key(name) for name in names} == {key}


def test_names_of_skills_hold_nothing_that_separates_them_in_a_query() -> None:
    made = document(profile={"skills": [{"name": "Sage, Ciel : paie"}]})
    (skill,) = made["skills"]
    assert skill["name"] == "Sage Ciel paie"
    assert skill_key(skill["name"]) == skill["key"]


def test_ways_to_reach_the_candidate_are_left_out() -> None:
    reach = "Écrire à claire.doe@example.fr ou 06 39 98 12 34, +33 6 39 98 12 34, +33(0)639981234, 0199.00.12.34"
    profile = {
        "personal_info": {"email": "claire.doe@example.fr", "phone": "+33639981234", "address": "1 rue du Test"},
        "position": reach,
        "summary": reach,
        "skills": [{"name": reach}],
        "softwares": [reach],
        "experience": [{"title": reach, "company": reach, "description": reach}],
    }
    made = document(
        first_name=reach, headline=reach, city=reach, sector=reach, profile=profile, preferences={"locations": [reach]}
    )
    written = json.dumps(made, ensure_ascii=False)
    assert "Écrire à" in written
    for part in ("claire", "example", "@", "639", "98 12", "98 12 34", "12.34", "rue du", "00 12"):
        assert part not in written, part
    kept = "de 2015-09 à 2016-10, 2019 2020 2021, CA de 1 200 000 000 euros, Python 3.11, 35 000 lignes"
    assert presentable(kept, 1000) == kept


def test_hostile_texts_are_kept_as_texts() -> None:
    odd = ("<script>alert('x')</script>", "😀🎉", "محمد الفاسي", "‮gnirts", "a\ue000b\ue001c", '"\\ud800', "x" * 9000)
    for text in odd:
        made = document(first_name=text, headline=text, city=text, profile={"skills": [{"name": text[:1000]}]})
        assert json.loads(json.dumps(made)) == made
        shown = text.replace("\ue000", "").replace("\ue001", "")
        assert made["headline"] == shown[:MAX_HEADLINE]
        assert made["first_name"] == shown[:MAX_KEY]


def test_the_largest_profile_has_an_end() -> None:
    entry = {"title": "t" * 1000, "company": "c" * 1000, "description": "d é " * 12_500}
    profile = {
        "position": "p" * 1000,
        "summary": "ﷺ" * 50_000,
        "skills": [{"name": f"{n} " + "ﷺ" * 990} for n in range(MAX_SKILLS)],
        "softwares": [f"{n} logiciel" for n in range(MAX_SKILLS)],
        "experience": [entry] * MAX_ENTRIES,
        "total_experience_months": 10**400,
    }
    made = document(headline="h" * 5000, profile=profile)
    assert sum(map(len, made["experience"])) == MAX_TEXT
    assert made["experience_years"] == 100
    assert len(json.dumps(made, ensure_ascii=False)) < 500_000
    words = made["search"]["all"].split()
    assert max(map(len, words)) <= 103
    assert max(len(skill["key"]) for skill in made["skills"]) <= MAX_KEY


def test_negative_experience_is_none_and_any_date_sorts() -> None:
    assert document(profile={"total_experience_months": -5})["experience_years"] == 0
    days = (date.min, date(999, 12, 31), date(2030, 1, 31), date(2030, 2, 1), date.max)
    orders = [document(preferences={"availability": str(day)})["order"]["availability"] for day in days]
    assert orders == sorted(orders)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("L'ingénieur d’études", ["ingenieur", "etudes"]),
        ("C++, C# et C", ["c++", "c#", "c"]),
        ("aujourd'hui", ["aujourd", "hui"]),
        ("chef de projet à Lyon", ["chef", "projet", "lyon"]),
        ("Node.js node", ["node", "js"]),
        ("infirmière infirmier", ["infirmier"]),
        ("😀 !!! -", []),
        ("e\u0301tude", ["etude"]),
        ("𝗗𝗲𝘃 𝑨𝑷𝑰", ["dev", "api"]),
    ],
)
def test_the_words_of_a_query(query: str, words: list[str]) -> None:
    assert query_words(query) == words


@given(st.text(max_size=200))
def test_words_are_words_whatever_the_text(text: str) -> None:
    words = search_words(text)
    assert search_words(" ".join(words)) == words
    assert all(word and " " not in word and "@" not in word for word in words)
    assert len(presentable(text, 50)) <= 50
