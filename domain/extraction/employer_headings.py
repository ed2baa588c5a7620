"""Headings that name an employer, though their words are those of a section title ("Talents RH", "Outillage Mercier").

The post that stands right below, with its dates, tells them from the title of a list or of other activities.
"""

from collections.abc import Sequence

from domain.extraction.dates import find_period, is_duration, without_period
from domain.extraction.lines import Line
from domain.extraction.section_titles import SectionKind
from domain.extraction.titles import title_score

LINES_BELOW = 3
"""How many lines below a heading are looked at."""
_NEVER_DATED: frozenset[SectionKind] = frozenset({"summary", "skills", "softwares", "languages", "certifications"})
"""Kinds of section that hold no posts."""
_PLAIN = 2


def names_an_employer(below: Sequence[Line], kind: SectionKind) -> bool:
    """Whether the lines below a heading are a post at what it names, rather than a section of the kind it speaks of.

    Elsewhere than in a list, the length of all posts must stand first, as profiles exported from a network have it: an
    association has its treasurers, with their dates.
    """
    rest = list(below[:LINES_BELOW])
    measured = bool(rest) and is_duration(rest[0].text)
    if measured:
        rest.pop(0)
    title = dated = False
    for line in rest[: LINES_BELOW - 1]:
        if line.bullet or line.heading:
            break
        period = find_period(line.text)
        beside = line.text if period is None or period.single else without_period(line.text, period)
        if period is not None and not period.single:
            dated = True
        title = title or title_score(beside) >= _PLAIN
    return dated and (measured or kind in _NEVER_DATED) and (title or measured)
