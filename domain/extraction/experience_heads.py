"""The header of a position taken apart: which of its parts is the title, which the company, which the place."""

import re
from collections.abc import Sequence

from domain.extraction.companies import company_score, split_glued
from domain.extraction.dates import is_duration
from domain.extraction.head_parts import clean_part, named_in_brackets, split_head
from domain.extraction.places import is_known_place, is_place, may_be_town, without_town
from domain.extraction.titles import is_contract, is_self_employment, title_score

_PLAIN = 2
"""A leaning that leaves no doubt."""
_TITLE_AND_COMPANY = 2
_ENOUGH_HEADS = 2
_BESIDE_REGION = re.compile(r"\s*,\s*|\s+[-–—|/]\s+")


class Head:
    """The parts of a header that may be title or company, and what else it tells."""

    def __init__(self, texts: Sequence[str], beside: str = "") -> None:
        """`beside` is the text right of the date, where some write the town."""
        self.parts: list[str] = []
        self.contract: str | None = None
        self.on_ones_own = False
        """Work for oneself told right behind a part, where others name the employer ("Landscaper, Self-Employed")."""
        self._named = False
        self.location: str | None = None
        self.in_capitals = False
        """Whether titles are written in capitals beside it, and companies are not."""
        self.employer: str | None = None
        """The employer among `parts` where "chez" or "at" told it."""
        lines = [self._read(text) for text in texts]
        rest = [part for text, line in zip(texts, lines, strict=True) if text != beside for part in line]
        if beside and len(rest) >= _TITLE_AND_COMPANY and any(map(title_score, rest)) and _is_lone_town(beside):
            self.location = self.location or beside
            lines = [line if text != beside else [] for text, line in zip(texts, lines, strict=True)]
        for number, line in enumerate(lines):
            others = [part for other in lines[:number] + lines[number + 1 :] for part in other]
            if others and len(line) == 2 and self.employer is None:
                line = self._joined(line, others, texts[number])
            self.parts.extend(line)
        if len(self.parts) == 1 and leaning(self.parts[0]) > 0:
            self.parts.extend(self._employer_abroad(texts))

    def _employer_abroad(self, texts: Sequence[str]) -> list[str]:
        """ "Equinor, Norway" below a title: no unknown town, as there is no other company."""
        for text in texts:
            named = _BESIDE_REGION.split(text, maxsplit=1)
            if is_place(text) and not is_known_place(text) and len(named) == _TITLE_AND_COMPANY:
                self.location = named[1].strip()
                return [named[0].strip()]
        return []

    def _read(self, text: str) -> list[str]:
        """The parts of one line; its place, contract and employer are noted."""
        kept: list[str] = []
        parts, employer = split_head(text)
        for index, part in enumerate(parts):
            cleaned, place = (part, None) if is_place(part) else clean_part(part)
            self.location = self.location or place
            if not cleaned or is_duration(cleaned):
                continue
            if (named := named_in_brackets(cleaned)) and is_contract(named[0]):
                # "missions d'intérim (Manpower)"
                self.contract = self.contract or named[0]
                cleaned = named[1]
            if is_contract(cleaned):
                self.on_ones_own = self.on_ones_own or (self._named and is_self_employment(cleaned))
                self.contract = self.contract or cleaned
            elif index != employer and is_place(cleaned.split(" (")[0]):
                self.location = self.location or cleaned.split(" (")[0]
            else:
                if index == employer:
                    self.employer = cleaned
                kept.append(cleaned)
                self._named = True
        return kept

    def _joined(self, line: list[str], others: list[str], text: str) -> list[str]:
        """What a comma separates on one line of several."""
        one, other = line
        whole = f"{one}, {other}"
        if min(title_score(one), title_score(other)) >= _PLAIN and any(leaning(part) < 0 for part in others):
            # "Adjudant, commandant de brigade" beside the employer
            return [whole] if whole in text else line
        if company_score(other) or title_score(other):
            return line
        if title_score(one) >= _PLAIN:
            # "Avocate, droit social": a title, as the company has its own line.
            return [whole] if whole in text and any(leaning(part) < _PLAIN for part in others) else line
        if len(others) == 1 and title_score(one) <= min(1, title_score(others[0])) and may_be_town(other):
            # "Dupont Frères, Vertou" beside "Cariste".
            self.location = self.location or other
            return [one]
        return line


def title_first(heads: Sequence[Head]) -> bool:
    """The habit of the section, told by the headers whose title or company is plain to see."""
    votes = 0
    for head in heads:
        if len(head.parts) >= 2:
            first, second = (leaning(part) for part in head.parts[:2])
            if first != second:
                votes += 1 if first > second else -1
    return votes >= 0


def titles_in_capitals(heads: Sequence[Head]) -> bool:
    """Whether capitals tell the titles of a section from its companies, going by those that are plain to see."""
    told = [
        first.isupper() if leaning(first) > leaning(second) else second.isupper()
        for first, second in (head.parts[:2] for head in heads if len(head.parts) >= _TITLE_AND_COMPANY)
        if first.isupper() != second.isupper() and _PLAIN in (leaning(first), leaning(second))
    ]
    return len(told) >= _ENOUGH_HEADS and all(told)


def leaning(part: str) -> int:
    """Above 0 for a title, below for a company."""
    lean = title_score(part) - company_score(part)
    return max(-_PLAIN, min(_PLAIN, lean))


def companies_in_brackets(heads: Sequence[Head]) -> bool:
    """Whether the section names its companies in brackets behind the titles."""
    named = [head for head in heads if len(head.parts) == 1 and named_in_brackets(head.parts[0])]
    return len(named) > 1 and len(named) == len(heads)


def take_from_brackets(head: Head, *, always: bool) -> None:
    """ "Serveuse (Café du Port)" alone in a header: a title and its company; unless `always`, one plainly a company."""
    if len(head.parts) != 1 or (named := named_in_brackets(head.parts[0])) is None:
        return
    if leaning(named[0]) > 0 and (always or company_score(named[1])):
        name, town = without_town(named[1])
        head.parts, head.location = [named[0], name], head.location or town


def assign(head: Head, title_first: bool) -> tuple[str | None, str | None, str | None]:
    """Title, company and place of a header."""
    parts, location = head.parts, head.location
    if not parts:
        return head.contract, None, location
    if len(parts) == 1:
        only = parts[0]
        if title_score(only) >= _PLAIN and (glued := split_glued(only)) and title_score(glued[0]) >= _PLAIN:
            return glued[0], glued[1], location
        if head.on_ones_own and title_first and leaning(only) > -_PLAIN:
            return only, None, location
        if leaning(only) > 0 or (title_first and leaning(only) == 0 and head.contract is None):
            return only, None, location
        return head.contract, only, location
    if head.employer in parts[1:]:
        return parts[parts.index(head.employer) - 1], head.employer, location
    if len(parts) > 2 and leaning(parts[2]) == _PLAIN > max(leaning(parts[0]), leaning(parts[1]), 0):
        # "VINALIA, Mérignac" above "Chargée de recrutement".
        return parts[2], parts[0], location or parts[1]
    first, second = leaning(parts[0]), leaning(parts[1])
    in_order = title_first if first == second else first > second
    if head.in_capitals and parts[0].isupper() != parts[1].isupper() and _PLAIN not in (first, second):
        in_order = parts[0].isupper()
    title, company = (parts[0], parts[1]) if in_order else (parts[1], parts[0])
    if len(parts) > 2 and location is None and len(parts[2].split()) <= 3 and title_score(parts[2]) < 2:
        location = parts[2]
    if len(parts) > 2 and leaning(company) > 0 and leaning(parts[2]) <= 0:
        # "Chef de projet – Responsable qualité, Acme": two halves of one title, then the company.
        title, company, location = f"{title} - {company}", parts[2], None if location == parts[2] else location
    return title, company, location


def _is_lone_town(text: str) -> bool:
    return may_be_town(text) and not (text.isupper() or company_score(text) or title_score(text))
