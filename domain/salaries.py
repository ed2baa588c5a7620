"""Pay as job sources write it, and what it makes a year."""

import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.offer import Salary, SalaryPeriod
from domain.source_ad import storable
from domain.text import fold

HOURS_A_YEAR: Final = 1820
MONTHS_A_YEAR: Final = 12
DAYS_A_YEAR: Final = 218

LOWEST, HIGHEST = 1_000, 1_000_000
"""A pay outside these, a year, is a slip of the keyboard."""

_LONGEST_LABEL: Final = 300
_MOST_MONTHS: Final = 24
_PERIODS: Final[Mapping[str, SalaryPeriod]] = MappingProxyType(
    {"annuel": "year", "mensuel": "month", "journalier": "day", "horaire": "hour"}
)
_NUMBER = r"(\d{1,3}(?: \d{3})+(?:[.,]\d{1,4})?|\d{1,9}(?:[.,]\d{1,4})?)"
_LABEL = re.compile(
    rf"(annuel|mensuel|journalier|horaire)(?: brut)?(?: de)? {_NUMBER} ?(?:euros?|€|eur)"
    rf"(?: a {_NUMBER} ?(?:euros?|€|eur))?(?: sur {_NUMBER} mois)?(?!\w)"
)


def salary(
    low: float | None,
    high: float | None,
    period: SalaryPeriod,
    *,
    currency: str = "EUR",
    months: float | None = None,
    is_estimated: bool = False,
    label: str | None = None,
) -> Salary | None:
    """A pay with what it makes a year, or None when nothing of it is known.

    Limits the wrong way round are swapped; one outside what is paid a year is left out, the label stays.
    """
    label = " ".join(storable(label).split())[:_LONGEST_LABEL] if label else None
    paid_months = months if months is not None and 0 < months <= _MOST_MONTHS else None
    factor = _times_a_year(period, paid_months)
    low, high = _believable(low, factor), _believable(high, factor)
    if low is not None and high is not None and low > high:
        low, high = high, low
    if low is None and high is None and not label:
        return None
    return Salary(
        min=low,
        max=high,
        currency=currency,
        period=period,
        months=paid_months,
        annual_min=None if low is None else round(low * factor, 2),
        annual_max=None if high is None else round(high * factor, 2),
        is_estimated=is_estimated,
        label=label,
    )


def read_label(label: str | None) -> Salary | None:
    """The pay that a French label states; an unreadable one is kept as its label alone.

    >>> pay = read_label("Mensuel de 2000.0 Euros à 2500,50 Euros sur 13 mois")
    >>> pay.annual_min, pay.annual_max
    (26000.0, 32506.5)
    """
    if not label or not label.strip():
        return None
    found = _LABEL.search(fold(label[:_LONGEST_LABEL]))
    if found is None:
        return salary(None, None, "year", label=label)
    low, high, months = (_number(text) for text in found.group(2, 3, 4))
    return salary(low, high, _PERIODS[found[1]], months=months, label=label)


def _times_a_year(period: SalaryPeriod, months: float | None) -> float:
    if period == "month":
        return months or MONTHS_A_YEAR
    return {"year": 1, "day": DAYS_A_YEAR, "hour": HOURS_A_YEAR}[period]


def _believable(amount: float | None, factor: float) -> float | None:
    if amount is None or not math.isfinite(amount) or not LOWEST <= amount * factor <= HIGHEST:
        return None
    return amount


def _number(text: str | None) -> float | None:
    return float(text.replace(" ", "").replace(",", ".")) if text else None
