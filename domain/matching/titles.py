"""Job titles: their normal form, without gender marks or seniority, and how alike two of them are."""

import json
import re
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz

from domain.text import fold

_DATA = json.loads((Path(__file__).parents[1] / "data" / "job_domains.json").read_text(encoding="utf-8"))
_NOISE: Final = frozenset(fold(word) for word in _DATA["title_noise"])
_SAME_WORD: Final = {fold(form): fold(word) for word, forms in _DATA["title_words"].items() for form in forms}
_RANKS: Final = frozenset(fold(word) for word in _DATA["title_ranks"])
# A head of something, not a cook: "chef de projet", but "chef de cuisine".
_HEAD_OF = re.compile(r"\bcheff?e? (?:de |du |d')(?!cuisine|partie|rang)")
_WORD = re.compile(r"[^\W_]+[+#]*")
# "développeur.euse", "assistant(e)", "chargé·e": the feminine ending, not a word of its own.
_GENDER_MARK = re.compile(r"(?<=\w)[(/.·•\-]{1,2}(?:e|es|se|euse|ice|trice|rice|ne|ere|re|fe|ve|te)\)?(?!\w)")
_LONGEST: Final = 200

CHANCE_LIKENESS: Final = 0.5
"""Titles less alike than this share letters, not meaning: they count as different (0)."""


def normalise(title: str) -> str:
    """The words of a title that say the job, each once: "Développeuse Python Senior (H/F)" → "developpeur python".

    English words and feminine forms become one French form. Words that state a rank ("responsable", "chef de") say
    nothing of the trade, and count only where nothing else is said. Only the first 200 characters are read.
    """
    folded = _HEAD_OF.sub("", _GENDER_MARK.sub("", fold(title[:_LONGEST]).replace("’", "'")))
    words = dict.fromkeys(_SAME_WORD.get(word, word) for word in _WORD.findall(folded))
    told = [word for word in words if word not in _NOISE]
    return " ".join([word for word in told if word not in _RANKS] or told)


def similarity(a: str, b: str) -> float:
    """Likeness of two normalised titles in [0, 1], by their sets of words; 0 under `CHANCE_LIKENESS`."""
    return fuzz.token_set_ratio(a, b, score_cutoff=CHANCE_LIKENESS * 100) / 100
