"""Words and pieces of lines as boxes on a page, and which of them stand on one row.

Coordinates are points, the origin is the page's top left corner.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A word, or words on one line, and its box."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    bold: bool = False

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def same_row(one: Cell, other: Cell) -> bool:
    """Whether the cells share at least half the height of the lower one."""
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap >= 0.5 * min(one.height, other.height)


def merged(cells: Sequence[Cell], text: str) -> Cell:
    """One cell with this text around all the cells; bold if all of them are."""
    return Cell(
        text,
        min(cell.left for cell in cells),
        min(cell.top for cell in cells),
        max(cell.right for cell in cells),
        max(cell.bottom for cell in cells),
        all(cell.bold for cell in cells),
    )


def line_groups(cells: Iterable[Cell]) -> list[Cell]:
    """One cell a row, from cells sorted by their middle."""
    lines: list[Cell] = []
    for cell in cells:
        if lines and same_row(lines[-1], cell):
            lines[-1] = merged((lines[-1], cell), f"{lines[-1].text} {cell.text}")
        else:
            lines.append(cell)
    return lines
