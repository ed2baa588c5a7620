"""Dates that a line end broke in two, put back together."""

import re
from collections.abc import Sequence
from dataclasses import replace

from domain.extraction.dates import find_period, is_present, without_period
from domain.extraction.lines import COLUMN, Line

_MARGIN = 40
"""A longer text is none in the margin."""
_MONTHS = re.compile(r"[^\W\d_][^\d]*")
"""What a date may begin with whose year is still to come."""
_OPEN = re.compile(r"(?:[-–—→]|\b(?:à|au|to|until))\s*$|[-–—→]\s*[^\W\d_]{3,9}\.?\s*$")
"""A date whose end is still to come: after a dash, or a month after it."""
_DANGLING_DASH = re.compile(r"^[-–—→]\s*")


def join_broken_dates(lines: Sequence[Line]) -> list[Line]:
    """Lines with "Avril 2023" above "- Avril 2024", "2019" above "à ce jour", put back together."""
    joined: list[Line] = []
    for line in lines:
        whole = _whole_period(joined[-1].text, line) if joined else None
        wrapped = _wrapped_margin(joined[-1].text, line.text) if joined else None
        if wrapped is not None:
            joined[-1] = replace(joined[-1], text=wrapped[0])
            if wrapped[1]:
                joined.append(replace(line, text=wrapped[1]))
        elif whole is not None:
            joined[-1] = replace(joined[-1], text=whole)
        else:
            joined.append(line)
    return joined


def _wrapped_margin(above: str, below: str) -> tuple[str, str] | None:
    """ "Sep 2015 - May⇥Engineer" above "2017⇥Acme": a date that a narrow margin broke, and what stands beside it.

    One of the lines may be the margin alone.
    """
    start, column, beside = above.partition(COLUMN)
    end, other_column, under = below.partition(COLUMN)
    if not (column or other_column) or len(start) > _MARGIN or len(end) > _MARGIN:
        return None
    whole, alone = find_period(f"{start} {end}"), find_period(start.rstrip(" -–—"))
    if whole is None or without_period(f"{start} {end}", whole):
        return None
    if alone is None:
        # "Avril - septembre⇥Engineer" above "2009": months whose year is missing, and nothing else.
        broken = _MONTHS.fullmatch(start) is not None
    else:
        broken = (
            bool(column)
            and alone.single
            and not whole.single
            and (bool(other_column) or _OPEN.search(start) is not None)
        )
    if not broken:
        return None
    return (f"{start} {end}{COLUMN}{beside}", under) if column else (f"{start} {end}{COLUMN}{under}", "")


def _whole_period(above: str, line: Line) -> str | None:
    """The period that a date and the line below it make; a time line may show its end on top."""
    if not _is_date(above):
        return None
    dash = _DANGLING_DASH.match(line.text)
    below = _DANGLING_DASH.sub("", line.text)
    if not (dash or line.bullet or is_present(below) or _is_date(below)):
        return None
    for text in (f"{above} - {below}", f"{below} - {above}"):
        period = find_period(text)
        if period is None or period.single or without_period(text, period):
            continue
        if period.is_current or (period.start or "") < (period.end or ""):
            return text
    return None


def _is_date(text: str) -> bool:
    text = text.rstrip(" -–—")
    period = find_period(text)
    return period is not None and period.single and not without_period(text, period)
