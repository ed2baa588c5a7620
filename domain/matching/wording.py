"""French words of the explanations: numbers of years, languages, education levels."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from domain.cv import LANGUAGE_LEVELS, EducationLevel

_LANGUAGES: Final[dict[str, str]] = json.loads(
    (Path(__file__).parents[1] / "data" / "languages.json").read_text(encoding="utf-8")
)["names"]


def years(count: float) -> str:
    """A number of years: "1 an", "2,5 ans"."""
    rounded = round(count, 1)
    text = f"{rounded:g}".replace(".", ",")
    return f"{text} an" if rounded < 2 else f"{text} ans"


def language(code: str, rank: int) -> str:
    """A language with its level, where there is one: "anglais (B2)"."""
    name = _LANGUAGES.get(code, code)
    if rank < 0:
        return name
    level = LANGUAGE_LEVELS[rank]
    return f"{name} (langue maternelle)" if level == "native" else f"{name} ({level})"


def education(level: EducationLevel) -> str:
    return "sans diplôme" if level == "none" else level


def listed(items: Iterable[str], most: int = 6) -> str:
    """Items between commas, the first `most` of them."""
    shown = list(items)
    rest = len(shown) - most
    return ", ".join(shown[:most]) + (f" et {rest} autre{'s' if rest > 1 else ''}" if rest > 0 else "")
