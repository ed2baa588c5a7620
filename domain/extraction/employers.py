"""Employers of several positions: the line that names one, with dates that cover those of the positions below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.extraction.dates import Period, without_period
from domain.extraction.header_rules import HeaderRules
from domain.extraction.lines import Line

_LINES_BETWEEN = 2
_OPEN = "9999"


@dataclass(frozen=True, slots=True)
class Employer:
    """The lines from `begin` to `anchor`, which dates it; `text` names it."""

    begin: int
    anchor: int
    text: str


def find_employers(lines: Sequence[Line], dated: Mapping[int, Period], rules: HeaderRules) -> dict[int, Employer]:
    """The employer of each dated line that is one of its positions ("Acme, 2014 - 2020" above "Cariste, 2014 - 2017").

    The same holds for a school above its courses.
    """
    found: dict[int, Employer] = {}
    anchors = sorted(dated)
    current: Employer | None = None
    for number, anchor in enumerate(anchors):
        if current is not None and _covers(dated[current.anchor], dated[anchor]):
            found[anchor] = current
            continue
        current = None
        if number + 1 < len(anchors):
            above = anchors[number - 1] if number else -1
            named = _employer(lines, dated, (above, anchor, anchors[number + 1]), rules)
            current = named if named is not None and rules.may_employ(named.text) else None
    return found


def _employer(
    lines: Sequence[Line], dated: Mapping[int, Period], anchors: tuple[int, int, int], rules: HeaderRules
) -> Employer | None:
    """The employer that the middle one of three dated lines dates, if it does."""
    above, anchor, below = anchors
    between = list(lines[anchor + 1 : below])
    if dated[anchor].single or len(between) > _LINES_BETWEEN or not _covers(dated[anchor], dated[below]):
        return None
    begin, text = anchor, without_period(lines[anchor].text, dated[anchor])
    if not text and anchor - 1 > above:
        begin, text = anchor - 1, lines[anchor - 1].text
    if not text or lines[begin].bullet > lines[below].bullet:
        return None
    if any(
        rules.is_post(line.text) for line in lines[max(above + 1, begin - _LINES_BETWEEN) : begin] if not line.bullet
    ):
        # "Cariste / Acme / 2014 - 2020": the position stands above its employer.
        return None
    post = without_period(lines[below].text, dated[below])
    if not post and between:
        post = between.pop().text
    if not rules.is_post(post) or any(line.bullet or rules.is_post(line.text) for line in between):
        return None
    return Employer(begin, anchor, text)


def _covers(whole: Period, part: Period) -> bool:
    """Whether a period holds another; a date without month holds all of its year."""
    if part.start is None or whole.start is None:
        return False
    if part.start < whole.start[: len(part.start)]:
        return False
    last = _OPEN if part.is_current else part.end or part.start
    end = _OPEN if whole.is_current else whole.end or whole.start
    return part.start <= end + "-99" and last[: len(end)] <= end
