"""The parts of a course's header: degree, school and remarks, cut where the CV cuts them and not inside a name."""

import re
from collections.abc import Sequence

from domain.extraction.companies import split_glued
from domain.extraction.dates import is_duration
from domain.extraction.degrees import degree_score, is_honours
from domain.extraction.head_parts import clean_part, split_head
from domain.extraction.institutions import institution_score, is_namesake
from domain.extraction.places import is_place
from domain.extraction.titles import is_contract

_SUBJECTS = re.compile(r"(?:a[ -]levels?|as[ -]levels?|gcses?|highers|ib(?:\s+diploma)?)\s*[:(–-]", re.IGNORECASE)
_SPECIALITY = re.compile(
    r"(?:sp[ée]cialit[ée]s?|sp[ée]cialisation|option|parcours|fili[èe]re|majeure|mineure|dominante|major(?:ing)?\s+in|"
    r"minor\s+in|speciali[sz]ing\s+in|mention)\s+\S",
    re.IGNORECASE,
)
_STATE_UNIVERSITY = re.compile(
    r"university\s+of\s+(?:california|texas|north\s+carolina|wisconsin|illinois|maryland|massachusetts|minnesota|"
    r"michigan|colorado|nebraska|missouri|tennessee|london)",
    re.IGNORECASE,
)
_SCHOOL_IN_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]{2,80})[)\]]\s*$")
_SUBJECT_END = re.compile(r"\s*[,;]\s+|\s+[-–—|]\s+")
_PART_OF_UNIVERSITY = re.compile(
    r"(?!(?:BTS|DUT|BUT|DEUG|DEUST|MBA|CAP|BEP|DCG|DSCG|MSC|DEA|DESS)\b)[A-Z][A-Z0-9]{1,7}|(?:UFR|FST|FLSH)\s.{2,40}"
)
_NEXT_SENTENCE = re.compile(r"(?<=[^\W\d_]{4})\.\s+(?=[A-ZÀ-Þ])")
_REMARK = re.compile(r"\s*[(\[]([^()\[\]]{2,60})[)\]]")
_GRADES = re.compile(
    r"[\s,;|(–-]*\b(?:(?:c?gpa|moyenne|average|grade|percentage|aggregate|marks|score)\s*:?\s*(?:of\s+)?\d.*|"
    r"(?:(?:with|secured|scored|securing|scoring|aggregate)\s+(?:an?\s+)?)?\d{1,3}(?:[.,]\d{1,2})?\s?(?:%|c?gpa\b|/\s?(?:20|10|4)\b).*)$",
    re.IGNORECASE,
)
_AT_SCHOOL = re.compile(
    r",?\s+(?:obtenue?\s+|suivie?\s+|prépar[ée]e?\s+|effectuée?\s+|awarded\s+|completed\s+|earned\s+|obtained\s+)?"
    r"(?:(?P<plain>from|at)|(?:à|auprès\s+d[eu]|au(?=\s))(?:\s+(?:l['’]|la(?=\s)))?)\s*(?:the\s+)?(?=\S)",
    re.IGNORECASE,
)
_MANNER = re.compile(
    r"\s{0,2}[,–-]?\s{0,2}(?:[(\[]\s*(?:(?:par|en|via|by)\s+)?(?:la\s+)?(?:vae|v\.a\.e\.|cours\s+du\s+soir|formation\s+continue|formation\s+initiale|"
    r"apprentissage|(?:par\s+|en\s+)?alternance|à\s+distance|candidate?\s+libre|contrat\s+(?:d['’]apprentissage|de\s+professionnalisation)|"
    r"part[- ]time|full[- ]time|evening\s+(?:classes|course)|distance\s+learning|online|correspondence)\s*[)\]]|"
    r"(?<=\s)(?:en\s+(?:apprentissage|alternance|formation\s+(?:continue|initiale)|cours\s+du\s+soir|candidate?\s+libre|contrat\s+de\s+professionnalisation)|"
    r"par\s+(?:la\s+)?(?:vae|(?:voie\s+d['’])?(?:apprentissage|alternance)|(?:voie\s+de\s+la\s+)?alternance)))$",
    re.IGNORECASE,
)
"""How one studied, which is no part of a degree's name."""
_VALIDITY = re.compile(
    r"(?:dur[ée]e\s*:?\s*)?\d{1,4}\s?(?:h|heures?|hours?|hrs?|jours?|j|days?)|(?:à\s+jour|valide?|valable|recycl|renouvel|expir|renew)\w*\b.*",
    re.IGNORECASE,
)
"""How long a training took, or how long what it gave is valid."""
_ARTICLE = re.compile(r"^(?:the\s|l['’]|la\s)(?=\S)")
_DEGREE = 3
_LONGEST_COURSE = 200
"""Characters of a degree and its school told as one phrase."""


def header_parts(texts: Sequence[str]) -> list[str]:
    """Degree, school and the rest of a header, in reading order, without places, lengths of time and honours."""
    parts = _header_parts(texts, field_apart=True)
    if any(map(institution_score, parts)):
        # With the school known, "Diplôme d'ingénieur, génie industriel" is a degree and no degree and school.
        parts = _header_parts(texts, field_apart=False)
    return [_ARTICLE.sub("", part) if institution_score(part) else part for part in parts]


def _header_parts(texts: Sequence[str], *, field_apart: bool) -> list[str]:
    parts: list[str] = []
    for text in texts:
        text = _GRADES.sub("", _NEXT_SENTENCE.split(text, maxsplit=1)[0])
        for part in _parts_of(text, field_apart=field_apart):
            cleaned, _ = clean_part(_REMARK.sub(_without_honours, part))
            parts.extend(p for p in _degree_and_school(_MANNER.sub("", cleaned)) if p and not _is_remark(p))
    return parts


def _parts_of(text: str, *, field_apart: bool) -> list[str]:
    if _SUBJECTS.match(text):
        return _subjects_and_school(text)
    bracket = _SCHOOL_IN_BRACKETS.search(text)
    if bracket and institution_score(bracket[1]) and not institution_score(text[: bracket.start()]):
        # "Licence pro Réseaux (IUT de Corte)"
        return [*_parts_of(text[: bracket.start()], field_apart=field_apart), *split_head(bracket[1])[0]]
    parts: list[str] = []
    start = end = 0
    for part in split_head(text)[0]:
        begin = max(text.find(part, end), end)
        if parts and _belong_together(parts[-1], part, text[end:begin].strip(), field_apart):
            parts[-1] = text[start : begin + len(part)]
        else:
            parts.append(part)
            start = begin
        end = begin + len(part)
    return parts


def _subjects_and_school(text: str) -> list[str]:
    """ "A-levels: Mathematics, French; Parkfield Sixth Form": the subjects stay with the examination."""
    separators = list(_SUBJECT_END.finditer(text))
    for separator, following in zip(separators, [*separators[1:], None], strict=True):
        piece = text[separator.end() : following.start() if following else len(text)]
        if institution_score(piece):
            return [text[: separator.start()], *split_head(text[separator.end() :])[0]]
    return [text]


def _belong_together(one: str, other: str, between: str, field_apart: bool) -> bool:
    """Two halves of one name: "Grenoble INP – Ensimag", "Diplôme d'ingénieur, spécialité mécanique"."""
    if between in ("-", "–", "—"):
        return institution_score(one) > 0 and (
            institution_score(other) > 0
            or is_namesake(other.split(",")[0])
            or _PART_OF_UNIVERSITY.fullmatch(other) is not None
        )
    if between == ",":
        if _STATE_UNIVERSITY.fullmatch(one):
            return len(other.split()) <= 2
        if degree_score(one) < _DEGREE or institution_score(one) or _is_remark(clean_part(other)[0]):
            return False
        return _SPECIALITY.match(other) is not None or not (
            field_apart or institution_score(other) or degree_score(other) or is_namesake(other)
        )
    return False


def _degree_and_school(part: str) -> list[str]:
    """ "Master droit, économie, Université de Lyon": a degree and its school, cut between them."""
    for at in _AT_SCHOOL.finditer(part) if len(part) <= _LONGEST_COURSE else ():
        if degree_score(part[: at.start()]) >= 2 and institution_score(part[at.end() :]) >= (3 if at["plain"] else 4):
            return [_MANNER.sub("", part[: at.start()]), *_degree_and_school(part[at.end() :])]
    pieces = [piece for piece in part.split(", ") if not is_honours(piece)]
    for number, piece in enumerate(pieces[1:], start=1):
        if institution_score(piece) and degree_score(pieces[0]) and not institution_score(pieces[0]):
            return [", ".join(pieces[:number]), *_degree_and_school(", ".join(pieces[number:]))]
    if len(pieces) > 1 and institution_score(pieces[0]) and not _STATE_UNIVERSITY.match(pieces[0]):
        # "Grenoble INP, systèmes d'information": what follows a school and is none itself.
        last = next((n for n, piece in enumerate(pieces) if not institution_score(piece)), len(pieces))
        return [", ".join(pieces[:last]), *pieces[last:]]
    whole = ", ".join(pieces)
    if degree_score(whole) >= _DEGREE and (glued := split_glued(whole)) and degree_score(glued[0]) >= _DEGREE:
        return list(glued)
    return [whole]


def _without_honours(remark: re.Match[str]) -> str:
    return "" if is_honours(remark.group(1)) else remark.group()


def _is_remark(part: str) -> bool:
    return (
        _VALIDITY.fullmatch(part) is not None
        or is_place(part)
        or is_honours(part)
        or is_duration(part)
        or is_contract(part)
    )
