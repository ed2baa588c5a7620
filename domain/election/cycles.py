"""Cycles of national representativeness: four years, of which each election belongs to one."""

from datetime import date

WINDOWS: dict[str, tuple[date, date]] = {
    "C3": (date(2017, 1, 1), date(2020, 12, 31)),
    "C4": (date(2021, 1, 1), date(2024, 12, 31)),
    "C5": (date(2025, 1, 1), date(2028, 12, 31)),
}
"""First and last day of the cycles whose bounds are checked."""


def is_outside(cycle: str, day: date) -> bool:
    """Whether an election held on `day` cannot be of this cycle."""
    window = WINDOWS.get(cycle)
    return window is not None and not window[0] <= day <= window[1]
