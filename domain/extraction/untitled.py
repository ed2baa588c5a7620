"""Positions and courses under no title of theirs: in a CV without titles, under one for both, under another's.

A CV that shows its positions and courses under titles is left as it is; only what is missing there is looked for
elsewhere, line by line.
"""

import re
from collections.abc import Sequence

from domain.extraction.dates import find_period, without_period
from domain.extraction.languages import find_stated_languages, names_language
from domain.extraction.lines import Line
from domain.extraction.section_content import TELLING_LINES, VOLUNTEERING, Evidence, content_kind, evidence, kind_shown
from domain.extraction.section_titles import SectionKind
from domain.extraction.sections import Section
from domain.extraction.untold_titles import told_kind
from domain.text import fold

_SENTENCE = re.compile(r"\b(?:je|j['’]|i|i['’]ve|my|mon|ma|mes|nous|we)\b", re.IGNORECASE)
_SPEAKS = re.compile(r"\bparle|\bspeak|\blangues?\b|\blanguages?\b", re.IGNORECASE)
_APART = re.compile(
    r"^(?:permis|caces|loisirs?|hobbies|interests?|centres?\s+d['’]int[ée]r[êe]ts?|driving|v[ée]hicule)\b",
    re.IGNORECASE,
)
_OF_BOTH = re.compile(r"\b(?:parcours|cursus|background|chronolog\w*|timeline|itineraire|trajectoire|history)\b")
_OF_WORK = re.compile(r"profession|\bwork|career|carriere|emploi")
_SEVERAL = re.compile(r"[,;|\t–—]|\s-\s|\b(?:chez|at)\b|:")
_NOT_ABOUT_WORK: frozenset[SectionKind] = frozenset({"projects", "certifications", "skills", "softwares", "other"})
_SKILLS: frozenset[SectionKind] = frozenset({"skills", "softwares"})
_LOOSE: frozenset[SectionKind] = frozenset({"preamble", "summary", "contact", "other"})
_WITHOUT_SKILLS: frozenset[SectionKind] = frozenset({"education", "languages", "other"})
_NEAR = (-1, 1, -2, 2)
_MAX_SENTENCE = 12
_HEAD_LINES = 3


def settle(sections: Sequence[Section]) -> list[Section]:
    """The sections with those whose title misleads told by their content, and untitled positions and courses found."""
    found = [part for section in sections for part in _without_volunteering(section)]
    work, study = _shows(found, "experience"), _shows(found, "education")
    found = [_retold(section, work, study) for section in found]
    work, study = _shows(found, "experience"), _shows(found, "education")
    if not (work and study):
        found = [_as(section, _held(section, work, study)) for section in found]
        work, study = _shows(found, "experience"), _shows(found, "education")
    if work and study:
        return found
    wanted: set[SectionKind] = set()
    if not work:
        wanted.add("experience")
    if not study:
        wanted.add("education")
    return [part for section in found for part in _parted(section, wanted)]


def _without_volunteering(section: Section) -> list[Section]:
    """An education section without the voluntary work and the leisure that some write below their courses."""
    if section.kind != "education":
        return [section]
    studies, others = list[Line](), list[Line]()
    voluntary = False
    for line in section.lines:
        shown = evidence(line)
        if VOLUNTEERING.search(line.text):
            voluntary = not (shown.course or shown.school)
        elif shown.course or shown.school or shown.period or shown.date:
            voluntary = False
        (others if voluntary else studies).append(line)
    if not others:
        return [section]
    section.lines = studies
    return [section, Section("other", "", others, section.marked)]


def _shows(sections: Sequence[Section], kind: SectionKind) -> int:
    """How many sections of the kind have an entry."""
    return sum(
        any(_is_of_entry(evidence(line), kind) for line in section.lines)
        for section in sections
        if section.kind == kind
    )


def _is_of_entry(item: Evidence, kind: SectionKind) -> bool:
    dated = item.period or item.date
    return dated or (item.job or item.engineer if kind == "experience" else item.course or item.school)


def _retold(section: Section, work: int, study: int) -> Section:
    """ "Parcours" above nothing but degrees, "Cursus" above nothing but posts.

    `work` and `study` are how many sections of each kind there are.
    """
    if section.kind not in ("experience", "education"):
        return section
    telling = section.lines[:TELLING_LINES]
    evidences = list(map(evidence, telling))
    content = kind_shown(telling, evidences)
    shown = [item for line, item in zip(telling, evidences, strict=True) if not line.bullet]
    courses, jobs = sum(item.course for item in shown), sum(item.job for item in shown)
    if section.kind == "experience" and content == "education" and courses > jobs and (work > 1 or not study):
        return _as(section, "education")
    studies = courses or any(item.school or item.engineer for item in shown)
    if section.kind == "education" and content == "experience" and jobs and not studies:
        return _as(section, "experience")
    return section


def _held(section: Section, work: int, study: int) -> SectionKind:
    """The kind of a section that has the positions or the courses that no section of theirs shows; else its own."""
    if section.kind not in _NOT_ABOUT_WORK:
        return section.kind
    telling = section.lines[:TELLING_LINES]
    shown = list(map(evidence, telling))
    content = kind_shown(telling, shown)
    if content == "experience" and not work:
        with_company = told_kind(section.title) != "other" and any(item.company for item in shown)
        return content if with_company or _OF_WORK.search(fold(section.title)) else section.kind
    if content == "education" and not study and not (section.kind in _SKILLS and not _are_dated_courses(shown)):
        return content
    return section.kind


def _are_dated_courses(shown: Sequence[Evidence]) -> bool:
    """Whether most lines date or place a course, as below a title of skills no knowledge of a tool does."""
    return 2 * sum(item.course and (item.date or item.period or item.school) for item in shown) > len(shown)


def _as(section: Section, kind: SectionKind) -> Section:
    return Section(kind, section.title, section.lines, section.marked, section.heading)


def _parted(section: Section, wanted: set[SectionKind]) -> list[Section]:
    """The section with the entries of the wanted kinds in sections of their own."""
    both = section.kind in ("experience", "education") and len(wanted) == 1 and section.kind not in wanted
    if not both and (section.kind not in _LOOSE or (section.kind == "other" and section.title)):
        return [section]
    if section.kind == "education" and not _OF_BOTH.search(fold(section.title)) and not _tells_both(section.title):
        return [section]
    kinds = _kinds(section.lines, wanted | ({section.kind} if both else set()))
    if not any(kind in wanted for kind in kinds):
        return [section]
    parts = [Section(section.kind, section.title, [], section.marked, section.heading)]
    current: SectionKind | None = None
    for line, kind in zip(section.lines, kinds, strict=True):
        if kind is not None and kind != current:
            parts.append(Section(kind, "", [], section.marked))
            current = kind
        parts[-1].lines.append(line)
    return parts


def _tells_both(title: str) -> bool:
    told = {told_kind(part) for part in re.split(r"\s*(?:[/&,+-]|\bet\b|\band\b)\s*", fold(title)) if part}
    return {"experience", "education"} <= told


def _kinds(lines: Sequence[Line], wanted: set[SectionKind]) -> list[SectionKind | None]:
    """The kind of each line: that of the entry it belongs to, None above the first of them."""
    shown = [Evidence() if "@" in line.text else evidence(line) for line in lines]
    blocks = _blocks(lines)
    anchors = {
        number: kind
        for number in range(len(lines))
        if (kind := _anchored(lines, shown, blocks, number)) is not None and kind in wanted
    }
    if len(anchors) == 1 and not _is_plain(lines, shown, next(iter(anchors))):
        anchors = {}
    kinds: list[SectionKind | None] = [None] * len(lines)
    current: SectionKind | None = None
    floor = 0
    for number, line in enumerate(lines):
        if number in anchors:
            kind = anchors[number]
            if kind != current:
                for above in range(_begin(lines, shown, blocks, number, floor), number):
                    kinds[above] = kind
            current, floor = kind, number + 1
        elif current is not None and _speaks(line):
            current = "languages"
        elif current is not None and _APART.match(line.text):
            current = "other"
        elif current in _WITHOUT_SKILLS and content_kind([line]) == "skills":
            current = "skills"
        kinds[number] = current
    return kinds


def _blocks(lines: Sequence[Line]) -> list[int]:
    """The paragraph of each line; all one where blank lines part most lines, and so tell nothing."""
    if 3 * sum(not line.gap for line in lines) < len(lines):
        return [0] * len(lines)
    blocks: list[int] = []
    for line in lines:
        blocks.append(blocks[-1] + line.gap if blocks else 0)
    return blocks


def _anchored(
    lines: Sequence[Line], shown: Sequence[Evidence], blocks: Sequence[int], number: int
) -> SectionKind | None:
    """The kind of the entry that a line dates or names, None for any other line."""
    item, text = shown[number], lines[number].text
    if _SENTENCE.search(text) and len(text.split()) > _MAX_SENTENCE // 2:
        return None
    if text.endswith(".") and len(text.split()) > _MAX_SENTENCE:
        return None
    if item.course:
        return "education"
    if item.job and (item.period or item.date):
        return "experience" if not item.date or _SEVERAL.search(text) else None
    if not (item.period or item.date) or lines[number].bullet:
        return None
    if item.school or (item.engineer and item.date):
        return "education"
    for step in _NEAR:
        other = number + step
        if not 0 <= other < len(lines) or lines[other].bullet or blocks[other] != blocks[number]:
            continue
        if shown[other].course or shown[other].school:
            return "education"
        if shown[other].job or shown[other].engineer:
            return "experience"
    return None


def _is_plain(lines: Sequence[Line], shown: Sequence[Evidence], number: int) -> bool:
    """Whether the only entry found is one beyond doubt: more than "Aide-soignante depuis 2012" at the top."""
    if shown[number].course:
        return shown[number].date or shown[number].period or shown[number].school
    text = lines[number].text
    period = find_period(text)
    rest = without_period(text, period) if period is not None else text
    return not rest or _SEVERAL.search(rest) is not None


def _begin(lines: Sequence[Line], shown: Sequence[Evidence], blocks: Sequence[int], number: int, floor: int) -> int:
    """The first line of the entry that the line `number` dates."""
    apart = blocks[-1] > 0
    named = shown[number].job or shown[number].course
    if not apart and number + 1 < len(lines) and (shown[number + 1].job or shown[number + 1].course):
        return number
    begin = number
    while begin > max(floor, number - _HEAD_LINES) and blocks[begin - 1] == blocks[number] and (apart or not named):
        above = shown[begin - 1]
        if lines[begin - 1].bullet or "@" in lines[begin - 1].text or above.period:
            return number
        begin -= 1
        named = named or above.job or above.course or above.engineer
    if apart and begin + 1 < number and shown[begin] == Evidence() and _is_complete(lines, shown, begin + 1):
        # A title that no list knows stands above the first entry.
        return begin + 1
    whole = apart and (begin == 0 or blocks[begin - 1] != blocks[number])
    return begin if named or whole else number


def _is_complete(lines: Sequence[Line], shown: Sequence[Evidence], number: int) -> bool:
    """Whether a line names post and company both ("Serveur, Le Phare")."""
    return shown[number].job and _SEVERAL.search(lines[number].text) is not None


def _speaks(line: Line) -> bool:
    return bool(find_stated_languages([line])) or (names_language(line.text) and _SPEAKS.search(line.text) is not None)
