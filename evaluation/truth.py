"""The truth file: the profile a document really shows, beside the document as `<stem>.truth.json`."""

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.cv import CvProfile

SUFFIX = ".truth.json"


class Truth(BaseModel):
    """What one document says.

    `layout` names how it is drawn; `today` is the day that its "présent" means. `profile` lists the skills that the
    document names as such; `implied_skills` are those that only its sentences, titles or diplomas show: an extractor
    may find them or not.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    layout: str
    language: Literal["fr", "en"]
    today: date
    profile: CvProfile
    implied_skills: list[str] = Field(default_factory=list)


def truth_path(document: Path) -> Path:
    """The truth file of a document: same folder, same stem."""
    return document.with_name(document.stem + SUFFIX)


def load_truth(path: Path) -> Truth:
    """Read one truth file; raises OSError when it is missing, ValueError when it is not one."""
    try:
        return Truth.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ValueError(f"{path} is not a truth file: {error}") from error
