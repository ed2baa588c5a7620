"""PDF layouts: one column, two columns in both drawing orders, and a coloured sidebar."""

from pathlib import Path

from samples.content import Content
from samples.typesetting import MARGIN, PAGE_HEIGHT, PAGE_WIDTH, WHITE, Band, Column, Line, Look, draw

_TOP = PAGE_HEIGHT - MARGIN
_BESIDE = frozenset({"education", "skills", "languages", "certifications"})
"""Sections that a second, narrower column holds."""
_BAND = 178.0
"""Width of a coloured band, in points."""


def one_column(content: Content, path: Path, *, look: Look, upper: bool = False) -> None:
    """Everything under one another over the whole width, on as many pages as it takes."""
    column = Column(MARGIN, PAGE_WIDTH - 2 * MARGIN, _TOP, look)
    _head(column, content)
    for section in content.sections.values():
        column.section(section, upper=upper)
    draw(path, content.name, column.lines)


def two_columns(content: Content, path: Path, *, look: Look, by_row: bool) -> None:
    """A head, then experience at the left and the rest at the right.

    Both orders look the same on paper. `by_row` draws line by line from the top across both columns, as programs that
    place every word in a grid do; otherwise one column is drawn whole before the other.
    """
    head = Column(MARGIN, PAGE_WIDTH - 2 * MARGIN, _TOP, look)
    _head(head, content)
    gutter, wide = 30.0, 305.0
    left = Column(MARGIN, wide, head.y, look)
    right = Column(MARGIN + wide + gutter, PAGE_WIDTH - 2 * MARGIN - wide - gutter, head.y, look)
    for key, section in content.sections.items():
        (right if key in _BESIDE else left).section(section)
    lines = left.lines + right.lines
    if by_row:
        lines.sort(key=_row)
    draw(path, content.name, head.lines + lines)


def sidebar(content: Content, path: Path, *, look: Look, right: bool = False, first: bool = True) -> None:
    """A dark band with contacts, skills and languages in white; the career beside it.

    The band stands at the left or at the `right`, and is drawn `first` or after the career.
    """
    band = Band(PAGE_WIDTH - _BAND if right else 0.0, _BAND, look.accent)
    side = Column(band.x + 24, _BAND - 40, _TOP, look, color=WHITE)
    side.write("Contact", bold=True, size=look.size * 1.28)
    side.skip(2)
    for contact in content.contacts:
        side.write(contact)
    main = Column(MARGIN if right else _BAND + 24, PAGE_WIDTH - _BAND - 24 - MARGIN, _TOP, look)
    main.write(content.name, bold=True, size=22)
    main.skip(3)
    main.write(content.position, size=13, color=look.accent)
    white = Look(look.family, look.size, WHITE)
    side.look = white
    for key, section in content.sections.items():
        (side if key in ("skills", "languages") else main).section(section)
    draw(path, content.name, side.lines + main.lines if first else main.lines + side.lines, band=band)


def _head(column: Column, content: Content) -> None:
    column.write(content.name, bold=True, size=20)
    column.skip(3)
    column.write(content.position, size=12.5, color=column.look.accent)
    column.skip(3)
    for contact in content.contacts:
        column.write(contact)


def _row(line: Line) -> tuple[int, float, float]:
    return line.page, -line.y, line.x
