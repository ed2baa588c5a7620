"""What makes an ad, and what it can do without."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.source_ad import SourceAd
from tests.unit.jobs.ads import ad


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"title": None},
        {"title": "x" * 501},
        {"url": "javascript:alert(1)"},
        {"url": "//example.com"},
        {"url": "https://"},
        {"url": None},
        {"source_id": ""},
        {"source": "catalogue"},
        {"job_type": "Bénévolat"},
        {"description": "x" * 200_001},
    ],
)
def test_an_ad_without_its_essentials_is_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ad(**wrong)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("company", "  "),
        ("company", 12),
        ("logo_url", "data:image/png;base64,x"),
        ("apply_url", "ftp://example.com"),
        ("insee", "75O56"),
        ("department", "Paris"),
        ("country", "France"),
        ("latitude", 91),
        ("longitude", "nan"),
        ("openings", 0),
        ("openings", 2**70),
        ("rome_code", "développeur"),
        ("published_at", "hier"),
        ("published_at", "9999-12-31T23:59:59-12:00"),
        ("source_updated_at", "2026-03-01T10:00:00"),
    ],
)
def test_an_unreadable_detail_is_unknown(field: str, value: object) -> None:
    assert getattr(ad(**{field: value}), field) is None


def test_readable_details_are_kept() -> None:
    made = ad(insee="2A004", latitude="41.9", longitude=8.7, published_at="2026-03-01T10:00:00.123Z", openings="3")
    assert (made.insee, made.latitude, made.longitude, made.openings) == ("2A004", 41.9, 8.7, 3)
    assert made.published_at is not None
    assert made.published_at.isoformat() == "2026-03-01T10:00:00.123000+00:00"


def test_half_a_point_is_none() -> None:
    assert (ad(latitude=48.8).latitude, ad(longitude=2.3).longitude) == (None, None)


def test_nothing_that_a_database_refuses_is_left() -> None:
    hostile = "a\x00b\ud800c"
    made = ad(title=hostile, description=hostile, required_skills=[hostile], details={hostile: [{"k": hostile}]})
    assert (made.title, made.description, made.required_skills) == ("abc", "abc", ["abc"])
    assert made.details == {"abc": [{"k": "abc"}]}


_JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), lambda v: st.lists(v, max_size=3))


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(SourceAd.model_fields)), _JSON, max_size=5))
def test_any_row_makes_an_ad_or_a_validation_error(values: dict[str, Any]) -> None:
    try:
        made = ad(**values)
    except ValidationError:
        return
    made.model_dump_json().encode()
