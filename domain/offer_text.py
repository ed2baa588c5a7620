"""The texts of advertisements: plain text of HTML, and the work mode that a text tells."""

import html
import re
from html.parser import HTMLParser
from typing import Final

from domain.offer import WorkMode
from domain.text import fold

_BLOCKS: Final = frozenset(
    {"address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul"}
)
_UNREAD: Final = frozenset({"script", "style", "template"})
_LONGEST: Final = 400_000

_TAG = re.compile(
    r"</?(?:a|b|br|div|em|h[1-6]|i|li|ol|p|span|strong|table|td|tr|u|ul)(?:\s[^<>]{0,2000})?/?>", re.IGNORECASE
)
_COMMENT = re.compile(r"<!--[^<>]*-->")
# The parser takes quadratic time for tags that never end.
_NO_TAG = re.compile(r"<(?!/?[a-zA-Z][^<>]*>)")
_ENTITY = re.compile(r"&(?:[a-z]{2,10}|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(r" ?\n ?")
_EMPTY_LINES = re.compile(r"\n{3,}")

_NUMBER = r"(?:\d|un|une|deux|trois|quatre|one|two|three|four)"
_AT_HOME = r"(?:teletravail|remote|home ?office)"
_ONSITE = re.compile(r"\b(?:pas de|aucun) (?:possibilite de )?teletravail\b")
_REMOTE = re.compile(
    r"\bfull[ -]?remote\b|\b100 ?% (?:en |de )?(?:teletravail|remote|a distance)\b"
    r"|\b(?:teletravail|remote) (?:a )?100 ?%|\b(?:entierement|totalement) (?:a distance|en teletravail)\b"
)
_HYBRID = re.compile(
    # A car, an engine or a cloud can be hybrid too.
    r"(?<!vehicule )(?<!vehicules )(?<!voiture )(?<!moteur )(?<!moteurs )(?<!cloud )(?<!infrastructure )\bhybride\b"
    r"|\bteletravail (?:est )?(?:partiel|possible|occasionnel)\b"
    rf"|\b{_NUMBER}(?: a {_NUMBER})? jours? (?:par semaine )?(?:de |en )?{_AT_HOME}\b"
)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNREAD:
            self._unread += 1
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread = max(0, self._unread - 1)
        elif tag in _BLOCKS and tag not in ("br", "hr", "li"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.parts.append(data)


def plain_text(written: str) -> str:
    """The text of HTML, with line breaks where blocks begin and end; only the first 400 000 characters are read.

    What was escaped once too often is read again, so that no markup is left.

    >>> plain_text("&lt;p&gt;D&amp;eacute;veloppeur&lt;/p&gt;&lt;ul&gt;&lt;li&gt;C&amp;amp;A&lt;/li&gt;&lt;/ul&gt;")
    'Développeur\\n\\n- C&A'
    """
    text = written[:_LONGEST]
    if not _TAG.search(text):
        text = html.unescape(text)
    if _TAG.search(text):
        reader = _Reader()
        reader.feed(_NO_TAG.sub("&lt;", _COMMENT.sub("", text)))
        reader.close()
        text = "".join(reader.parts)
    if _ENTITY.search(text):
        text = html.unescape(text)
    return tidy(text)


def tidy(text: str) -> str:
    """A plain text with single spaces and at most one empty line in a row."""
    lines = _LINE_ENDS.sub("\n", _BLANKS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")))
    return _EMPTY_LINES.sub("\n\n", lines).strip()


def work_mode_of(text: str) -> WorkMode | None:
    """The work mode that a text tells; None when it does not. What says so is inferred, not stated.

    >>> work_mode_of("Poste en CDI, 2 jours de télétravail par semaine"), work_mode_of("Aucun télétravail")
    ('hybrid', 'onsite')
    """
    folded = fold(text[:_LONGEST])
    if _ONSITE.search(folded):
        return "onsite"
    if _REMOTE.search(folded):
        return "remote"
    return "hybrid" if _HYBRID.search(folded) else None
