"""Dates of periods as people write them in CVs: months in words or figures, French or English."""

import re
from dataclasses import dataclass

from domain.periods import month_index

_ELISION = re.compile(r"\bde (?=[ao])")

MONTHS_FR = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
MONTHS_FR_SHORT = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin",
    "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MONTHS_EN_SHORT = tuple(month[:3] for month in MONTHS_EN)


@dataclass(frozen=True)
class DateStyle:
    """One way of writing periods.

    `months` are the month's names (none: figures, MM/YYYY); `span` joins a start and an end, `open` writes a period
    that still runs; `durations` adds the length in French, as in "(2 ans 3 mois)".
    French "de" is elided before a vowel: "d'août 2019".
    """

    span: str
    open: str
    months: tuple[str, ...] = ()
    durations: bool = False

    def date(self, partial: str) -> str:
        """One date, to the precision it has: "2019", "mars 2019", "01/03/2019"."""
        year, *rest = partial.split("-")
        if not rest:
            return year
        if len(rest) == 2:
            return f"{rest[1]}/{rest[0]}/{year}"
        if self.months:
            return f"{self.months[int(rest[0]) - 1]} {year}"
        return f"{rest[0]}/{year}"

    def period(self, start: str | None, end: str | None) -> str:
        """A period; without `end` it still runs; without `start`, or when both are equal, the one date."""
        if start is None or start == end:
            return self.date(end) if end else ""
        if end is None:
            return self.open.format(start=self.date(start))
        written = _ELISION.sub("d'", self.span.format(start=self.date(start), end=self.date(end)))
        return f"{written} ({_duration(start, end)})" if self.durations else written


def _duration(start: str, end: str) -> str:
    years, months = divmod(month_index(end, end=True) - month_index(start, end=False), 12)
    parts = [f"{years} an{'s' if years > 1 else ''}"] if years else []
    if months:
        parts.append(f"{months} mois")
    return " ".join(parts)
