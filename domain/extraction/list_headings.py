"""Lines of a list that are set in bold from end to end, and title nothing: "**Outils : GLPI, VMware**"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from domain.extraction.lines import COLUMN, Line

_LABELLED = re.compile(rf"^[^:]{{2,45}}?\s*(?::|\s[-–—]\s|{COLUMN})\s*\S")
_LISTED = re.compile(r"[,;|•·]\s*\S")


def without_false_headings(lines: Sequence[Line]) -> list[Line]:
    """The lines of a list of skills, languages or certifications, headings only where something stands below them.

    A heading with its content beside it is none, nor are those of a list that has nothing else.
    """
    alone = all(line.heading for line in lines)
    return [_as_content(line) if line.heading and (alone or _has_content(line.text)) else line for line in lines]


def _has_content(text: str) -> bool:
    """ "Systèmes : Windows, Debian", "Word, Excel"; "Gestion, paie et comptabilité" above its bullets is a title."""
    return _LABELLED.match(text) is not None or len(_LISTED.findall(text)) > 1


def _as_content(line: Line) -> Line:
    return replace(line, heading=False, level=0)
