"""The laws of the score, as properties of any candidate and any offer."""

import json
import os
import random
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from domain.candidate import Preferences
from domain.cv import CvProfile, Education, Experience, Language, PersonalInfo, Skill
from domain.matching import fast_score, figures, prepare_candidate, prepare_offer, score
from domain.offer import LanguageRequirement, Offer, Salary

TODAY = date(2026, 1, 15)
ROOT = Path(__file__).parents[3]

SKILLS = (
    "Python", "js", "JavaScript", "FastAPI", "Flask", "Django", "postgres", "MySQL", "C", "C++", "C#", ".NET", "Docker",
    "Comptabilité", "Sage", "Vente", "Négociation", "Soins infirmiers", "Paie", "Excel", "Gestion de projet",
    "élevage bovin", "elevage bovins", "taille de pierre", "forge d'art",
)  # fmt: skip
TITLES = (
    "Développeuse Python (H/F)", "Software engineer", "Comptable général", "Vendeur en boutique", "Infirmière de nuit",
    "Chef de projet", "Data analyst", "Tailleur de pierre", "H/F",
)  # fmt: skip
PLACES = ("Lyon", "75011 Paris", "Villeurbanne", "Île-de-France", "Bruxelles", "Trifouilly", "France")
LEVELS = st.sampled_from(["none", "bac", "bac+2", "bac+3", "bac+5", "bac+8"])
CEFR = st.sampled_from(["A1", "B1", "B2", "C1", "native"])
MODES = st.sampled_from(["remote", "hybrid", "onsite"])
CONTRACTS = st.sampled_from(["CDI", "CDD", "INTERIM", "STAGE", "OTHER"])
CODES = st.sampled_from(["fr", "en", "de"])


def maybe(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.none() | strategy


skills = st.lists(st.sampled_from(SKILLS), max_size=6)


@st.composite
def experiences(draw: st.DrawFn) -> Experience:
    start = draw(st.integers(1995, 2025))
    return Experience(
        title=draw(maybe(st.sampled_from(TITLES))),
        start_date=draw(maybe(st.just(f"{start}-03"))),
        end_date=f"{start + draw(st.integers(0, 8))}-02",
        description=draw(st.sampled_from(["", "Projets en Python, C++ et Excel.", "Tenue de caisse et vente."])),
        skills=draw(skills),
    )


profiles = st.builds(
    CvProfile,
    personal_info=st.builds(PersonalInfo, city=maybe(st.sampled_from(PLACES))),
    position=maybe(st.sampled_from(TITLES)),
    skills=skills.map(lambda names: [Skill(name=name) for name in names]),
    languages=st.lists(st.builds(Language, language=CODES, label=st.just("x"), level=maybe(CEFR)), max_size=3),
    experience=st.lists(experiences(), max_size=3),
    education=st.lists(st.builds(Education, level=maybe(LEVELS), field=maybe(st.just("Informatique"))), max_size=2),
    total_experience_months=st.integers(0, 300),
)
preferences = st.builds(
    Preferences,
    contract_types=st.lists(CONTRACTS, max_size=2),
    work_mode=maybe(MODES),
    locations=st.lists(st.sampled_from(PLACES), max_size=2),
    mobile=st.booleans(),
    salary_min=maybe(st.integers(-5, 90_000)),
)
offers = st.builds(
    Offer,
    title=st.sampled_from(TITLES),
    required_skills=skills,
    preferred_skills=skills,
    location=maybe(st.sampled_from(PLACES)),
    work_mode=maybe(MODES),
    job_type=maybe(CONTRACTS),
    experience_min_years=maybe(st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0, 1, 3, 5.5])),
    experience_max_years=maybe(st.sampled_from([0, 4, 8, 15])),
    education_level=maybe(LEVELS),
    languages=st.lists(st.builds(LanguageRequirement, language=CODES, level=maybe(CEFR)), max_size=2),
    salary=maybe(st.builds(Salary, min=maybe(st.integers(0, 60_000)), max=maybe(st.integers(0, 90_000)))),
)
places_in_the_cv = st.sampled_from(["skills", "softwares", "experience"])


def points(profile: CvProfile, wishes: Preferences, offer: Offer) -> float:
    return fast_score(prepare_candidate(profile, wishes, TODAY), prepare_offer(offer)).score


def with_skill(profile: CvProfile, name: str, where: str, index: int = 0) -> CvProfile:
    """The profile with one more skill, in its skills, its softwares or one of its experiences."""
    if where == "softwares":
        return profile.model_copy(update={"softwares": [*profile.softwares, name]})
    if where == "skills" or not profile.experience:
        return profile.model_copy(update={"skills": [*profile.skills, Skill(name=name)]})
    jobs = list(profile.experience)
    index %= len(jobs)
    jobs[index] = jobs[index].model_copy(update={"skills": [*jobs[index].skills, name]})
    return profile.model_copy(update={"experience": jobs})


def has_nothing_of(name: str, offer: Offer) -> bool:
    """Whether a CV with this skill alone would meet no skill of the offer, not even by kinship."""
    alone = prepare_candidate(CvProfile(skills=[Skill(name=name)]), Preferences(), TODAY)
    return not score(alone, prepare_offer(offer)).details.skills_matching.matched


@settings(max_examples=150, deadline=None)
@given(profiles, preferences, offers, st.data(), places_in_the_cv, st.integers(0, 2))
def test_adding_a_required_skill_never_lowers_the_score(
    profile: CvProfile, wishes: Preferences, offer: Offer, data: st.DataObject, where: str, index: int
) -> None:
    assume(offer.required_skills)
    name = data.draw(st.sampled_from(offer.required_skills))
    assert points(with_skill(profile, name, where, index), wishes, offer) >= points(profile, wishes, offer)


def test_a_skill_that_makes_old_experience_relevant_never_lowers_the_score() -> None:
    """Twenty years elsewhere count in full without the skill; with it on a short job they must not count less."""
    jobs = [
        Experience(title="Comptable général", start_date="2000-01", end_date="2019-12"),
        Experience(title="Tailleur de pierre", start_date="2020-01", end_date="2020-06"),
    ]
    for least, most in ((3, None), (10, 12), (None, 5), (15, 20)):
        offer = Offer(
            title="Développeur",
            required_skills=["Python", *(f"métier rare {n}" for n in range(40))],
            experience_min_years=least,
            experience_max_years=most,
        )
        knows = CvProfile(experience=jobs, skills=[Skill(name="Python")])
        for profile in (
            knows,
            with_skill(knows, "Python", "experience", 0),
            with_skill(knows, "Python", "experience", 1),
        ):
            before = points(profile, Preferences(), offer)
            for index in range(2):
                assert points(with_skill(profile, "Python", "experience", index), Preferences(), offer) >= before


@settings(max_examples=150, deadline=None)
@given(profiles, preferences, offers, st.sampled_from(SKILLS) | st.text(max_size=12), places_in_the_cv)
@example(
    CvProfile(),
    Preferences(contract_types=["CDI"], locations=["Lyon"]),
    Offer(title="Comptable", required_skills=["Paie"], location="Lyon", job_type="CDI"),
    "Docker",
    "skills",
)
def test_adding_an_unrelated_skill_never_changes_the_score(
    profile: CvProfile, wishes: Preferences, offer: Offer, name: str, where: str
) -> None:
    assume(has_nothing_of(name, offer))
    assert points(with_skill(profile, name, where), wishes, offer) == points(profile, wishes, offer)


@settings(max_examples=150, deadline=None)
@given(profiles, preferences, offers, st.integers(1, 60), st.integers(0, 2))
def test_more_months_up_to_the_maximum_never_lower_the_score(
    profile: CvProfile, wishes: Preferences, offer: Offer, more: int, index: int
) -> None:
    jobs = list(profile.experience)
    start = jobs[index % len(jobs)].start_date if jobs else None
    if start is not None:
        earlier = f"{int(start[:4]) - 1 - more // 12}-03"
        jobs[index % len(jobs)] = jobs[index % len(jobs)].model_copy(update={"start_date": earlier})
    longer = profile.model_copy(
        update={"experience": jobs, "total_experience_months": profile.total_experience_months + more}
    )
    most = prepare_offer(offer).max_years
    assume(most is None or prepare_candidate(longer, wishes, TODAY).total_months <= most * 12)
    assert points(longer, wishes, offer) >= points(profile, wishes, offer)


@settings(max_examples=150, deadline=None)
@given(profiles, preferences, offers, st.randoms(use_true_random=False))
def test_the_order_of_lists_is_irrelevant(
    profile: CvProfile, wishes: Preferences, offer: Offer, rng: random.Random
) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shuffled(item) for key, item in value.items()}
        if isinstance(value, list):
            items = [shuffled(item) for item in value]
            rng.shuffle(items)
            return items
        return value

    cv = CvProfile.model_validate(shuffled(profile.model_dump()))
    wanted = Preferences.model_validate(shuffled(wishes.model_dump()))
    asked = Offer.model_validate(shuffled(offer.model_dump()))
    one = score(prepare_candidate(profile, wishes, TODAY), prepare_offer(offer))
    other = score(prepare_candidate(cv, wanted, TODAY), prepare_offer(asked))
    assert one == other


@settings(max_examples=150, deadline=None)
@given(profiles, preferences, offers)
def test_the_score_stays_in_its_bounds_and_explains_itself(
    profile: CvProfile, wishes: Preferences, offer: Offer
) -> None:
    candidate, prepared = prepare_candidate(profile, wishes, TODAY), prepare_offer(offer)
    explained = score(candidate, prepared)
    assert 0 <= explained.score <= 1
    assert 0 <= explained.confidence <= 1
    bare = fast_score(candidate, prepared)
    assert bare[:3] == (explained.score, explained.category, explained.confidence)
    assert figures(bare.values).items() <= explained.details.model_dump().items()
    assert all(explained.score <= gap.score_if_closed <= 1 for gap in explained.gaps)
    parts = explained.details.model_dump()
    used = {name: parts[f"{name}_score"] for name in explained.details.weights}
    assert all(0 <= value <= 1 for value in used.values())
    assert explained.score <= sum(explained.details.weights[name] * used[name] for name in used) + 0.001


@settings(max_examples=150, deadline=None)
@given(profiles, preferences, offers)
def test_nobody_without_a_common_required_skill_is_a_good_match(
    profile: CvProfile, wishes: Preferences, offer: Offer
) -> None:
    assume(offer.required_skills)
    found = score(prepare_candidate(profile, wishes, TODAY), prepare_offer(offer))
    required = {requirement.written for requirement in prepare_offer(offer).required}
    common = [m for m in found.details.skills_matching.matched if m.required in required and m.kind != "related"]
    assert common or found.category not in ("good", "excellent")


@settings(max_examples=100, deadline=None)
@given(preferences, offers)
def test_an_empty_profile_scores_nothing_with_no_confidence(wishes: Preferences, offer: Offer) -> None:
    for profile in (None, CvProfile(), CvProfile(personal_info=PersonalInfo(city="Lyon"), experience=[Experience()])):
        found = score(prepare_candidate(profile, wishes, TODAY), prepare_offer(offer))
        assert (found.score, found.category, found.confidence) == (0, "insufficient", 0)


def test_a_first_month_or_a_first_title_never_lowers_the_score() -> None:
    """A CV that says nothing of experience or title must not fare better than one that says little."""
    offer = Offer(title="Développeur", required_skills=["Python"], experience_min_years=10)
    silent = CvProfile(skills=[Skill(name="Python")])
    month = silent.model_copy(update={"total_experience_months": 1})
    titled = silent.model_copy(update={"position": "Développeur web mobile embarqué"})
    assert points(silent, Preferences(), offer) < points(month, Preferences(), offer)
    assert points(silent, Preferences(), offer) < points(titled, Preferences(), offer)


def test_related_skills_alone_are_no_good_match() -> None:
    offer = Offer(title="Développeur", required_skills=["FastAPI"], experience_min_years=2, education_level="bac+2")
    profile = CvProfile(
        position="Développeur",
        skills=[Skill(name="Flask")],
        experience=[Experience(title="Développeur", start_date="2015-01", is_current=True)],
        education=[Education(level="bac+5")],
    )
    found = score(prepare_candidate(profile, Preferences(), TODAY), prepare_offer(offer))
    assert [match.kind for match in found.details.skills_matching.matched] == ["related"]
    assert found.category == "moderate"
    assert points(with_skill(profile, "FastAPI", "skills"), Preferences(), offer) == 1


SAMPLE = (
    CvProfile(
        position="Développeuse Python",
        skills=[Skill(name=name) for name in ("Python", "Flask", "postgres", "Dockr", "élevage bovin", "Git", "Excel")],
        experience=[
            Experience(title="Développeuse", start_date="2018-02", end_date="2021-03", description="Python, SQL et R"),
            Experience(title="Vendeuse", start_date="2016", end_date="2017", skills=["Vente", "Négociation"]),
        ],
        education=[Education(level="bac+3", degree="Licence informatique")],
        languages=[Language(language="en", label="Anglais", level="B1"), Language(language="fr", label="Français")],
    ),
    Preferences(contract_types=["CDI", "CDD"], locations=["Lyon", "Paris"], salary_min=45_000),
    Offer(
        title="Ingénieur logiciel Python (H/F)",
        required_skills=["FastAPI", "Docker", "PostgreSQL", "Kubernetes", "AWS", "TypeScript"],
        preferred_skills=["Git", "GitLab", "Agile"],
        location="Villeurbanne",
        job_type="INTERIM",
        experience_min_years=5,
        education_level="bac+5",
        languages=[LanguageRequirement(language="en", level="B2"), LanguageRequirement(language="de")],
        salary=Salary(max=40_000),
    ),
)


def test_identical_inputs_give_identical_output_in_any_process() -> None:
    """The whole explanation, whatever the process's hash seed."""
    program = (
        "import sys, json; from datetime import date\n"
        "from domain.candidate import Preferences; from domain.cv import CvProfile; from domain.offer import Offer\n"
        "from domain.matching import prepare_candidate, prepare_offer, score\n"
        "cv, wishes, offer = json.load(sys.stdin)\n"
        "candidate = prepare_candidate(CvProfile(**cv), Preferences(**wishes), date(2026, 1, 15))\n"
        "print(score(candidate, prepare_offer(Offer(**offer))).model_dump_json())"
    )
    given_to_it = json.dumps([json.loads(model.model_dump_json()) for model in SAMPLE])
    outputs = {
        subprocess.run(  # noqa: S603  (our own program)
            [sys.executable, "-c", program],
            input=given_to_it,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("0", "1", "4242")
    }
    profile, wishes, offer = SAMPLE
    here = score(prepare_candidate(profile, wishes, TODAY), prepare_offer(offer)).model_dump_json()
    assert outputs == {here}


def test_scores_differ_between_different_pairs() -> None:
    """No constant score: twenty random CVs against one offer do not all score alike."""
    rng = random.Random(7)
    profiles_ = [CvProfile(skills=[Skill(name=name) for name in rng.sample(SKILLS, 5)]) for _ in range(20)]
    offer = Offer(title="Développeur", required_skills=["Python", "Docker", "Flask", "C++", "Excel"])
    assert len({points(profile, Preferences(), offer) for profile in profiles_}) > 3
