"""Courses of study: degree, level on the French scale, field, institution and dates of each entry."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.cv import Education
from domain.extraction.degrees import degree_field, degree_score, education_level, starts_with_degree
from domain.extraction.education_heads import header_parts
from domain.extraction.entries import LABELLED, Entry, split_entries
from domain.extraction.head_parts import without_label
from domain.extraction.header_rules import HeaderRules
from domain.extraction.institutions import institution_score
from domain.extraction.lines import Line
from domain.text import fold

_CERTIFICATE = re.compile(
    r"certifi|habilitation|mooc|attestation|toeic|toefl|permis|(?:caces|sst|afgsu|psc ?1|haccp|fimo|fco|aipr|adr)\b"
)
_TRAINING = re.compile(
    r"(?:formations?|stages?|journ[ée]es?|modules?|s[ée]minaires?|ateliers?|sensibilisation|initiation|perfectionnement|"
    r"trainings?|courses?|workshops?|seminars?|recyclage)\b"
)
_SHORT_TRAINING = re.compile(
    r"\b(?:interne|in-house|internal|haccp|caces|sst|afgsu|psc ?1|fimo|fco|adr|gestes et postures|premiers secours|"
    r"first aid|securite incendie|hygiene alimentaire|food hygiene|sauveteur\w*|prap|secourisme)\b"
)
_HOURS = re.compile(r"\b\d{1,3}\s?(?:h|heures?|hours?|hrs?|jours?|j|days?)\b", re.IGNORECASE)
_TRADE_CARD = re.compile(r"(?:ssiap(?: ?[123])?|cqp[im]?|tfp|cnaps|carte professionnelle)\b")
_LICENCE = re.compile(r"permis|certifi")
_TEACHING = re.compile(
    r"(?:\d{4}(?:\s?[-–/]\s?\d{4})?\s)?(?:travaux\s+(?:dirig[ée]s|pratiques)|t\.?d\.?\s|cours\s+magistraux|charg[ée]e?\s+(?:de|d['’])\s*(?:cours|td|tp|"
    r"travaux|enseignement)|vacat(?:aire|ions?)|enseignement\s+d(?:e|u|es|['’])|encadrement\s+d|(?:co-?)?supervision\s+(?:of|de|d['’])|"
    r"monitorat|ater\b|attach[ée]e?\s+temporaire|teaching\s+(?:assistant|fellow)|(?:guest\s+)?lectur(?:er|es)\b|tutorials?\b|"
    r"seminars?\s+(?:on|in|for)|(?:taught|teaching)\s|demonstrator|(?:colles|kh[ôo]lles)\b|colleur|khôlleur|tutorat\s)",
    re.IGNORECASE,
)
"""Teaching given, which is no course taken."""
_STUDY = re.compile(r"certificate?\b")
_MAX_WORDS = 14
_DEGREE = 3
"""A score that leaves no doubt about a degree."""


@dataclass(slots=True)
class Course:
    """One entry of the section; `is_certification` when it is a certificate rather than a degree."""

    education: Education
    is_certification: bool = False


def read_education(lines: Sequence[Line]) -> list[Course]:
    """The courses of an education section, in the order of the CV."""
    courses: list[Course] = []
    shared: str | None = None
    for entry in _with_undated(
        split_entries(
            [replace(line, text=without_label(line.text) or line.text) for line in lines],
            HeaderRules(_wants_more, _completes, _begins_course, _is_school, _is_school),
        )
    ):
        course = _course(entry)
        if course is None:
            continue
        if course.education.institution is None and entry.employer is not None:
            course.education.institution = next(iter(header_parts([entry.employer])), None)
        elif course.education.institution is None and entry.inherits:
            course.education.institution = shared
        elif course.education.institution is not None:
            # "Université Paris II" above two degrees: the second one's lines do not name it again.
            shared = course.education.institution if institution_score(entry.head[0]) else None
        courses.append(course)
    return courses


def _wants_more(texts: list[str], following: str) -> bool:
    """Whether a header still lacks its degree or its school."""
    parts = header_parts(texts)
    has_degree = any(degree_score(part) >= _DEGREE for part in parts)
    if LABELLED.match(following):
        return not has_degree and starts_with_degree(following)
    if len(parts) < 2:
        return True
    if not any(institution_score(part) for part in parts):
        return len(parts) == 2
    return not has_degree and degree_score(following) >= _DEGREE and not institution_score(following)


def _completes(texts: list[str], above: str) -> bool:
    """Whether a header lacks its degree and the line above it begins with one."""
    return starts_with_degree(above) and not any(degree_score(part) >= _DEGREE for part in header_parts(texts))


def _begins_course(text: str) -> bool:
    return starts_with_degree(text) or text.startswith(("Formation ", "FORMATION "))


def _is_school(text: str) -> bool:
    return institution_score(text) > 0 and not starts_with_degree(text)


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
                result.append(Entry([line.text], inherits=institution_score(entry.head[0]) > 0))
            elif result[-1] is entry:
                kept.append(line)
            elif (
                len(result[-1].head) == 1 and institution_score(line.text) and not institution_score(result[-1].head[0])
            ):
                result[-1].head.append(line.text)
        entry.body = kept
    return result


def _course(entry: Entry) -> Course | None:
    parts = header_parts(entry.head)
    if entry.head and _TEACHING.match(entry.head[0]):
        return None
    if not parts or (entry.period is None and not any(degree_score(p) >= 2 or institution_score(p) for p in parts)):
        return None
    if entry.period is not None and entry.period.single and len(parts) == 1 and not _is_of_study(parts[0]):
        name = fold(parts[0])
        if _LICENCE.match(name) or not _CERTIFICATE.match(name):
            return None
        return Course(Education(degree=parts[0], end_date=entry.period.start), is_certification=True)
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
    return Course(education, level is None and degree is not None and _is_certificate(degree, education, entry))


def _is_certificate(degree: str, education: Education, entry: Entry) -> bool:
    """A certificate rather than a course of study, which is at a school or lasts from one year to another."""
    name = fold(degree)
    lasts = entry.period is not None and not entry.period.single
    if education.institution is None and not lasts and _TRADE_CARD.match(name):
        return True
    if _TRAINING.match(name) and not lasts and not institution_score(education.institution or ""):
        return _SHORT_TRAINING.search(name) is not None or any(_HOURS.search(text) for text in entry.head)
    if not _CERTIFICATE.match(name):
        return False
    return not (_STUDY.match(name) and (lasts or institution_score(education.institution or "")))


def _is_of_study(part: str) -> bool:
    return degree_score(part) > 0 or institution_score(part) > 0


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
