"""The skills inside one item of a list: what brackets add, what stands around a name, what an enumeration joins."""

import re

from domain.extraction.languages import is_language
from domain.extraction.skill_levels import skill_level
from domain.extraction.words import names, words
from domain.skills import canonical, category_of
from domain.text import fold

_ITEM_WITH_BRACKET = re.compile(r"^(?P<outer>[^()\[\]]*[^()\[\]\s])\s+[(\[](?P<inner>[^()\[\]]*)[)\]]$")
_INNER_MARKS = re.compile(r"\s*[,;/|]\s*")
_AND = re.compile(r"\s+(?:et|and|&)\s+")
_AND_OF = re.compile(r"\s+(?:et|and|&|ou|or)\s+(?:(?:de\s+la|du|des|de|of)\s+|de\s+l['’]|d['’]|the\s+)?")
_DEGREE = r"(?:(?:bonne?s?|tr[èe]s\s+bonne?s?|parfaite?|solides?|good|strong|working|solid|excellent)\s+)?"
_OF = (
    r"\s+(?:de\s+la\s+|de\s+l['’]|(?:des|de|du|en|sur|avec|aux?|of|in|with|using)\s+|d['’])"
    r"(?:l['’]|(?:la|les?|the)\s+)?(?:(?:logiciels?|outils?|software|langages?)\s+(?!d[eu]s?\b|d['’]))?(?=\S)"
)
_KNOWLEDGE = re.compile(
    rf"^{_DEGREE}(?:ma[îi]trise|connaissances?|pratique|notions?|bases?|usage|knowledge|command|proficiency|experience|"
    rf"familiarity|proficient|fluent|experienced|formation|form[ée]e?s?|titulaire|certifi[ée]e?s?|à\s+l['’]aise){_OF}",
    re.IGNORECASE,
)
_USE = re.compile(
    rf"^{_DEGREE}(?:utilisation|maniement|manipulation|use)(?:\s+(?:quotidienne|courante|r[ée]guli[èe]re|avanc[ée]e))?{_OF}",
    re.IGNORECASE,
)
_DEFINITE = re.compile(r"\b(?:du|la|the)\s|\bl['’]", re.IGNORECASE)
_INDEFINITE = re.compile(r"^(?:une?|an?)\s+(?=\S)", re.IGNORECASE)
_SOFTWARE = re.compile(
    r"^(?i:logiciels?|progiciels?|software)\s+(?:(?:de\s+|d['’]|m[ée]tiers?\b)[a-zà-ÿ'’ ]*)?(?=[A-ZÀ-Þ0-9])"
)
"""What leads to the name of a software: "logiciel Orbis", "logiciel de caisse Planity"."""
_VALIDITY = re.compile(r"\s+(?:valides?|valables?|valid|obtenue?s?|depuis|since)\b.*\b(?:19|20)\d\d$")
_KIND_OF_TOOL = re.compile(r"^(?:ERP|CRM|SIRH|GMAO|CAO|DAO|PGI|langage|outil)\s+", re.IGNORECASE)
_NUMBER = (
    r"(?:\d|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|douze|quinze|vingt|plusieurs|two|three|four|five|ten|several)"
)
_QUANTITY = re.compile(rf"\s+(?:de\s+|d['’]|of\s+)(?:plus\s+de\s+|environ\s+|over\s+|up\s+to\s+)?{_NUMBER}[\d ]*\b.*$")
_DATE = r"(?:(?:[^\W\d_]{3,10}\.?\s+)?(?:\d{1,2}[/.])?(?:19|20)\d\d)"
_REMARK = re.compile(
    rf"(?:(?:depuis|since|obtenue?|obtained|en|vali(?:d|de|dite|able)? (?:jusqu'en|until)|recyclage|maj)? ?{_DATE}"
    r"|\d{1,2}\+? ?(?:ans?|mois|years?|yrs?|months?)(?: d'experience)?|\d{1,3} ?%|en cours|a jour|valide|valid"
    r"|certifiee?|autodidacte|in progress|certified|[abc][12]|etc|modules? .*|(?![235]d\b)\d.*)"
)
"""What a bracket says of a skill that is no skill: since when, how long, whether it is still valid."""
_CODE = r"(?:\d{1,2}[A-Ea-e]?|[BH]\d[BHV]\d?V?|[A-H][A-Z]?\d?[A-Z]?)"
_CODES = re.compile(rf"{_CODE}(?:\s*(?:,|/|;|\bet\b|\band\b|&)\s*{_CODE})*")
_CODED = re.compile(r"(?:caces|permis|habilitations?|driving licen[cs]e)\b")
_CACES = re.compile(
    rf"^(CACES\s*®?(?:\s+[Rr]\.?\s?\d{{3}}m?)?)[\s,:–-]*(?:\(?cat(?:[ée]gorie)?s?\.?\s*)?(?:{_CODES.pattern})?\)?$",
    re.IGNORECASE,
)
_ELECTRICAL = re.compile(rf"^(habilitations?\s+[ée]lectriques?)\b[\s,:(–-]*{_CODES.pattern}\)?$", re.IGNORECASE)
_CAR_CODE = r"(?:am|a\d?|b\d{0,2}|be|vl|vehicule leger)"
_CAR_LICENCE = re.compile(rf"permis (?:de conduire )?{_CAR_CODE}(?:(?: ?[,/;+&] ?| et | ){_CAR_CODE})*")
_LORRY_LICENCE = re.compile(
    rf"^permis\s+(?:{_CAR_CODE}\b\W+(?:et\s+)?)*(?P<code>[CD]1?E?)\b(?:\W+(?:et\b|{_CODE}\b))*\W*$", re.IGNORECASE
)
_QUALITY = re.compile(
    r"[^\W\d_]+(?:[^t]ée?s?|eux|euse|if|ive|ante?|able|ible|nome|namique)|(?:patient|prudent|diligent)e?s?"
)
"""A word for a person, of those that end lists of them: "organisée et autonome"."""
_ADJECTIVE = re.compile(r"[^\W\d_]+(?:ale?s?|aux|elle?s?|if|ives?|ides?|auds?|audes?|ique?s?|aires?)")
"""A word that says of which kind the skill before it is: "Comptabilité (générale, analytique)"."""
_LONGEST = 160
_LONGEST_CODES = 80
"""Characters of an item that may be a name with what stands around it, and of codes that go on."""
_GENERIC = names("informatiques | informatique | bureautiques | bureautique | numeriques | base")
SMALL_WORDS = words("de du des la le les et of the and d l a en au aux un une")


def joins_codes(above: str, part: str) -> bool:
    """Whether a part between commas goes on with the codes of the item before it ("CACES 1", "3 et 5")."""
    if len(above) > _LONGEST_CODES or len(part) > _LONGEST_CODES:
        return False
    bare = part.split("(", maxsplit=1)[0].strip(" .")
    return _CODED.match(fold(above)) is not None and _CODES.fullmatch(_AND_OF.sub(",", bare).lstrip(", ")) is not None


def is_coded(label: str) -> bool:
    """Whether codes after a label say which of its kind are held ("CACES : R489 1, 3")."""
    return _CODED.match(fold(label)) is not None


def skills_in(item: str) -> list[str]:
    """The names that one item stands for, in order; an item that is a name already stays as written.

    >>> skills_in("Planification (MS Project)"), skills_in("Logiciel Orbis"), skills_in("utilisation de la toupie")
    (['Planification', 'MS Project'], ['Orbis'], ['toupie'])
    """
    if len(item) > _LONGEST:
        return [item]
    bracket = _ITEM_WITH_BRACKET.match(item)
    if bracket is None:
        return _named(item)
    outer, inner = bracket["outer"], bracket["inner"].strip(" .…")
    if is_language(outer.split()[0]) or skill_level(inner) is not None:
        return [item]
    if not inner or _REMARK.fullmatch(fold(inner)) or _is_short_for(inner, outer) or _is_short_for(outer, inner):
        return _named(outer)
    parts = [part for part in _INNER_MARKS.split(inner) if part and not _REMARK.fullmatch(fold(part))]
    if len(parts) == 1:
        parts = _known_parts(parts[0])
    if len(parts) == 1 and not _adds_a_skill(outer, parts[0]):
        return _named(outer)
    details = [part for part in parts if category_of(part) is not None or not _ADJECTIVE.fullmatch(part)]
    return [*_named(outer), *(name for part in details for name in _known_parts(part))]


def _adds_a_skill(outer: str, inner: str) -> bool:
    """A single remark is a skill of its own when it is known, is written as a name, or details a tool."""
    if category_of(inner) is not None:
        return True
    first = outer.split()[0]
    return inner[0].isupper() or "tool" in (category_of(outer), category_of(first))


def _is_short_for(short: str, long: str) -> bool:
    """ "SST" for "Sauveteur secouriste du travail"."""
    if not (short.isupper() and short.isalpha() and 2 <= len(short) <= 8):
        return canonical(short) == canonical(long) and category_of(short) is not None
    initials = [word[0] for word in re.findall(r"[^\W\d_]+", fold(long)) if word not in SMALL_WORDS]
    return "".join(initials) == fold(short)


def _named(item: str) -> list[str]:
    """The names in a phrase: what leads to them ("maîtrise de"), counts and codes left out."""
    if (codes := _CACES.match(item) or _ELECTRICAL.match(item)) is not None:
        return [" ".join(codes.group(1).replace("®", "").split())]
    if _CAR_LICENCE.fullmatch(fold(item)):
        return []
    if (licence := _LORRY_LICENCE.match(item)) is not None:
        return [f"Permis {licence['code'].upper()}"]
    if category_of(item) is not None and not _SOFTWARE.match(item):
        return [item]
    bare = _SOFTWARE.sub("", _VALIDITY.sub("", item))
    if (of_kind := _KIND_OF_TOOL.sub("", bare)) != bare and category_of(of_kind) is not None:
        return [of_kind]
    if (use := _USE.match(bare)) is not None:
        return _used(item, bare[use.end() :], definite=_DEFINITE.search(use.group()) is not None)
    known = _KNOWLEDGE.sub("", bare)
    if known != bare:
        if fold(known) in _GENERIC:
            return []
        parts = [name for part in _AND_OF.split(known) for name in _known_parts(part)]
        if category_of(known) is not None or all(part[0].isupper() or category_of(part) is not None for part in parts):
            return [known] if category_of(known) is not None else parts
    counted = _QUANTITY.sub("", bare)
    # "Gestion de trois boutiques": a word that any skill may begin with says nothing alone.
    return _known_parts(counted if category_of(bare) is None and (" " in counted or category_of(counted)) else bare)


def _used(item: str, used: str, *, definite: bool) -> list[str]:
    """The tools of which an item tells the use; "utilisation d'un scanner" names none and is a skill as a whole."""
    if fold(used) in _GENERIC:
        return []
    parts = [name for part in _AND_OF.split(_INDEFINITE.sub("", used)) for name in _known_parts(part)]
    named = all(part[0].isupper() or category_of(part) is not None for part in parts if part)
    return parts if definite or named else [item]


def _known_parts(item: str) -> list[str]:
    """ "HTML/CSS" and "Word et Excel" are two skills, "A/B testing" and "Santé et sécurité" one."""
    if category_of(item) is not None:
        return [item]
    for separator in (re.compile("/"), _AND):
        parts = separator.split(item)
        if len(parts) > 1 and (all(category_of(part) is not None for part in parts) or _are_names(parts)):
            return parts
    if len(pair := _AND.split(item)) == 2 and all(map(_is_quality, pair)):
        # "organisée et autonome"
        return pair
    return [item]


def _is_quality(text: str) -> bool:
    return category_of(text) == "soft" or _QUALITY.fullmatch(text) is not None


def _are_names(parts: list[str]) -> bool:
    """Tools written as names, at least one of them known ("Ciel et Sage", "Rhino/Excel")."""
    return any(category_of(part) == "tool" for part in parts) and all(
        len(part) >= 3 and part[0].isupper() and len(part.split()) <= 2 for part in parts
    )
