"""How well a skill is mastered, from the words CVs use in French and English."""

import re

from domain.cv import SkillLevel
from domain.text import fold

_LEVEL_WORDS: tuple[tuple[SkillLevel, str], ...] = (
    ("EXPERT", r"experte?|expertise|maitrise|mastery|specialiste|maitrise (?:parfaite|totale)|parfaite maitrise"),
    (
        "ADVANCED",
        r"avancee?s?|advanced|confirmee?|courant|proficient|tres bon(?:ne)?(?: niveau| maitrise)?|solide|strong"
        r"|very good|utilisat(?:eur|rice) avancee?|usage quotidien|utilisation quotidienne|daily use"
        r"|(?:advanced|power) user",
    ),
    (
        "INTERMEDIATE",
        r"intermediaire|intermediate|moyen|bon(?:ne)?(?: niveau| maitrise)?|good|operationnel(?:le)?|autonome"
        r"|bonnes? connaissances?|usage regulier|utilisation reguliere|regular use|working knowledge",
    ),
    (
        "BEGINNER",
        r"debutante?|beginner|notions?|bases?|basique|basics?|junior|novice|initiation|elementaire"
        r"|connaissances? de base|basic (?:knowledge|user)|quelques notions",
    ),
)
_LEVELS = tuple(
    (level, re.compile(rf"(?:niveau |level ?:? ?)?(?:{words})(?: level)?")) for level, words in _LEVEL_WORDS
)


def skill_level(text: str) -> SkillLevel | None:
    """The level that a text names and nothing else ("niveau avancé", "expert")."""
    folded = fold(text).strip(" .()")
    return next((level for level, pattern in _LEVELS if pattern.fullmatch(folded)), None)
