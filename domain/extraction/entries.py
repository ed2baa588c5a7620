"""The dated entries of a section: which lines head each position or course, and which describe it.

CVs place the date of an entry before its title, after it, between title and company or at the end of the same line,
but keep one habit through a section. The first entry shows the habit; the others are read with it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from domain.extraction.dates import Period, find_period, is_duration, is_present, without_period
from domain.extraction.lines import COLUMN, Line
from domain.extraction.words import words
from domain.extraction.wrapping import join_wrapped
from domain.text import fold

_MAX_HEAD_LINES = 3
_MAX_HEAD_WORDS = 14
_MAX_HEAD_CHARS = 130
_MAX_ANCHOR_WORDS = 24
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!\binc)(?<!\bltd)(?<!\bco)(?<!\bcorp)(?<!\bst)[.;!?]$", re.IGNORECASE)
LABELLED = re.compile(r"^[^:]{2,45}\s?:(?:\s|$)")
"""A line that begins with a label ("Missions : …"), which a header goes on with only when its rules say so."""
_DANGLING_DASH = re.compile(r"^[-–—→]\s*")
_COLUMN_TITLES = words(
    "date dates periode period annee annees year years poste position title fonction entreprise company employer "
    "employeur institution etablissement diplome degree lieu location description ville city organisation organization"
)
_MARKS_BEFORE = frozenset("(,:;|–—-·•/[")
_MARKS_AFTER = frozenset("),:;|–—-·•/]")


@dataclass(frozen=True, slots=True)
class HeaderRules:
    """What the headers of a section are made of.

    `wants_more`: whether a header made of these texts may go on with that line below. `completes`: whether that line
    above them is what they lack.
    """

    wants_more: Callable[[list[str], str], bool]
    completes: Callable[[list[str], str], bool]


@dataclass(slots=True)
class Entry:
    """One entry: the texts of its header in reading order (dates taken out), its period, and the lines below."""

    head: list[str] = field(default_factory=list)
    period: Period | None = None
    body: list[Line] = field(default_factory=list)
    beside: str = ""
    """The text of `head` that stands right of a date at the beginning of its line."""
    inherits: bool = False
    """Headed by fewer lines than the first entry: a further position at the company named above."""


@dataclass(frozen=True, slots=True)
class _Habit:
    """How a section heads its entries: lines above the date, and whether a blank line follows each of them."""

    lines_above: int
    gaps: tuple[bool, ...]


def split_entries(lines: Sequence[Line], rules: HeaderRules) -> list[Entry]:
    """The entries of a section, in reading order."""
    telling = [line for line in lines if fold(line.text) not in _COLUMN_TITLES and not is_duration(line.text)]
    whole = _join_broken_dates(join_wrapped(telling))
    dated = _anchors(whole)
    if not dated:
        return _undated(whole, rules)
    anchors = sorted(dated)
    habit = _habit(whole, anchors[0])
    entries: list[Entry] = []
    floor = 0
    for anchor, following in zip(anchors, [*anchors[1:], len(whole)], strict=True):
        above = _lines_above(whole, anchor, floor, habit, rules)
        begin = anchor - above
        if entries:
            entries[-1].body = list(whole[floor:begin])
        head = [line.text for line in whole[begin:anchor]]
        rest = without_period(whole[anchor].text, dated[anchor])
        if rest and not is_duration(rest):
            head.append(rest)
        floor = anchor + 1
        # The lines right above the next date belong to its entry when that is the habit of the section.
        limit = following
        if following < len(whole):
            limit -= _lines_above(whole, following, floor, habit, rules)
        while floor < limit and _may_follow(whole[floor]) and rules.wants_more(head, whole[floor].text):
            head.append(whole[floor].text)
            floor += 1
        beside = rest if dated[anchor].begin == 0 else ""
        entries.append(Entry(head, dated[anchor], beside=beside, inherits=bool(entries) and above < habit.lines_above))
    entries[-1].body = list(whole[floor:])
    return entries


def _anchors(lines: Sequence[Line]) -> dict[int, Period]:
    """The lines that date an entry. Bullets do so only where no other line does."""
    found: dict[int, Period] = {}
    for number, line in enumerate(lines):
        period = find_period(line.text)
        if period is not None and _dates_an_entry(line.text, period):
            found[number] = period
    chosen = {number: period for number, period in found.items() if not lines[number].bullet} or found
    # A single date next to a line with a period details that period.
    ranges = {number for number, period in chosen.items() if not period.single}
    return {
        number: period
        for number, period in chosen.items()
        if not (period.single and ranges & {number - 1, number + 1} and not without_period(lines[number].text, period))
    }


def _dates_an_entry(text: str, period: Period) -> bool:
    rest = without_period(text, period)
    words = rest.split()
    in_margin = period.begin == 0 and (not period.single or COLUMN in text[: period.stop + 2])
    if len(words) > _MAX_ANCHOR_WORDS or (_SENTENCE_END.search(text) and len(words) > 6 and not in_margin):
        return False
    before, after = text[: period.begin].strip(), text[period.stop :].strip(" \t)]")
    if before and after:
        return not period.single and (before[-1] in _MARKS_BEFORE or after[0] in _MARKS_AFTER or COLUMN in text)
    if not period.single or not rest:
        return True
    # A single date counts only where it stands apart: "2019 : Stage", "Master (2019)", "Master, 2019".
    if COLUMN in text[max(0, period.begin - 2) : period.stop + 2]:
        return True
    if before:
        return before[-1] in _MARKS_BEFORE
    return text[period.stop - 1] in _MARKS_AFTER or text[period.stop :].lstrip()[:1] in _MARKS_AFTER


def _habit(lines: Sequence[Line], first: int) -> _Habit:
    count = 0
    while count < min(_MAX_HEAD_LINES, first) and _may_head(lines[first - count - 1]):
        count += 1
        if lines[first - count].heading and first - count and not lines[first - count - 1].heading:
            break
    return _Habit(count, tuple(lines[first - number].gap for number in range(count)))


def _lines_above(lines: Sequence[Line], anchor: int, floor: int, habit: _Habit, rules: HeaderRules) -> int:
    """How many lines right above `anchor` head the same entry."""
    count = 0
    while count < habit.lines_above and anchor - count - 1 >= floor and _may_head(lines[anchor - count - 1]):
        line, below = lines[anchor - count - 1], lines[anchor - count]
        if below.gap and not (line.heading or habit.gaps[count] or _stands_apart(lines, anchor - count)):
            break
        count += 1
        if line.heading and not (anchor - count - 1 >= floor and lines[anchor - count - 1].heading):
            break
    first = anchor - count - 1
    if 0 < count < _MAX_HEAD_LINES and first >= floor and _may_head(lines[first]):
        texts = [line.text for line in lines[first + 1 : anchor]]
        # "Lycée Vial / 2012 - 2014 / BTS": what the header lacks stands below its date, the line above is another's.
        under = [after.text for after in lines[anchor + 1 : anchor + 2] if _may_follow(after)]
        if not any(rules.completes(texts, text) for text in under):
            return count + rules.completes(texts, lines[first].text)
    return count


def _stands_apart(lines: Sequence[Line], number: int) -> bool:
    """Blank lines on both sides, so that the one above says nothing about where an entry begins."""
    return lines[number].gap and (number + 1 == len(lines) or lines[number + 1].gap)


def _may_head(line: Line) -> bool:
    return _may_follow(line) and (line.heading or not LABELLED.match(line.text))


def _may_follow(line: Line) -> bool:
    """Whether a line below a date may still belong to the header."""
    text = line.text
    if line.bullet or len(text) > _MAX_HEAD_CHARS or len(text.split()) > _MAX_HEAD_WORDS:
        return False
    return line.heading or not (text[0].islower() or _SENTENCE_END.search(text))


def _undated(lines: Sequence[Line], rules: HeaderRules) -> list[Entry]:
    """Entries of a section without any date: one per heading, or else per block of lines, or per line."""
    headings = any(line.heading for line in lines)
    blocks = sum(line.gap for line in lines) > 1 and not all(line.gap for line in lines)
    entries: list[Entry] = []
    for number, line in enumerate(lines):
        if headings:
            starts = line.heading and not (number and lines[number - 1].heading)
        elif blocks:
            starts = line.gap and _may_head(line)
        else:
            starts = _may_head(line) or line.bullet
        if not entries or starts:
            entries.append(Entry([line.text]))
        elif (
            not entries[-1].body
            and (headings or blocks)
            and _may_head(line)
            and rules.wants_more(entries[-1].head, line.text)
        ):
            entries[-1].head.append(line.text)
        else:
            entries[-1].body.append(line)
    return entries


def _join_broken_dates(lines: Sequence[Line]) -> list[Line]:
    """Lines with "Avril 2023" above "- Avril 2024", "2019" above "à ce jour", put back together."""
    joined: list[Line] = []
    for line in lines:
        whole = _whole_period(joined[-1].text, line) if joined else None
        wrapped = _wrapped_margin(joined[-1].text, line.text) if joined else None
        if wrapped is not None:
            joined[-1:] = [replace(joined[-1], text=wrapped[0]), replace(line, text=wrapped[1])]
        elif whole is not None:
            joined[-1] = replace(joined[-1], text=whole)
        else:
            joined.append(line)
    return joined


def _wrapped_margin(above: str, below: str) -> tuple[str, str] | None:
    """ "Sep 2015 - May⇥Engineer" above "2017⇥Acme": a date that a narrow margin broke, and what stands beside it."""
    start, column, beside = above.partition(COLUMN)
    end, other_column, under = below.partition(COLUMN)
    if not (column and other_column):
        return None
    whole, alone = find_period(f"{start} {end}"), find_period(start.rstrip(" -–—"))
    if whole is None or whole.single or without_period(f"{start} {end}", whole) or alone is None:
        return None
    return (f"{start} {end}{COLUMN}{beside}", under) if alone.single else None


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
