"""What stands in the margin of a line, as dates and towns do, glued to that line before columns are looked for.

Beside another column such texts would pass for a part of it, and be read after the lines that they belong to.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from adapters.documents.cells import Cell, merged, same_row

_EDGE = 1.5
"""Points by which texts set to the same edge may differ."""
_COLUMN_LINES = 5
"""Lines that begin at the same place for it to be a column's edge."""
_SHORT = 40
"""The characters of the longest text in a margin."""
_PERIOD_NOISE = re.compile(
    r"\b(?:janv|jan|févr|fév|fevr|feb|mars|mar|avr|apr|mai|may|juin|jun|juil|jul|août|aout|aug|sept|sep|oct|nov|déc|dec"
    r"|depuis|since|présent|present|today|now|jour|aujourd|hui|actuel|current|en|cours|to|au|à|de|du|from|since"
    r"|an|ans|mois|year|years|month|months|yr|yrs|mos)\w*\b|[\W\d_]",
    re.IGNORECASE,
)


def is_period(text: str) -> bool:
    """Whether the text is a date or a period and nothing else: "Sept. 2020 – Févr. 2021", "depuis 2019"."""
    return any(character.isdigit() for character in text) and len(_PERIOD_NOISE.sub("", text)) <= 2


def rows_of(cells: Iterable[Cell]) -> list[list[Cell]]:
    """The cells of each row, from left to right."""
    rows: list[list[Cell]] = []
    for cell in sorted(cells, key=lambda cell: cell.middle):
        if rows and same_row(rows[-1][0], cell):
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return [sorted(row, key=lambda cell: cell.left) for row in rows]


def joined(row: Sequence[Cell]) -> Cell:
    """The cells of one row as one, a tab where they stand apart."""
    text = row[0].text
    for before, after in pairwise(row):
        text += (" " if after.left - before.right < before.height else "\t") + after.text
    return merged(row, text)


def with_margins(cells: Sequence[Cell]) -> list[Cell]:
    """The cells with what is set flush right, or in a margin of dates inside the page, glued to its line."""
    rows = rows_of(cells)
    page = _Page(cells)
    ends = _set_flush([cell for row in rows for before, cell in pairwise(row) if page.may_end(before, cell)])
    begun = {
        id(cell)
        for row in rows
        for date, cell in pairwise(row)
        if id(date) not in ends and page.is_in_margin(date, cell)
    }
    glued: list[Cell] = []
    for row in rows:
        line = [row[0]]
        for cell in row[1:]:
            if id(cell) in ends or id(cell) in begun:
                line[-1] = joined((line[-1], cell))
            else:
                line.append(cell)
        glued += line
    return glued


def _set_flush(ends: list[Cell]) -> set[int]:
    """The ids of those that share a right edge with others: two periods, or three texts that begin apart."""
    ends = sorted(ends, key=lambda cell: cell.right)
    edges = [cell.right for cell in ends]
    flush: set[int] = set()
    for cell in ends:
        group = ends[bisect_left(edges, cell.right - _EDGE) : bisect_right(edges, cell.right + _EDGE)]
        if (len(group) > 2 and _spread(other.left for other in group)) or sum(is_period(c.text) for c in group) > 1:
            flush.add(id(cell))
    return flush


def _spread(edges: Iterable[float]) -> bool:
    places = list(edges)
    return max(places) - min(places) > 2 * _EDGE


class _Page:
    """Where the lines of a page begin."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = sorted(cells, key=lambda cell: cell.left)
        self._lefts = [cell.left for cell in self._cells]
        self._rights = sorted(cell.right for cell in cells)
        self._columns = [left for left in self._lefts if self._is_column(left)]

    def _beginning_at(self, left: float) -> list[Cell]:
        return self._cells[bisect_left(self._lefts, left - _EDGE) : bisect_right(self._lefts, left + _EDGE)]

    def _is_column(self, left: float) -> bool:
        lines = self._beginning_at(left)
        return len(lines) >= _COLUMN_LINES and _spread(line.right for line in lines)

    def may_end(self, before: Cell, cell: Cell) -> bool:
        """Whether the line that `before` begins may end with `cell`: no column begins with it, or between them."""
        if len(cell.text) > _SHORT:
            return False
        others = [line for line in self._beginning_at(cell.left) if abs(line.right - cell.right) > 2 * _EDGE]
        first, end = bisect_right(self._columns, before.right), bisect_left(self._columns, cell.left - _EDGE)
        return len(others) < 2 and first >= end

    def is_in_margin(self, date: Cell, cell: Cell) -> bool:
        """Whether the date stands in a margin of dates, with a column at its left and its line at its right."""
        if not is_period(date.text) or bisect_left(self._rights, date.left) < _COLUMN_LINES:
            return False
        margin = [line for line in self._beginning_at(date.left) if line.right < cell.left]
        periods = [line for line in margin if is_period(line.text)]
        top, bottom = min(line.top for line in periods), max(line.bottom for line in periods)
        held = [line for line in margin if top <= line.middle <= bottom]
        return len(periods) > 1 and 2 * len(periods) > len(held)
