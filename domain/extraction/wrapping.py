"""Lines that a narrow column broke in two, put back together."""

import re
from collections.abc import Sequence
from dataclasses import replace

from domain.extraction.dates import breaks_in_date, find_period, is_present, without_period
from domain.extraction.lines import COLUMN, Line
from domain.extraction.places import is_city
from domain.extraction.words import words

_OPEN_END = re.compile(
    r"(?:[,&/–—-]|\b(?:de|des|du|la|le|les|l['’]|d['’]|et|en|au|aux|à|pour|avec|sur|of|and|the|in|for|with|to|on))$",
    re.IGNORECASE,
)
_CLOSED_END = re.compile(r"[.!?:;)]$")
_HYPHEN = re.compile(r"[^\W\d_]-$")
_CUT_PERIOD = re.compile(r"\([^()]{0,15}\d{4}\s*[-–—]?$")
_CUT = 24
"""Characters at the end of a line that hold a date in an open bracket."""
_UNNAMED = re.compile(
    r"(?:[,–—-]\s|\t|\b(?:chez|dans|à|at)\s)(?:l['’]|la\s|le\s|the\s)?(?:association|soci[ée]t[ée]|groupe|entreprise|clinique|"
    r"h[ôo]pital|lyc[ée]e|coll[èe]ge|[ée]cole|cabinet|restaurant|h[ôo]tel|r[ée]sidence|maison|universit[ée]|transports|garage|"
    r"boulangerie|p[âa]tisserie|boucherie|agence|[ée]tablissements|ets|fondation|institut|laboratoires?|ehpad|centre|domaine|"
    r"compagnie|banque|ville|brasserie|pharmacie|ferme|ch[âa]teau|imprimerie|menuiserie|librairie|mutuelle|f[ée]d[ée]ration|"
    r"ateliers?|camping|supermarch[ée]|hypermarch[ée]|magasin|cr[èe]che|university|college|school|hospital|clinic)$",
    re.IGNORECASE,
)
"""A header that ends with what an organisation is, its name still to come."""
_LINK_END = re.compile(r"\b(?:de|des|du|la|le|les|l['’]|d['’]|et|aux?|of|and|the)$", re.IGNORECASE)
_LINKS = words("de des du d la le les l et à au aux en sur of and the in")
_LINK_IN_FRONT = re.compile(
    r"(?:(?:de|des|du|la|le|les|et|en|aux?|à|pour|avec|sur|dans|of|and|the|in|for|with|to|on)\s|[ld]['’])\S"
)
_NEARLY_FULL = 40
"""A header shorter than this was hardly broken."""
_LONGEST_NAME = 60
_FULL_LINE = 24
"""A line shorter than this was not broken for want of room."""
_SHORT_BRACKET = 40
_END = 12
"""Characters at the end of a line that tell whether it goes on; longer than any word of `_OPEN_END`."""
_UNNAMED_END = 40
_WIDTH = 60
"""A header shorter than this was not broken before its town."""
_TOWN_AT_END = re.compile(r",\s[A-ZÀ-Þ][\w'’-]*(?: [A-ZÀ-Þ][\w'’-]*)?$")
_LONGEST = 400
"""A line longer than this is no broken header."""


def join_wrapped(lines: Sequence[Line]) -> list[Line]:
    """The lines with each continuation appended to the line that it continues."""
    joined: list[Line] = []
    for line in lines:
        if joined and (cells := _with_end_of_cell(joined[-1], line)) is not None:
            joined[-1] = replace(joined[-1], text=cells)
        elif joined and _continues(joined[-1], line):
            # "Lycée Jules-de-" above "Ferry"
            space = "" if _HYPHEN.search(joined[-1].text[-2:]) else " - " if line.bullet else " "
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text}{space}{line.text}")
        else:
            joined.append(line)
    return joined


def _continues(above: Line, line: Line) -> bool:
    if _closes_period(above.text, line.text) or _names_the_unnamed(above, line) or _goes_on(above, line):
        return True
    both_headings = above.heading and line.heading
    if (
        len(above.text) > _LONGEST
        or line.bullet
        or COLUMN in line.text
        or (line.gap and not both_headings and not (above.heading and _is_end_date(line.text)))
        or (line.heading and not above.heading)
    ):
        return False
    if line.text[0] == "(" and len(line.text) <= _SHORT_BRACKET:
        return not above.bullet
    if breaks_in_date(above.text, line.text):
        return not above.bullet
    end = above.text[-_END:]
    if _CLOSED_END.search(end):
        return False
    starts_with_date = (period := find_period(line.text)) is not None and period.begin == 0
    if _OPEN_END.search(end):
        # "2019 -" above a title is an open date, "2019 -" above "2021" a broken one.
        return starts_with_date or end[-1] not in "–—-" or find_period(above.text) is None
    return line.text[0].islower() and not (starts_with_date or is_present(line.text)) and len(above.text) >= _FULL_LINE


def _goes_on(above: Line, line: Line) -> bool:
    """ "2010 Titre professionnel Conducteur … de marchandises" above "sur porteur", marked as a heading or not."""
    if above.bullet or line.bullet or COLUMN in line.text or len(line.text) > _SHORT_BRACKET:
        return False
    if not _NEARLY_FULL <= len(above.text) <= _LONGEST or _CLOSED_END.search(above.text[-_END:]):
        return False
    return starts_with_link(line.text) and (line.heading or not line.gap) and find_period(line.text) is None


def _with_end_of_cell(above: Line, line: Line) -> str | None:
    """ "B.Tech (Information⇥Anna University" with "Technology)": the row with its one open bracket closed."""
    if COLUMN not in above.text or COLUMN in line.text or line.text[-1] != ")" or "(" in line.text:
        return None
    if line.gap or line.bullet or len(above.text) > _LONGEST or len(line.text) > _SHORT_BRACKET:
        return None
    cells = above.text.split(COLUMN)
    cut = [number for number, cell in enumerate(cells[:-1]) if cell.count("(") > cell.count(")")]
    if len(cut) != 1:
        return None
    cells[cut[0]] = f"{cells[cut[0]]} {line.text}"
    return COLUMN.join(cells)


def starts_with_link(text: str) -> bool:
    """Whether a text begins with a word that only goes on ("sur porteur", "of Leeds")."""
    return _LINK_IN_FRONT.match(text) is not None


def _names_the_unnamed(above: Line, line: Line) -> bool:
    """ "2015 à 2017⇥Auxiliaire de vie, Association" above "Présence à Domicile": the rest of a header in a column.

    What is beside a date may be marked as a heading from its second line on.
    """
    end = above.text[-_UNNAMED_END:]
    if line.bullet or COLUMN in line.text or len(line.text) > _LONGEST_NAME or line.text[-1] in ".;:":
        return False
    if line.text[0] != "(" and not (_LINK_END.search(end) or _UNNAMED.search(end)):
        return False
    in_column = _is_beside_date(above.text)
    if not in_column and (line.gap or line.heading or above.bullet):
        return False
    if in_column and (line.text[0] == "(" or _LINK_END.search(end)):
        return line.heading or not line.gap
    if _UNNAMED.search(end) is None or find_period(line.text) is not None:
        return False
    named = line.text.partition("(")[0].replace("'", " ").replace("’", " ").split()
    return bool(named) and (line.heading or all(not word[0].islower() or word in _LINKS for word in named))


def _is_beside_date(text: str) -> bool:
    start, column, beside = text.partition(COLUMN)
    period = find_period(start) if column and beside else None
    return period is not None and not without_period(start, period)


def join_towns(lines: Sequence[Line]) -> list[Line]:
    """ "… , AFTRAL" above "Caen", the last word of the longest line, where other lines end with ", Town"."""
    width = max((len(line.text) for line in lines if not line.bullet), default=0)
    alone = [number for number, line in enumerate(lines) if is_city(line.text)]
    at = alone[0] if len(alone) == 1 else 0
    if not at or lines[at].gap or len(lines[at - 1].text) < max(_WIDTH, width) or lines[at - 1].text[-1] in ",-–—":
        return list(lines)
    if not any(_TOWN_AT_END.search(line.text) for line in lines):
        return list(lines)
    whole = replace(lines[at - 1], text=f"{lines[at - 1].text} {lines[at].text}")
    return [*lines[: at - 1], whole, *lines[at + 1 :]]


def _is_end_date(text: str) -> bool:
    """ "2021" or "présent" and nothing else, below a title that was marked up to the line end only."""
    period = find_period(text)
    return is_present(text) or (period is not None and period.single and (period.begin, period.stop) == (0, len(text)))


def _closes_period(above: str, text: str) -> bool:
    """ "BTS, Lycée Vial (2015" above "- 2017)", whose dash reads as a bullet."""
    return (
        len(above) <= _LONGEST
        and bool(_CUT_PERIOD.search(above[-_CUT:]))
        and text[-1] == ")"
        and _is_end_date(text[:-1])
    )
