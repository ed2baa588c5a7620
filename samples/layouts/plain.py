"""Plain text layouts: long lines as typed in a notepad, or wrapped lines under underlined titles."""

import textwrap
from pathlib import Path

from samples.content import Content, Item

_WIDTH = 78


def notepad(content: Content, path: Path, *, encoding: str = "utf-8") -> None:
    """Titles in capitals, one logical line per line, however long."""
    lines = [content.name, content.position, *content.contacts]
    for section in content.sections.values():
        lines += ["", section.title.upper()]
        for number, item in enumerate(section.items):
            lines += [""] if item.kind == "entry" and number else []
            lines.append(("- " if item.kind == "bullet" else "") + _text(item))
    _save(path, lines, encoding)


def wrapped(content: Content, path: Path, *, encoding: str = "utf-8") -> None:
    """Underlined titles and lines of at most 78 characters, as mail programs send them."""
    lines = [content.name.upper(), content.position, *content.contacts]
    for section in content.sections.values():
        lines += ["", section.title, "-" * len(section.title)]
        for number, item in enumerate(section.items):
            lines += [""] if item.kind == "entry" and number else []
            first, rest = ("  * ", "    ") if item.kind == "bullet" else ("", "")
            lines += textwrap.wrap(_text(item), _WIDTH, initial_indent=first, subsequent_indent=rest)
    _save(path, lines, encoding)


def _text(item: Item) -> str:
    return f"{item.text}    {item.aside}" if item.aside else item.text


def _save(path: Path, lines: list[str], encoding: str) -> None:
    path.write_text("\n".join(lines) + "\n", encoding=encoding, newline="\n" if encoding == "utf-8" else "\r\n")
