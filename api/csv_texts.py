"""Tables as French spreadsheets open them: semicolons between cells, and no cell that could act as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_lines(rows: Iterable[Sequence[str | int | None]]) -> str:
    """The rows as text. A cell that a spreadsheet would take for a formula is marked as text."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([_shown(cell) for cell in row] for row in rows)
    return text.getvalue()


def _shown(cell: str | int | None) -> str | int | None:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell
