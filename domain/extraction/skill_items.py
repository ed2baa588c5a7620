"""The items of one line of a skill list, cut where the CV cuts them: labels, ratings and levels taken off."""

import re

from domain.cv import SkillLevel
from domain.extraction.languages import is_language, language_level
from domain.extraction.lines import COLUMN, is_upper
from domain.extraction.section_titles import KIND_OF_TITLE
from domain.extraction.words import names
from domain.skills import category_of
from domain.text import fold

_LEVEL_WORDS: tuple[tuple[SkillLevel, str], ...] = (
    ("EXPERT", r"experte?|expertise|maitrise|mastery|specialiste"),
    (
        "ADVANCED",
        r"avancee?s?|advanced|confirmee?|courant|proficient|tres bon(?:ne)?(?: niveau)?|solide|strong|very good",
    ),
    (
        "INTERMEDIATE",
        r"intermediaire|intermediate|moyen|bon(?:ne)?(?: niveau| maitrise)?|good|operationnel(?:le)?|autonome",
    ),
    ("BEGINNER", r"debutante?|beginner|notions?|bases?|basique|basics?|junior|novice|initiation|elementaire"),
)
_LEVELS = tuple(
    (level, re.compile(rf"(?:niveau |level ?:? ?)?(?:{words})(?: level)?")) for level, words in _LEVEL_WORDS
)
LABEL = re.compile(r"^([^:]{2,45}?)\s*:\s+(?=\S)|^([^:]{2,45}?)\s*:$")
"""A label before the items of a line ("Langages : Python, C")."""
_SEPARATOR = re.compile(rf"\s*(?:[,;|•·●▪]\s+|\s/\s|{COLUMN}|\s[|•·●▪]|,(?=\S))\s*")
_DASH = re.compile(r"\s+[-–—]\s+")
_AND = re.compile(r"\s+(?:et|and|&)\s+")
_RATING = re.compile(r"\s*(?:[○●◐■□▪▫◯▰▱█░★☆⬤](?:\s?[○●◐■□▪▫◯▰▱█░★☆⬤])+)")
_SCORE = re.compile(r"\s*(?:\(?\d{1,3}\s?%\)?|\(?\b\d{1,2}\s?/\s?(?:5|10|20)\b\)?)\s*$")
_YEARS = re.compile(
    r"\s*\(?\d{1,2}\+?\s*(?:ans?|years?|yrs?)(?:\s+d['’]exp[ée]rience|\s+experience)?\)?\s*$", re.IGNORECASE
)
_LEVELLED = re.compile(
    r"^(?P<name>.+?)\s*(?:\(\s*(?P<in>[^()]+?)\s*\)|\s[-–—:]\s*(?P<after>[^-–—:]+)|:\s*(?P<colon>[^:]+))$"
)
_KNOWLEDGE = re.compile(
    r"^(?:(?:bonne?s?|tr[èe]s\s+bonne?s?|parfaite?|solides?|good|strong|working|solid|excellent)\s+)?"
    r"(?:ma[îi]trise|connaissances?|pratique|utilisation|notions?|bases?|usage|knowledge|command|proficiency|experience|"
    r"use|familiarity|proficient|fluent|experienced)\s+"
    r"(?:(?:de\s+la|de\s+l['’]|de|du|des|d['’]|en|sur|avec|of|in|with)\s*)(?:(?:logiciels?|outils?|software)\s+)?(?=\S)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"^(.*?)\s*\(([^()]*[,/][^()]*)\)$")
_NO_SKILLS = names(
    """
    etc | etc. | divers | autres | others | and more | langue maternelle | langues maternelles | mother tongue
    mother tongues | autres langues | other languages | langue | langues | personnelles | professionnelles | techniques
    technique | informatiques | systemes | systeme | langages | langage | frameworks | framework | bases de donnees
    base de donnees | databases | database | methodes | methode | methodologies | bureautique | outils | logiciels
    operating systems | systemes d'exploitation | programming | programmation | web | other | tools | software
    transversales | relationnelles | organisationnelles | manageriales | metier | metiers | permis b | permis
    autre langue | other language | curriculum vitae | europass | page
    driving licence | driving license | interests | niveau | level | savoir | competence | skill | digital
    """
)
_NUMBERS = re.compile(r"[\d\W]+(?:(?:et|and|a|to)\b[\d\W]+)*")
_MAX_WORDS = 6
_MAX_ITEM = 60
_MAX_LINE_WORDS = 6


def items_of(text: str, *, bullet: bool) -> list[str] | None:
    """The items of a list line, without its label; None of a line of prose.

    >>> items_of("Langages : Python, C++ ; A/B testing", bullet=False)
    ['Python', 'C++', 'A/B testing']
    """
    content = content_of(_RATING.sub(COLUMN, _SCORE.sub("", text)).strip(f"{COLUMN} "))
    labelled = content != text
    if not (labelled or _is_list(content, bullet=bullet)):
        return None
    items: list[str] = []
    for piece in _pieces(content):
        if nested := _BRACKETS.match(piece):
            items.extend(part for part in (nested.group(1), *re.split(r"\s*[,/]\s*", nested.group(2))) if part)
        else:
            items.extend(_known_parts(piece))
    return [item.strip(" ;,:-–—|") if item.strip().startswith(".") else item.strip(" .;,:-–—|") for item in items]


def content_of(text: str) -> str:
    """A line without its label ("Langages : …"); "Excel : avancé" is an item and its level, not a label."""
    label = LABEL.match(text)
    if label is not None:
        return text if skill_level(text[label.end() :]) is not None else text[label.end() :]
    name, column, rest = text.partition(COLUMN)
    # "Langages" in a column of its own beside "Python, Scala".
    return rest if column and "," in rest and "," not in name and COLUMN not in rest else text


def skill_level(text: str) -> SkillLevel | None:
    """The level that a text names and nothing else ("niveau avancé", "expert")."""
    folded = fold(text).strip(" .()")
    return next((level for level, pattern in _LEVELS if pattern.fullmatch(folded)), None)


def levelled(item: str) -> tuple[str, SkillLevel | None]:
    """An item and the level written beside it: "Python (avancé)", "Excel : expert", "Java débutant"."""
    item = _YEARS.sub("", _SCORE.sub("", item)).strip()
    if match := _LEVELLED.match(item):
        level = skill_level(match["in"] or match["after"] or match["colon"])
        if level is not None:
            return match["name"].strip(), level
    words = item.split()
    if 2 <= len(words) <= 5 and (level := skill_level(words[-1])) is not None:
        return " ".join(words[:-1]), level
    bare = _KNOWLEDGE.sub("", item)
    return (bare, None) if bare != item and category_of(bare) is not None else (item, None)


def is_item(name: str) -> bool:
    """Whether an item of a list may be a skill that no vocabulary knows."""
    words = name.split()
    if not 1 <= len(words) <= _MAX_WORDS or not 2 <= len(name) <= _MAX_ITEM:
        return False
    if not any(c.isalpha() for c in name) or any(c in name for c in "@:!?") or name.count("(") != name.count(")"):
        return False
    if skill_level(name) is not None or is_language(name) or (is_language(words[0]) and language_level(name)):
        return False
    folded = fold(name)
    if _NUMBERS.fullmatch(folded):
        return False
    return not (is_upper(name) and len(name) > 40) and folded not in _NO_SKILLS and folded not in KIND_OF_TITLE


def _is_list(text: str, *, bullet: bool) -> bool:
    words = len(text.split())
    if words <= _MAX_LINE_WORDS:
        return not text.endswith(".") or bullet
    pieces = _pieces(text)
    enough = len(pieces) >= (2 if not text.endswith(".") else 3)
    return enough and words / len(pieces) <= _MAX_WORDS - 2


def _pieces(text: str) -> list[str]:
    """Items separated by commas and the like, where brackets keep their content together."""
    parts = _SEPARATOR.split(text)
    dashed = [part for part in _DASH.split(text) if part]
    if len(parts) == 1 and len(dashed) > 1 and (len(dashed) > 2 or all(map(category_of, dashed))):
        parts = dashed
    pieces: list[str] = []
    open_bracket = ""
    for part in parts:
        joined = f"{open_bracket}, {part}" if open_bracket else part
        if joined.count("(") > joined.count(")"):
            open_bracket = joined
        else:
            open_bracket = ""
            pieces.append(joined)
    if open_bracket:
        pieces.append(open_bracket)
    return [piece for piece in pieces if piece.strip()]


def _known_parts(item: str) -> list[str]:
    """ "HTML/CSS" and "Word et Excel" are two skills, "A/B testing" and "Santé et sécurité" one."""
    if category_of(item) is not None:
        return [item]
    for separator in (re.compile("/"), _AND):
        parts = separator.split(item)
        if len(parts) > 1 and all(category_of(part) is not None for part in parts):
            return parts
    return [item]
