"""Positions held: title, company, place, dates and description of each entry of an experience section."""

import re
from collections.abc import Sequence

from domain.cv import MAX_SKILLS, Experience, Skill
from domain.extraction.entries import Entry, split_entries
from domain.extraction.lines import Line, plain
from domain.extraction.places import is_place
from domain.extraction.skill_lists import listed_tools, merge_skills
from domain.extraction.titles import clean_part, company_score, is_contract, split_head, title_score
from domain.skills import find_skills

_VALUE = r"\s*:\s*(?P<value>\S.{1,100})$"
_TITLE_LABEL = re.compile(
    r"(?:fonction|poste(?:\s+occup[ée])?|intitul[ée](?:\s+du\s+poste)?|r[ôo]le|position|job\s+title|title)" + _VALUE,
    re.IGNORECASE,
)
_COMPANY_LABEL = re.compile(r"(?:entreprise|soci[ée]t[ée]|employeur|company|employer)" + _VALUE, re.IGNORECASE)
_PLACE_LABEL = re.compile(r"(?:lieu|ville|location)" + _VALUE, re.IGNORECASE)
_LABELLED_LINES = 4
_PLAIN = 2
"""A leaning that leaves no doubt."""


class _Head:
    """The header of one entry, taken apart."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.parts: list[str] = []
        self.contract: str | None = None
        self.location: str | None = None
        self.employer: int | None = None
        """Index in `parts` of the employer where "chez" or "at" told it."""
        for text in texts:
            parts, employer = split_head(text)
            for index, part in enumerate(parts):
                cleaned, place = (part, None) if is_place(part) else clean_part(part)
                self.location = self.location or place
                if not cleaned:
                    continue
                if is_contract(cleaned):
                    self.contract = self.contract or cleaned
                elif index != employer and is_place(cleaned.split(" (")[0]):
                    self.location = self.location or cleaned.split(" (")[0]
                else:
                    if index == employer:
                        self.employer = len(self.parts)
                    self.parts.append(cleaned)


def read_experience(lines: Sequence[Line]) -> list[Experience]:
    """The positions of an experience section, in the order of the CV."""
    entries = split_entries(lines, _wants_more)
    heads = [_Head(entry.head) for entry in entries]
    title_first = _title_first(heads)
    positions: list[Experience] = []
    for entry, head in zip(entries, heads, strict=True):
        title, company, location = _labelled(entry, *_assign(head, title_first), head)
        if company is not None and location is None:
            company, location = _without_town(company)
        if company is None and entry.inherits and positions:
            company = positions[-1].company
        if title is None and company is None:
            continue
        if entry.period is None and not (title and title_score(title) >= 2):
            continue
        positions.append(_position(entry, title, company, location))
    return positions


def _wants_more(texts: list[str], following: str) -> bool:
    """Whether a header still lacks its title or its company."""
    head = _Head(texts)
    parts = head.parts
    if len(parts) < 2:
        return True
    if head.employer is None and not any(title_score(part) >= 2 for part in parts) and title_score(following) >= 2:
        return True
    if len(parts) == 2 and head.employer is None:
        return all(title_score(part) >= 2 and not company_score(part) for part in parts)
    return False


def _title_first(heads: Sequence[_Head]) -> bool:
    """The habit of the section, told by the headers whose title or company is plain to see."""
    votes = 0
    for head in heads:
        if len(head.parts) >= 2:
            first, second = (_leaning(part) for part in head.parts[:2])
            if first != second:
                votes += 1 if first > second else -1
    return votes >= 0


def _leaning(part: str) -> int:
    """Above 0 for a title, below for a company."""
    lean = title_score(part) - company_score(part)
    return max(-_PLAIN, min(_PLAIN, lean))


def _assign(head: _Head, title_first: bool) -> tuple[str | None, str | None, str | None]:
    """Title, company and place of a header."""
    parts, location = head.parts, head.location
    if not parts:
        return head.contract, None, location
    if len(parts) == 1:
        only = parts[0]
        if _leaning(only) > 0 or (title_first and _leaning(only) == 0 and head.contract is None):
            return only, None, location
        return head.contract, only, location
    if head.employer:
        return parts[head.employer - 1], parts[head.employer], location
    if len(parts) > 2 and _leaning(parts[2]) == _PLAIN > max(_leaning(parts[0]), _leaning(parts[1]), 0):
        # "VINALIA, Mérignac" above "Chargée de recrutement".
        return parts[2], parts[0], location or parts[1]
    first, second = _leaning(parts[0]), _leaning(parts[1])
    in_order = title_first if first == second else first > second
    title, company = (parts[0], parts[1]) if in_order else (parts[1], parts[0])
    if len(parts) > 2 and location is None and len(parts[2].split()) <= 3 and title_score(parts[2]) < 2:
        location = parts[2]
    if len(parts) > 2 and _leaning(company) > 0 and _leaning(parts[2]) <= 0:
        # "Chef de projet – Responsable qualité, Acme": two halves of one title, then the company.
        title, company, location = f"{title} - {company}", parts[2], None if location == parts[2] else location
    return title, company, location


def _labelled(
    entry: Entry, title: str | None, company: str | None, location: str | None, head: _Head
) -> tuple[str | None, str | None, str | None]:
    """Title, company and place with what labels below the header say ("Fonction : développeur")."""
    for line in entry.body[:_LABELLED_LINES]:
        if match := _TITLE_LABEL.match(line.text):
            title = match["value"]
            company = next((part for part in head.parts if part != title), company)
        elif match := _COMPANY_LABEL.match(line.text):
            company = match["value"]
        elif match := _PLACE_LABEL.match(line.text):
            location = location or match["value"]
    return title, company, location


def _without_town(company: str) -> tuple[str, str | None]:
    """ "Les Oliviers, Aubagne": the town that no list knows, after the company's only comma."""
    name, comma, town = company.rpartition(", ")
    is_town = 0 < len(town.split()) <= 2 and town[:1].isupper() and not company_score(town)
    return (
        (name, town)
        if comma and "," not in name and is_town and town.replace("-", "").replace(" ", "").isalpha()
        else (company, None)
    )


def _position(entry: Entry, title: str | None, company: str | None, location: str | None) -> Experience:
    period = entry.period
    body = list(entry.body)
    if body and location is None and _is_place_line(body):
        location = body.pop(0).text
    return Experience(
        title=title,
        company=company,
        location=location,
        start_date=period.start if period else None,
        end_date=period.end if period else None,
        is_current=bool(period and period.is_current),
        description=plain(body),
        skills=[skill.name for skill in _skills_used(title or "", body)][:MAX_SKILLS],
    )


def _is_place_line(body: Sequence[Line]) -> bool:
    """The first line below a header names a place: a known one, or a short name above the bullets."""
    first = body[0]
    if first.bullet:
        return False
    short = (
        len(first.text.split()) <= 3
        and first.text[0].isupper()
        and first.text.replace(" ", "").replace("-", "").isalpha()
    )
    return is_place(first.text) or (short and len(body) > 1 and body[1].bullet)


def _skills_used(title: str, body: Sequence[Line]) -> list[Skill]:
    """What a description shows in use, with all the tools that it lists as such."""
    told = find_skills("\n".join([title, *(line.text for line in body)]))
    return merge_skills(told, listed_tools(body))
