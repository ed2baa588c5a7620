"""The candidate: a person's profile together with what they look for."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.offer import JobType, WorkMode

CandidateStatus = Literal["DRAFT", "SUBMITTED", "IN_REVIEW", "VALIDATED", "REJECTED", "ARCHIVED"]

DecisionKind = Literal["validate", "reject", "archive", "unarchive", "erase"]

DECIDED_STATUS: Mapping[str, CandidateStatus] = MappingProxyType(
    {"validate": "VALIDATED", "reject": "REJECTED", "archive": "ARCHIVED", "unarchive": "VALIDATED"}
)
"""What a decision makes of a candidate. An erasure leaves none."""

DECIDABLE: Mapping[str, frozenset[CandidateStatus]] = MappingProxyType(
    {
        "validate": frozenset[CandidateStatus]({"SUBMITTED", "IN_REVIEW"}),
        "reject": frozenset[CandidateStatus]({"SUBMITTED", "IN_REVIEW", "VALIDATED"}),
        "archive": frozenset[CandidateStatus]({"VALIDATED"}),
        "unarchive": frozenset[CandidateStatus]({"ARCHIVED"}),
        "erase": frozenset[CandidateStatus]({"DRAFT", "SUBMITTED", "IN_REVIEW", "VALIDATED", "REJECTED", "ARCHIVED"}),
    }
)
"""From which status each decision can be taken."""

SUBMITTABLE: frozenset[CandidateStatus] = frozenset({"DRAFT", "REJECTED"})
"""From which status a candidate can be submitted."""


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
