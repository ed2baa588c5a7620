"""The sections of a CV: which lines are section titles, and of what kind."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz, process

from domain.extraction.employer_headings import LINES_BELOW, names_an_employer
from domain.extraction.languages import names_language
from domain.extraction.lines import COLUMN, Line, is_upper
from domain.extraction.list_headings import without_false_headings
from domain.extraction.section_content import TELLING_LINES, evidence, kind_shown
from domain.extraction.section_titles import KEY_WORDS, KIND_OF_TITLE, NEUTRAL_WORDS, TELLING_WORDS, SectionKind
from domain.extraction.titles import title_score
from domain.extraction.untold_titles import PLAIN, Shape, kind_of_untold, may_announce, own_shapes, shape, told_kind
from domain.extraction.words import names
from domain.text import fold

_NUMBERING = re.compile(r"^(?:\d{1,2}|[ivx]{1,4}|[a-h])\s*[.)/:-]\s*", re.IGNORECASE)
_NON_WORDS = re.compile(r"[^\w]+")
_LABEL = re.compile(r"^([^:]{3,40}?)\s*:\s*(\S.*)$", re.DOTALL)
_DETAILED: frozenset[SectionKind] = frozenset({"experience", "education", "projects"})
_LISTS: frozenset[SectionKind] = frozenset({"skills", "softwares", "languages", "certifications"})
_APART: frozenset[SectionKind] = frozenset({"languages", "skills", "education", "other"})
_GROUP_LABELS = names("autres | autre | divers | other | others | miscellaneous")
"""Labels of a group of skills as well as titles of a section of their own."""
_NO_SKILLS = re.compile(r"\bpermis\b|\bdriving\b|\blicen[cs]e\b")
_FUZZY_CUTOFF = 88.0
_MAX_LOOSE_WORDS = 5
_MAX_UNMARKED_WORDS = 3
_SEVERAL = 2
_NAME_LINES = 2
"""Lines at the top that show the person's name and job."""


@dataclass(slots=True)
class Section:
    """A run of lines under one title; the lines before the first title are the preamble."""

    kind: SectionKind
    title: str = ""
    lines: list[Line] = field(default_factory=list)
    marked: bool = False
    """Its title was visibly one: Markdown heading or capitals."""
    heading: Line | None = None
    """The line that its title had to itself."""


def title_kind(text: str) -> SectionKind | None:
    """The kind of section that a line announces, None when it is no section title; spelling mistakes are tolerated.

    >>> title_kind("EXPÉRIENCES PROFESSIONELLES")
    'experience'
    """
    if not 3 <= len(text) <= 60:
        return None
    words = _NON_WORDS.sub(" ", fold(_NUMBERING.sub("", text))).strip().replace("_", " ")
    if not words or len(words.split()) > 7:
        return None
    if exact := KIND_OF_TITLE.get(words):
        return exact
    if len(words) >= 6 and ": " not in text:
        close = process.extractOne(words, KIND_OF_TITLE.keys(), scorer=fuzz.ratio, score_cutoff=_FUZZY_CUTOFF)
        if close is not None:
            return KIND_OF_TITLE[close[0]]
    parts = words.split()
    kinds = [KEY_WORDS[word] for word in parts if word in KEY_WORDS]
    if kinds and all(word in KEY_WORDS or word in NEUTRAL_WORDS for word in parts):
        return kinds[0]
    return None


def _loose_kind(text: str) -> SectionKind | None:
    """The kind that a line marked as a title announces by one of its words ("Clinical experience")."""
    words = _NON_WORDS.sub(" ", fold(text)).split()
    if not 2 <= len(words) <= _MAX_LOOSE_WORDS or title_score(text) or any(c.isdigit() or c in "@,;|:" for c in text):
        return None
    return next((TELLING_WORDS[word] for word in (words[0], words[-1]) if word in TELLING_WORDS), None)


def _may_be_title(line: Line) -> bool:
    """Unmarked, but alone in its paragraph so far, short and capitalised ("Legal experience")."""
    return line.gap and len(line.text.split()) <= _MAX_UNMARKED_WORDS and line.text[0].isupper()


def _stands_for_itself(line: Line, kind: SectionKind) -> bool:
    """Unmarked among marked titles, yet the whole title of a section that no part of a position is named after."""
    return line.gap and kind in _APART and KIND_OF_TITLE.get(_NON_WORDS.sub(" ", fold(line.text)).strip()) == kind


def split_sections(lines: Sequence[Line]) -> list[Section]:
    """The sections in reading order, preamble first (it may be empty)."""
    known = _known_sections(lines)
    titles = [section.heading for section in known if section.heading is not None]
    own = own_shapes(titles, (line for section in known[1:] for line in section.lines))
    sections = [part for section in known for part in _with_untold(section, own)]
    for section in sections:
        if section.kind in _LISTS:
            section.lines = without_false_headings(section.lines)
    return sections


def _known_sections(lines: Sequence[Line]) -> list[Section]:
    current = Section("preamble")
    sections = [current]
    whole = _joined_titles(lines)
    for number, line in enumerate(whole):
        opened = _opened_by(line, current)
        if opened is None or _heads_a_post(whole, number, opened, current):
            current.lines.append(line)
        else:
            current = opened
            sections.append(current)
    return sections


def _heads_a_post(lines: Sequence[Line], number: int, opened: Section, current: Section) -> bool:
    """Whether what looks like the title of a section names the employer of the post below it."""
    if current.kind != "experience" or opened.heading is None or _is_known_title(opened.title):
        return False
    return names_an_employer(lines[number + 1 : number + 1 + LINES_BELOW], opened.kind)


def _is_known_title(text: str) -> bool:
    words = _NON_WORDS.sub(" ", fold(_NUMBERING.sub("", text))).split()
    return " ".join(words) in KIND_OF_TITLE or all(word in KEY_WORDS or word in NEUTRAL_WORDS for word in words)


def _joined_titles(lines: Sequence[Line]) -> list[Line]:
    """The lines with the titles that a narrow column broke ("CENTRES" above "D'INTÉRÊT") put back together."""
    joined: list[Line] = []
    for line in lines:
        if joined and _completes_title(joined[-1], line):
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text} {line.text}")
        else:
            joined.append(line)
    return joined


def _completes_title(above: Line, line: Line) -> bool:
    if shape(above) != shape(line) or shape(line) == PLAIN or line.bullet or (line.gap and not line.heading):
        return False
    words = [_NON_WORDS.sub(" ", fold(part)).strip() for part in (above.text, line.text)]
    return words[1] not in KIND_OF_TITLE and " ".join(words) in KIND_OF_TITLE


class _Block:
    """The lines below a possible title, looked through once however many titles stand above them."""

    def __init__(self, lines: Sequence[Line] = ()) -> None:
        telling = lines[:TELLING_LINES]
        shown = list(map(evidence, telling))
        self.kind = kind_shown(telling, shown)
        self.positions = sum(item.period for item in shown) if self.kind == "experience" else 0
        self.of_entries = any(item.period or item.date or item.job or item.course for item in shown)
        self.shows_the_person = any("@" in line.text for line in lines)


def _with_untold(section: Section, own: Mapping[Shape, int]) -> list[Section]:
    """The section and those that begin inside it under titles that no list knows."""
    lines = section.lines
    stops = [len(lines)]
    below = _Block()
    opened: list[tuple[int, _Block]] = []
    for number in range(len(lines) - 1, -1, -1):
        following = lines[number + 1] if number + 1 < len(lines) else None
        if not may_announce(lines[number], following):
            continue
        # A title right above another has what that one is about.
        if number + 1 < stops[-1]:
            below = _Block(lines[number + 1 : stops[-1]])
        stops.append(number)
        opened.append((number, below))
    parts = [section]
    begin = 0
    for number, under in reversed(opened):
        current = parts[-1]
        if section.kind == "preamble" and (number < _NAME_LINES or under.shows_the_person):
            continue
        kind = kind_of_untold(lines[number], under.kind, current.kind, own)
        if kind is None and current.kind == "preamble" and shape(lines[number]) != PLAIN:
            # Before any other title, capitals above several positions are no name of a company.
            kind = "experience" if under.positions >= _SEVERAL else None
        if kind is None or kind == current.kind:
            continue
        if current.kind == "experience" and names_an_employer(lines[number + 1 : number + 1 + LINES_BELOW], kind):
            continue
        if (
            under.kind is None
            and under.of_entries
            and current.kind in _DETAILED
            and told_kind(lines[number].text) is None
        ):
            # "VIVENDI MAROC" above a post with a single date.
            continue
        current.lines = lines[begin:number]
        begin = number + 1
        parts.append(Section(kind, lines[number].text, marked=shape(lines[number]) != PLAIN, heading=lines[number]))
    parts[-1].lines = lines[begin:]
    return parts


def _opened_by(line: Line, current: Section) -> Section | None:
    text = line.text
    marked = line.heading or is_upper(text)
    if line.bullet and not marked:
        return None
    kind = title_kind(text.rstrip(" :"))
    if kind is None and not line.bullet and (marked or _may_be_title(line)):
        kind = _loose_kind(text.rstrip(" :"))
        if kind == current.kind:
            return None
    if kind is None or COLUMN in text:
        return _opened_inline(line, current)
    if not marked and not text[0].isupper():
        return None
    if not marked and current.kind in _DETAILED and current.marked and not _stands_for_itself(line, kind):
        return None
    if (
        current.kind in _DETAILED
        and kind in ("skills", "softwares", "projects")
        and text.endswith(":")
        and not (line.heading or current.title.endswith(":"))
    ):
        # "Compétences :" below a position belongs to it, where titles end otherwise.
        return None
    if line.bullet and current.kind in _LISTS and not line.heading:
        return None
    return Section(kind, text, marked=marked, heading=line)


def _opened_inline(line: Line, current: Section) -> Section | None:
    """ "Langues : français, anglais": a title and its content on one line, or in two columns."""
    title, column, beside = line.text.partition(COLUMN)
    in_column = KIND_OF_TITLE.get(_NON_WORDS.sub(" ", fold(title)).strip()) if column and not line.bullet else None
    if current.kind in ("skills", "softwares") and _labels_a_group(line.text):
        return None
    if in_column is not None and in_column != current.kind and (is_upper(title) or not current.marked):
        return Section(in_column, title, [Line(beside)], marked=is_upper(title))
    match = _LABEL.match(line.text)
    if match is None or line.bullet or len(line.text) > 400:
        return None
    label, content = match.groups()
    kind = KIND_OF_TITLE.get(_NON_WORDS.sub(" ", fold(label)).strip())
    loose = current.kind in ("preamble", "summary", "contact") or (bool(current.title) and current.heading is None)
    if kind in ("experience", "education") and loose and not current.marked:
        # "Formation : CAP Cuisine, CFA de Groisy, 2012"
        shown = evidence(Line(content))
        return Section(kind, label, [Line(content)], marked=current.marked) if shown.date or shown.period else None
    if kind not in ("languages", "skills", "softwares", "certifications", "other", "summary"):
        return None
    if kind == "languages" and not names_language(content):
        # "Languages: Java, C#" are none that people speak.
        return None
    if current.kind in _DETAILED and current.marked and not is_upper(label):
        # Where titles are marked, "Compétences : …" below a position or a course belongs to it.
        if current.kind != "education" or kind not in ("languages", "other"):
            return None
    elif current.kind in ("experience", "projects") and kind not in ("languages", "other"):
        return None
    if current.kind in ("skills", "softwares") and kind in ("skills", "softwares"):
        return None
    return Section(kind, label, [Line(content)], marked=current.marked)


def _labels_a_group(text: str) -> bool:
    """ "Autres : Git, Jira" among skills."""
    label, _, content = text.replace(COLUMN, ":").partition(":")
    return fold(label).strip() in _GROUP_LABELS and bool(content.strip()) and not _NO_SKILLS.search(fold(content))
