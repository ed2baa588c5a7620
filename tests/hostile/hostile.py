"""What a hostile file is, and what must come of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

End = Literal["refused", "failed", "done"]
"""Refused at the upload with a 4xx, a failed job, or a done one."""


@dataclass(frozen=True)
class HostileFile:
    """One file under the name it is uploaded with; `ends` are what may honestly come of it."""

    what: str
    name: str
    data: bytes
    ends: frozenset[End]


@dataclass(frozen=True)
class Lures:
    """What files try to reach: an address that counts its calls, and a file of the machine that holds a secret."""

    url: str
    file: Path
    secret: str


def refused(what: str, name: str, data: bytes) -> HostileFile:
    """A file that the API tells at once."""
    return HostileFile(what, name, data, frozenset({"refused"}))


def failing(what: str, name: str, data: bytes) -> HostileFile:
    """A file that only a reader can tell."""
    return HostileFile(what, name, data, frozenset({"failed"}))


def readable(what: str, name: str, data: bytes) -> HostileFile:
    """A file with text that must be read in spite of the rest."""
    return HostileFile(what, name, data, frozenset({"done"}))


def either(what: str, name: str, data: bytes) -> HostileFile:
    """A damaged or odd file: what can be read of it depends on the libraries."""
    return HostileFile(what, name, data, frozenset({"refused", "failed", "done"}))
