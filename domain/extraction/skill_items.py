"""The items of one line of a skill list, cut where the CV cuts them: labels, ratings and levels taken off."""

import re

from domain.cv import SkillLevel
from domain.extraction.languages import is_language, language_level
from domain.extraction.lines import COLUMN, is_upper
from domain.extraction.section_titles import KIND_OF_TITLE
from domain.extraction.skill_levels import skill_level
from domain.extraction.skill_phrases import SMALL_WORDS, joins_codes, skills_in
from domain.extraction.words import names
from domain.skills import category_of
from domain.text import fold

LABEL = re.compile(r"^([^:]{2,45}?)\s*:\s+(?=\S)|^([^:]{2,45}?)\s*:$")
"""A label before the items of a line ("Langages : Python, C")."""
_SEPARATOR = re.compile(rf"\s*(?:[,;|•·●▪]\s+|[‣◦▸►➤➢✓✔◆❖⋅∙]\s*|\s(?:/|//|\*|~)\s|{COLUMN}|\s[|•·●▪]|,(?=\S))\s*")
_DASH = re.compile(r"\s+[-–—]\s+")
_AFTER_GROUP = re.compile(r"\s+(?:[-–—=→>]|=>|->)\s+")
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{3})(?<!\bcat)(?<!\bniv)(?<!\bréf)\.\s+(?=[A-ZÀ-Þ])|(?<=\))\.\s+(?=[A-ZÀ-Þ])")
_PROSE = re.compile(
    r"\b(?:[Jj]e|[Nn]ous|[Mm]es|[Mm]on|[Mm]a|[Nn]otre|[Mm]y|[Oo]ur|[Ww]e|est|sont|suis|are|was|were|qui|afin|lors|dont|which|that)\b"
    r"|\b[Jj]['’]|\bI(?:['’]\w+| (?:am|have|can|know|work|like|speak|use))\b"
)
"""What no list of skills says: pronouns, verbs and clauses."""
_RATING = re.compile(r"\s*(?:[○●◐■□▪▫◯▰▱█░★☆⬤](?:\s?[○●◐■□▪▫◯▰▱█░★☆⬤])+)")
_SCORE = re.compile(r"\s*(?:\(?\d{1,3}\s?%\)?|\(?\b\d{1,2}\s?/\s?(?:5|10|20)\b\)?)\s*$")
_YEARS = re.compile(
    r"\s*\(?\d{1,2}\+?\s*(?:ans?|years?|yrs?)(?:\s+d['’]exp[ée]rience|\s+experience)?\)?\s*$", re.IGNORECASE
)
_LEVELLED = re.compile(
    r"^(?P<name>.+?)\s*(?:\(\s*(?P<in>[^()]+?)\s*\)|\s[-–—:]\s*(?P<after>[^-–—:]+)|:\s*(?P<colon>[^:]+))$"
)
_NO_SKILLS = names(
    """
    etc | etc. | divers | autres | others | and more | langue maternelle | langues maternelles | mother tongue
    mother tongues | autres langues | other languages | langue | langues | personnelles | professionnelles | techniques
    technique | informatiques | systemes | systeme | langages | langage | frameworks | framework | bases de donnees
    base de donnees | databases | database | methodes | methode | methodologies | bureautique | outils | logiciels
    operating systems | systemes d'exploitation | programming | programmation | web | other | tools | software
    transversales | relationnelles | organisationnelles | manageriales | metier | metiers | permis b | permis
    vehicule | vehicule personnel | vehiculee | mobile | mobilite | mobilite nationale | outils informatiques
    outil informatique | autre langue | other language | curriculum vitae | europass | page
    driving licence | driving license | interests | niveau | level | savoir | competence | skill | digital
    """
)
_DRIVING = re.compile(r"driving licen[cs]e|drivers? licen[cs]e")
_AT_OF_NAME = re.compile(r"(?<=[^\W\d_])@(?=[^\W\d_]+(?: |$))|^@(?=[A-ZÀ-Þ])")
"""An @ that is a letter of a name: "Télé@ctes", "@RISK"; that of an address has a dot after it."""
_NUMBERS = re.compile(r"[\d\W]+(?:(?:et|and|a|to)\b[\d\W]+)*")
_WORD = re.compile(r"[^\W\d_][^\W_]*")
_MARK = re.compile(r"[•·●▪◦▸►➤✓-]\s")
_TITLE_WORDS = names("competences | skills | logiciels | outils | langages | software | tools")
_LONGEST_TITLE = 4
"""Words of a section title that may stand before its list on one line."""
_MAX_WORDS = 5
_MAX_AVERAGE = 4
_MAX_ITEM = 60
_MAX_LINE_WORDS = 6
_STRIPPED = ' .;,:-–—|…«»"“”®™'


def items_of(text: str, *, bullet: bool) -> list[str] | None:
    """The items of a list line, without its label; None of a line of prose.

    >>> items_of("Langages : Python, C++ ; A/B testing", bullet=False)
    ['Python', 'C++', 'A/B testing']
    """
    content = content_of(_RATING.sub(COLUMN, _SCORE.sub("", text)).strip(f"{COLUMN} "))
    labelled = content != text
    if not (labelled or _is_list(content, bullet=bullet)):
        return None
    items = [item for piece in _pieces(content) for item in skills_in(_bare(piece))]
    return [_bare(item) for item in items]


def sentences(text: str) -> list[str]:
    """A line cut where a sentence ends: a list may stand before or after what is told in words."""
    return [part for part in _SENTENCE_END.split(text) if part]


def content_of(text: str) -> str:
    """A line without its label ("Langages : …"); "Excel : avancé" is an item and its level, not a label."""
    label = LABEL.match(text)
    if label is not None:
        return text if skill_level(text[label.end() :]) is not None else text[label.end() :]
    group = _AFTER_GROUP.split(text, maxsplit=1)
    if len(group) == 2 and KIND_OF_TITLE.get(fold(group[0])) in ("skills", "softwares"):
        # "Bureautique - Word, Excel"
        return group[1]
    name, column, rest = text.partition(COLUMN)
    # "Langages" in a column of its own beside "Python, Scala"; beside a bullet stands a second list.
    beside = column and "," in rest and "," not in name and COLUMN not in rest and not _MARK.match(rest)
    return rest if beside else _without_title(text)


def _without_title(text: str) -> str:
    """ "Compétences professionnelles Arrimage, levage": a form lost what stood between the title and the list."""
    if category_of(text) is not None:
        return text
    words = text.split(maxsplit=_LONGEST_TITLE)
    for count in range(min(_LONGEST_TITLE, len(words) - 1), 0, -1):
        if KIND_OF_TITLE.get(fold(" ".join(words[:count]))) not in ("skills", "softwares"):
            continue
        rest = text.split(maxsplit=count)[-1]
        titled = count > 1 or ("," in rest and fold(words[0]) in _TITLE_WORDS)
        return rest if titled and rest[0].isupper() and words[0][0].isupper() else text
    return text


def levelled(item: str) -> tuple[str, SkillLevel | None]:
    """An item and the level written beside it: "Python (avancé)", "Excel : expert", "Java débutant"."""
    item = _YEARS.sub("", _SCORE.sub("", item)).strip()
    if match := _LEVELLED.match(item):
        level = skill_level(match["in"] or match["after"] or match["colon"])
        if level is not None:
            return match["name"].strip(), level
    words = item.split()
    if 2 <= len(words) <= 5 and fold(words[-2]) not in SMALL_WORDS and (level := skill_level(words[-1])) is not None:
        return " ".join(words[:-1]), level
    return item, None


def is_item(name: str) -> bool:
    """Whether an item of a list may be a skill that no vocabulary knows."""
    words = name.split()
    if _count(name) > _MAX_WORDS or not 2 <= len(name) <= _MAX_ITEM:
        return False
    plain = _AT_OF_NAME.sub("", name)
    if not any(c.isalpha() for c in name) or any(c in plain for c in "@:!?") or name.count("(") != name.count(")"):
        return False
    if skill_level(name) is not None or is_language(name) or (is_language(words[0]) and language_level(name)):
        return False
    folded = fold(name)
    if _NUMBERS.fullmatch(folded) or _DRIVING.search(folded):
        return False
    return not (is_upper(name) and len(name) > 40) and folded not in _NO_SKILLS and folded not in KIND_OF_TITLE


def _is_list(text: str, *, bullet: bool) -> bool:
    if _PROSE.search(text):
        return False
    words = _count(text)
    if words <= _MAX_LINE_WORDS:
        return not text.endswith(".") or bullet
    pieces = _pieces(text)
    enough = len(pieces) >= (2 if not text.endswith(".") else 3)
    return enough and words / len(pieces) <= _MAX_AVERAGE


def _count(text: str) -> int:
    """Words that say something: articles and the like make an item long without making it a sentence."""
    return sum(word not in SMALL_WORDS for word in _WORD.findall(fold(text)))


def _pieces(text: str) -> list[str]:
    """Items separated by commas and the like, where brackets keep their content together."""
    parts = _SEPARATOR.split(text)
    dashed = [piece for part in parts for piece in _DASH.split(part) if piece]
    several = len(dashed) - len(parts) > 1 or (len(parts) == 1 and all(map(category_of, dashed)))
    if several and not any(map(skill_level, dashed)):
        parts = dashed
    pieces: list[str] = []
    open_bracket = ""
    for part in parts:
        joined = f"{open_bracket}, {part}" if open_bracket else part
        if joined.count("(") > joined.count(")"):
            open_bracket = joined
        elif pieces and joins_codes(pieces[-1], joined):
            open_bracket = ""
            pieces[-1] = f"{pieces[-1]}, {joined.split('(')[0].strip()}"
        else:
            open_bracket = ""
            pieces.append(joined)
    if open_bracket:
        pieces.append(open_bracket)
    return [piece for piece in pieces if piece.strip()]


def _bare(item: str) -> str:
    """An item without the marks around it; the dot of ".NET" is none."""
    item = item.strip()
    return item.strip(_STRIPPED.replace(".", "")) if item.startswith(".") else item.strip(_STRIPPED)
