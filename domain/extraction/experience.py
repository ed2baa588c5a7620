"""Positions held: title, company, place, dates and description of each entry of an experience section."""

import re
from collections.abc import Sequence
from dataclasses import replace

from domain.cv import MAX_SKILLS, Experience, Skill
from domain.extraction.companies import company_score, is_task, without_remark
from domain.extraction.dates import find_period
from domain.extraction.entries import LABELLED, Entry, split_entries
from domain.extraction.experience_heads import (
    Head,
    assign,
    companies_in_brackets,
    leaning,
    take_from_brackets,
    title_first,
    titles_in_capitals,
)
from domain.extraction.header_rules import HeaderRules
from domain.extraction.life_events import is_life_event
from domain.extraction.lines import COLUMN, Line, plain
from domain.extraction.places import is_place, may_be_town, without_town
from domain.extraction.skill_lists import listed_tools, merge_skills
from domain.extraction.titles import title_score
from domain.skills import find_skills

_VALUE = rf"\s*(?:[:{COLUMN}]\s*)+(?P<value>\S.{{1,100}})$"
_TITLE_LABEL = re.compile(
    r"(?:(?:fonctions?|poste|emploi)(?:\s+(?:et|ou)\s+\w+)?(?:\s+occup[ée]e?s?)?|m[ée]tier|designation|"
    r"intitul[ée](?:\s+du\s+poste)?|r[ôo]le|"
    r"(?:occupation\s+or\s+)?position(?:\s+held)?|job\s+(?:title|role)|title)" + _VALUE,
    re.IGNORECASE,
)
_COMPANY_LABEL = re.compile(
    r"(?:(?:nom\s+(?:et\s+adresse\s+)?(?:de\s+l['’]|du\s+))?(?:entreprise|soci[ée]t[ée]|employeur)|organisme|"
    r"(?:name\s+(?:and\s+address\s+)?of\s+)?(?:company|employer|organi[sz]ation)(?:\s+name)?)" + _VALUE,
    re.IGNORECASE,
)
_PLACE_LABEL = re.compile(r"(?:lieu(?:\s+de\s+travail)?|ville|location|city|place)" + _VALUE, re.IGNORECASE)
_DATE_LABEL = re.compile(
    r"(?:(?:employment\s+)?(?:dates?|period)(?:\s+of\s+employment|\s+employed|\s+worked)?|tenure|duration|dur[ée]e|"
    r"(?:dates?|p[ée]riode)(?:\s+d['’](?:emploi|activit[ée]))?)" + _VALUE,
    re.IGNORECASE,
)
_SAME = re.compile(
    r"(?:(?:au\s+sein\s+de\s+la\s+|dans\s+la\s+)?m[êe]me\s+(?:entreprise|soci[ée]t[ée]|employeur|[ée]tablissement|structure)|idem|"
    r"same\s+(?:company|employer|organi[sz]ation))",
    re.IGNORECASE,
)
_ON_ONES_OWN = re.compile(
    r"\b(?:freelance|ind[ée]pendante?|self-employed|auto-?entrepreneu\w*|micro-?entrepreneu\w*|à\s+[ms]on\s+compte)\b",
    re.IGNORECASE,
)
_LABELLED_LINES = 4
_LABELS_ABOVE = 3
"""Fields of a form that may stand above its dates."""
_PLAIN = 2
"""A title score that leaves no doubt."""


def read_experience(lines: Sequence[Line]) -> list[Experience]:
    """The positions of an experience section, in the order of the CV."""
    entries = split_entries(
        _without_labels(lines), HeaderRules(_wants_more, _completes, _is_post, _is_organisation, _may_employ)
    )
    heads = [Head(entry.head, entry.beside) for entry in entries]
    in_brackets = companies_in_brackets(heads)
    for head in heads:
        take_from_brackets(head, always=in_brackets)
    in_order, in_capitals = title_first(heads), titles_in_capitals(heads)
    positions: list[Experience] = []
    shared: str | None = None
    before: str | None = None
    town: str | None = None
    for entry, head in zip(entries, heads, strict=True):
        head.in_capitals = in_capitals
        title, company, location = _labelled(entry, *assign(head, in_order), head)
        if company is not None:
            company = without_remark(company)
            if location is None:
                company, location = without_town(company)
        if is_life_event(title, company):
            continue
        if entry.employer is not None and title and company and leaning(company) > 0 and leaning(title) > 0:
            # "Sergent-chef, chef d'atelier"
            title, company = ", ".join(head.parts[:2]), None
        if entry.inherits and shared and town and company and may_be_town(company) and not company_score(company):
            # "Directeur – Vals", "Chef de secteur – Aubenas" below one company
            company, location = shared, company
        if company is not None and _SAME.fullmatch(company):
            company = before
        if company is None and _ON_ONES_OWN.search(f"{title} {head.contract}"):
            shared = None
        elif company is None and entry.employer is not None:
            company = _employer_name(entry.employer)
        elif company is None and entry.inherits:
            company = shared
        elif company is not None:
            # A company above two positions is not named again with the second.
            shared = company if head.parts and head.parts[0].startswith(company) else None
        if title is None and company is None:
            continue
        if entry.period is None and not (title and title_score(title) >= 2):
            continue
        before, town = company, location
        positions.append(_position(entry, title, company, location))
    return positions


def _rules() -> HeaderRules:
    return HeaderRules(_wants_more, _completes, _is_post, _is_organisation, _may_employ)


def _without_labels(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines of a form that dates its positions last ("Poste : …", "Dates : …") as those of plain headers.

    Elsewhere the labels of dates alone are taken off.
    """
    labels: Sequence[re.Pattern[str]] = (_TITLE_LABEL, _COMPANY_LABEL, _PLACE_LABEL)
    first = next((number for number, line in enumerate(lines) if _dated_value(line)), 0)
    above = lines[max(0, first - _LABELS_ABOVE) : first]
    if not any(label.match(line.text) for label in labels for line in above):
        labels = ()
    return [_without_label(line, labels) for line in lines]


def _without_label(line: Line, labels: Sequence[re.Pattern[str]]) -> Line:
    value = _dated_value(line) or next((match["value"] for label in labels if (match := label.match(line.text))), None)
    return line if value is None else replace(line, text=value, bullet=line.bullet and not labels)


def _dated_value(line: Line) -> str | None:
    """What a label of dates stands before ("Duration: July 2021 – Till date"); None for a mere length of time."""
    match = _DATE_LABEL.match(line.text)
    return match["value"] if match and find_period(match["value"]) else None


def _wants_more(texts: list[str], following: str) -> bool:
    """Whether a header still lacks its title or its company."""
    if LABELLED.match(following) or is_task(following):
        return False
    head = Head(texts)
    parts = head.parts
    if len(parts) < 2:
        return True
    if head.employer is None and not any(title_score(part) >= 2 for part in parts) and title_score(following) >= 2:
        return True
    if len(parts) == 2 and head.employer is None:
        if any(company_score(part) for part in parts):
            return False
        return all(title_score(part) >= 2 for part in parts) or (
            company_score(following) > 0 and not title_score(following)
        )
    return False


def _completes(texts: list[str], above: str) -> bool:
    """Whether a header lacks its title and the line above it is plainly one."""
    return title_score(above) >= _PLAIN and not any(title_score(part) for part in Head(texts).parts)


def _is_post(text: str) -> bool:
    return any(leaning(part) > 0 for part in Head([text]).parts)


def _may_employ(text: str) -> bool:
    return not _is_post(text)


def _is_organisation(text: str) -> bool:
    return company_score(text) > 0 and not _is_post(text)


def _employer_name(text: str) -> str | None:
    """The company of a line that names it alone, with its town or a remark."""
    parts = Head([text]).parts
    return without_town(without_remark(max(parts, key=company_score)))[0] if parts else None


def _labelled(
    entry: Entry, title: str | None, company: str | None, location: str | None, head: Head
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
        skills=[skill.name for skill in _skills_used(body)][:MAX_SKILLS],
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


def _skills_used(body: Sequence[Line]) -> list[Skill]:
    """The techniques and tools that a description shows in use, with all those that it lists as such."""
    told = find_skills("\n".join(line.text for line in body))
    return merge_skills([skill for skill in told if skill.category in ("technical", "tool")], listed_tools(body))
