"""Arbeitnow: one feed for all searches, its pages, which ads are at a place, and what is made of its rows."""

from typing import Any

import pytest

from adapters.job_sources.registry import JobSources
from adapters.job_sources.source import key_of
from tests.integration.job_sources.reading import planned, read, skipped, sources_of
from tests.stubs.board_arbeitnow import FULL_ROW, Row, ad
from tests.stubs.job_boards import JobBoards


def test_all_searches_share_one_reading(sources: JobSources) -> None:
    arbeitnow = sources.by_name["arbeitnow"]
    wanted = {"job_type": "CDI", "work_mode": "remote", "salary_min": 30000, "posted_within_days": 3, "company": "A"}
    plans = [planned(arbeitnow, keywords="python"), planned(arbeitnow, location="Lyon", keywords='c "a b"', **wanted)]
    assert len({key_of(arbeitnow, plan.query) for plan in plans}) == 1
    left = plans[1].local.model_dump(include={*wanted, "keywords", "location"})
    assert left == {**wanted, "keywords": '"c" "a b"', "location": None}


async def test_only_the_settings_can_keep_it_from_being_asked(boards: JobBoards) -> None:
    sources = sources_of(boards, job_sources_enabled="adzuna")
    assert skipped(sources.by_name["arbeitnow"], keywords="a", job_type="STAGE").code == "disabled"
    await sources.close()


async def test_pages_are_read_to_the_end(boards: JobBoards, sources: JobSources) -> None:
    reading = await read(sources.by_name["arbeitnow"])
    assert set(reading.ids) == {row["slug"] for row in boards.arbeitnow.ads}
    assert (reading.total, reading.truncated, len(reading.pages)) == (None, False, 3)
    assert [call.query for call in boards.calls_to("arbeitnow")] == [{"page": [str(n)]} for n in (1, 2, 3)]


async def test_no_more_than_five_pages_are_read(boards: JobBoards, sources: JobSources) -> None:
    boards.arbeitnow.page_sizes = [1]
    boards.arbeitnow.repeats_a_row = False
    reading = await read(sources.by_name["arbeitnow"])
    assert (len(reading.ids), reading.truncated) == (5, True)


async def test_an_empty_feed_is_a_result(boards: JobBoards, sources: JobSources) -> None:
    boards.arbeitnow.ads = []
    assert (await read(sources.by_name["arbeitnow"])).ads == []


@pytest.mark.parametrize(
    ("params", "slugs"),
    [
        ({"location": "Paris", "radius_km": 15}, {"developpeur-python-paris-2", "befristet-4"}),
        ({"location": "Paris"}, {"developpeur-python-paris-2"}),
        ({"location": "Île-de-France"}, {"developpeur-python-paris-2", "befristet-4"}),
        ({"location": "92"}, {"befristet-4"}),
        ({"location": "Berlin"}, {"python-entwickler-berlin-1", "freelance-5"}),
        ({"location": "Paris", "work_mode": "remote"},
         {"developpeur-python-paris-2", "python-entwickler-berlin-1"}),
        ({"location": "Pari", "keywords": "a"}, set()),
    ],
)  # fmt: skip
async def test_ads_at_a_place_are_told_from_others(
    sources: JobSources, params: dict[str, Any], slugs: set[str]
) -> None:
    near = planned(sources.by_name["arbeitnow"], **params).near
    assert near is not None
    assert {ad.source_id for ad in (await read(sources.by_name["arbeitnow"])).ads if near(ad)} == slugs


@pytest.mark.parametrize("params", [{"keywords": "a"}, {"location": "France"}, {"location": "télétravail"}])
def test_anywhere_is_no_place(sources: JobSources, params: dict[str, Any]) -> None:
    assert planned(sources.by_name["arbeitnow"], **params).near is None


def test_a_full_row(sources: JobSources) -> None:
    found = sources.by_name["arbeitnow"].to_ad(FULL_ROW)
    assert found.published_at is not None
    assert found.published_at.timestamp() == FULL_ROW["created_at"]
    expected = {
        "source": "arbeitnow", "source_id": "python-entwickler-berlin-1", "title": "Python Entwickler (m/w/d)",
        "company": "Fadenwerk GmbH", "description": "Aufgaben\n\n- Python & Django\n- APIs", "location": "Berlin",
        "work_mode": "remote", "work_mode_inferred": False, "job_type": "CDI", "salary": None, "department": None,
        "contract_label": "Full Time, Unbefristete Festanstellung", "description_truncated": False,
        "preferred_skills": ["Python", "Django"], "skills_inferred": True,
        "url": "https://www.arbeitnow.com/jobs/companies/fadenwerk/python-entwickler-berlin-1",
    }  # fmt: skip
    assert found.model_dump(include=set(expected)) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"job_types": ["permanent"]}, {"job_type": "CDI"}),
        ({"job_types": ["befristet"]}, {"job_type": "CDD"}),
        ({"job_types": ["Internship"]}, {"job_type": "STAGE"}),
        ({"job_types": ["Praktikum"]}, {"job_type": "STAGE"}),
        ({"job_types": ["freelancer"]}, {"job_type": "FREELANCE"}),
        ({"job_types": ["international", "Vollzeit"]}, {"job_type": None}),
        ({"job_types": []}, {"job_type": None, "contract_label": None}),
        ({"job_types": "permanent"}, {"job_type": None}),
        ({"remote": False}, {"work_mode": None}),
        ({"remote": "true"}, {"work_mode": None}),
        ({"location": ""}, {"location": None}),
        ({"description": "<p>Arbeitnow im Text</p><p>Ende</p>"}, {"description": "Arbeitnow im Text\n\nEnde"}),
        ({"description": None}, {"description": ""}),
        ({"created_at": "vorgestern"}, {"published_at": None}),
    ],
)
def test_rows_as_they_come(sources: JobSources, given: Row, expected: dict[str, Any]) -> None:
    found = sources.by_name["arbeitnow"].to_ad(ad("s", "Titel", "Text") | given)
    assert found.model_dump(include=set(expected)) == expected


@pytest.mark.parametrize("given", [{"slug": None}, {"title": ""}, {"url": "/jobs/1"}])
def test_a_row_without_a_name_or_a_link_is_none(sources: JobSources, given: Row) -> None:
    with pytest.raises(ValueError, match="SourceAd"):
        sources.by_name["arbeitnow"].to_ad(ad("s", "Titel", "Text") | given)
