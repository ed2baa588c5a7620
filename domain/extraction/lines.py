"""The lines of a CV: text freed of Markdown and glyphs, with what the marks said (heading, bullet, gap)."""

import html
import re
import unicodedata
from dataclasses import dataclass

COLUMN = "\t"
"""What separates two columns inside one `Line.text`: a tab, or a run of spaces in the source."""

# Text recognition reads the bullet "•" as "e", "¢" or "©".
_BULLET = re.compile(r"^(?:[-–—•▪▫◦●○■□◆◇➢➤►▸▶‣⁃∙·✓✔✗✘→➔➜»›❯*+§¢©]\s*(?=\S)|[oe0]\s+(?=[A-ZÀ-Þ]))")
_DASH_BULLET = re.compile(r"^[-–—+*](?=\S)")
_HEADING = re.compile(r"^#{1,6}\s+")
_LINK = re.compile(r"\[([^\[\]]{1,300})\]\(([^()\s]{1,500})\)")
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_ITALIC = re.compile(r"(?<![\w*])\*(?=\S)([^*]+)(?<=\S)\*(?![\w*])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|&<>])")
_COLUMNS = re.compile(r" *\t[ \t]*| {3,}")
_TABLE_RULE = re.compile(r"^\|?[\s:|-]*-{3,}[\s:|-]*\|?$")
_RULE = re.compile(r"^[-_=*~─━—–.•\s]{3,}$|^[●○◐■□▪▫◆◇\s]+$")
_TYPED_DASH = re.compile(r"(?<=\S[ \t])--+(?=\s)")
_SPACED_LETTERS = re.compile(r"^(?:[^\W\d_]|[&'’-])(?: {1,3}(?:[^\W\d_]|[&'’-])){3,}$")

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_SPACES = dict.fromkeys(
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " "
)
_REMOVED = dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f", "")
_CHARACTERS = str.maketrans(_LIGATURES | _SPACES | _REMOVED | {"\u2010": "-", "\u2011": "-", "\u2212": "-"})
_LINE_BREAKS = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]|<br ?/?>")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `heading` when it was marked as a title, `bullet` when it is a list item, `gap` after a blank line."""

    text: str
    heading: bool = False
    bullet: bool = False
    gap: bool = False


def read_lines(text: str) -> list[Line]:
    """The non-empty lines of a text; the cells of a Markdown table row become one line each."""
    lines: list[Line] = []
    gap = True
    for raw in _LINE_BREAKS.split(_clean(text)):
        stripped = raw.strip()
        if not stripped or _RULE.match(stripped):
            gap = True
            continue
        if _TABLE_RULE.match(stripped):
            continue
        if stripped.startswith("|") and stripped.endswith("|") and len(stripped) > 1:
            cells = [cell.strip() for cell in stripped.strip("|").split("|")]
            parsed = [_line(cell, gap=number == 0) for number, cell in enumerate(c for c in cells if c)]
        else:
            parsed = [_line(stripped, gap=gap)]
        lines.extend(line for line in parsed if line.text)
        gap = False
    return lines


def plain(lines: list[Line]) -> str:
    """The lines as a text of their own, bullets shown as dashes."""
    return "\n".join(("- " if line.bullet else "") + line.text.replace(COLUMN, " ") for line in lines)


def is_upper(text: str) -> bool:
    """Written in capitals throughout ("EXPÉRIENCE PROFESSIONNELLE")."""
    return text.upper() == text and sum(c.isalpha() for c in text) >= 3


def _clean(text: str) -> str:
    text = _TYPED_DASH.sub("–", unicodedata.normalize("NFC", text).translate(_CHARACTERS))
    # Icon fonts come out as private-use characters, pictograms as symbols: neither says anything here.
    return "".join(" " if _is_glyph(c) else c for c in text)


def _is_glyph(char: str) -> bool:
    if char < "\u2000":
        return False
    return unicodedata.category(char) == "Co" or (
        char > "\u25ff" and unicodedata.category(char) == "So" and char not in "➢➤►▶➔➜✓✔✗✘"
    )


def _line(raw: str, *, gap: bool) -> Line:
    text = raw
    heading = bool(mark := _HEADING.match(text))
    if mark:
        text = text[mark.end() :]
    bullet = bool(mark := _BULLET.match(text))
    if (
        mark
        and (not _DASH_BULLET.match(text) or text[0] in "–—" or not text[1].isdigit())
        and not text.startswith("**")
    ):
        text = text[mark.end() :]
    else:
        bullet = False
    bold = _BOLD.fullmatch(text.strip())
    text = _ITALIC.sub(r"\1", _BOLD.sub(r"\2", text))
    text = _ESCAPED.sub(r"\1", html.unescape(_LINK.sub(_link, text)))
    text = _COLUMNS.sub(COLUMN, text.strip())
    text = re.sub(r" {2,}", " ", text).strip(" \t|")
    if _SPACED_LETTERS.match(text):
        words = re.split(r" {2,}|\t", raw.lstrip("# "))
        text = " ".join(word.replace(" ", "") for word in words)
    return Line(text, heading=heading or (bold is not None and not bullet and len(text) <= 80), bullet=bullet, gap=gap)


def _link(match: re.Match[str]) -> str:
    label, target = match.group(1), match.group(2)
    if target.startswith(("mailto:", "tel:")) or label.strip("/") in target:
        return label if not target.startswith("http") else target
    return f"{label} {target}" if target.startswith("http") else label
