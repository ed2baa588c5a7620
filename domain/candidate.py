"""The candidate: a person's profile together with what they look for."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.offer import JobType, WorkMode

CandidateStatus = Literal["DRAFT", "SUBMITTED", "IN_REVIEW", "VALIDATED", "REJECTED", "ARCHIVED"]


class Preferences(BaseModel):
    """What a candidate accepts. `salary_min` is EUR gross a year; `mobile` means willing to move."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    contract_types: list[JobType] = Field(default_factory=list)
    work_mode: WorkMode | None = None
    locations: list[str] = Field(default_factory=list)
    mobile: bool = False
    salary_min: int | None = None
    availability: date | None = None


def split_name(name: str) -> tuple[str | None, str | None]:
    """First and last name of a full name as a CV writes it: "Jean DUPONT", "DUPONT Jean", "Jean Dupont".

    Words in capitals are the last name, wherever they stand; without any, the first word is the first name.
    """
    words = name.split()
    if len(words) < 2:
        return (words[0] if words else None), None
    capitals = [word for word in words if word.isupper() and len(word) > 1]
    others = [word for word in words if word not in capitals]
    if capitals and others:
        return " ".join(others), " ".join(capitals)
    return words[0], " ".join(words[1:])
