"""Each criterion of the score, by tables of what goes in and what comes out."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.candidate import Preferences
from domain.cv import CvProfile, Education, Experience, Language, PersonalInfo, Skill
from domain.matching import MatchScore, fast_score, prepare_candidate, prepare_offer, score
from domain.offer import LanguageRequirement, Offer, Salary

TODAY = date(2026, 1, 15)


def match(cv: dict[str, Any], offer: dict[str, Any], wishes: dict[str, Any] | None = None) -> MatchScore:
    candidate = prepare_candidate(CvProfile(**cv), Preferences(**(wishes or {})), TODAY)
    return score(candidate, prepare_offer(Offer(**{"title": "Poste", **offer})))


def cv_skills(*names: str) -> dict[str, Any]:
    return {"skills": [Skill(name=name) for name in names]}


@pytest.mark.parametrize(
    ("shown", "asked", "kind", "value"),
    [
        ("Python", "python", "exact", 1.0),
        ("JS", "JavaScript", "alias", 1.0),
        ("postgres", "PostgreSQL", "alias", 1.0),
        ("Développement Python", "Python", "alias", 1.0),
        ("Excel", "Bonne maîtrise d'Excel", "alias", 1.0),
        ("Élevage de brebis", "elevage de brebis", "exact", 1.0),
        ("Kubernets", "Kubernetes", "fuzzy", 0.9),
        ("forgeron d'art", "d'art forgerons", "fuzzy", 0.9),
        ("Flask", "FastAPI", "related", 0.5),
        ("Django", "Python", "related", 0.5),
        ("C", "C++", "related", 0.5),
        ("C", "C#", None, 0.0),
        ("Java", "JavaScript", None, 0.0),
        ("R", "Ruby", None, 0.0),
        ("abcd", "abce", None, 0.0),
    ],
)
def test_one_required_skill(shown: str, asked: str, kind: str | None, value: float) -> None:
    details = match(cv_skills(shown), {"required_skills": [asked]}).details
    assert details.skills_score == value
    assert [item.kind for item in details.skills_matching.matched] == ([kind] if kind else [])
    assert details.skills_matching.missing == ([] if kind else [asked])


@pytest.mark.parametrize(
    ("required", "preferred", "value"),
    [
        (["Python", "Paie"], [], 0.5),
        ([], ["Python", "Paie"], 0.5),
        (["Python"], ["Paie"], 0.8),
        (["Paie"], ["Python"], 0.2),
        (["Python", "python", "PYTHON", " "], ["Python"], 1.0),
        ([], [], None),
        (["  ", ""], [], None),
    ],
)
def test_required_and_preferred_skills(required: list[str], preferred: list[str], value: float | None) -> None:
    found = match(cv_skills("Python"), {"required_skills": required, "preferred_skills": preferred})
    assert found.details.skills_score == value


def test_the_evidence_quotes_what_was_done_before_what_was_claimed() -> None:
    job = Experience(
        title="Développeur",
        start_date="2020-01",
        is_current=True,
        description="Équipe de six.\nRefonte en Python et R.",
    )
    listed = Experience(title="Analyste", start_date="2015", end_date="2016", skills=["Docker"])
    found = match(
        {"experience": [listed, job], **cv_skills("Python", "Git")},
        {"required_skills": ["Python", "Docker", "Git"]},
    )
    evidence = {item.required: item.evidence for item in found.details.skills_matching.matched}
    assert evidence == {"Python": "Refonte en Python et R.", "Docker": "Analyste : Docker", "Git": "Git"}


def test_the_evidence_of_a_long_line_is_cut_around_the_skill() -> None:
    text = "mot " * 200 + "avec Kubernetes au quotidien " + "suite " * 200
    job = Experience(description=text)
    [found] = match({"experience": [job]}, {"required_skills": ["k8s"]}).details.skills_matching.matched
    assert "avec Kubernetes au" in found.evidence
    assert len(found.evidence) <= 120
    assert found.evidence.startswith("…")


@pytest.mark.parametrize(
    ("relevant", "other", "least", "most", "value"),
    [
        (36, 0, 3, None, 1.0),
        (18, 0, 3, None, 0.5743),  # (1.5 / 3) ^ 0.8
        (0, 36, 3, None, 0.5743),  # other months count half
        (0, 0, 3, None, 0.0),
        (60, 0, 3, 5, 1.0),
        (84, 0, 3, 5, 0.96),
        (240, 0, 3, 5, 0.85),
        (12, 0, None, 5, 1.0),
        (0, 0, None, 5, None),
        (0, 0, 0, None, None),
        (12, 0, None, None, None),
        (12, 0, float("nan"), float("inf"), None),
        (12, 0, -3, None, None),
        (36, 0, 3, 1, 1.0),
    ],
)
def test_experience(relevant: int, other: int, least: float | None, most: float | None, value: float | None) -> None:
    jobs = []
    if relevant:
        jobs.append(Experience(title="Soudeuse", start_date="2000-01", end_date=_after(2000, relevant)))
    if other:
        jobs.append(Experience(title="Comptable", start_date="1980-01", end_date=_after(1980, other)))
    offer = {"title": "Soudeur (H/F)", "experience_min_years": least, "experience_max_years": most}
    found = match({"experience": jobs, **cv_skills("Soudure")}, offer)
    assert found.details.experience_score == value


def _after(year: int, months: int) -> str:
    return f"{year + (months - 1) // 12}-{(months - 1) % 12 + 1:02}"


def test_a_job_is_relevant_by_a_skill_of_the_offer() -> None:
    jobs = [
        Experience(
            title="Chargée de mission", start_date="2020-01", end_date="2021-12", description="Scripts en Python."
        ),
        Experience(title="Vendeuse", start_date="2018-01", end_date="2019-12"),
    ]
    offer = {"title": "Développeuse", "required_skills": ["Python"], "experience_min_years": 2}
    found = match({"experience": jobs}, offer).details
    assert found.experience_matching.model_dump() == {"years_required": 2, "years_actual": 4.0, "relevance": 0.5}
    assert found.experience_score == 1


@pytest.mark.parametrize(
    ("actual", "required", "value"),
    [
        (["bac+5"], "bac+5", 1.0),
        (["bac", "bac+8"], "bac+3", 1.0),
        (["bac+3"], "bac+5", 0.6),
        (["bac+2"], "bac+5", 0.3),
        (["bac"], "bac+5", 0.0),
        (["none"], "bac", 0.6),
        ([], "bac+5", None),
        ([None], "bac+5", None),
        (["bac"], None, None),
        (["bac"], "none", None),
    ],
)
def test_education(actual: list[str | None], required: str | None, value: float | None) -> None:
    studies = [Education(level=level) for level in actual]
    assert match({"education": studies}, {"education_level": required}).details.education_score == value


@pytest.mark.parametrize(
    ("field", "expected"), [("Informatique", True), ("Comptabilité", False), ("Philosophie", None), (None, None)]
)
def test_field_of_study(field: str | None, expected: bool | None) -> None:
    found = match({"education": [Education(level="bac+3", field=field)]}, {"title": "Développeur Java"})
    assert found.details.education_matching.field_match is expected


@pytest.mark.parametrize(
    ("position", "title", "least", "most"),
    [
        ("Développeuse Python Senior", "Développeur Python (H/F)", 1, 1),
        ("Python developer", "Développeur·euse Python confirmé·e", 1, 1),
        ("Infirmière", "Infirmier de nuit F/H", 1, 1),
        ("Développeur PHP", "Développeur Python", 0.7, 0.95),
        ("Comptable", "Développeur Python", 0, 0),
        ("Boulanger", "Juriste", 0, 0),
    ],
)
def test_title(position: str, title: str, least: float, most: float) -> None:
    value = match({"position": position}, {"title": title}).details.title_score
    assert value is not None
    assert least <= value <= most


@pytest.mark.parametrize(
    ("spoken", "asked", "value"),
    [
        ([("en", "B2")], [("en", "B2")], 1.0),
        ([("en", "native")], [("en", "C1")], 1.0),
        ([("en", "B1")], [("en", "B2")], 0.5),
        ([("en", "A2")], [("en", "B2")], 0.0),
        ([("fr", "native")], [("en", "B2")], 0.0),
        ([("en", "C1")], [("EN", "B2"), ("de", None)], 0.5),
        ([("en", None)], [("en", None)], 1.0),
        ([("en", None)], [("en", "B2")], None),
        ([], [("en", "B2")], None),
        ([("en", "B2")], [], None),
    ],
)
def test_languages(
    spoken: list[tuple[str, str | None]], asked: list[tuple[str, str | None]], value: float | None
) -> None:
    cv = {"languages": [Language(language=c, label=c, level=lv) for c, lv in spoken]}
    offer = {"languages": [LanguageRequirement(language=c, level=lv) for c, lv in asked]}
    assert match(cv | {"position": "Soudeuse"}, offer).details.languages_score == value


@pytest.mark.parametrize(
    ("home", "wishes", "place", "value"),
    [
        ("Lyon", {}, "69003 Lyon", 1.0),
        ("Villeurbanne", {}, "Lyon, France", 0.8),
        ("Grenoble", {}, "Lyon", 0.5),
        ("Lille", {}, "Lyon", 0.1),
        ("Lille", {"mobile": True}, "Lyon", 0.6),
        ("Villeurbanne", {"mobile": True}, "Lyon", 0.8),
        ("Lille", {"locations": ["Lyon"]}, "Lyon 3e", 1.0),
        ("Lille", {"locations": ["Rhône"]}, "Villeurbanne", 1.0),
        ("Lille", {"locations": ["Île-de-France"]}, "Paris (75)", 1.0),
        ("Lille", {"locations": ["France"]}, "Nantes", 1.0),
        ("Lille", {}, "Bruxelles", 0.1),
        ("Trifouilly", {}, "Trifouilly", 1.0),
        ("Trifouilly", {}, "Lyon", None),
        (None, {}, "Lyon", None),
        ("Lyon", {}, None, None),
        ("Lyon", {}, "France", None),
    ],
)
def test_place(home: str | None, wishes: dict[str, Any], place: str | None, value: float | None) -> None:
    cv = {"personal_info": PersonalInfo(city=home), "position": "Soudeuse"}
    assert match(cv, {"location": place}, wishes).details.location_score == value


@pytest.mark.parametrize(
    ("offered", "wished", "value"),
    [
        ("remote", None, 1.0),
        ("remote", "remote", 1.0),
        ("remote", "onsite", 0.5),
        ("hybrid", "hybrid", 0.1),
        ("hybrid", "remote", 0.05),
        ("onsite", "onsite", 0.1),
        ("onsite", "remote", 0.01),
        (None, "remote", 0.1),
    ],
)
def test_work_mode_with_a_far_place(offered: str | None, wished: str | None, value: float) -> None:
    cv = {"personal_info": PersonalInfo(city="Lille"), "position": "Soudeuse"}
    found = match(cv, {"location": "Lyon", "work_mode": offered}, {"work_mode": wished})
    assert found.details.location_score == value


@pytest.mark.parametrize(
    ("accepted", "offered", "value"),
    [
        (["CDI"], "CDI", 1.0),
        (["STAGE", "CDD"], "CDD", 1.0),
        (["CDI"], "CDD", 0.5),
        (["ALTERNANCE"], "STAGE", 0.5),
        (["CDI"], "FREELANCE", 0.0),
        ([], "CDI", None),
        (["CDI"], "OTHER", None),
        (["CDI"], None, None),
    ],
)
def test_contract(accepted: list[str], offered: str | None, value: float | None) -> None:
    found = match({"position": "Soudeuse"}, {"job_type": offered}, {"contract_types": accepted})
    assert found.details.contract_score == value


@pytest.mark.parametrize(
    ("wish", "salary", "value"),
    [
        (40_000, {"min": 35_000, "max": 42_000}, 1.0),
        (40_000, {"min": 60_000}, 1.0),
        (40_000, {"max": 34_000}, 0.5),
        (40_000, {"max": 20_000}, 0.0),
        (24_000, {"max": 2_000, "period": "month"}, 1.0),
        (21_840, {"max": 12, "period": "hour"}, 1.0),
        (21_800, {"max": 100, "period": "day"}, 1.0),
        (40_000, {"max": 50_000, "currency": "CHF"}, None),
        (40_000, {"max": Decimal("1e400")}, 1.0),
        (10**400, {"max": 30_000}, 0.0),
        (-5, {"max": 30_000}, None),
        (40_000, {"max": -1}, None),
        (None, {"max": 30_000}, None),
        (40_000, None, None),
    ],
)
def test_salary(wish: int | None, salary: dict[str, Any] | None, value: float | None) -> None:
    offer = {"salary": None if salary is None else Salary(**salary)}
    assert match({"position": "Soudeuse"}, offer, {"salary_min": wish}).details.salary_score == value


def test_another_job_domain_without_shared_skill_is_capped() -> None:
    cv = {
        "position": "Infirmière",
        "education": [Education(level="bac+5")],
        "experience": [Experience(title="Infirmière", start_date="2000-01", is_current=True)],
        "personal_info": PersonalInfo(city="Lyon"),
    }
    offer = {"title": "Développeur Java", "education_level": "bac+3", "experience_min_years": 2, "location": "Lyon"}
    assert match(cv, offer).score == 0.45
    shared = {**cv, **cv_skills("Java")}
    assert match(shared, {**offer, "required_skills": ["Java"]}).score > 0.7


def test_what_cannot_be_judged_is_left_out_and_lowers_the_confidence() -> None:
    offer = {"title": "Développeur", "required_skills": ["Python"], "education_level": "bac+5", "job_type": "CDI"}
    found = match({"position": "Développeur", **cv_skills("Python")}, offer)
    assert found.score == 1
    assert found.confidence == 0.5  # skills 0.40 and title 0.10
    assert found.details.weights == {"skills": 0.8, "title": 0.2}
    assert found.details.education_score is None
    without_title = match(cv_skills("Python"), offer)
    assert without_title.confidence == 0.4
    assert without_title.score == 0.8


@pytest.mark.parametrize(
    ("skills", "category"),
    [(20, "excellent"), (14, "good"), (10, "moderate"), (6, "low"), (2, "insufficient")],
)
def test_categories(skills: int, category: str) -> None:
    names = [f"métier rare numéro {chr(97 + n) * 9}" for n in range(20)]
    offer = {"title": "H/F", "required_skills": names}
    assert match(cv_skills(*names[:skills]), offer).category == category


def test_an_offer_for_beginners_praises_no_years() -> None:
    profile = {"experience": [Experience(title="Soudeur", start_date="2020-01", end_date="2023-12")]}
    found = match(profile, {"title": "Soudeur (H/F)", "experience_min_years": 0})
    assert found.details.experience_score == 1
    assert not [told for told in found.strengths if "Expérience" in told]


def test_gaps_and_strengths_say_in_french_what_is_missing_and_what_is_there() -> None:
    cv = {
        "position": "Développeuse Python",
        "experience": [Experience(title="Développeuse Python", start_date="2024-01", end_date="2024-12")],
        "education": [Education(level="bac+3")],
        "languages": [Language(language="en", label="Anglais", level="B1")],
        **cv_skills("Python", "Flask"),
    }
    offer = {
        "title": "Développeur Python",
        "required_skills": ["Python", "AWS", "FastAPI"],
        "experience_min_years": 3,
        "education_level": "bac+5",
        "languages": [LanguageRequirement(language="en", level="B2")],
        "job_type": "CDD",
        "salary": Salary(max=30_000),
    }
    found = match(cv, offer, {"contract_types": ["CDI"], "salary_min": 40_000})
    assert {gap.message for gap in found.gaps} == {
        "Compétence requise absente du CV : AWS",
        "Compétence requise absente du CV : FastAPI (compétence proche : Flask)",
        "Expérience : 3 ans demandés, 1 an dans un poste comparable",
        "Niveau d'études : bac+5 demandé, bac+3 au CV",
        "Langue : anglais (B2) demandé, anglais (B1) au CV",
        "Contrat : CDD proposé, CDI recherché",
        "Salaire proposé inférieur de 25 % au souhait",
    }
    assert found.strengths == [
        "Compétences requises au CV, 1 sur 3 : Python",
        "Poste comparable à « Développeur Python » au CV",
    ]
    [aws] = [gap for gap in found.gaps if gap.message.endswith("AWS")]
    assert aws.score_if_closed == match({**cv, **cv_skills("Python", "Flask", "AWS")}, offer, {
        "contract_types": ["CDI"], "salary_min": 40_000,
    }).score  # fmt: skip


def test_closing_the_only_gap_makes_the_match_whole() -> None:
    found = match(cv_skills("Python"), {"title": "H/F", "required_skills": ["Python", "AWS"]})
    assert [gap.score_if_closed for gap in found.gaps] == [1.0]


def test_hostile_texts_neither_hang_nor_break() -> None:
    long = "( C, " * 20_000
    cv = CvProfile(
        position=long,
        summary=long,
        skills=[Skill(name=long), Skill(name=""), Skill(name="\u0000")],
        total_experience_months=10**12,
        languages=[Language(language="", label="")],
        experience=[Experience(title=long, description=long, skills=[long])],
    )
    offer = Offer(title=long, required_skills=[long, "", "\u0000"], location=long)
    value = fast_score(prepare_candidate(cv, Preferences(locations=[long]), TODAY), prepare_offer(offer)).score
    assert 0 <= value <= 1
