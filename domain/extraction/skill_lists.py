"""Skills as CVs list them: items of a skill section, with their levels, beside the skills of the vocabulary."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from domain.cv import Skill, SkillCategory, SkillLevel
from domain.extraction.dates import find_period
from domain.extraction.languages import is_language, language_level
from domain.extraction.lines import Line
from domain.extraction.skill_items import LABEL, content_of, is_item, items_of, levelled, sentences
from domain.extraction.skill_phrases import is_coded
from domain.extraction.wrapping import join_wrapped
from domain.skills import canonical, category_of, find_skills
from domain.text import fold

_TOOLS_LABEL = re.compile(
    r"environnement|technolog|stack|outils?\b|logiciels?\b|langages?\b|tools?\b|skills\b|software|competences|tech\b"
)


_LIST_SEPARATOR = re.compile(r",|(?<=\s)[|·•](?=\s)")
_FULL_LINE = 50
"""A list shorter than this was not broken for want of room."""
_ACRONYM = re.compile(r"[A-Z][A-Z0-9&/+-]{1,5}")

_NO_SKILLS = re.compile(
    r"(?:langues?(?:\(s\))? maternelles?(?:\(s\))?|autres?(?:\(s\))? langues?(?:\(s\))?|mother tongues?(?:\(s\))?"
    r"|other languages?(?:\(s\))?|permis de conduire|driving licen[cs]e(?:\(s\))?"
    r"|(?:langues?|loisirs|hobbies|interests|centres? d'interets?)(?= ?:)) ?[: ]"
)
"""Labels in the section of skills of a form that say something else."""


def read_listed_skills(lines: Sequence[Line], *, unknown: SkillCategory = "technical") -> list[Skill]:
    """The skills of a skill section in order: those of the vocabulary by their canonical names, other items as written.

    A line of prose gives the skills of the vocabulary that it mentions. `unknown` is the category of items that the
    vocabulary does not have.
    """
    found: dict[str, Skill] = {}
    whole = _join_enumerations(join_wrapped(_without_false_titles(lines)))
    for line, following in pairwise([*whole, Line("")]):
        if _is_group_title(line, following):
            continue
        if line.heading and category_of(line.text) is None and len(lines) > 1 and not _is_acronym(line, following):
            continue
        if is_language(line.text.split()[0].rstrip(":")) and language_level(line.text):
            # "Espagnol : bilingue" under "Informatique et langues".
            continue
        if _NO_SKILLS.match(fold(line.text)):
            continue
        label = LABEL.match(line.text)
        if label is not None and category_of(label.group().strip(" :")) == "tool":
            # "Excel : tableaux croisés dynamiques"
            _add(found, _skill(label.group().strip(" :"), unknown), None)
        coded = label is not None and is_coded(label.group())
        for sentence in sentences(line.text.replace(":", " ", 1) if coded else line.text):
            for skill, level in _read_sentence(sentence, bullet=line.bullet, unknown=unknown):
                _add(found, skill, level)
    return list(found.values())


def _read_sentence(sentence: str, *, bullet: bool, unknown: SkillCategory) -> Iterator[tuple[Skill, SkillLevel | None]]:
    """The skills of a list, or those of the vocabulary that a sentence mentions."""
    # A post or a course under an unknown title is no list; "Excel (depuis 2015)" is one.
    period = find_period(sentence)
    dated = period is not None and not period.single and not period.is_current
    items = None if dated else items_of(sentence, bullet=bullet)
    if items is None:
        yield from ((skill, None) for skill in find_skills(content_of(sentence)))
        return
    for item in items:
        name, level = levelled(item)
        if category_of(name) is not None or is_item(name):
            yield _skill(name, unknown), level
        elif " " in name:
            yield from ((skill, level) for skill in find_skills(name))


def listed_tools(lines: Sequence[Line]) -> list[Skill]:
    """The skills of the lines of a description that list its means ("Environnement technique : Java, Nastran")."""
    labelled = [
        line for line in lines if (label := LABEL.match(line.text)) and _TOOLS_LABEL.search(fold(label.group()))
    ]
    return read_listed_skills([Line(line.text) for line in labelled], unknown="tool")


def merge_skills(*groups: Sequence[Skill]) -> list[Skill]:
    """The groups one after the other, each skill once, with the first level given."""
    found: dict[str, Skill] = {}
    for group in groups:
        for skill in group:
            _add(found, skill, skill.level)
    return list(found.values())


def _without_false_titles(lines: Sequence[Line]) -> list[Line]:
    """The lines with those unmarked that go on with the long list above them ("… outils" / "## numériques, …")."""
    plain: list[Line] = []
    in_list = False
    for line in lines:
        small = line.text[0].islower()
        if plain and small and in_list and _is_cut_list(plain[-1], line):
            plain.append(replace(line, heading=False, gap=False, level=0))
            continue
        # A list in small letters throughout does not show where its lines go on.
        in_list = not (small or line.heading)
        plain.append(line)
    return plain


def _is_cut_list(above: Line, line: Line) -> bool:
    full = len(above.text) >= _FULL_LINE and "," in above.text and above.text[-1] not in ".;:,"
    return full and not line.bullet and ("," in line.text or above.text[-1] == "-")


def _join_enumerations(lines: Sequence[Line]) -> list[Line]:
    """A comma list that a line end broke inside an item ("Gestion d'équipe, Power" above "BI, Excel")."""
    joined: list[Line] = []
    for line in lines:
        if joined and _breaks_an_item(joined[-1].text, line):
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text} {line.text}")
        else:
            joined.append(line)
    return joined


def _is_group_title(line: Line, following: Line) -> bool:
    """ "Commerciales" above its bullets."""
    if line.bullet or not following.bullet or category_of(line.text) is not None:
        return False
    return len(items_of(line.text, bullet=False) or [""]) == 1


def _is_acronym(line: Line, following: Line) -> bool:
    """ "TIG" in a list of one item a line: its capitals are no mark of a title, which stands above several items."""
    if line.bullet or following.bullet or not _ACRONYM.fullmatch(line.text):
        return False
    return following.heading or not following.text or len(items_of(following.text, bullet=False) or []) == 1


def _breaks_an_item(above: str, line: Line) -> bool:
    separators = _LIST_SEPARATOR.findall(above)
    if not separators or above[-1] in ".,;:" or line.bullet or line.gap:
        return False
    last, first = _LIST_SEPARATOR.split(above)[-1], _LIST_SEPARATOR.split(line.text, maxsplit=1)[0]
    goes_on = line.text[0].islower() and "," in separators
    return goes_on or category_of(f"{last.strip()} {first.strip()}") is not None


def _add(found: dict[str, Skill], skill: Skill, level: SkillLevel | None) -> None:
    key = fold(skill.name)
    known = found.get(key)
    if known is None:
        found[key] = skill.model_copy(update={"level": level})
    elif known.level is None and level is not None:
        found[key] = known.model_copy(update={"level": level})


def _skill(name: str, unknown: SkillCategory) -> Skill:
    category = category_of(name)
    return Skill(name=name, category=unknown) if category is None else Skill(name=canonical(name), category=category)
