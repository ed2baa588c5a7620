"""Rows that nobody would write: each is an ad or none, and what is an ad can be stored."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.job_sources.registry import JobSources
from domain.job_search import SearchSource
from domain.source_ad import SourceAd
from tests.stubs import board_adzuna, board_arbeitnow, board_france_travail, board_la_bonne_alternance

ROWS: dict[SearchSource, dict[str, Any]] = {
    "france_travail": board_france_travail.FULL_ROW.row,
    "adzuna": board_adzuna.FULL_ROW,
    "arbeitnow": board_arbeitnow.FULL_ROW,
    "la_bonne_alternance": board_la_bonne_alternance.FULL_ROW,
}
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def leaves(row: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where a row holds values: objects and lists themselves too."""
    found = [path] if path else []
    inner = row.items() if isinstance(row, dict) else enumerate(row) if isinstance(row, list) else ()
    return found + [deeper for key, value in inner for deeper in leaves(value, (*path, key))]


def spoilt(row: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The row with another value at one place."""
    if not path:
        return value
    copy = dict(row) if isinstance(row, dict) else list(row)
    copy[path[0]] = spoilt(copy[path[0]], path[1:], value)
    return copy


@pytest.mark.parametrize("name", list(ROWS))
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_value_of_any_kind_anywhere(offline: JobSources, name: SearchSource, data: st.DataObject) -> None:
    row = ROWS[name]
    row = spoilt(row, data.draw(st.sampled_from(leaves(row))), data.draw(anything))
    try:
        ad = offline.by_name[name].to_ad(row)
    except ValueError:
        return
    stored = json.dumps(ad.model_dump(mode="json"), allow_nan=False)
    assert "\\u0000" not in stored
    stored.encode()
    assert SourceAd.model_validate_json(stored) == ad
