"""Adzuna: what it is asked, its pages, its budget and refusals, and what is made of its rows."""

from typing import Any

import pytest

from adapters.job_sources.registry import JobSources
from tests.integration.job_sources.reading import Calls, failure, planned, read, skipped, sources_of
from tests.stubs.board_adzuna import FULL_ROW, Row, ad
from tests.stubs.job_boards import JobBoards


@pytest.mark.parametrize(
    ("params", "native"),
    [
        ({"keywords": "python django"}, {"what": ["python", "django"], "sort_by": "relevance", "what_phrase": None}),
        ({"keywords": '"chef de projet" web'}, {"what": ["web"], "what_phrase": "chef de projet"}),
        ({"keywords": '"a b" "c d"'}, {"what": ["c", "d"], "what_phrase": "a b"}),
        ({"company": "Atelier"}, {"company": "Atelier", "sort_by": "date"}),
        ({"location": "75011"}, {"where": "Paris", "distance": 10}),
        ({"location": "Rhône"}, {"where": "Rhône"}),
        ({"location": "Bretagne", "keywords": "x y"}, {"where": "Bretagne"}),
        ({"location": "Trifouilly", "radius_km": 5}, {"where": "Trifouilly", "distance": 5}),
        ({"location": "télétravail"}, {"where": None, "distance": None}),
        ({"keywords": "a", "job_type": "permanent"}, {"permanent": 1}),
        ({"keywords": "a", "job_type": "CDD"}, {"contract": 1}),
        ({"keywords": "a", "posted_within_days": 5}, {"max_days_old": 5}),
        ({"keywords": "a", "salary_min": 30000}, {"salary_min": 30000, "salary_include_unknown": 1}),
    ],
)
def test_what_it_is_asked(sources: JobSources, params: dict[str, Any], native: dict[str, Any]) -> None:
    query = planned(sources.by_name["adzuna"], **params).query
    assert {name: query.native.get(name) for name in native} == native
    assert ("where" in query.native) == ("distance" in query.native)
    assert "category" not in query.native


@pytest.mark.parametrize(
    ("params", "left"),
    [
        ({"keywords": 'python "chef de projet"', "location": "Paris", "company": "A", "salary_min": 1}, {}),
        ({"keywords": '"a b" "c d"'}, {"keywords": '"c d"'}),
        ({"keywords": "python", "work_mode": "hybride"}, {"work_mode": "hybrid"}),
    ],
)
def test_what_it_cannot_be_asked_is_left_for_the_ads(
    sources: JobSources, params: dict[str, Any], left: dict[str, Any]
) -> None:
    plan = planned(sources.by_name["adzuna"], **params)
    filters = {"keywords", "location", "company", "job_type", "work_mode", "posted_within_days", "salary_min"}
    assert plan.local.model_dump(include=filters, exclude_none=True) == left
    assert plan.query.pages == (4 if left else 1)


@pytest.mark.parametrize("job_type", ["INTERIM", "ALTERNANCE", "STAGE", "FREELANCE"])
def test_other_contracts_are_left_to_others(sources: JobSources, job_type: str) -> None:
    assert skipped(sources.by_name["adzuna"], keywords="a", job_type=job_type).code == "unsupported_filter"


async def test_without_both_keys_it_is_skipped(boards: JobBoards) -> None:
    sources = sources_of(boards, adzuna_app_id=None)
    assert skipped(sources.by_name["adzuna"], keywords="python").code == "not_configured"
    await sources.close()


async def test_it_serves_what_it_was_asked_for(sources: JobSources) -> None:
    adzuna = sources.by_name["adzuna"]
    assert (await read(adzuna, keywords="python", location="Lyon")).ids == ["4711000003"]
    assert (await read(adzuna, keywords='"chef de projet"')).ids == ["4711000003"]
    assert (await read(adzuna, keywords="python", job_type="CDD")).ids == ["4711000002"]
    assert (await read(adzuna, company="Les Fileuses")).ids == ["4711000002"]
    assert (await read(adzuna, keywords="python", salary_min=45000)).ids == ["4711000001", "4711000003"]
    nothing = await read(adzuna, keywords="python", location="Trifouilly")
    assert (nothing.ads, nothing.truncated) == ([], False)


async def test_pages_are_read_until_a_short_one(boards: JobBoards, sources: JobSources) -> None:
    boards.adzuna.add_many(120)
    one = await read(sources.by_name["adzuna"], keywords="vendeur")
    assert (len(one.ids), one.truncated) == (50, True)
    boards.calls.clear()
    whole = await read(sources.by_name["adzuna"], keywords="vendeur", work_mode="onsite")
    assert (len(set(whole.ids)), whole.truncated) == (120, False)
    assert [call.path[-1] for call in boards.calls_to("adzuna")] == ["1", "2", "3"]


async def test_no_statistic_of_its_is_kept(boards: JobBoards, sources: JobSources) -> None:
    boards.adzuna.add_many(120)
    assert [page.total for page in (await read(sources.by_name["adzuna"], keywords="vendeur")).pages] == [None]


async def test_a_page_that_repeats_the_one_before_is_the_last(boards: JobBoards, sources: JobSources) -> None:
    boards.adzuna.repeats_deep_pages = True
    boards.adzuna.add_many(100)
    reading = await read(sources.by_name["adzuna"], keywords="vendeur", work_mode="onsite")
    assert len(reading.ids) == len(set(reading.ids)) == 100
    assert len(boards.calls_to("adzuna")) == 3


async def test_every_call_is_counted_and_none_is_made_without_budget(boards: JobBoards) -> None:
    budget = Calls(left=1)
    sources = sources_of(boards, budget)
    await read(sources.by_name["adzuna"], keywords="python")
    failed = await failure(sources.by_name["adzuna"], keywords="python")
    assert (failed.code, failed.retryable, str(failed)) == ("quota_exhausted", False, "Quota épuisé")
    assert (budget.taken, len(boards.calls_to("adzuna"))) == (1, 1)
    await sources.close()


@pytest.mark.parametrize(
    ("left", "retry_after", "code", "wait"),
    [(1, None, "quota_exhausted", None), (5, 30, "rate_limited", 30), (5, None, "rate_limited", None)],
)
async def test_too_many_calls_are_a_spent_quota_or_haste(
    boards: JobBoards, left: int, retry_after: int | None, code: str, wait: float | None
) -> None:
    boards.adzuna.calls_left = 0
    boards.adzuna.retry_after = retry_after
    sources = sources_of(boards, Calls(left=left))
    failed = await failure(sources.by_name["adzuna"], keywords="python")
    assert (failed.code, failed.retry_after) == (code, wait)
    await sources.close()


async def test_its_refusals_are_told_apart(boards: JobBoards, sources: JobSources) -> None:
    elsewhere = sources_of(boards, adzuna_country="zz")
    assert (await failure(elsewhere.by_name["adzuna"], keywords="python")).code == "bad_request"
    await elsewhere.close()
    wrong = sources_of(boards, adzuna_app_key="falsch")
    assert (await failure(wrong.by_name["adzuna"], keywords="python")).code == "auth_failed"
    await wrong.close()
    boards.fail("adzuna", "html", 400)
    failed = await failure(sources.by_name["adzuna"], keywords="python")
    assert (failed.code, str(failed)) == ("bad_request", "Requête refusée : statut 400")


def test_a_full_row(sources: JobSources) -> None:
    found = sources.by_name["adzuna"].to_ad(FULL_ROW)
    assert found.salary is not None
    pay = {"min": 42000, "max": 50000, "currency": "EUR", "period": "year", "is_estimated": False}
    assert found.salary.model_dump(include=set(pay)) == pay
    assert found.published_at is not None
    assert found.published_at.strftime("%Y-%m-%dT%H:%M:%SZ") == FULL_ROW["created"]
    assert (found.attribution.label, found.attribution.licence_url) == ("Jobs by Adzuna", None)
    expected = {
        "source": "adzuna", "source_id": "4711000001", "title": "Développeur Python H/F",
        "company": "Atelier Numérique", "location": "Paris, Ile-de-France", "department": "75", "region": "11",
        "description": "Vous concevez des services en Python avec FastAPI. Poste hybride …",
        "description_truncated": True, "latitude": 48.85, "longitude": 2.35, "job_type": "CDI",
        "work_time": "full_time", "work_mode": "hybrid", "work_mode_inferred": True,
        "required_skills": [], "preferred_skills": ["Python", "FastAPI"], "skills_inferred": True,
        "url": "https://www.adzuna.example.fr/land/ad/4711000001?se=stub&v=0123", "details": {},
    }  # fmt: skip
    assert found.model_dump(include=set(expected)) == expected


def row(**changes: Any) -> Row:
    """A row with these keys in place of its own; without those that are None."""
    made = ad(4711, "Titre", "Texte") | changes
    return {name: value for name, value in made.items() if value is not None}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (row(), {"source_id": "4711"}),
        (row(contract_type="contract"), {"job_type": "CDD"}),
        (row(contract_type=None, contract_time=None), {"job_type": None, "work_time": None}),
        (row(contract_type="seasonal"), {"job_type": None}),
        (row(company=None), {"company": None}),
        (row(company="Atelier"), {"company": None}),
        (row(location=None), {"location": None, "department": None}),
        (row(location={"area": ["France", "Auvergne-Rhône-Alpes", "Rhône", "Lyon"]}), {"department": "69"}),
        (row(location={"area": ["France", "Bretagne"]}), {"department": None}),
        (row(latitude="48.5", longitude=2), {"latitude": 48.5, "longitude": 2.0}),
        (row(latitude=48.5), {"latitude": None, "longitude": None}),
        (row(salary_min=None), {"salary": None}),
        (row(created="hier"), {"published_at": None}),
    ],
)
def test_rows_as_they_come(sources: JobSources, given: Row, expected: dict[str, Any]) -> None:
    assert sources.by_name["adzuna"].to_ad(given).model_dump(include=set(expected)) == expected


@pytest.mark.parametrize("predicted", ["1", 1])
def test_a_predicted_pay_is_not_a_stated_one(sources: JobSources, predicted: object) -> None:
    found = sources.by_name["adzuna"].to_ad(row(salary_min=38000.5, salary_is_predicted=predicted))
    assert found.salary is not None
    assert (found.salary.min, found.salary.is_estimated) == (38000.5, True)


@pytest.mark.parametrize(
    "given", [row(redirect_url=None), row(redirect_url="javascript:alert(1)"), row(title="<b> </b>"), row(id=None)]
)
def test_a_row_without_a_name_or_a_link_is_none(sources: JobSources, given: Row) -> None:
    with pytest.raises(ValueError, match="SourceAd"):
        sources.by_name["adzuna"].to_ad(given)
