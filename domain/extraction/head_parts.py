"""The parts of an entry's header, cut where the CV cuts it; the employer that "chez" tells, places in brackets."""

import re

from domain.extraction.companies import company_score
from domain.extraction.dates import is_duration
from domain.extraction.lines import COLUMN
from domain.extraction.places import is_city, is_place, may_be_town
from domain.extraction.titles import is_contract, title_score
from domain.extraction.words import words
from domain.skills import find_skills
from domain.text import fold

_PART_OF_TITLE = re.compile(r"stage|alternan|apprenti|internship|job|saisonnier|summer", re.IGNORECASE)
"""Contracts that a title keeps in its brackets ("Assistante commerciale (alternance)")."""
_SEASON = re.compile(
    r"(?:saisons?(?:\s+(?:d['’]?\s?)?(?:[ée]t[ée]|hiver|estivale?s?|hivernale?s?|touristique|\d{4}|des?\s+[^\W\d_]+))?|"
    r"(?:summer|winter|ski|harvest)\s+seasons?|"
    r"(?:vendanges?|r[ée]coltes?|cueillettes?|moissons?)(?:\s+[^\W\d_'’-]+){0,3})",
    re.IGNORECASE,
)
"""Seasonal work that a bracket tells of ("saison d'hiver", "vendanges en vert")."""
_LABEL = re.compile(
    r"^(?:poste(?:\s+occup[ée])?|fonction|intitul[ée](?:\s+du\s+poste)?|titre|entreprise|soci[ée]t[ée]|employeur|client|lieu|"
    r"position|role|job\s+title|title|company|employer|location|dipl[ôo]me(?:\s+obtenu)?|[ée]tablissement|[ée]cole|degree|qualification|school|institution|university|"
    r"universit[ée]|ann[ée]e|dates?|year)\s*:\s*",
    re.IGNORECASE,
)
_STRONG_SPLIT = re.compile(rf"{COLUMN}|\s+[-–—|•·@/]\s+|\s*[|•]\s*|\s+[–—]|[–—]\s+|\s*:\s+")
_EMPLOYER = re.compile(
    r"\s+(?:(?P<plain>chez|@|au\s+sein\s+d(?:e\s+la|e\s+l['’]|e|u|es|['’])|pour\s+le\s+compte\s+de|aupr[èe]s\s+d(?:e\s+la|e\s+l['’]|e|u|es|['’])|via)|at|within|pour(?=\s+(?-i:[A-ZÀ-Þ])))\s*(?<=[\s'’@])"
    r"(?-i:(?:la\s+|l['’])(?:[Ss]oci[ée]t[ée]|[Ee]ntreprise)\s+|soci[ée]t[ée]\s+|entreprise\s+)?(?=\S)",
    re.IGNORECASE,
)
_COMMA = re.compile(
    r"\s*[,;]\s+(?![^(]*\))(?!(?:d(?:e|u|es)\s|[dl]['’](?![A-ZÀ-Þ])|et\s|ou\s|and\s|of\s|p[èe]res?\b|fils\b|fr[èe]res\b)|(?:\d{1,2}[A-Z]?|[A-Z]\d?)(?:\s*,|\s+(?:et|and|&)\s|$))"
)
"""A comma between parts, none inside an enumeration ("de l'enseignement, de l'éducation", "catégories 1, 3 et 5")."""
_TAIL_BRACKETS = re.compile(r"\s*\(([^()]{2,60})\)\s*$")
_TERM_TAIL = re.compile(r"\s+en\s+(?:cdi|cdd|int[ée]rim)$", re.IGNORECASE)
_MEASURE = re.compile(
    r"\d\s*(?:[kM]|Md)?\s*(?:[€$£%]|(?:h|heures?|hours?|personnes?|pers|people|staff|etp|fte|lits?|beds?|ans|jours?|days|m2|vl|pl|"
    r"sites?|clients?|magasins?|stores?|agences?|[ée]l[èe]ves?|pupils|students|couverts|covers|chambres|rooms|repas|places|"
    r"agents|reports|engineers|semaines?|weeks?|(?:salari|collaborat|employ|v[ée]hicul)\w*)(?!\w))|"
    r"^(?:[ée]quipes?|team|effectif|ca|budget|portefeuille|p[ée]rim[èe]tre)\b[^()]*\d",
    re.IGNORECASE,
)
"""Figures about a position ("42 M€, 60 personnes", "12 h par semaine"), which are no part of its title."""
_FULL_STOP = re.compile(r"(?:(?<=[^\W\d_]{4})|(?<=[)\]]))(?<!\bcorp)\.$", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_][\w'’-]*")
_LINKS = words("de du des d' l' la le les en et a au aux of the at in for and to un une von van y")
_FIELDS = words(
    """
    operations sales marketing finance engineering hr rh payments product products it legal growth emea apac europe
    france international logistique logistics achats ventes production qualite quality juridique communication
    development research r&d support digital data design strategy risk compliance treasury audit tax people talent
    clients client customer retail corporate innovation projets projects maintenance securite security environnement
    """
)
_PLAIN = 2
"""A title score that leaves no doubt."""
_WITH_TOWN = 2
_WITH_DEPARTMENT = 3
_LONGEST = 300
"""A longer text is no header."""


def split_head(text: str) -> tuple[list[str], int | None]:
    """The parts of a header line, and the index of the employer where "chez" or "at" told it.

    >>> split_head("Développeuse chez Novalis, Lyon")
    (['Développeuse', 'Novalis', 'Lyon'], 1)
    """
    if len(text) > _LONGEST:
        return [text], None
    parts: list[str] = []
    employer: int | None = None
    for part in _parts(_LABEL.sub("", text.strip())):
        match = _EMPLOYER.search(part) if employer is None else None
        left = part[: match.start()].strip(" ,") if match else ""
        # "at" alone may be part of a name ("The Larder at Leith").
        if match is None or not left or _is_open(left) or not (match["plain"] or title_score(left)):
            parts.append(part)
            continue
        parts.append(left)
        employer = len(parts)
        parts.extend(_parts(part[match.end() :]))
    return parts, employer


def _is_open(text: str) -> bool:
    return text.count("(") > text.count(")")


def named_in_brackets(text: str) -> tuple[str, str] | None:
    """ "Serveuse (Café du Port)": what stands before trailing brackets, and the name inside."""
    match = _TAIL_BRACKETS.search(text)
    if match is None or not text[: match.start()].strip():
        return None
    inside = match.group(1).strip()
    if not inside[0].isupper() or inside.isupper() or is_place(inside) or title_score(inside) or find_skills(inside):
        return None
    return text[: match.start()].strip(" ,;:-–—|"), inside


def without_label(text: str) -> str:
    """The text without the label of a form ("Diplôme : …")."""
    return _LABEL.sub("", text)


def clean_part(text: str) -> tuple[str, str | None]:
    """A part without its trailing brackets, and the place that these named; other brackets stay."""
    text = _TERM_TAIL.sub("", _FULL_STOP.sub("", text))
    match = _TAIL_BRACKETS.search(text)
    if match is None or not text[: match.start()].strip():
        return text.strip(" ,;:-–—|•·"), None
    inside = match.group(1).strip()
    place = inside if is_place(inside) else None
    if (
        place
        or is_duration(inside)
        or _MEASURE.search(inside)
        or _SEASON.fullmatch(inside)
        or (is_contract(inside) and not _PART_OF_TITLE.match(inside))
    ):
        return text[: match.start()].strip(" ,;:-–—|"), place
    return text.strip(" ,;:-–—|•·"), None


def _parts(text: str) -> list[str]:
    if is_place(text):
        return [text]
    strong = [part.strip(" ,;") for part in _outside_brackets(text) if part.strip(" ,;-–—|")]
    if len(strong) == 1:
        return _comma_parts(strong[0], everything=True)
    split = _of_title_and_company(strong)
    parts: list[str] = []
    for number, part in enumerate(strong):
        if number == split:
            parts.extend(_capitalised_pieces(part))
        else:
            parts.extend(_without_city(part) if title_score(part) >= _PLAIN else _comma_parts(part, everything=False))
    return parts


def _without_city(title: str) -> list[str]:
    """ "Aide-comptable, Pau" beside a company: the title, and the city on its own."""
    first, *others = _COMMA.split(title)
    if is_city(first) and others:
        return [first, ", ".join(others)]
    last = others.pop() if others else ""
    return [", ".join([first, *others]), last] if is_city(last) else [title]


def _of_title_and_company(strong: list[str]) -> int | None:
    """The part that holds title and company, as only a town stands beside it: "Serveur, Le Phare – Sète"."""
    rest = [n for n, part in enumerate(strong) if not (is_contract(part) or is_duration(part))]
    named = [n for n in rest if not is_place(strong[n])]
    if len(named) == 1 and len(rest) > 1:
        return named[0] if _names_a_company(strong[named[0]], plainly=False) else None
    if len(named) == len(rest) == _WITH_TOWN and may_be_town(strong[named[1]]):
        town = strong[named[1]]
        told = not company_score(town) and not title_score(town) and _names_a_company(strong[named[0]], plainly=True)
        return named[0] if told else None
    return None


def _names_a_company(text: str, *, plainly: bool) -> bool:
    """A title and a company between commas; `plainly` leaves out what may as well be a field of work."""
    pieces = _capitalised_pieces(text)
    titles = [piece for piece in pieces if title_score(piece) >= _PLAIN]
    others = [piece for piece in pieces if piece not in titles]
    if not others:
        return any(map(company_score, titles[1:]))
    if not titles or len(pieces) > _WITH_DEPARTMENT:
        return False
    return any(map(company_score, others)) or not plainly or all(map(_is_proper_name, others))


def _is_proper_name(text: str) -> bool:
    """Capitalised throughout, and no field of work ("Growth Marketing")."""
    if any(fold(word) in _FIELDS for word in text.split()) or find_skills(text):
        return False
    return all(word[0].isupper() or fold(word) in _LINKS for word in _WORDS.findall(text))


def _capitalised_pieces(text: str) -> list[str]:
    """What commas separate, where the next piece begins with a capital: "Avocate, droit social" is one."""
    pieces: list[str] = []
    for piece in filter(None, _COMMA.split(text)):
        if pieces and piece[0].islower():
            pieces[-1] = f"{pieces[-1]}, {piece}"
        else:
            pieces.append(piece)
    return pieces


def _outside_brackets(text: str) -> list[str]:
    """The text cut at its separators, those inside brackets aside ("Acme (CA : 85 M€)")."""
    pieces: list[str] = []
    begin = 0
    for separator in _STRONG_SPLIT.finditer(text):
        piece = text[begin : separator.start()]
        if piece.count("(") <= piece.count(")") or ")" not in text[separator.end() :]:
            pieces.append(piece)
            begin = separator.end()
    return [*pieces, text[begin:]]


def _comma_parts(text: str, *, everything: bool) -> list[str]:
    """Parts between commas; when not `everything`, only a place at the end is split off."""
    if is_place(text):
        return [text]
    pieces = [piece for piece in _COMMA.split(_FULL_STOP.sub("", text)) if piece]
    if len(pieces) > 1 and is_duration(pieces[-1]):
        pieces.pop()
    tail: list[str] = []
    while len(pieces) > 1 and (is_place(pieces[-1]) or (len(pieces) > 2 and is_place(", ".join(pieces[-2:])))):
        # "Atlanta, GA" is a place, "GA" alone is none.
        tail[:0] = [pieces.pop()] if is_place(pieces[-1]) else [pieces.pop(-2), pieces.pop()]
    if len(pieces) > 1 and is_contract(pieces[0]):
        return [pieces[0], ", ".join(pieces[1:]), *([", ".join(tail)] if tail else [])]
    place = [", ".join(tail)] if tail else []
    if everything and len(pieces) <= 4:
        return [*pieces, *place]
    return [", ".join(pieces), *place]
