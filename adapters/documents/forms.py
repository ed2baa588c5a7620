"""Forms: a narrow column of labels, dates and section titles at the left, each level with what it stands for.

Such a page is read row by row, unlike two columns or a sidebar, whose lines are level with each other by chance.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from adapters.documents.cells import Cell, line_groups, merged

_LEVEL = 0.2
"""How far level lines may be off each other, in line heights."""
_BESIDE = 0.25
"""The share of its height by which a line overlaps another one that it stands beside."""
_TIGHTEST = 0.2
"""The share of a column's gaps that are taken for those between the lines of one paragraph."""
_ROW_GAP = 0.15
"""How much wider the gap above a row is than that between the lines of one paragraph, in line heights."""
_ENOUGH_ROWS = 4
_MOST = 0.75
_CONTINUED = 0.4
"""The largest share of label lines that go on with the label above."""
_MANY = 8
_NEARLY_ALL = 0.9
_ENOUGH_SHIFTS = 3
_LABEL_WORDS = 6
_TALL = 1.15
"""A line taller than this many times the usual one is a title."""
_EDGE = 1.5
_RAGGED = 12.0
"""Labels set to the right differ in where they begin by more than this, in points."""
_SOME = 0.3


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the label column: whether it begins a row, and what stands beside it in the other column."""

    cell: Cell
    begins: bool
    alone: bool
    level: bool
    level_with_row: bool


def is_form(left: Sequence[Cell], right: Sequence[Cell]) -> bool:
    """Whether the lines at the left are labels of those at the right; both are one cell a row, from top to bottom.

    Rows of a form begin level on both sides, wherever a wider gap sets them apart. Two columns each have gaps of their
    own. Where labels are set to the right, against their values, it is enough that the lines are level. So it is where
    nearly all of them are although their distances are no multiples of one leading.
    """
    if min(len(left), len(right)) < _ENOUGH_ROWS or _short_labels(left) < _MOST:
        return False
    lines = _label_lines(left, right)
    beside = [line for line in lines if not line.alone]
    level = [line for line in beside if line.level and not line.cell.text.startswith("•")]
    if len(level) < max(_ENOUGH_ROWS, _MOST * len(beside)):
        return False
    if _set_to_the_right(left):
        return True
    if len(level) >= max(_MANY, _NEARLY_ALL * len(beside)) and not _pairs_titles(left, right):
        return _shifts([line.cell for line in level], _leading(left, right)) >= _ENOUGH_SHIFTS
    rows = [line for line in beside if line.begins]
    level_rows = sum(line.level_with_row for line in rows)
    continued = sum(not line.begins for line in lines)
    return level_rows >= max(_ENOUGH_ROWS, _MOST * len(rows)) and continued <= _CONTINUED * len(lines)


def with_whole_labels(labels: Sequence[Cell], values: Sequence[Cell]) -> list[Cell]:
    """The cells of a form, sorted by their middle, with each label of several lines as one cell on its first line."""
    lines = _label_lines(line_groups(labels), line_groups(values))
    whole: list[Cell] = []
    previous: _Line | None = None
    for line in lines:
        if previous is not None and _continues(previous, line):
            both = merged((whole[-1], line.cell), f"{whole[-1].text} {line.cell.text}")
            whole[-1] = replace(both, top=whole[-1].top, bottom=whole[-1].bottom)
        else:
            whole.append(line.cell)
        previous = line
    return sorted([*whole, *values], key=lambda cell: (cell.middle, cell.left))


def _continues(above: _Line, line: _Line) -> bool:
    """Whether a line goes on with the label above: the second of a title, or one that begins like no label."""
    if line.begins or line.level_with_row:
        return False
    if above.cell.text.isupper() and line.cell.text.isupper():
        return True
    return line.cell.text[0].islower() or (above.alone and line.alone and above.cell.bold and line.cell.bold)


def _label_lines(left: Sequence[Cell], right: Sequence[Cell]) -> list[_Line]:
    wide = _row_gap(right)
    begins = _begin_rows(right, wide)
    tops = [cell.top for cell in right]
    bottoms = [cell.bottom for cell in right]
    lines: list[_Line] = []
    for cell, row in zip(left, _begin_rows(left, wide), strict=True):
        near = range(bisect_left(bottoms, cell.top), bisect_right(tops, cell.bottom))
        level = [number for number in near if _is_level(cell, right[number])]
        alone = not any(_is_beside(cell, right[number]) for number in near)
        lines.append(_Line(cell, row, alone, bool(level), any(begins[number] for number in level)))
    return lines


def _row_gap(column: Sequence[Cell]) -> float:
    """The gap above a line from which on it begins a row, in points."""
    gaps = sorted(after.top - before.bottom for before, after in pairwise(column))
    return gaps[int(_TIGHTEST * len(gaps))] + _ROW_GAP * median(cell.height for cell in column) if gaps else 0


def _begin_rows(column: Sequence[Cell], wide: float) -> list[bool]:
    return [True, *(after.top - before.bottom > wide for before, after in pairwise(column))]


def _is_level(one: Cell, other: Cell) -> bool:
    off = min(abs(one.middle - other.middle), abs(one.bottom - other.bottom))
    return off <= _LEVEL * min(one.height, other.height)


def _is_beside(one: Cell, other: Cell) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap > _BESIDE * min(one.height, other.height)


def _short_labels(left: Sequence[Cell]) -> float:
    return sum(len(cell.text.split()) <= _LABEL_WORDS for cell in left) / len(left)


def _set_to_the_right(left: Sequence[Cell]) -> bool:
    edge = median(cell.right for cell in left)
    at_edge = sum(abs(cell.right - edge) <= _EDGE for cell in left)
    begin = median(cell.left for cell in left)
    ragged = sum(abs(cell.left - begin) > _RAGGED for cell in left)
    return at_edge >= _MOST * len(left) and ragged >= _SOME * len(left)


def _leading(left: Sequence[Cell], right: Sequence[Cell]) -> float:
    """The distance between the lines of one paragraph, in points."""
    steps = sorted(after.middle - before.middle for side in (left, right) for before, after in pairwise(side))
    return steps[int(_TIGHTEST * len(steps))]


def _shifts(lines: Sequence[Cell], leading: float) -> int:
    """How many of the distances between these lines are no multiple of the leading."""
    shifts = 0
    for before, after in pairwise(lines):
        step = after.middle - before.middle
        shifts += leading > 0 and abs(step - round(step / leading) * leading) > _LEVEL * after.height
    return shifts


def _pairs_titles(left: Sequence[Cell], right: Sequence[Cell]) -> bool:
    """Whether titles stand beside titles, as in columns whose blocks were aligned with each other."""
    tall = _TALL * median(cell.height for cell in (*left, *right))
    titles = [cell for cell in left if _is_title(cell, tall)]
    others = [cell for cell in right if _is_title(cell, tall)]
    paired = sum(any(_is_level(cell, other) for other in others) for cell in titles)
    return paired * 2 > len(titles)


def _is_title(cell: Cell, tall: float) -> bool:
    return cell.bold or cell.text.isupper() or cell.height >= tall
