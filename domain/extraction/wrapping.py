"""Lines that a narrow column broke in two, put back together."""

import re
from collections.abc import Sequence
from dataclasses import replace

from domain.extraction.dates import breaks_in_date, find_period, is_present
from domain.extraction.lines import COLUMN, Line

_OPEN_END = re.compile(
    r"(?:[,&/–—-]|\b(?:de|des|du|la|le|les|l['’]|d['’]|et|en|au|aux|à|pour|avec|sur|of|and|the|in|for|with|to|on))$",
    re.IGNORECASE,
)
_CLOSED_END = re.compile(r"[.!?:;)]$")
_HYPHEN = re.compile(r"[^\W\d_]-$")
_CUT_PERIOD = re.compile(r"\([^()]{0,15}\d{4}\s*[-–—]?$")
_CUT = 24
"""Characters at the end of a line that hold a date in an open bracket."""
_FULL_LINE = 24
"""A line shorter than this was not broken for want of room."""
_SHORT_BRACKET = 40
_END = 12
"""Characters at the end of a line that tell whether it goes on; longer than any word of `_OPEN_END`."""
_LONGEST = 400
"""A line longer than this is no broken header."""


def join_wrapped(lines: Sequence[Line]) -> list[Line]:
    """The lines with each continuation appended to the line that it continues."""
    joined: list[Line] = []
    for line in lines:
        if joined and _continues(joined[-1], line):
            # "Lycée Jules-de-" above "Ferry"
            space = "" if _HYPHEN.search(joined[-1].text[-2:]) else " - " if line.bullet else " "
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text}{space}{line.text}")
        else:
            joined.append(line)
    return joined


def _continues(above: Line, line: Line) -> bool:
    if _closes_period(above.text, line.text):
        return True
    both_headings = above.heading and line.heading
    if (
        len(above.text) > _LONGEST
        or line.bullet
        or COLUMN in line.text
        or (line.gap and not both_headings and not (above.heading and _is_end_date(line.text)))
        or (line.heading and not above.heading)
    ):
        return False
    if line.text[0] == "(" and len(line.text) <= _SHORT_BRACKET:
        return not above.bullet
    if breaks_in_date(above.text, line.text):
        return not above.bullet
    end = above.text[-_END:]
    if _CLOSED_END.search(end):
        return False
    starts_with_date = (period := find_period(line.text)) is not None and period.begin == 0
    if _OPEN_END.search(end):
        # "2019 -" above a title is an open date, "2019 -" above "2021" a broken one.
        return starts_with_date or end[-1] not in "–—-" or find_period(above.text) is None
    return line.text[0].islower() and not starts_with_date and len(above.text) >= _FULL_LINE


def _is_end_date(text: str) -> bool:
    """ "2021" or "présent" and nothing else, below a title that was marked up to the line end only."""
    period = find_period(text)
    return is_present(text) or (period is not None and period.single and (period.begin, period.stop) == (0, len(text)))


def _closes_period(above: str, text: str) -> bool:
    """ "BTS, Lycée Vial (2015" above "- 2017)", whose dash reads as a bullet."""
    return (
        len(above) <= _LONGEST
        and bool(_CUT_PERIOD.search(above[-_CUT:]))
        and text[-1] == ")"
        and _is_end_date(text[:-1])
    )
