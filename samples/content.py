"""The content of a CV: a profile written out as sections of lines, before any layout."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from domain.cv import Certification, CvProfile, Education, Experience, Skill, SkillCategory, SkillLevel
from samples.dates import DateStyle

SectionKey = Literal["summary", "experience", "education", "skills", "languages", "certifications"]

LEVELS_FR: Mapping[SkillLevel, str] = {
    "BEGINNER": "débutant", "INTERMEDIATE": "intermédiaire", "ADVANCED": "avancé", "EXPERT": "expert",
}  # fmt: skip


@dataclass(frozen=True)
class Style:
    """How one person writes a CV.

    `titles` gives the sections in their order. `contacts`, `experience` and `education` are line templates over the
    fields of the profile; in the last two "\\t" separates what a layout may set apart (dates at the right margin or
    in a column of their own). The first line of an experience or education is its headline.
    """

    titles: Mapping[SectionKey, str]
    dates: DateStyle
    contacts: tuple[str, ...]
    experience: tuple[str, ...]
    education: tuple[str, ...]
    certification: str
    tools_label: str = ""
    skill_groups: Mapping[SkillCategory, str] = field(default_factory=dict)
    softwares_label: str = ""
    skills_in_line: bool = True


@dataclass(frozen=True)
class Item:
    """One logical line: the headline of an entry, a plain line or a bullet, and what stands apart from it."""

    kind: Literal["entry", "text", "bullet"]
    text: str
    aside: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Content:
    """Everything a layout draws. `sections` keeps the order of the style."""

    name: str
    position: str
    contacts: tuple[str, ...]
    sections: Mapping[SectionKey, Section]


def write(profile: CvProfile, style: Style) -> Content:
    """The profile in the style's words; sections without content are left out."""
    items: dict[SectionKey, list[Item]] = {
        "summary": [Item("text", profile.summary)] if profile.summary else [],
        "experience": [item for part in profile.experience for item in _experience(part, style)],
        "education": [item for part in profile.education for item in _education(part, style)],
        "skills": _skills(profile, style),
        "languages": [Item("text", language.as_written) for language in profile.languages],
        "certifications": [Item("text", _certification(part, style)) for part in profile.certifications],
    }
    info = profile.personal_info
    fields = {**info.model_dump(exclude={"links"}), "links": "  ".join(info.links)}
    return Content(
        name=info.name or "",
        position=profile.position or "",
        contacts=tuple(line.format(**fields) for line in style.contacts),
        sections={key: Section(title, tuple(items[key])) for key, title in style.titles.items() if items[key]},
    )


def _experience(part: Experience, style: Style) -> list[Item]:
    period = style.dates.period(part.start_date, part.end_date)
    items = _lines(style.experience, {**part.model_dump(), "period": period})
    items += [Item("bullet", line) for line in part.description.splitlines()]
    if part.skills and style.tools_label:
        items.append(Item("text", style.tools_label + ", ".join(part.skills)))
    return items


def _education(part: Education, style: Style) -> list[Item]:
    period = style.dates.period(part.start_date, part.end_date)
    return _lines(style.education, {**part.model_dump(), "period": period})


def _lines(templates: tuple[str, ...], fields: Mapping[str, object]) -> list[Item]:
    items: list[Item] = []
    for template in templates:
        text, _, aside = template.format(**fields).partition("\t")
        items.append(Item("text" if items else "entry", _capitalised(text), _capitalised(aside)))
    return items


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _certification(part: Certification, style: Style) -> str:
    return style.certification.format(
        name=part.name, issuer=part.issuer, date=style.dates.date(part.date) if part.date else ""
    )


def _skills(profile: CvProfile, style: Style) -> list[Item]:
    items: list[Item] = []
    if style.skill_groups:
        for category, label in style.skill_groups.items():
            names = [_skill(skill) for skill in profile.skills if skill.category == category]
            items.append(Item("text", f"{label}{', '.join(names)}"))
    elif style.skills_in_line:
        items.append(Item("text", ", ".join(_skill(skill) for skill in profile.skills)))
    else:
        items += [Item("bullet", _skill(skill)) for skill in profile.skills]
    if profile.softwares:
        items.append(Item("text", style.softwares_label + ", ".join(profile.softwares)))
    return items


def _skill(skill: Skill) -> str:
    return f"{skill.name} ({LEVELS_FR[skill.level]})" if skill.level else skill.name
