"""Job domains (finance, sales, software, health…): the curated table, and guesses from titles, fields and skills."""

import json
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from domain.matching.titles import normalise
from domain.skills import canonical

_DATA = json.loads((Path(__file__).parents[1] / "data" / "job_domains.json").read_text(encoding="utf-8"))["domains"]


def _phrases(part: str) -> tuple[tuple[str, str], ...]:
    pairs = {(normalise(phrase), key) for key, entry in _DATA.items() for phrase in entry[part]}
    return tuple(sorted((f" {phrase} ", key) for phrase, key in pairs if phrase))


_TITLES: Final = _phrases("titles")
_FIELDS: Final = _phrases("fields")
_SKILLS: Final[dict[str, list[str]]] = {}
for _key, _entry in _DATA.items():
    for _skill in _entry["skills"]:
        _SKILLS.setdefault(canonical(_skill), []).append(_key)


def label(domain: str) -> str:
    """The French name of a domain."""
    name: str = _DATA[domain]["label"]
    return name


@lru_cache(maxsize=8192)  # offers of one trade have the same few titles
def of_title(title: str) -> frozenset[str]:
    """Domains that a normalised title names; empty when it names none ("chef projet")."""
    padded = f" {title} "
    return frozenset(domain for phrase, domain in _TITLES if phrase in padded)


def of_field(field: str) -> frozenset[str]:
    """Domains that a field of study or a degree prepares for; empty when unknown."""
    padded = f" {normalise(field)} "
    return frozenset(domain for phrase, domain in (*_FIELDS, *_TITLES) if phrase in padded)


def of_skills(skills: Iterable[str]) -> frozenset[str]:
    """The domains to which most of these canonical skills belong; all of the first ones when they tie."""
    counts = Counter(domain for skill in skills for domain in _SKILLS.get(skill, ()))
    best = max(counts.values(), default=0)
    return frozenset(domain for domain, count in counts.items() if count == best)
