"""One trial of reading and extraction: every document of a folder, each against its own truth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from adapters.documents.errors import BadDocument
from adapters.documents.kinds import KINDS, DocumentKind
from adapters.documents.legacy import DOC_UNAVAILABLE
from adapters.documents.reader import read_document
from adapters.documents.scans import OCR_UNAVAILABLE
from domain.cv import CvProfile
from domain.grounding import ground
from evaluation.metrics import Comparison, Field, compare, in_order, whole
from evaluation.truth import SUFFIX, Truth, load_truth, truth_path

Extractor = Callable[[str, date], CvProfile]
"""Text of a CV and the day that its "présent" means → what it shows."""


@dataclass(frozen=True)
class Reading:
    """How the text came out: true experience titles in their order, and description lines unbroken."""

    titles: int
    titles_in_order: int
    lines: int
    lines_whole: int


@dataclass(frozen=True)
class Outcome:
    """One document: its fields compared, and why it could not be read, if so (all its values are then missed).

    `ungrounded` are the places of values that were dropped because the text does not show them. `skipped` tells what
    this machine lacks to read the document, which then counts nowhere.
    """

    document: str
    layout: str
    reading: Reading
    fields: dict[Field, Comparison]
    ungrounded: tuple[str, ...] = ()
    error: str | None = None
    skipped: str | None = None


def documents(folder: Path) -> list[Path]:
    """The CVs of a folder, by name. ValueError when there is none or one of them has no truth beside it."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lstrip(".").lower() in KINDS)
    if not found:
        raise ValueError(f"no documents in {folder}")
    for path in found:
        if not truth_path(path).is_file():
            raise ValueError(f"{path} has no {path.stem}{SUFFIX} beside it")
    return found


def run(paths: Sequence[Path], extract: Extractor) -> list[Outcome]:
    """Read, extract and ground every document, as a parse does. Errors: see `load_truth`, and those of `extract`."""
    return [_outcome(path, load_truth(truth_path(path)), extract) for path in paths]


def _outcome(path: Path, truth: Truth, extract: Extractor) -> Outcome:
    try:
        text = read_document(path, _kind(path)).text
    except BadDocument as error:
        if error.message_fr in (DOC_UNAVAILABLE, OCR_UNAVAILABLE):
            nothing = compare(CvProfile(), CvProfile())
            return Outcome(path.name, truth.layout, Reading(0, 0, 0, 0), nothing, skipped=error.message_fr)
        missed = compare(truth.profile, CvProfile())
        return Outcome(path.name, truth.layout, _reading(truth, ""), missed, error=str(error))
    profile, ungrounded = ground(extract(text, truth.today), text)
    compared = compare(truth.profile, profile, truth.implied_skills)
    return Outcome(path.name, truth.layout, _reading(truth, text), compared, tuple(ungrounded))


def _kind(path: Path) -> DocumentKind:
    suffix = path.suffix.lstrip(".").lower()
    return next(kind for kind in KINDS if kind == suffix)


def _reading(truth: Truth, text: str) -> Reading:
    titles = [part.title for part in truth.profile.experience if part.title]
    lines: Sequence[str] = [
        line for part in truth.profile.experience for line in part.description.splitlines() if line.strip()
    ]
    return Reading(len(titles), in_order(text, titles), len(lines), whole(text, lines))
