"""The rules extractor: the text of a CV to its profile, without any model."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from domain.cv import (
    MAX_ENTRIES,
    MAX_SKILLS,
    Certification,
    CvProfile,
    Education,
    Experience,
    Language,
    PersonalInfo,
    Skill,
    SkillCategory,
)
from domain.extraction.certifications import read_certifications
from domain.extraction.contacts import find_address, find_email, find_links
from domain.extraction.dates import find_period
from domain.extraction.education import read_education
from domain.extraction.experience import read_experience
from domain.extraction.form_labels import with_colons, without_labels
from domain.extraction.label_blocks import beside_labels
from domain.extraction.languages import find_stated_languages, names_language, read_languages
from domain.extraction.lines import Line, plain, read_lines
from domain.extraction.names import is_named_by, read_identity
from domain.extraction.page_marks import without_page_marks
from domain.extraction.phones import find_phone, guess_region
from domain.extraction.section_titles import SectionKind
from domain.extraction.sections import Section, split_sections
from domain.extraction.skill_lists import listed_tools, merge_skills, read_listed_skills
from domain.extraction.untitled import settle
from domain.extraction.words import words
from domain.periods import covered_months
from domain.skills import find_skills
from domain.text import fold

_FRENCH = words(
    """
    le la les des du de un une et en au aux pour avec dans sur par est ans mois experience formation competences
    langues francais anglais developpement gestion chez depuis entreprise niveau permis profil diplome stage chef
    """
)
_ENGLISH = words(
    """
    the of and a an to in for with on by is at from as experience education skills languages english french
    development management since company level profile degree years work team led built manager university
    """
)
_SHARED = _FRENCH & _ENGLISH
_HEAD_KINDS: frozenset[SectionKind] = frozenset(
    {"preamble", "contact", "summary", "skills", "softwares", "languages", "other"}
)
_REFERENCES = re.compile(r"referen|referee|recommand")
_COMPUTERS = re.compile(r"informatique|logiciel|outils|competences|skills|computer|\bit\b")
_MIN_SENTENCE = 60
_ENOUGH_LISTED = 3
_ENOUGH_PERIODS = 2
_SOFT_TITLE = re.compile(r"soft|etre|qualite|atout|person|strength|transvers|comportement|points forts")


def extract_profile(text: str, *, today: date) -> CvProfile:
    """The profile that the rules read in a CV; an empty text gives an empty one.

    `today` is the end of the positions that are still held.
    """
    lines = with_colons(read_lines(text))
    email = find_email(lines)
    lines = beside_labels(without_page_marks(lines, email))
    sections = settle(_with_person(split_sections(lines), email))
    head = [line for section in sections if _shows_the_person(section) for line in section.lines]
    identity = read_identity(head, lines)
    experience = read_experience(_lines_of(sections, "experience"))
    if not experience:
        # "Career summary" titles an introduction in one CV and the positions in another.
        experience = read_experience(
            [line for section in sections if _lists_periods(section) for line in section.lines]
        )
    courses = read_education(without_labels(_lines_of(sections, "education")))
    certifications = read_certifications(_lines_of(sections, "certifications"))
    certifications += [
        Certification(name=course.education.degree, issuer=course.education.institution, date=course.education.end_date)
        for course in courses
        if course.is_certification and course.education.degree
    ]
    education: list[Education] = [course.education for course in courses if not course.is_certification]
    skills = _skills(sections, experience)[:MAX_SKILLS]
    position = identity.headline or next((item.title for item in experience if item.title), None)
    return CvProfile(
        personal_info=_personal_info(lines, sections, identity.name, detect_language(text)),
        position=position,
        summary=_summary(sections),
        skills=skills,
        softwares=[skill.name for skill in skills if skill.category == "tool"],
        languages=_languages(sections)[:MAX_ENTRIES],
        experience=experience[:MAX_ENTRIES],
        education=education[:MAX_ENTRIES],
        certifications=certifications[:MAX_ENTRIES],
        total_experience_months=covered_months(experience, today),
    )


def detect_language(text: str) -> Literal["fr", "en"]:
    """French or English, by the commonest words of each; French when nothing tells."""
    words = re.findall(r"[^\W\d_]+", fold(text[:20_000]))
    french = sum(word in _FRENCH and word not in _SHARED for word in words)
    english = sum(word in _ENGLISH and word not in _SHARED for word in words)
    return "en" if english > french else "fr"


def _with_person(sections: Sequence[Section], email: str | None) -> list[Section]:
    """The sections with those of a side column cut where the name stands, as what follows it is about the person."""
    result: list[Section] = []
    for section in sections:
        result.append(section)
        if section.kind in ("preamble", "contact"):
            continue
        at = next((number for number, line in enumerate(section.lines) if is_named_by(line.text, email)), None)
        if at is not None:
            result.append(Section("preamble", "", section.lines[at:], section.marked))
            section.lines = section.lines[:at]
    return result


def _shows_the_person(section: Section) -> bool:
    return section.kind in _HEAD_KINDS and not _REFERENCES.search(fold(section.title))


def _lists_periods(section: Section) -> bool:
    if section.kind != "summary":
        return False
    periods = [find_period(line.text) for line in section.lines]
    return sum(period is not None and not period.single for period in periods) >= _ENOUGH_PERIODS


def _lines_of(sections: Iterable[Section], *kinds: SectionKind) -> list[Line]:
    return [line for section in sections if section.kind in kinds for line in section.lines]


def _personal_info(
    lines: Sequence[Line], sections: Sequence[Section], name: str | None, language: Literal["fr", "en"]
) -> PersonalInfo:
    contact = _lines_of(sections, "preamble", "contact")
    elsewhere = _lines_of(sections, "summary", "other", "skills", "softwares", "languages")
    region = guess_region(fold(plain(contact)), language)
    phone = find_phone(contact, region) or find_phone(elsewhere, region) or find_phone(lines, region)
    address = find_address(contact)
    if address.city is None and address.address is None:
        address = find_address(elsewhere)
    return PersonalInfo(
        name=name,
        email=find_email(contact) or find_email(lines),
        phone=phone.e164 if phone else None,
        phone_as_written=phone.as_written if phone else None,
        address=address.address,
        city=address.city,
        country=address.country,
        links=find_links([*contact, *elsewhere])[:MAX_ENTRIES],
    )


def _summary(sections: Sequence[Section]) -> str | None:
    lines = [line for line in _lines_of(sections, "summary") if "@" not in line.text]
    if not lines:
        lines = [
            line
            for line in _lines_of(sections, "preamble")
            if len(line.text) >= _MIN_SENTENCE and "@" not in line.text and "://" not in line.text
        ]
    return plain(lines) or None


def _skills(sections: Sequence[Section], experience: Sequence[Experience]) -> list[Skill]:
    """The skills that the CV lists; one that lists hardly any has those that its other texts mention."""
    listed = merge_skills(
        *(read_listed_skills(_skill_lines(section), unknown=_unknown_category(section)) for section in sections)
    )
    if len(listed) >= _ENOUGH_LISTED:
        return merge_skills(listed, listed_tools(_lines_of(sections, "experience", "projects")))
    told = find_skills(plain(_lines_of(sections, "preamble", "summary", "projects")))
    used = find_skills("\n".join(item.description for item in experience))
    return merge_skills(listed, told, used)


def _skill_lines(section: Section) -> list[Line]:
    """The lines of a section that list skills.

    A section titled "Languages" may be one of programming languages, one titled "Langues et informatique" has both.
    """
    if section.kind in ("skills", "softwares"):
        return section.lines
    if section.kind != "languages":
        return []
    others = [line for line in section.lines if not names_language(line.text)]
    return others if len(others) == len(section.lines) or _COMPUTERS.search(fold(section.title)) else []


def _unknown_category(section: Section) -> SkillCategory:
    """What a listed item is that the vocabulary does not know, going by the title it is listed under."""
    if section.kind == "softwares":
        return "tool"
    return "soft" if _SOFT_TITLE.search(fold(section.title)) else "technical"


def _languages(sections: Sequence[Section]) -> list[Language]:
    languages = read_languages(_lines_of(sections, "languages"))
    elsewhere = find_stated_languages(
        _lines_of(sections, "preamble", "contact", "skills", "softwares", "other", "education")
    )
    if not languages:
        return elsewhere
    # "Langue maternelle : français" among the particulars, beside a section of other languages.
    known = {item.language for item in languages}
    return [item for item in elsewhere if item.level == "native" and item.language not in known] + languages
