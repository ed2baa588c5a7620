"""What a search filters itself, and what becomes of ads that do not say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.job_search import SearchParams
from domain.offer_filters import local_filters
from domain.salaries import salary
from tests.unit.jobs.ads import ad

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def keeps(asked: dict[str, Any], **values: Any) -> bool:
    return local_filters(SearchParams(**asked), NOW).keep(ad(**values))


@pytest.mark.parametrize(
    ("asked", "values", "kept"),
    [
        ({"keywords": "python"}, {}, True),
        ({"keywords": "developpeur PYTHON"}, {}, True),
        ({"keywords": "python acme django"}, {"company": "Acme", "description": "Django"}, True),
        ({"keywords": "python django"}, {"description": "Flask"}, False),
        ({"keywords": '"python développeur"'}, {}, False),
        ({"company": "acme"}, {"company": "ACME Conseil SAS"}, True),
        ({"company": "Acme SAS"}, {"company": "Acmé"}, True),
        ({"company": "acme"}, {"company": "Autre"}, False),
        ({"company": "acme"}, {}, False),
        ({"job_type": "CDI"}, {"job_type": "CDI"}, True),
        ({"job_type": "CDI"}, {"job_type": "CDD"}, False),
        ({"job_type": "CDI"}, {"job_type": "OTHER"}, False),
        ({"job_type": "CDI"}, {}, True),
        ({"work_mode": "remote"}, {"work_mode": "remote"}, True),
        ({"work_mode": "remote"}, {"work_mode": "hybrid"}, False),
        ({"work_mode": "remote"}, {}, False),
        ({"work_mode": "hybrid"}, {}, False),
        ({"work_mode": "onsite"}, {}, True),
        ({"work_mode": "onsite"}, {"work_mode": "remote"}, False),
        ({"posted_within_days": 7}, {"published_at": NOW - timedelta(days=7)}, True),
        ({"posted_within_days": 7}, {"published_at": NOW - timedelta(days=7, seconds=1)}, False),
        ({"posted_within_days": 7}, {}, True),
        ({"salary_min": 40_000}, {"salary": salary(30_000, 40_000, "year")}, True),
        ({"salary_min": 40_001}, {"salary": salary(30_000, 40_000, "year")}, False),
        ({"salary_min": 40_000}, {"salary": salary(39_000, None, "year")}, False),
        ({"salary_min": 24_001}, {"salary": salary(2_000, None, "month")}, False),
        ({"salary_min": 26_000}, {"salary": salary(2_000, None, "month", months=13)}, True),
        ({"salary_min": 40_000}, {"salary": salary(30_000, None, "year", is_estimated=True)}, True),
        ({"salary_min": 40_000}, {"salary": salary(30_000, None, "year", currency="USD")}, True),
        ({"salary_min": 40_000}, {"salary": salary(None, None, "year", label="Selon profil")}, True),
        ({"salary_min": 40_000}, {}, True),
        ({"location": "Paris"}, {"location": "Berlin"}, True),
    ],
)
def test_each_filter(asked: dict[str, Any], values: dict[str, Any], kept: bool) -> None:
    assert keeps(asked, **values) is kept


def test_every_filter_must_hold() -> None:
    asked = {"keywords": "python", "job_type": "CDI", "work_mode": "remote"}
    assert keeps(asked, job_type="CDI", work_mode="remote")
    assert not keeps(asked, job_type="CDI", work_mode="remote", title="Comptable")
