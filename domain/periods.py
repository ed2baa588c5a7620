"""Partial dates and periods of time, counted in months."""

from collections.abc import Iterable
from datetime import date

from domain.cv import Experience


def month_index(partial: str, *, end: bool) -> int:
    """Months since year 0 of a partial date; a bare year means its January, or its December at the end of a period.

    >>> month_index("2019", end=False), month_index("2019", end=True), month_index("2019-04", end=True)
    (24228, 24239, 24231)
    """
    parts = partial.split("-")
    month = int(parts[1]) if len(parts) > 1 else (12 if end else 1)
    return int(parts[0]) * 12 + month - 1


def covered_months(experiences: Iterable[Experience], today: date) -> int:
    """Months covered by the union of the periods, both end months included; overlaps count once.

    "Présent" is `today`; a period without a start, or one that ends before it starts, counts nothing; one with a
    start but no end counts its start alone (the CV does not say more). Months after `today` are not counted.
    """
    now = today.year * 12 + today.month - 1
    months: set[int] = set()
    for item in experiences:
        if item.start_date is None:
            continue
        first = month_index(item.start_date, end=False)
        if item.is_current:
            last = now
        elif item.end_date is not None:
            last = month_index(item.end_date, end=True)
        else:
            last = month_index(item.start_date, end=True) if len(item.start_date) == 4 else first
        months.update(range(max(first, now - 80 * 12), min(last, now) + 1))
    return len(months)
