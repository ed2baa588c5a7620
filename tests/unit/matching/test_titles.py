"""Titles are compared by the trade they name, not by the rank."""

import pytest

from domain.matching.titles import normalise, similarity


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Sales Manager", "Responsable commercial H/F"),
        ("Project manager", "Chef de projet"),
        ("Head Chef", "Chef de cuisine"),
        ("Développeuse Python", "Développeur Python (H/F)"),
    ],
)
def test_the_same_trade_is_alike_whatever_its_rank(a: str, b: str) -> None:
    assert similarity(normalise(a), normalise(b)) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Head Chef", "Responsable marketing digital"),
        ("Chef de projet web", "Chef de cuisine"),
        ("Directeur financier", "Directeur des soins"),
        ("Consultant", "Consultant data"),
    ],
)
def test_a_shared_rank_is_no_likeness(a: str, b: str) -> None:
    assert similarity(normalise(a), normalise(b)) == 0
