"""PDF layouts whose dates stand apart from what they date: beside it, above it, or among labels in a left column."""

from pathlib import Path

from samples.content import Content, Item
from samples.typesetting import MARGIN, PAGE_HEIGHT, PAGE_WIDTH, Column, Look, draw

_TOP = PAGE_HEIGHT - MARGIN
_DATES = 92.0
"""Width of a column of dates, in points."""
_LABELS = 118.0
_GAP = 14.0


def dates_left(content: Content, path: Path, *, look: Look) -> None:
    """The date of every entry stands left of it, in a column of its own; titles, text and bullets at its right."""
    text = Column(MARGIN + _DATES + _GAP, PAGE_WIDTH - 2 * MARGIN - _DATES - _GAP, _TOP, look)
    aside = Column(MARGIN, _DATES, _TOP, look)
    _head(text, content)
    for section in content.sections.values():
        text.title(section.title)
        for item in section.items:
            _entry(text, aside, item)
    draw(path, content.name, text.lines + aside.lines)


def timeline(content: Content, path: Path, *, look: Look) -> None:
    """The date of every entry stands on a line of its own above it, with a dot at its left."""
    column = Column(MARGIN, PAGE_WIDTH - 2 * MARGIN, _TOP, look)
    _head(column, content)
    for section in content.sections.values():
        column.title(section.title)
        for item in section.items:
            if item.aside:
                column.skip(5)
                column.write(item.aside, indent=12, mark="•", color=look.accent)
            if item.kind == "bullet":
                column.write(item.text, indent=24, mark="-")
            else:
                column.write(item.text, bold=item.kind == "entry", indent=12)
    draw(path, content.name, column.lines)


def labels_left(content: Content, path: Path, *, look: Look) -> None:
    """A form: section titles and dates in a left column, everything else in a right one."""
    text = Column(MARGIN + _LABELS + _GAP, PAGE_WIDTH - 2 * MARGIN - _LABELS - _GAP, _TOP, look)
    labels = Column(MARGIN, _LABELS, _TOP, look)
    text.write("Curriculum vitae", size=11, color=look.accent)
    text.skip(4)
    _head(text, content)
    for section in content.sections.values():
        text.skip(12)
        labels.beside(text, section.title.upper(), bold=True, color=look.accent)
        if any(item.aside for item in section.items):
            text.skip(3 * look.size)
        for item in section.items:
            _entry(text, labels, item)
    draw(path, content.name, text.lines + labels.lines)


def _entry(text: Column, aside: Column, item: Item) -> None:
    if item.kind == "bullet":
        text.write(item.text, indent=10, mark="•")
        return
    if item.kind == "entry":
        text.skip(5)
    if item.aside:
        aside.beside(text, item.aside)
    text.write(item.text, bold=item.kind == "entry")


def _head(column: Column, content: Content) -> None:
    column.write(content.name, bold=True, size=19)
    column.skip(2)
    column.write(content.position, size=12, color=column.look.accent)
    column.skip(2)
    for contact in content.contacts:
        column.write(contact)
