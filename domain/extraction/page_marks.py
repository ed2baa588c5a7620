"""The headers and footers of pages: page numbers, and the person's name repeated on every page."""

import re
from collections.abc import Sequence
from dataclasses import replace

from domain.extraction.lines import COLUMN, Line
from domain.extraction.names import is_named_by, name_words
from domain.text import fold

_PAGE = r"(?:page|pg|p)\s?\.?\s*n?°?\s*\d{1,2}(?:\s*(?:/|of|sur|de|von)\s*\d{1,2})?"
_COUNT = r"\d{1,2}\s*(?:/|of|sur)\s*\d{1,2}"
_WHOLE = re.compile(
    rf"\W*(?:{_PAGE}|[1-9]\s*(?:/|of|sur)\s*[1-9]|\d{{1,2}}\s*-|\d{{1,2}}\s*\|\s*page)\W*", re.IGNORECASE
)
_AT_END = re.compile(
    rf"^(?P<text>.{{3,80}}?)(?:[\s|,;:·•–—(-]+{_PAGE}|\s*[|·•–—-]\s*(?:{_COUNT}|\d{{1,2}}))\s*\)?$", re.IGNORECASE
)
_AT_BEGIN = re.compile(rf"^(?:{_PAGE}|{_COUNT})\s*[|·•–—:-]\s*(?P<text>.{{3,80}})$", re.IGNORECASE)
_PARTS = re.compile(rf"\s*[|·•,{COLUMN}]\s*|\s+[–—/-]\s+")
_CV = re.compile(r"\b(?:curriculum vitae|cv|resume)\b", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_LONGEST = 120
_TOP_LINES = 8


def without_page_marks(lines: Sequence[Line], email: str | None) -> list[Line]:
    """The lines without those that number a page, or repeat the person's name as every page does.

    `email` is the person's address, which tells the name. What a page break parted is joined again.
    """
    kept: list[Line] = []
    seen: set[str] = set()
    top: set[str] = set()
    broken = False
    for line in lines:
        named = _repeats_on_pages(line.text, email, first=not kept)
        words = " ".join(_LETTERS.findall(fold(line.text))) if named or _may_repeat(line.text) else ""
        if kept and (_numbers_a_page(line.text, email) or words in seen):
            broken = True
            continue
        if broken and fold(line.text) in top:
            # What stands below the name on the first page does so on the others.
            continue
        if named:
            seen.add(words)
        if len(kept) < _TOP_LINES:
            top.add(fold(line.text))
        # The blank lines around a mark say nothing where a sentence goes on below it.
        kept.append(replace(line, gap=False) if broken and line.text[0].islower() and not line.bullet else line)
        broken = False
    return kept


def _repeats_on_pages(text: str, email: str | None, *, first: bool) -> bool:
    """Whether a line shows the person, as the header of every page may: by the address, or at the top of all."""
    return len(text) <= _LONGEST and ((first and bool(name_words(text))) or _names_the_person(text, email))


def _may_repeat(text: str) -> bool:
    return len(text) <= _LONGEST and " " in text and text[0].isupper()


def _numbers_a_page(text: str, email: str | None) -> bool:
    if len(text) > _LONGEST:
        return False
    if _WHOLE.fullmatch(text):
        return True
    match = _AT_END.match(text) or _AT_BEGIN.match(text)
    return match is not None and (_names_the_person(match["text"], email) or _CV.search(match["text"]) is not None)


def _names_the_person(text: str, email: str | None) -> bool:
    return any(is_named_by(_CV.sub("", part).strip(), email) for part in _PARTS.split(text))
