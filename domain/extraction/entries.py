"""The dated entries of a section: which lines head each position or course, and which describe it.

CVs place the date of an entry before its title, after it, between title and company or at the end of the same line,
but keep one habit through a section. The first entry shows the habit; the others are read with it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.extraction.anchors import ends_sentence, find_anchors
from domain.extraction.broken_dates import join_broken_dates
from domain.extraction.dates import Period, is_duration, without_period
from domain.extraction.employers import Employer, find_employers
from domain.extraction.header_rules import HeaderRules
from domain.extraction.institutions import institution_score
from domain.extraction.lines import COLUMN, Line
from domain.extraction.places import is_place
from domain.extraction.words import names, words
from domain.extraction.wrapping import join_towns, join_wrapped, starts_with_link
from domain.text import fold

_MAX_HEAD_LINES = 3
_MAX_HEAD_WORDS = 14
_MAX_HEAD_CHARS = 130
_LONGEST_SCHOOL = 6
"""Words of a school's name that stands alone on its line."""
LABELLED = re.compile(r"^[^:]{2,45}\s?:(?:\s|$)")
"""A line that begins with a label ("Missions : …"), which a header goes on with only when its rules say so."""
_COLUMN_TITLES = words(
    "date dates periode period annee annees year years poste position title fonction entreprise company employer "
    "employeur institution etablissement diplome degree lieu location description ville city organisation organization "
    "qualification intitule formation ecole score marks percentage grade grades cgpa "
    "resultat mention board college degrees courses course university universite "
    "qualifications specialisation specialite discipline stream missions duree duration"
) | names(
    """
    intitule du diplome | diplome obtenu | date d'obtention | annee d'obtention | niveau d'etudes | passing year
    year of passing | year of completion | year passed | board/university | board / university | university/board
    university / board | school/college | college/university | name of institution | name of the institution
    institution/board | degree/course | degree / course | grade/percentage | percentage/cgpa | cgpa/percentage | % marks
    """
)


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
    employer: str | None = None
    """The line about the employer of several positions, with its own dates, that this one is below."""


@dataclass(frozen=True, slots=True)
class _Habit:
    """How a section heads its entries: lines above the date, and whether a blank line follows each of them."""

    lines_above: int
    gaps: tuple[bool, ...]


def split_entries(lines: Sequence[Line], rules: HeaderRules) -> list[Entry]:
    """The entries of a section, in reading order."""
    telling = [line for line in lines if not (_titles_columns(line.text) or is_duration(line.text))]
    whole = join_broken_dates(join_towns(join_wrapped(telling)))
    dated = find_anchors(whole, rules)
    if not dated:
        return _undated(whole, rules)
    employers = find_employers(whole, dated, rules)
    anchors = sorted(dated.keys() - {employer.anchor for employer in employers.values()})
    alone = next((anchor for anchor in anchors if anchor not in employers), None)
    habit = _Habit(0, ()) if alone is None else _habit(whole, alone)
    begins_of = _Beginnings(whole, dated, habit, employers, rules)
    entries: list[Entry] = []
    floor = 0
    complete_above = False
    for anchor, following in zip(anchors, [*anchors[1:], len(whole)], strict=True):
        employer = employers.get(anchor)
        begin = begins_of(anchor, floor)
        if entries:
            entries[-1].body = list(whole[floor:begin])
        if employer is not None and employer.anchor >= begin:
            begin = employer.anchor + 1
        head = [line.text for line in whole[begin:anchor] if employer is None or _may_head(line)]
        rest = without_period(whole[anchor].text, dated[anchor])
        if employer is not None and rules.is_post(rest):
            head = []
        inherits = bool(entries) and employer is None and anchor - begin < habit.lines_above
        if rest and not is_duration(rest):
            head.append(rest)
        floor = anchor + 1
        # The lines right above the next date belong to its entry when that is the habit of the section.
        limit = following if following == len(whole) else begins_of(following, floor)
        # A further position at a company names no other, unless plainly.
        named = (complete_above and inherits) or (employer is not None and any(map(rules.is_post, head)))
        while (
            floor < limit
            and _may_follow(whole[floor])
            and (not (head and named) or rules.is_organisation(whole[floor].text))
            and rules.wants_more(head, whole[floor].text)
        ):
            head.append(whole[floor].text)
            floor += 1
        complete_above = complete_above or (not entries and floor == anchor + 1)
        beside = rest if dated[anchor].begin == 0 else ""
        entries.append(
            Entry(head, dated[anchor], beside=beside, inherits=inherits, employer=employer.text if employer else None)
        )
    entries[-1].body = list(whole[floor:])
    return entries


@dataclass(frozen=True, slots=True)
class _Beginnings:
    """Where the entries of a section begin."""

    lines: Sequence[Line]
    dated: Mapping[int, Period]
    habit: _Habit
    employers: Mapping[int, Employer]
    rules: HeaderRules

    def __call__(self, anchor: int, floor: int) -> int:
        """The first line of the entry that the line `anchor` dates; `floor` is the first that it may be."""
        employer = self.employers.get(anchor)
        if employer is None:
            return anchor - _lines_above(self.lines, anchor, floor, self.habit, self.rules)
        if employer.begin >= floor:
            return employer.begin
        rest = without_period(self.lines[anchor].text, self.dated[anchor])
        return anchor - (anchor > floor and not self.rules.is_post(rest) and _may_head(self.lines[anchor - 1]))


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
        if count and anchor - count - 1 == floor > 0 and is_place(line.text):
            # "Acme / Analyst / 2019 - 2021 / London": the town of the entry above.
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


def _titles_columns(text: str) -> bool:
    """The first row of a table, or one cell of it ("Qualification⇥Institution⇥Year")."""
    return all(fold(cell).strip(" :") in _COLUMN_TITLES for cell in text.split(COLUMN))


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
    # "emlyon business school" after a blank line: a name in small letters, and no line that goes on.
    goes_on = text[0].islower() and not (line.gap and _is_school_alone(text))
    return line.heading or not (goes_on or ends_sentence(text))


def _is_school_alone(text: str) -> bool:
    named = text.split()
    return len(named) <= _LONGEST_SCHOOL and not starts_with_link(text) and institution_score(text) > 0


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
