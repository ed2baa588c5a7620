"""What candidates read: the subject and both bodies of each kind of mail, from the templates beside this module."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

_SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "validated": "Votre profil a été validé – Vous êtes visible aux recruteurs",
        "rejected": "Votre profil n'a pas été retenu",
        "submitted": "Votre profil a bien été soumis",
    }
)

_DIRECTIONS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


@dataclass(frozen=True)
class Letter:
    """A mail before it has an address: one line of subject, a plain text and the same as HTML."""

    subject: str
    text: str
    html: str


def write_letter(kind: str, *, first_name: str | None, reason: str | None = None) -> Letter:
    """The letter of this kind (`validated`, `rejected`, `submitted`).

    `first_name` may be missing; `reason` is why a profile was rejected, in the administrator's words.
    """
    words = {
        "subject": _SUBJECTS[kind],
        "first_name": " ".join(_readable(first_name or "").split()),
        "reason": "\n".join(line.strip() for line in _readable(reason or "").splitlines()).strip(),
    }
    templates = _templates()
    text, html = (templates.get_template(f"{kind}.{body}.j2").render(words) for body in ("txt", "html"))
    return Letter(_SUBJECTS[kind], text, html)


@lru_cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _readable(text: str) -> str:
    """The text without what is no writing: control characters, and marks that would turn the rest of the line."""
    return "".join(
        c
        for c in text
        if c.isspace()
        or (unicodedata.category(c) not in ("Cc", "Cs") and unicodedata.bidirectional(c) not in _DIRECTIONS)
    )
