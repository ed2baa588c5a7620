"""Precision, recall and F1 as a reader of the report would count them by hand."""

import pytest

from domain.cv import CvProfile, Education, Experience, Language, PersonalInfo, Skill
from evaluation.metrics import FIELDS, Score, compare, in_order, whole

TRUTH = CvProfile(
    personal_info=PersonalInfo(name="Zoé Lacombe", email="zoe.lacombe@example.fr", phone="+33639980001"),
    experience=[
        Experience(title="Comptable générale", company="Société Alizé", start_date="2020-01", is_current=True),
        Experience(title="Comptable", company="Cabinet Noroît", start_date="2016", end_date="2019"),
    ],
    education=[Education(degree="BTS Comptabilité", level="bac+2", institution="Lycée Atlantique")],
    skills=[Skill(name="Excel"), Skill(name="JavaScript")],
    languages=[Language(language="en", label="Anglais", level="B2")],
    total_experience_months=96,
)


def test_a_perfect_profile_is_perfect_in_every_field() -> None:
    for field, comparison in compare(TRUTH, TRUTH).items():
        assert comparison.score.f1 == 1.0, field
        assert comparison.missed == comparison.wrong == ()


def test_an_empty_profile_misses_everything_and_gets_nothing_wrong() -> None:
    compared = compare(TRUTH, CvProfile())
    assert tuple(compared) == FIELDS
    for field, comparison in compared.items():
        assert comparison.score.right == comparison.score.wrong == 0, field
        assert comparison.score.missed > 0, field
        assert comparison.score.precision is None
        assert comparison.score.recall == 0.0


def test_what_is_not_in_the_document_counts_as_wrong() -> None:
    compared = compare(CvProfile(), TRUTH)
    assert compared["email"].wrong == ("zoe.lacombe@example.fr",)
    for field, comparison in compared.items():
        assert comparison.score.missed == 0, field
        assert comparison.score.precision == 0.0
        assert comparison.score.recall is None


def test_nothing_to_find_and_nothing_found_says_nothing() -> None:
    assert all(comparison.score.f1 is None for comparison in compare(CvProfile(), CvProfile()).values())


def test_precision_recall_and_f1_of_hand_counted_values() -> None:
    score = Score(right=6, wrong=2, missed=4)
    assert score.precision == 0.75
    assert score.recall == 0.6
    assert score.f1 == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))
    assert score + Score(1, 1, 1) == Score(7, 3, 5)


def test_case_accents_and_spaces_do_not_matter() -> None:
    found = TRUTH.model_copy(deep=True)
    found.personal_info.name = "ZOE  LACOMBE"
    found.experience[0].company = "societe alize"
    assert compare(TRUTH, found)["name"].score == Score(right=1)
    assert compare(TRUTH, found)["companies"].score == Score(right=2)


@pytest.mark.parametrize(
    ("change", "right"),
    [
        ({}, 2),
        ({"title": "Comptable générales"}, 2),
        ({"title": "Directrice"}, 1),
        ({"company": "Société Alizée"}, 1),
        ({"start_date": "2020-02"}, 1),
        ({"is_current": False}, 1),
        ({"company": None}, 1),
    ],
)
def test_an_experience_is_right_only_as_a_whole(change: dict[str, object], right: int) -> None:
    found = TRUTH.model_copy(deep=True)
    found.experience[0] = found.experience[0].model_copy(update=change)
    assert compare(TRUTH, found)["experience"].score == Score(right, 2 - right, 2 - right)


def test_two_equal_values_need_two_findings() -> None:
    twice = CvProfile(experience=[Experience(company="Alizé"), Experience(company="Alizé")])
    once = CvProfile(experience=[Experience(company="Alizé")])
    assert compare(twice, once)["companies"].score == Score(right=1, missed=1)
    assert compare(once, twice)["companies"].score == Score(right=1, wrong=1)


def test_education_needs_a_like_degree_and_the_same_institution() -> None:
    found = TRUTH.model_copy(deep=True)
    found.education = [Education(degree="BTS de comptabilité", level="bac+3", institution="Lycée Atlantique")]
    assert compare(TRUTH, found)["education"].score == Score(right=1)
    assert compare(TRUTH, found)["degree levels"].score == Score(wrong=1, missed=1)
    found.education[0].institution = "Lycée Pacifique"
    assert compare(TRUTH, found)["education"].score == Score(wrong=1, missed=1)


def test_skills_are_compared_by_their_canonical_name_wherever_they_are_kept() -> None:
    found = CvProfile(softwares=["excel"], experience=[Experience(skills=["JS", "Cobol"])])
    compared = compare(TRUTH, found)["skills"]
    assert compared.score == Score(right=2, wrong=1)
    assert compared.wrong == ("cobol",)


def test_a_skill_that_is_only_implied_is_neither_right_nor_wrong() -> None:
    found = CvProfile(skills=[Skill(name="Excel"), Skill(name="Cobol"), Skill(name="Fortran")])
    assert compare(TRUTH, found, ["COBOL"])["skills"].score == Score(right=1, wrong=1, missed=1)
    assert compare(TRUTH, found, ["cobol", "Excel"])["skills"].score == Score(right=1, wrong=1, missed=1)


def test_a_language_needs_its_level() -> None:
    found = CvProfile(languages=[Language(language="en", label="English", level="B1")])
    assert compare(TRUTH, found)["languages"].score == Score(wrong=1, missed=1)


@pytest.mark.parametrize(("months", "right"), [(94, 1), (98, 1), (93, 0), (99, 0)])
def test_total_months_within_two(months: int, right: int) -> None:
    found = CvProfile(total_experience_months=months)
    assert compare(TRUTH, found)["total months"].score == Score(right, 1 - right, 1 - right)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Chef de projet\nAnalyste\nStagiaire", 3),
        ("CHEF DE\nPROJET … analyste … stagiaire", 3),
        ("Stagiaire Analyste Chef de projet", 1),
        ("Analyste Stagiaire Chef de projet", 2),
        ("Chef de cuisine", 0),
        ("", 0),
    ],
)
def test_titles_in_their_order(text: str, count: int) -> None:
    assert in_order(text, ["Chef de projet", "Analyste", "Stagiaire"]) == count


def test_one_place_in_the_text_serves_one_title() -> None:
    assert in_order("Comptable", ["Comptable", "Comptable"]) == 1
    assert in_order("Comptable générale, Comptable", ["Comptable générale", "Comptable"]) == 2


def test_a_sentence_broken_by_another_column_is_not_whole() -> None:
    sentence = "Tenue complète de la comptabilité"
    assert whole("- tenue complète\n  de la comptabilité", [sentence]) == 1
    assert whole("Tenue complète\nLangues\nde la comptabilité", [sentence]) == 0
