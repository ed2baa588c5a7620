"""What the language model answers with: the strict JSON schema, the reading of an answer, the merging of several."""

import json
import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from domain.cv import MAX_ENTRIES, MAX_SKILLS, PARTIAL_DATE, CvProfile, Experience
from domain.extraction.phones import guess_region, normalise_phone
from domain.extraction.rules import detect_language
from domain.extraction.skill_lists import merge_skills
from domain.text import fold

_DATE = re.compile(PARTIAL_DATE)
_DATE_KEYS = frozenset({"start_date", "end_date", "date"})
_TEXT_KEYS = frozenset({"description", "as_written"})
# Control characters and lone surrogates, which JSON can carry and a database refuses.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ITEM_NAMES = {"skills": "name", "languages": "language", "certifications": "name"}


class InvalidAnswer(Exception):
    """An answer that is not a profile; its text says where, never what."""


def profile_schema() -> dict[str, Any]:
    """The schema of `CvProfile` in the strict subset: every key required, nothing else allowed, types alone."""
    schema = CvProfile.model_json_schema()
    # Computed here, never asked for.
    del schema["properties"]["total_experience_months"]
    return _strict_object(schema)


def read_answer(answer: str, text: str) -> CvProfile:
    """The profile of an answer: dates that are none dropped, the telephone number put in E.164 by our own rules.

    Raises `InvalidAnswer` when it is no JSON or does not fit the profile.
    """
    try:
        data = json.loads(answer)
    except (ValueError, RecursionError):
        raise InvalidAnswer("no valid JSON") from None
    if not isinstance(data, dict):
        raise InvalidAnswer("no JSON object")
    data.pop("total_experience_months", None)
    try:
        profile = CvProfile.model_validate(_cleaned(data))
    except ValidationError as error:
        places = sorted({".".join(map(str, item["loc"])) for item in error.errors(include_input=False)})
        raise InvalidAnswer("at " + ", ".join(places[:10])) from None
    except RecursionError:
        raise InvalidAnswer("nested too deeply") from None
    for position in profile.experience:
        if position.is_current:
            position.end_date = None
    _normalise_phone(profile, text)
    return profile


def merge_profiles(profiles: Sequence[CvProfile]) -> CvProfile:
    """One profile of those read from the parts of one CV: single values from the first part that has them."""
    merged = profiles[0].model_copy(deep=True)
    info = merged.personal_info
    for profile in profiles[1:]:
        for name, value in profile.personal_info:
            if name != "links" and getattr(info, name) is None:
                setattr(info, name, value)
        merged.position = merged.position or profile.position
        merged.summary = merged.summary or profile.summary
    info.links = list(dict.fromkeys(link for p in profiles for link in p.personal_info.links))
    merged.skills = merge_skills(*(p.skills for p in profiles))[:MAX_SKILLS]
    merged.softwares = list(dict.fromkeys(name for p in profiles for name in p.softwares))
    merged.languages = list({i.language: i for p in reversed(profiles) for i in reversed(p.languages)}.values())[::-1]
    merged.experience = _merged_experience(profiles)[:MAX_ENTRIES]
    merged.education = list({(i.degree, i.institution, i.end_date): i for p in profiles for i in p.education}.values())
    merged.certifications = list({(i.name, i.issuer): i for p in profiles for i in p.certifications}.values())
    return merged


def _merged_experience(profiles: Sequence[CvProfile]) -> list[Experience]:
    """The positions of all parts; one whose description was cut between two parts is put together."""
    found: dict[tuple[str, str, str | None], Experience] = {}
    for item in (item for profile in profiles for item in profile.experience):
        key = (fold(item.title or ""), fold(item.company or ""), item.start_date)
        known = found.get(key)
        if known is None:
            found[key] = item
        else:
            known.description = "\n".join(filter(None, [known.description, item.description]))
            known.skills = list(dict.fromkeys([*known.skills, *item.skills]))
    return list(found.values())


def _normalise_phone(profile: CvProfile, text: str) -> None:
    info = profile.personal_info
    region = guess_region(fold(text[:2_000]), detect_language(text))
    for value in (info.phone_as_written, info.phone):
        phone = normalise_phone(value, region) if value else None
        if phone is not None:
            info.phone, info.phone_as_written = phone.e164, info.phone_as_written or phone.as_written
            return
    info.phone = None


def _cleaned(value: Any, key: str = "") -> Any:
    """The data without unstorable characters, blank values, dates that are none and list items without a name."""
    if isinstance(value, str):
        plain = _UNSTORABLE.sub("", value).strip()
        if key in _DATE_KEYS and not _DATE.match(plain):
            return None
        return plain if plain or key in _TEXT_KEYS else None
    if isinstance(value, list):
        items = [_cleaned(item) for item in value]
        name = _ITEM_NAMES.get(key)
        if name is not None:
            # A position lists its skills by name alone.
            items = [item for item in items if not isinstance(item, dict) or item.get(name)]
        return [item for item in items if item is not None]
    if isinstance(value, dict):
        # Servers that do not hold to the schema send null for what is empty: without the key, the default counts.
        cleaned = {name: _cleaned(item, name) for name, item in value.items()}
        return {name: item for name, item in cleaned.items() if item is not None}
    return None if key in _DATE_KEYS else value


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(item) for item in node]
    return _strict_object(node) if isinstance(node, dict) else node


def _strict_object(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        return {"$ref": node["$ref"]}
    kept: dict[str, Any] = {
        key: _strict(node[key]) for key in ("type", "enum", "const", "items", "anyOf") if key in node
    }
    for group in ("properties", "$defs"):
        if group in node:
            kept[group] = {name: _strict(item) for name, item in node[group].items()}
    if "properties" in kept:
        kept |= {"required": list(kept["properties"]), "additionalProperties": False}
    return kept
