"""The skills vocabulary: canonical names, aliases, categories and kinship, and the search for skills in running text.

The vocabulary is `data/skills.json`. A form of a skill (its name or an alias) may be restricted there because it is
also an ordinary word: `cased` forms count as written, or in an enumeration of skills; `listed` forms only in such
an enumeration.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from domain.cv import Skill, SkillCategory
from domain.text import fold

_DATA = Path(__file__).parent / "data" / "skills.json"

# Words, ".net" as a word of its own, and the symbols that tell C, C++, C# and R&D apart.
_TOKEN = re.compile(r"(?<![^\W_])\.net(?![^\W_])|[^\W_]+|[+#&]+")
_SYMBOLS = frozenset("+#&")
_GAP = re.compile(r"[ \t]{1,3}|[ \t]{0,3}\n[ \t]{0,3}|[-/'._]| ?/ ?")
_CHUNK = re.compile(r"\S+")
_LINK = re.compile(r"@|://|^www\.|^\(?(?:github|gitlab|linkedin)\.com/")
_BRACKETED = re.compile(r" ?[(\[][^()\[\]]*[)\]]$")
_VERSION = re.compile(r"(?:(?<=[^\W\d_]{3})| )v?\d[\d.]*(?:\.x)?\+?$")
_LIST_MARKS = frozenset("\n,;/|:()[]{}•·●▪◦‣■–—*\u2022\uf0b7")
_LIST_WORD_BEFORE = re.compile(r"(?:^|[\s,;])(?:et|and|ou|or|-)[ \t]+$")
_LIST_WORD_AFTER = re.compile(r"[ \t]+(?:et|and|ou|or|-)[ \t]")
_LIST_LABEL = re.compile(
    r"\b(?:langages?|languages?|programm\w*|informatiques?|logiciels?|softwares?|tools?|outils?|skills?|"
    r"competences?|technolog\w*|frameworks?|stack|technique[s]?|environnement)\b"
)
_LICENCE = re.compile(r"\b(?:permis|licen[cs]e|habilitations?|caces)\b")
_LONGEST_NAME = 120

_Use = Literal["free", "cased", "listed"]


class _Flattening(dict[int, str]):
    """Character map to lower case without accents that keeps every position: one character in, one out."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = unicodedata.normalize("NFKD", char.lower())
        flat = folded[0] if folded and (len(folded) == 1 or unicodedata.combining(folded[1])) else char
        if len(self) < 10_000:  # a text of every code point must not fill the memory
            self[code] = flat
        return flat


_FLATTENING = _Flattening({ord("’"): "'", ord("‘"): "'", ord("\u2011"): "-", ord("\u00a0"): " ", ord("\r"): "\n"})


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to write a skill, as its tokens; `spellings` are the exact ones that a cased form accepts."""

    tokens: tuple[str, ...]
    name: str
    use: _Use
    spellings: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    categories: Mapping[str, SkillCategory]
    names_by_key: Mapping[str, str]
    forms: Mapping[tuple[str, ...], _Form]
    longest_by_token: Mapping[str, int]
    kin: Mapping[str, frozenset[str]]


def _flat(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(_FLATTENING)


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(_flat(text)))


def _key(name: str) -> str:
    """What identifies a name whatever its separators: "Node.js", "node js" and "NodeJS" share one key."""
    return "".join(_tokens(name))


def _forms_of(entry: Mapping[str, Any]) -> list[_Form]:
    restricted: dict[tuple[str, ...], tuple[_Use, set[str]]] = {}
    uses: tuple[_Use, ...] = ("cased", "listed")
    for use in uses:
        for spelling in entry.get(use, ()):
            restricted.setdefault(_tokens(spelling), (use, set()))[1].add(spelling)
    written = [entry["name"], *entry.get("aliases", ()), *entry.get("cased", ()), *entry.get("listed", ())]
    forms = []
    for tokens in dict.fromkeys(map(_tokens, written)):
        use, spellings = restricted.get(tokens, ("free", set()))
        forms.append(_Form(tokens, entry["name"], use, frozenset(spellings)))
    return forms


def _load(path: Path) -> _Vocabulary:
    """The vocabulary of a file; ValueError when two skills share a form or a relation names an unknown skill."""
    data = json.loads(path.read_text(encoding="utf-8"))
    categories: dict[str, SkillCategory] = {}
    names_by_key: dict[str, str] = {}
    forms: dict[tuple[str, ...], _Form] = {}
    longest: dict[str, int] = {}
    for entry in data["skills"]:
        if entry["category"] not in get_args(SkillCategory) or entry["name"] in categories:
            raise ValueError(f"bad vocabulary entry: {entry['name']}")
        categories[entry["name"]] = entry["category"]
        for form in _forms_of(entry):
            key = "".join(form.tokens)
            if names_by_key.setdefault(key, form.name) != form.name:
                raise ValueError(f"two skills share a form: {form.name} and {names_by_key[key]}")
            forms[form.tokens] = form
            longest[form.tokens[0]] = max(longest.get(form.tokens[0], 0), len(form.tokens))
    kin: dict[str, set[str]] = {name: set() for name in categories}
    pairs = [(a, b) for group in data["siblings"] for a in group for b in group if a != b]
    pairs += [(parent, child) for parent, children in data["parents"].items() for child in children]
    for a, b in pairs:
        if a not in kin or b not in kin:
            raise ValueError(f"relation with an unknown skill: {a} ~ {b}")
        kin[a].add(b)
        kin[b].add(a)
    return _Vocabulary(
        MappingProxyType(categories),
        MappingProxyType(names_by_key),
        MappingProxyType(forms),
        MappingProxyType(longest),
        MappingProxyType({name: frozenset(others) for name, others in kin.items()}),
    )


_VOCABULARY = _load(_DATA)


def canonical(name: str) -> str:
    """The vocabulary's display name of a skill, or the folded name when the vocabulary does not know it.

    Case, accents, separators, a final version number and a final remark in brackets do not count.

    >>> canonical("postgres"), canonical("Node JS"), canonical("Java 17"), canonical("Élevage  bovin")
    ('PostgreSQL', 'Node.js', 'Java', 'elevage bovin')
    """
    if name in _VOCABULARY.categories:
        return name
    folded = fold(name)
    if len(folded) > _LONGEST_NAME:
        return folded
    bare = _BRACKETED.sub("", folded)
    for variant in (folded, bare, _VERSION.sub("", bare)):
        known = _VOCABULARY.names_by_key.get(_key(variant))
        if known is not None:
            return known
    return folded


def category_of(name: str) -> SkillCategory | None:
    """The category of a skill, however it is written; None when the vocabulary does not know it."""
    return _VOCABULARY.categories.get(canonical(name))


def related_skills(name: str) -> frozenset[str]:
    """Canonical names of the parents, children and siblings of a skill; empty when it is unknown."""
    return _VOCABULARY.kin.get(canonical(name), frozenset())


def related(a: str, b: str) -> bool:
    """Whether two different skills are kin: one the parent of the other, or siblings (FastAPI and Flask)."""
    return canonical(b) in related_skills(a)


@dataclass(frozen=True, slots=True)
class _Found:
    form: _Form
    start: int
    end: int
    line: int


def _without_links(text: str) -> str:
    """The text with e-mail and web addresses blanked out, positions kept: "python" in an address is not a skill."""
    return _CHUNK.sub(lambda m: " " * len(m[0]) if _LINK.search(m[0]) else m[0], text)


def _occurrences(flat: str) -> list[_Found]:
    """Every form in the text, the longest first at each place, none overlapping another."""
    spans = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(flat)]
    lines, line, seen = [], 0, 0
    for _, start, _ in spans:
        line += flat.count("\n", seen, start)
        seen = start
        lines.append(line)
    found: list[_Found] = []
    i = 0
    while i < len(spans):
        longest = _VOCABULARY.longest_by_token.get(spans[i][0], 0)
        step = 1
        for n in range(min(longest, len(spans) - i), 0, -1):
            form = _VOCABULARY.forms.get(tuple(token for token, _, _ in spans[i : i + n]))
            if form is not None and all(_joined(flat, *spans[j], *spans[j + 1]) for j in range(i, i + n - 1)):
                found.append(_Found(form, spans[i][1], spans[i + n - 1][2], lines[i]))
                step = n
                break
        i += step
    return found


def _joined(flat: str, a: str, a_start: int, a_end: int, b: str, b_start: int, b_end: int) -> bool:
    """Whether two neighbouring tokens can belong to one name: symbols touch, words are apart by one separator."""
    if a[0] in _SYMBOLS or b[0] in _SYMBOLS:
        return a_end == b_start or (a[0] in _SYMBOLS and flat[a_end:b_start] == " ")
    return a_end == b_start or (b_start - a_end <= 8 and _GAP.fullmatch(flat, a_end, b_start) is not None)


def _is_list_item(flat: str, start: int, end: int) -> bool:
    """Whether the span stands alone between list marks: commas, bullets, line ends, "et"."""
    before = start
    while before > 0 and flat[before - 1] in " \t":
        before -= 1
    after = end
    while after < len(flat) and flat[after] in " \t":
        after += 1
    opened = before == 0 or flat[before - 1] in _LIST_MARKS
    closed = (
        after == len(flat)
        or flat[after] in _LIST_MARKS
        or (flat[after] == "." and not flat[after + 1 : after + 2].strip())
    )
    opened = opened or _LIST_WORD_BEFORE.search(flat[max(0, start - 8) : start]) is not None
    closed = closed or _LIST_WORD_AFTER.match(flat, end) is not None
    return opened and closed


@dataclass(frozen=True, slots=True)
class Mention:
    """A skill named in a text: its canonical name and where, as positions in the text's NFC form."""

    name: str
    start: int
    end: int


def find_mentions(text: str) -> list[Mention]:
    """Every place where the text names a skill of the vocabulary, in order.

    Whole words only, addresses skipped. A form that is also an ordinary word ("Go", "C", "access") counts in an
    enumeration: alone between list marks, on a line that holds another skill or a label such as "Langages :", or
    alone on its line next to one. Time grows linearly with the text.
    """
    composed = unicodedata.normalize("NFC", text)
    flat = _without_links(composed.translate(_FLATTENING))
    found = _occurrences(flat)
    certain = [_is_certain(item, composed) for item in found]
    lines_with_skill = {item.line for item, sure in zip(found, certain, strict=True) if sure}
    lines = flat.split("\n")
    labelled: dict[int, bool] = {}
    return [
        Mention(item.form.name, item.start, item.end)
        for item, sure in zip(found, certain, strict=True)
        if sure or _is_enumerated(item, composed, flat, lines, lines_with_skill, labelled)
    ]


def find_skills(text: str) -> list[Skill]:
    """The skills that the text names (see `find_mentions`), once each, in order of first appearance."""
    names = dict.fromkeys(mention.name for mention in find_mentions(text))
    return [Skill(name=name, category=_VOCABULARY.categories[name]) for name in names]


def _is_certain(item: _Found, composed: str) -> bool:
    if item.form.use == "free":
        return True
    return item.form.use == "cased" and composed[item.start : item.end] in item.form.spellings


def _is_enumerated(
    item: _Found, composed: str, flat: str, lines: list[str], lines_with_skill: set[int], labelled: dict[int, bool]
) -> bool:
    if item.end - item.start == 1 and (not composed[item.start].isupper() or _LICENCE.search(lines[item.line])):
        return False  # "c" and "r" in lower case are list letters or noise, "Permis B, C" is what one may drive
    if not _is_list_item(flat, item.start, item.end):
        return False
    if item.line in lines_with_skill:
        return True
    if item.line not in labelled:
        labelled[item.line] = _LIST_LABEL.search(lines[item.line]) is not None
    if labelled[item.line]:
        return True
    neighbours = item.line - 1 in lines_with_skill or item.line + 1 in lines_with_skill
    return (
        neighbours and len(lines[item.line]) < 40 and lines[item.line].strip(" \t-*•·●▪") == flat[item.start : item.end]
    )
