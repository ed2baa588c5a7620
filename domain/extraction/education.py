"""Courses of study: degree, level on the French scale, field, institution and dates of each entry."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.cv import Education
from domain.extraction.degrees import degree_field, degree_score, education_level, is_honours, starts_with_degree
from domain.extraction.entries import Entry, split_entries
from domain.extraction.institutions import institution_score
from domain.extraction.lines import Line
from domain.extraction.places import is_place
from domain.extraction.titles import clean_part, split_head
from domain.text import fold

_CERTIFICATE = re.compile(r"certifi|habilitation|mooc|attestation|toeic|toefl|permis")
_MAX_WORDS = 14


@dataclass(slots=True)
class Course:
    """One entry of the section; `is_certification` when it is a certificate rather than a degree."""

    education: Education
    is_certification: bool = False


def read_education(lines: Sequence[Line]) -> list[Course]:
    """The courses of an education section, in the order of the CV."""
    entries = _with_undated(split_entries(lines, _wants_more))
    return [course for course in map(_course, entries) if course is not None]


def _parts(texts: Sequence[str]) -> list[str]:
    parts: list[str] = []
    for text in texts:
        for part in split_head(text)[0]:
            cleaned, _ = clean_part(part)
            parts.extend(p for p in _degree_and_school(cleaned) if p and not is_place(p) and not is_honours(p))
    return parts


def _degree_and_school(part: str) -> list[str]:
    """ "Master droit, économie, Université de Lyon": a degree and its school, cut between them."""
    pieces = [piece for piece in part.split(", ") if not is_honours(piece)]
    for number, piece in enumerate(pieces[1:], start=1):
        if institution_score(piece) and degree_score(pieces[0]) and not institution_score(pieces[0]):
            return [", ".join(pieces[:number]), ", ".join(pieces[number:])]
    return [", ".join(pieces)]


def _wants_more(texts: list[str], _: str) -> bool:
    """Whether a header still lacks its degree or its school."""
    parts = _parts(texts)
    return len(parts) < 2 or (len(parts) == 2 and not any(institution_score(part) for part in parts))


def _with_undated(entries: Sequence[Entry]) -> list[Entry]:
    """Further courses among the lines below an entry: "Master …" without a date of its own."""
    result: list[Entry] = []
    for entry in entries:
        result.append(entry)
        kept: list[Line] = []
        for line in entry.body:
            begins = (
                starts_with_degree(line.text) and education_level(line.text) and len(line.text.split()) <= _MAX_WORDS
            )
            if begins and any(degree_score(text) for text in entry.head):
                result.append(Entry([line.text]))
            elif result[-1] is entry:
                kept.append(line)
            elif (
                len(result[-1].head) == 1 and institution_score(line.text) and not institution_score(result[-1].head[0])
            ):
                result[-1].head.append(line.text)
        entry.body = kept
    return result


def _course(entry: Entry) -> Course | None:
    parts = _parts(entry.head)
    if not parts or (entry.period is None and not any(degree_score(p) >= 2 or institution_score(p) for p in parts)):
        return None
    degree, institution, others = _assign(parts)
    field = degree_field(degree) if degree else None
    if field is None and degree is not None:
        field = next((part for part in others if not institution_score(part) and len(part.split()) <= 8), None)
    level = education_level(degree) if degree else None
    if level is None:
        level = next((found for text in entry.head if (found := education_level(text)) is not None), None)
    start, end = (entry.period.start, entry.period.end) if entry.period else (None, None)
    if entry.period is not None and entry.period.single:
        # The one date of a course is the year it was completed.
        start, end = None, entry.period.start
    education = Education(
        degree=degree, level=level, institution=institution, field=field, start_date=start, end_date=end
    )
    is_certificate = level is None and degree is not None and _CERTIFICATE.match(fold(degree)) is not None
    return Course(education, is_certificate)


def _assign(parts: list[str]) -> tuple[str | None, str | None, list[str]]:
    """Degree and institution among the parts of a header, and the parts left."""
    at = max(range(len(parts)), key=lambda i: (degree_score(parts[i]) - institution_score(parts[i]), -i))
    degree = parts[at]
    if len(parts) == 1:
        return (None, degree, []) if institution_score(degree) > degree_score(degree) else (degree, None, [])
    others = [index for index in range(len(parts)) if index != at]
    twin = next((i for i in others if abs(i - at) == 1 and _is_degree_alone(parts[i])), None)
    if twin is not None and _is_degree_alone(degree):
        # "DCG - Diplôme de comptabilité et de gestion": a degree named twice.
        degree = f"{parts[min(twin, at)]} - {parts[max(twin, at)]}"
        others.remove(twin)
    best = max(others, key=lambda i: (institution_score(parts[i]) - degree_score(parts[i]), -i), default=None)
    if best is None or degree_score(parts[best]) > max(2, institution_score(parts[best])):
        return degree, None, [parts[i] for i in others]
    if not institution_score(parts[best]) and any(i < at for i in others) and best > at:
        best = min(others)
    others.remove(best)
    return degree, parts[best], [parts[i] for i in others]


def _is_degree_alone(text: str) -> bool:
    return degree_score(text) >= 3 and institution_score(text) == 0
