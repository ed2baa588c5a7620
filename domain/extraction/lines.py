"""The lines of a CV: text freed of Markdown and glyphs, with what the marks said (heading, bullet, gap)."""

import html
import re
import unicodedata
from dataclasses import dataclass, field, replace

COLUMN = "\t"
"""What separates two columns inside one `Line.text`: a tab, or a run of spaces in the source."""

BOLD = 7
DECORATED = 8
# Text recognition reads the bullet "•" as "e", "¢" or "©".
_BULLET = re.compile(r"^(?:[-–—•▪▫◦●○■□◆◇➢➤►▸▶‣⁃∙·✓✔✗✘→➔➜»›❯*+§¢©]\s*(?=\S)|[oe0]\s+(?=[A-ZÀ-Þ]))")
_DASH_BULLET = re.compile(r"^[-–—+*](?=\S)")
_HEADING = re.compile(r"^#{1,6}\s+")
_CLOSING_HASHES = re.compile(r" #+ ?$")
_LINK = re.compile(r"\[([^\[\]]{1,300})\]\(([^()\s]{1,500})\)")
_BOLD = re.compile(r"(\*\*|__)(?=[^\s*_])(.+?)(?<=\S)\1")
_ITALIC = re.compile(r"(?<![\w*])\*(?=\S)([^*]+)(?<=\S)\*(?![\w*])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|&<>])")
_COLUMNS = re.compile(r" *\t[ \t]*| {3,}")
_TABLE_RULE = re.compile(r"^\|?[\s:|-]*-{3,}[\s:|-]*\|?$")
_RULE = re.compile(r"^[-_=*~─━—–.•\s]{3,}$|^[●○◐■□▪▫◆◇\s]+$")
_TYPED_DASH = re.compile(r"(?<=\S[ \t])--+(?=\s)")
_UNDERLINE = re.compile(r"^[-_=*~─━—–]{3,}$")
_DECORATION = r"[-–—=*~_#+:./\\|<>•·■▪●◆★☆«»─━═▬]"
_DECORATED = re.compile(
    rf"""^(?:
      (?P<both>{_DECORATION}{{2,}})[ ]?(?P<framed>[^\W\d_].*?)[ ]?{_DECORATION}+
    | (?P<side>[-–—=*~+•■▪●◆★☆])[ ](?P<spaced>[^\W\d_].*?)[ ](?P=side)
    | [=*~/>]{{2,}}[ ](?P<led>[^\W\d_].*)
    | (?P<ruled>[^\W\d_].*?[^\W_])[ ]*(?:[-–—=_*~.─━═]{{4,}}|[–—─━═]{{2,}})
    | \[[ ]?(?P<boxed>[^\W\d_][^\[\]]*?)[ ]?\]
    | [█-▟]+[ ]?(?P<barred>[^\W\d_].*)
    )$""",
    re.VERBOSE,
)
_NOT_DECORATED = re.compile(r"[@|:,\t]|\d\d")
_MAX_DECORATED_WORDS = 6
_MAX_DECORATED = 60
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
    level: int = field(default=0, compare=False)
    """How a heading was marked: 1 to 6 for the marks of Markdown, `BOLD`, `DECORATED`; 0 when it is none."""


def read_lines(text: str) -> list[Line]:
    """The non-empty lines of a text; the cells of a Markdown table row become one line each."""
    lines: list[Line] = []
    gap = True
    touching = False
    for raw in _LINE_BREAKS.split(_clean(text)):
        stripped = raw.strip()
        if not stripped or _RULE.match(stripped):
            if touching and _UNDERLINE.match(stripped) and _may_be_decorated(lines[-1]):
                lines[-1] = replace(lines[-1], heading=True, level=DECORATED)
            gap = True
            touching = False
            continue
        if _TABLE_RULE.match(stripped):
            continue
        if stripped.startswith("|") and stripped.endswith("|") and len(stripped) > 1:
            cells = [cell.strip() for cell in stripped.strip("|").split("|")]
            parsed = [_line(cell, gap=number == 0) for number, cell in enumerate(c for c in cells if c)]
        else:
            parsed = [_line(stripped, gap=gap)]
        lines.extend(line for line in parsed if line.text)
        touching = any(line.text for line in parsed)
        gap = False
    return lines


def _may_be_decorated(line: Line) -> bool:
    """Whether a rule below a line, which stands alone, marks it as a title."""
    return (
        line.gap
        and not (line.heading or line.bullet or COLUMN in line.text)
        and len(line.text) <= _MAX_DECORATED
        and len(line.text.split()) <= _MAX_DECORATED_WORDS
    )


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
    level = len(mark.group().rstrip()) if mark else 0
    if mark:
        text = _CLOSING_HASHES.sub("", text[mark.end() :])
    elif (inside := _undecorated(text)) is not None:
        return Line(inside, heading=True, gap=gap, level=DECORATED)
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
    text = _joined_letters(text, raw.lstrip("# "))
    if bold is not None and not bullet and len(text) <= 80:
        heading, level = True, level or BOLD
    return Line(text, heading=heading, bullet=bullet, gap=gap, level=level)


def _joined_letters(text: str, raw: str) -> str:
    """ "E X P É R I E N C E" as one word; wider spaces in `raw` part the words."""
    if not _SPACED_LETTERS.match(text):
        return text
    return " ".join(word.replace(" ", "") for word in re.split(r" {2,}|\t", raw))


def _undecorated(text: str) -> str | None:
    """The title inside "== X ==", "--- X ---", "[X]", "X ______"; None for a line that is not decorated so."""
    if len(text) > 2 * _MAX_DECORATED or _BOLD.fullmatch(text):
        return None
    match = _DECORATED.match(text)
    if match is None:
        return None
    inside = next(value for name, value in match.groupdict().items() if value and name not in ("both", "side"))
    inside = _joined_letters(inside.strip(), inside.strip())
    if len(inside) > _MAX_DECORATED or len(inside.split()) > _MAX_DECORATED_WORDS or _NOT_DECORATED.search(inside):
        return None
    return inside


def _link(match: re.Match[str]) -> str:
    label, target = match.group(1), match.group(2)
    if target.startswith(("mailto:", "tel:")) or label.strip("/") in target:
        return label if not target.startswith("http") else target
    return f"{label} {target}" if target.startswith("http") else label
