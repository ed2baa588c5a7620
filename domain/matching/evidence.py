"""The skills that a CV shows, each with the words that show it."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.cv import CvProfile, Experience
from domain.periods import month_index
from domain.skills import canonical, category_of, find_mentions
from domain.text import fold

LONGEST_QUOTE = 120
"""Characters; a longer passage is cut around the skill, with "…" where words are left out."""

# Which evidence is quoted when there are several: what was done before what was claimed.
_DONE, _DONE_TITLE, _DONE_LISTED, _LISTED, _CERTIFIED, _TOLD = range(6)


@dataclass(frozen=True, slots=True)
class ShownSkill:
    """One canonical skill of a CV: how the CV writes it, every folded spelling of it, and the best quote."""

    name: str
    written: str
    spellings: frozenset[str]
    quote: str


@dataclass(frozen=True, slots=True, order=True)
class _Sighting:
    rank: int
    age: int
    quote: str
    written: str
    name: str


def clip(text: str, start: int = 0, end: int = 0) -> str:
    """The text around [start, end) on one line, at most `LONGEST_QUOTE` characters."""
    if len(text) > LONGEST_QUOTE:
        room = LONGEST_QUOTE - 2
        first = max(0, min(start - max(0, room - (end - start)) // 2, len(text) - room))
        last = first + room
        text = ("…" if first else "") + text[first:last].strip() + ("…" if last < len(text) else "")
    return " ".join(text.split())


def _in_text(text: str, rank: int, age: int) -> Iterator[_Sighting]:
    composed = unicodedata.normalize("NFC", text)
    for mention in find_mentions(text):
        first = composed.rfind("\n", max(0, mention.start - LONGEST_QUOTE), mention.start) + 1
        first = max(first, mention.start - LONGEST_QUOTE)
        last = composed.find("\n", mention.end, mention.end + LONGEST_QUOTE)
        last = min(last if last >= 0 else len(composed), mention.end + LONGEST_QUOTE)
        quote = clip(composed[first:last], mention.start - first, mention.end - first)
        yield _Sighting(rank, age, quote, composed[mention.start : mention.end], mention.name)


def _entry(written: str, rank: int, age: int, quote: str) -> Iterator[_Sighting]:
    """A name given as a skill; one unknown as a whole ("développement Python") also shows the skills inside it."""
    name = canonical(written)
    if not name:
        return
    yield _Sighting(rank, age, quote, written, name)
    if category_of(name) is None:
        for mention in find_mentions(written):
            yield _Sighting(rank, age, quote, written, mention.name)


def _age(experience: Experience) -> int:
    """Months counted back, so that the most recent experience sorts first."""
    if experience.is_current:
        return -(10**6)
    known = experience.end_date or experience.start_date
    return -month_index(known, end=True) if known else 0


def _in_experience(item: Experience) -> Iterator[_Sighting]:
    age = _age(item)
    title = item.title or ""
    yield from _in_text(item.description, _DONE, age)
    yield from _in_text(title, _DONE_TITLE, age)
    for written in item.skills:
        where = title or item.company
        yield from _entry(written, _DONE_LISTED, age, clip(f"{where} : {written}" if where else written))


def _sightings(profile: CvProfile) -> Iterator[_Sighting]:
    for item in profile.experience:
        yield from _in_experience(item)
    for skill in (*(skill.name for skill in profile.skills), *profile.softwares):
        yield from _entry(skill, _LISTED, 0, clip(skill))
    for certification in profile.certifications:
        yield from _in_text(certification.name, _CERTIFIED, 0)
    yield from _in_text(profile.position or "", _TOLD, 0)
    yield from _in_text(profile.summary or "", _TOLD, 0)


def shown_skills(profile: CvProfile) -> dict[str, ShownSkill]:
    """Every skill that the CV lists or mentions, by canonical name, in the order of those names."""
    by_name: dict[str, list[_Sighting]] = {}
    for sighting in _sightings(profile):
        by_name.setdefault(sighting.name, []).append(sighting)
    return {name: _merged(name, by_name[name]) for name in sorted(by_name)}


def _merged(name: str, sightings: Iterable[_Sighting]) -> ShownSkill:
    seen = sorted(sightings)
    spellings = frozenset(fold(item.written) for item in seen)
    return ShownSkill(name, seen[0].written.strip(), spellings, seen[0].quote)


def skills_of(experience: Experience) -> frozenset[str]:
    """Canonical skills that one experience lists or mentions."""
    return frozenset(sighting.name for sighting in _in_experience(experience))
