"""What an ad does not state but its text tells: the work mode and the skills, marked as inferred."""

from typing import Any

from domain.offer_text import work_mode_of
from domain.skills import canonical, find_skills
from domain.source_ad import SourceAd


def with_inferred(ad: SourceAd) -> SourceAd:
    """The ad with the work mode, where it states none, and the known skills that its text names, as preferred."""
    text = f"{ad.title}\n{ad.description}"
    changes: dict[str, Any] = {}
    if ad.work_mode is None and (work_mode := work_mode_of(text)) is not None:
        changes |= {"work_mode": work_mode, "work_mode_inferred": True}
    stated = {canonical(name) for name in (*ad.required_skills, *ad.preferred_skills)}
    found = [skill.name for skill in find_skills(text) if skill.name not in stated]
    if found:
        changes |= {"preferred_skills": [*ad.preferred_skills, *found], "skills_inferred": True}
    return ad.model_copy(update=changes)
