"""Section titles in words of the candidate's own ("Où je l'ai appris"), told by their shape and what lies below them.

A title that no list knows is one where it looks like the known ones of its CV or speaks in the first person, and
where the lines below it are plainly about something else than those above it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from domain.extraction.companies import company_score
from domain.extraction.dates import find_period
from domain.extraction.degrees import starts_with_degree
from domain.extraction.institutions import institution_score
from domain.extraction.languages import find_stated_languages, names_language
from domain.extraction.lines import COLUMN, DECORATED, Line, is_upper
from domain.extraction.places import is_place
from domain.extraction.section_titles import NARRATIVE_WORDS, TITLE_STEMS, SectionKind
from domain.extraction.titles import title_score
from domain.extraction.words import words
from domain.text import fold

Shape = tuple[int, bool]
"""How a title looks: its mark (`Line.level`), and whether it is written in capitals."""
PLAIN: Shape = (0, False)
"""The shape of a line that nothing marks."""

_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_WHERE = re.compile(r"\boù\b", re.IGNORECASE)
_LEISURE = re.compile(
    r"^(?:hors|en dehors|au[- ]dela|a cote|outside|beyond|away from|besides|apart from|et aussi|et sinon|also)\b"
    r"|\b(?:temps|free|spare|own) (?:libre|time)\b|\bweek-?ends?\b|\bj'aime|\bi (?:like|love|enjoy)\b"
    r"|\bnot (?:at work|working)\b|\bquartier\b|\bgiving back\b"
)
_REMARK = re.compile(r"\s*\([^()]*\)\s*:?$")
_ARTICLES = words("mes ma mon my the les le la l autres autre other principales principaux dernieres derniers")
_ENGLISH_WORK = words("experience employment positions roles jobs appointments placements work")
_DETAILED: frozenset[SectionKind] = frozenset({"experience", "education"})
_OPEN_ENDED: frozenset[SectionKind] = frozenset({"preamble", "skills", "softwares"})
"""Kinds of section that lines about anything else may belong to."""
_WITHOUT_SKILLS: frozenset[SectionKind] = frozenset({"education", "languages", "certifications", "other"})
"""Kinds of section that no list of skills belongs to, as one may to a position."""
_LONGEST = 60
_MAX_WORDS = 8
_MAX_UNMARKED_WORDS = 6
_PLAIN = 2


def shape(line: Line) -> Shape:
    """How a line looks as a title."""
    return line.level, is_upper(line.text)


def own_shapes(titles: Iterable[Line], others: Iterable[Line]) -> dict[Shape, int]:
    """The shapes that a CV keeps for its section titles and hardly for any other line, with how many have each."""
    known = Counter(shape(line) for line in titles)
    used = Counter(look for line in others if (look := shape(line)) != PLAIN and _heads_an_entry(line.text))
    return {
        look: count
        for look, count in (known | Counter({(DECORATED, True): 2, (DECORATED, False): 2})).items()
        if look != PLAIN and count >= 2 * used[look]
    }


def told_kind(text: str) -> SectionKind | None:
    """The kind that the words of a possible title speak of; None when they speak of none, or name a post."""
    folded = fold(_REMARK.sub("", text)).replace("’", "'")
    if _LEISURE.search(folded):
        return "other"
    found = _WORDS.findall(folded.replace("'", " "))
    for kind, stems in TITLE_STEMS:
        telling = [word for word in found if _tells(word, stems)]
        if not telling:
            continue
        if title_score(text) < _PLAIN:
            return kind
        # "Expériences commerciales", "Sales experience": the subject comes first in French, last in English.
        ends = [word for word in found if word not in _ARTICLES]
        in_english = telling[-1] == ends[-1] and ends[-1] in _ENGLISH_WORK and title_score(ends[0]) <= _PLAIN
        if telling[0] == ends[0] or in_english:
            return kind
    return None


def may_announce(line: Line, following: Line | None) -> bool:
    """Whether a line may be a section title by its looks alone: short, without a date, a name or a sentence's end."""
    text = _REMARK.sub("", line.text)
    if not 3 <= len(text) <= _LONGEST or COLUMN in line.text or text[-1] in ".,;" or not text[0].isalpha():
        return False
    count = len(text.split())
    marked = line.heading or is_upper(line.text)
    if (line.bullet and not line.heading) or count > (_MAX_WORDS if marked else _MAX_UNMARKED_WORDS):
        return False
    if any(char in "@|" or char.isdigit() for char in text) or ": " in text or not text[0].isupper():
        return False
    if not marked and not (line.gap and following is not None) and not text.endswith(":"):
        return False
    if told_kind(text) is not None:
        # "Anglais professionnel, catalan courant" speaks of languages and levels, not of a profession.
        return not starts_with_degree(text) and not find_stated_languages([line])
    return not _heads_an_entry(text) and not is_place(text) and not names_language(text)


def is_narrative(text: str) -> bool:
    """Told in the first person or as a question."""
    found = _WORDS.findall(fold(text).replace("'", " ").replace("’", " "))
    return bool(_WHERE.search(text)) or not NARRATIVE_WORDS.isdisjoint(found)


def kind_of_untold(
    title: Line, content: SectionKind | None, current: SectionKind, own: Mapping[Shape, int]
) -> SectionKind | None:
    """The kind of section that a possible title opens inside one of kind `current`; None when it opens none.

    `content` is what the lines below it are about.
    """
    told = told_kind(title.text)
    looks_so = own.get(shape(title), 0) > 1
    narrative = is_narrative(title.text)
    if told is None:
        # In a section of entries a name of whatever words may head the next of them.
        if looks_so:
            # Strengths of character under a title of one's own ("Ma boussole") are skills beside others.
            return content or (None if current in _OPEN_ENDED else "other")
        beside = content == "skills" and current in _WITHOUT_SKILLS
        return content if narrative or beside else None
    if content is not None and (told in _DETAILED or content == told):
        return content
    if content == "skills" and told == "softwares":
        return told
    alike = told == "other" and shape(title) in own
    return told if looks_so or alike or (narrative and (title.heading or is_upper(title.text))) else None


def _tells(word: str, stems: frozenset[str]) -> bool:
    return word in stems or any(len(stem) > _PLAIN + 2 and word.startswith(stem) for stem in stems)


def _heads_an_entry(text: str) -> bool:
    return (
        title_score(text) >= _PLAIN
        or company_score(text) >= _PLAIN
        or starts_with_degree(text)
        or institution_score(text) > 0
        or find_period(text) is not None
    )
