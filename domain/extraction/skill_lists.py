"""Skills as CVs list them: items of a skill section, with their levels, beside the skills of the vocabulary."""

import re
from collections.abc import Sequence
from dataclasses import replace

from domain.cv import Skill, SkillCategory, SkillLevel
from domain.extraction.languages import is_language, language_level
from domain.extraction.lines import COLUMN, Line, is_upper
from domain.extraction.wrapping import join_wrapped
from domain.skills import canonical, category_of, find_skills
from domain.text import fold

_LEVEL_WORDS: tuple[tuple[SkillLevel, str], ...] = (
    ("EXPERT", r"experte?|expertise|maitrise|mastery|specialiste"),
    (
        "ADVANCED",
        r"avancee?|advanced|confirmee?|courant|proficient|tres bon(?:ne)?(?: niveau)?|solide|strong|very good",
    ),
    (
        "INTERMEDIATE",
        r"intermediaire|intermediate|moyen|bon(?:ne)?(?: niveau| maitrise)?|good|operationnel(?:le)?|autonome",
    ),
    ("BEGINNER", r"debutante?|beginner|notions?|bases?|basique|basic|junior|novice|initiation|elementaire"),
)
_LEVELS = tuple(
    (level, re.compile(rf"(?:niveau |level ?:? ?)?(?:{words})(?: level)?")) for level, words in _LEVEL_WORDS
)
_LABEL = re.compile(r"^([^:]{2,45}?)\s*:\s+(?=\S)|^([^:]{2,45}?)\s*:$")
_ITEMS = re.compile(rf"\s*(?:[,;|•·●▪/]\s+|{COLUMN}|\s[|•·●▪]|,(?=\S))\s*|\s+(?:et|and)\s+(?=\S+$)")
_TOOLS_LABEL = re.compile(
    r"environnement|technolog|stack|outils?\b|logiciels?\b|langages?\b|tools?\b|skills\b|software|competences|tech\b"
)
_SLASH = re.compile(r"\s*/\s*")
_LEVELLED = re.compile(
    r"^(?P<name>.+?)\s*(?:\(\s*(?P<in>[^()]+?)\s*\)|\s[-–—:]\s*(?P<after>[^-–—:]+)|:\s*(?P<colon>[^:]+))$"
)
_BAR = re.compile(
    r"\s*(?:[★☆●○◐■□▪▫⬤◯▰▱█░]{2,}(?:\s*[★☆●○◐■□▪▫⬤◯▰▱█░])*|\(?\d{1,3}\s?%\)?|\(?\b\d{1,2}\s?/\s?(?:5|10)\b\)?)\s*$"
)
_YEARS = re.compile(
    r"\s*\(?\d{1,2}\+?\s*(?:ans?|years?|yrs?)(?:\s+d['’]exp[ée]rience|\s+experience)?\)?\s*$", re.IGNORECASE
)
_BRACKETS = re.compile(r"^(.*?)\s*\(([^()]*[,/][^()]*)\)$")
_MAX_WORDS = 4
_MAX_ITEM = 45


def read_listed_skills(lines: Sequence[Line], *, unknown: SkillCategory = "technical") -> list[Skill]:
    """The skills of a skill section in order: those of the vocabulary by their canonical names, and short list items.

    `unknown` is the category of items that the vocabulary does not have.
    """
    found: dict[str, Skill] = {}
    for line in _join_enumerations(join_wrapped(lines)):
        if line.heading and category_of(line.text) is None and len(lines) > 1:
            continue
        if is_language(line.text.split()[0].rstrip(":")) and language_level(line.text):
            # "Espagnol : bilingue" under "Informatique et langues".
            continue
        text = _BAR.sub("", line.text)
        in_line = {skill.name: skill for skill in find_skills(_content(text))}
        for item in _items(text, is_list=line.bullet or len(text.split()) <= _MAX_WORDS or _is_enumeration(text)):
            name, level = _levelled(item)
            known = {skill.name: skill for skill in find_skills(name)} or _by_name(name)
            if not known and _is_item(name):
                known = {name: Skill(name=name, category=unknown)}
            for skill in known.values():
                in_line.pop(skill.name, None)
                _add(found, skill, level)
        for skill in in_line.values():
            _add(found, skill, None)
    return list(found.values())


def listed_tools(lines: Sequence[Line]) -> list[Skill]:
    """The skills of the lines of a description that list its means ("Environnement technique : Java, Nastran")."""
    labelled = [
        line for line in lines if (label := _LABEL.match(line.text)) and _TOOLS_LABEL.search(fold(label.group()))
    ]
    return read_listed_skills([Line(line.text) for line in labelled], unknown="tool")


def merge_skills(*groups: Sequence[Skill]) -> list[Skill]:
    """The groups one after the other, each skill once, with the first level given."""
    found: dict[str, Skill] = {}
    for group in groups:
        for skill in group:
            _add(found, skill, skill.level)
    return list(found.values())


def _join_enumerations(lines: Sequence[Line]) -> list[Line]:
    """A comma list that a line end broke inside an item ("Gestion d'équipe, Team" above "leadership, Excel")."""
    joined: list[Line] = []
    for line in lines:
        above = joined[-1] if joined else None
        if (
            above
            and "," in above.text
            and above.text[-1] not in ".,;:"
            and not line.bullet
            and not line.gap
            and line.text[0].islower()
        ):
            joined[-1] = replace(above, text=f"{above.text} {line.text}")
        else:
            joined.append(line)
    return joined


def _add(found: dict[str, Skill], skill: Skill, level: SkillLevel | None) -> None:
    key = fold(skill.name)
    known = found.get(key)
    if known is None:
        found[key] = skill.model_copy(update={"level": level})
    elif known.level is None and level is not None:
        found[key] = known.model_copy(update={"level": level})


def _by_name(name: str) -> dict[str, Skill]:
    category = category_of(name)
    return {} if category is None else {canonical(name): Skill(name=canonical(name), category=category)}


def _is_enumeration(text: str) -> bool:
    label = _LABEL.match(text)
    content = text[label.end() :] if label else text
    items = [item for item in _ITEMS.split(content) if item]
    return (
        len(items) >= 2
        and sum(len(item.split()) for item in items) / len(items) <= _MAX_WORDS
        and not content.endswith(".")
    )


def _items(text: str, *, is_list: bool) -> list[str]:
    """The items of a list line, without its label; none of a line of prose."""
    content = _content(text)
    if not is_list and content == text:
        return []
    items: list[str] = []
    for item in _split_outside_brackets(content):
        if nested := _BRACKETS.match(item):
            items.extend(part for part in (nested.group(1), *re.split(r"\s*[,/]\s*", nested.group(2))) if part)
        elif "/" in item and category_of(item) is None and len(item.split()) <= _MAX_WORDS:
            items.extend(_SLASH.split(item))
        else:
            items.append(item)
    return [item.strip(" .;,:-–—|") if not item.strip().startswith(".") else item.strip(" ;,:-–—|") for item in items]


def _content(text: str) -> str:
    """A line without its label ("Langages : …"); "Excel : avancé" is an item and its level, not a label."""
    label = _LABEL.match(text)
    return text if label is None or skill_level(text[label.end() :]) is not None else text[label.end() :]


def _split_outside_brackets(text: str) -> list[str]:
    """Items separated by commas and the like, where brackets keep their content together."""
    pieces: list[str] = []
    open_bracket = ""
    for piece in _ITEMS.split(text):
        joined = f"{open_bracket}, {piece}" if open_bracket else piece
        if joined.count("(") > joined.count(")"):
            open_bracket = joined
        else:
            open_bracket = ""
            pieces.append(joined)
    if open_bracket:
        pieces.append(open_bracket)
    return [piece for piece in pieces if piece.strip()]


def skill_level(text: str) -> SkillLevel | None:
    """The level that a text names and nothing else ("niveau avancé", "expert")."""
    folded = fold(text).strip(" .()")
    return next((level for level, pattern in _LEVELS if pattern.fullmatch(folded)), None)


def _levelled(item: str) -> tuple[str, SkillLevel | None]:
    """An item and the level written beside it: "Python (avancé)", "Excel : expert", "Java débutant"."""
    item = _YEARS.sub("", _BAR.sub("", item)).strip()
    if match := _LEVELLED.match(item):
        level = skill_level(match["in"] or match["after"] or match["colon"])
        if level is not None:
            return match["name"].strip(), level
    words = item.split()
    if 2 <= len(words) <= 5 and (level := skill_level(words[-1])) is not None:
        return " ".join(words[:-1]), level
    return item, None


def _is_item(name: str) -> bool:
    words = name.split()
    if not 1 <= len(words) <= _MAX_WORDS or not 2 <= len(name) <= _MAX_ITEM:
        return False
    if not any(c.isalpha() for c in name) or any(c in name for c in "@:!?") or name.count("(") != name.count(")"):
        return False
    folded = fold(name)
    if skill_level(name) is not None or is_language(name) or (is_language(words[0]) and language_level(name)):
        return False
    return not (is_upper(name) and len(name) > 25) and folded not in (
        "etc",
        "etc.",
        "divers",
        "autres",
        "others",
        "and more",
    )
