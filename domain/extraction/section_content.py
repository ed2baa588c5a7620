"""What the lines of a section are about, whatever its title says: positions, courses, languages, skills, hobbies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.extraction.companies import company_score
from domain.extraction.dates import find_period, without_period
from domain.extraction.degrees import starts_with_degree
from domain.extraction.institutions import institution_score
from domain.extraction.languages import find_stated_languages, is_language
from domain.extraction.lines import COLUMN, Line
from domain.extraction.section_titles import SectionKind
from domain.extraction.titles import title_score
from domain.extraction.words import words
from domain.skills import category_of, find_skills
from domain.text import fold

_PARTS = re.compile(rf"\s*[,;|{COLUMN}•·()]\s*|\s+[-–—/@]\s+|\s*:\s+|\s+(?:chez|at|au sein d\w+)\s+", re.IGNORECASE)
_ITEMS = re.compile(rf"\s*[,;|{COLUMN}•·/]\s*|\s*:\s+|\s+[-–—]\s+|\.(?:\s|$)")
_HOLDER = re.compile(
    r"^(?:(?:titulaire|obtention|pr[ée]paration|obtenu|dipl[ôo]mée?)\s+"
    r"(?:du|de la|de l['’]|d['’]un|d['’]une|d['’]|de|en)\s*"
    r"|(?:[1-5](?:e|ère|ere|ème|eme|re|nde)|premi[èe]re|deuxi[èe]me|troisi[èe]me|derni[èe]re)\s+ann[ée]e\s+"
    r"(?:de\s+|du\s+|d['’])?)",
    re.IGNORECASE,
)
_FURTHER_COURSE = re.compile(
    r"(?:nvq|gnvq|btec|cqp[a-z]?|svq|hnc|highers|t[ -]levels?|city (?:&|and) guilds|mention compl[ée]mentaire|"
    r"(?:higher |national |foundation |graduate |advanced )*(?:diploma|certificate)s? (?:in|of)|"
    r"certificat (?:de qualification|d['’](?:aptitude|[ée]tudes))|brevet d['’][ée]tat|bpjeps|crpe|"
    r"classe pr[ée]pa\w*)\b",
    re.IGNORECASE,
)
_COMMAND = re.compile(
    r"ma[iî]trise\s+(?:(?:parfaite|totale|compl[èe]te|avanc[ée]e|courante|confirm[ée]e|op[ée]rationnelle|approfondie|"
    r"technique|professionnelle)\s+)?(?:[dl]['’]|(?:de|du|des|les?|la)\b)",
    re.IGNORECASE,
)
"""The command of a tool or a craft ("Maîtrise d'Excel"), and the degree of that name ("Maîtrise de droit")."""
_ENGINEER = re.compile(r"(?:dipl[ôo]me\s+d['’])?ing[ée]nieure?\b", re.IGNORECASE)
# Degrees whose letters are words of their own in lower case ("but", "ma", "cap").
_INITIALS = re.compile(r"^(?:but|ma|ms|ba|bs|cap|dea|bac|l[123]|m[12])\b", re.IGNORECASE)
_CAPITALS = re.compile(r"^(?:[A-Z]{2,3}|[LM][123]|Bac)\b")
VOLUNTEERING = re.compile(
    r"b[ée]n[ée]vol|volunt(?:eer|ary)|associati(?:f|ve|on)\b|pompier volontaire|secours populaire|restos? du c[oœ]e?ur|"
    r"croix[- ]rouge|parents d['’][ée]l[èe]ves|charity|scouts?\b",
    re.IGNORECASE,
)
_HOBBIES = words(
    """
    athletisme aviron badminton bande basket basketball bandes bateau bricolage boxe bd camping ceramique chant chorale
    cinema climbing cooking couture course cricket cuisine cyclisme cycling danse dance dessin dessinee echecs
    equitation escalade
    fishing fitness foot football footing gardening genealogie golf guitare guitar gym gymnastique handball
    hiking jardinage jardin jeux judo karate kayak lecture litterature marathon marche moto musculation musique music
    natation opera painting patisserie peche peinture petanque philatelie photographie photo piano photography plongee
    poesie potager poterie pottery randonnee randonnees reading rugby running sailing series skate ski sculpture sport
    sports surf swimming tennis theatre travel travelling tricot trail vtt velo violon violin voile volley voyage
    voyages yoga
    """
)
TELLING_LINES = 200
"""How many lines of a section are looked at to tell what it is about; those of real CVs have fewer."""
_LONGEST_HEADER = 160
_LONGEST_ITEM_WORDS = 5
_PLAIN = 2
_NAMES_SCHOOL = 3
_ENOUGH_ITEMS = 3
_ENOUGH_SKILLS = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a line shows; of a position or a course only where the line is short enough to head one."""

    period: bool = False
    """From one date to another, or to the present."""
    date: bool = False
    """A single date."""
    job: bool = False
    company: bool = False
    course: bool = False
    school: bool = False
    engineer: bool = False
    """The title of a post as well as of a degree; `job` is not set for it."""


def evidence(line: Line) -> Evidence:
    """What one line shows."""
    text = line.text
    if len(text) > _LONGEST_HEADER:
        return Evidence()
    found = find_period(text)
    rest = without_period(text, found) if found is not None else text
    parts = [part for part in _PARTS.split(rest) if part]
    names_school = institution_score(rest) > 0 and any(institution_score(part) >= _NAMES_SCHOOL for part in parts)
    placed = found is not None or names_school
    course = any(is_course(part) and (placed or _COMMAND.match(part) is None) for part in parts)
    if course and _COMMAND.match(rest) and find_skills(parts[0]):
        course = False
    scores = [] if course else list(map(title_score, dict.fromkeys([*parts, rest])))
    # One word of a job is enough beside a period: "2012 - 2016 : In-house translator".
    job = bool(scores) and (max(scores) >= _PLAIN or (found is not None and any(scores[: len(parts)])))
    engineer = bool(parts) and _ENGINEER.match(parts[0]) is not None
    return Evidence(
        period=found is not None and not found.single,
        date=found is not None and found.single,
        job=job and not engineer,
        company=any(company_score(part) >= _PLAIN for part in parts),
        course=course,
        school=not job and names_school,
        engineer=engineer,
    )


def is_course(text: str) -> bool:
    """Whether a text begins as the name of a degree, words that only resemble one aside ("but", "ingénieur")."""
    bare = _HOLDER.sub("", text.strip(" ,.-–"))
    if _FURTHER_COURSE.match(bare):
        return True
    if not starts_with_degree(bare) or _ENGINEER.match(bare):
        return False
    return _INITIALS.match(bare) is None or _CAPITALS.match(bare) is not None


def content_kind(lines: Sequence[Line]) -> SectionKind | None:
    """The kind of section that these lines make, going by the first `TELLING_LINES`; None when they do not tell."""
    telling = lines[:TELLING_LINES]
    return kind_shown(telling, list(map(evidence, telling)))


def kind_shown(lines: Sequence[Line], evidences: Sequence[Evidence]) -> SectionKind | None:
    """The same, of lines whose evidence is known."""
    pairs = list(zip(lines, evidences, strict=True))
    pairs = [(line, item) for line, item in pairs if not line.bullet] or pairs
    shown = [item for _, item in pairs]
    periods = sum(item.period for item in shown)
    jobs = sum(item.job for item in shown)
    courses = sum(item.course for item in shown)
    schools = sum(item.school for item in shown)
    engineers = sum(item.engineer for item in shown)
    if schools >= max(1, jobs):
        courses += engineers
    else:
        jobs += engineers
    dates = periods + sum(item.date for item in shown)
    held = [line for line, item in pairs if item.period or item.date or item.job]
    if 2 * sum(bool(VOLUNTEERING.search(line.text)) for line in held) > len(held):
        return "other"
    if periods and jobs > courses:
        return "experience"
    if courses and courses >= jobs:
        return "education"
    if schools and dates and not jobs:
        return "education"
    listed = _kind_of_list(lines)
    return listed if not periods or listed == "other" else None


def _kind_of_list(lines: Sequence[Line]) -> SectionKind | None:
    items = [item.strip(" .") for line in lines for item in _ITEMS.split(line.text) if item.strip(" .")]
    short = [item for item in items if len(item.split()) <= _LONGEST_ITEM_WORDS]
    if not short or 2 * len(short) < len(items):
        return None
    stated = sum(bool(find_stated_languages([line])) for line in lines)
    named = sum(map(is_language, items))
    if 2 * stated > len(lines) or 2 * named > len(items):
        return "languages"
    loved = [item for item in short if not _HOBBIES.isdisjoint(fold(item).replace("'", " ").split())]
    known = sum(category_of(item) is not None or bool(find_skills(item)) for item in short if item not in loved)
    if len(short) >= _ENOUGH_ITEMS and known >= _ENOUGH_SKILLS and 3 * known >= len(short):
        return "skills"
    return "other" if loved and 3 * len(loved) >= len(short) else None
