"""French words of the explanations: numbers of years, languages, education levels."""

from collections.abc import Iterable
from typing import Final

from domain.cv import LANGUAGE_LEVELS, EducationLevel

_LANGUAGES: Final = {
    "ar": "arabe",
    "bg": "bulgare",
    "cs": "tchèque",
    "da": "danois",
    "de": "allemand",
    "el": "grec",
    "en": "anglais",
    "es": "espagnol",
    "fi": "finnois",
    "fr": "français",
    "he": "hébreu",
    "hi": "hindi",
    "hu": "hongrois",
    "it": "italien",
    "ja": "japonais",
    "ko": "coréen",
    "nl": "néerlandais",
    "no": "norvégien",
    "pl": "polonais",
    "pt": "portugais",
    "ro": "roumain",
    "ru": "russe",
    "sv": "suédois",
    "tr": "turc",
    "uk": "ukrainien",
    "vi": "vietnamien",
    "zh": "chinois",
}


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
