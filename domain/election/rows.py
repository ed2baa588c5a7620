"""Reading a row: the values to keep, or the one reason why it is refused, and the cells dropped on the way."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain.election.cells import Cell, Unreadable, cell_text, read_count, read_typed_count
from domain.election.columns import SheetKind, Value
from domain.election.cycles import is_outside
from domain.election.header import Layout, Place
from domain.election.reasons import MESSAGES, Reason

MAX_VALUE_LENGTH = 200
MAX_KEY_BYTES = 1000
"""An index entry has room for a third of a page, 2,700 bytes."""

PV_KEY = "pv_key"
EXTRA = "extra"


@dataclass(frozen=True)
class Finding:
    """A refused row (`reject`) or a dropped cell (`warning`), with the header of the column it is about."""

    kind: Literal["reject", "warning"]
    row: int
    reason: Reason
    column: str | None = None
    value: str | None = None

    @property
    def message(self) -> str:
        return MESSAGES[self.reason]


class RowReader:
    """Reads the rows of one spreadsheet. `columns` names the values of a row, in order."""

    def __init__(self, kind: SheetKind, layout: Layout) -> None:
        self._layout = layout
        self._with_key = kind == "pv"
        # A header of nothing but signs gives its cells no name to be kept by.
        self._extra = tuple((name, place) for name, place in layout.extra if name) if kind == "invit" else ()
        self._columns = [column.name for column, _ in layout.columns]

    @property
    def columns(self) -> list[str]:
        more = [PV_KEY] if self._with_key else []
        return [*self._columns, *more, *([EXTRA] if self._extra else [])]

    def read(self, number: int, cells: Sequence[Cell], findings: list[Finding]) -> list[Value] | None:
        """The values of row `number`, or None for a row that is empty or refused. `findings` says what was found."""
        values: list[Value] = []
        warnings: list[Finding] = []
        width = len(cells)
        for column, place in self._layout.columns:
            cell = cells[place.index] if place.index < width else None
            text = cell_text(cell)
            if text is None:
                if column.missing is not None:
                    if values or any(cell_text(cell) is not None for cell in cells):
                        findings.append(_finding("reject", number, column.missing, place, None))
                    return None
                values.append(column.default)
                continue
            try:
                if isinstance(cell, float) and column.read is read_count:
                    values.append(read_typed_count(cell))
                else:
                    values.append(column.read(text))
            except Unreadable as error:
                if column.missing is not None:
                    findings.append(_finding("reject", number, error.reason, place, text))
                    return None
                warnings.append(_finding("warning", number, error.reason, place, text))
                values.append(column.default)
        if self._with_key:
            read = dict(zip(self._columns, values, strict=True))
            cycle, day = read["cycle"], read["date_pv"]
            if isinstance(cycle, str) and isinstance(day, date) and is_outside(cycle, day):
                warnings.append(self._outside(number, day))
            values.append(pv_key(read))
        if self._extra:
            values.append(self._read_extra(cells))
        findings.extend(warnings)
        return values

    def _outside(self, number: int, day: date) -> Finding:
        place = next(place for column, place in self._layout.columns if column.name == "date_pv")
        return _finding("warning", number, "date_outside_cycle", place, day.isoformat())

    def _read_extra(self, cells: Sequence[Cell]) -> str:
        """The cells of the columns that have no place of their own, as JSON; of one name the first that is filled."""
        found: dict[str, str] = {}
        for name, place in self._extra:
            text = cell_text(cells[place.index]) if place.index < len(cells) else None
            if text is not None:
                found.setdefault(name, text)
        return json.dumps(found, ensure_ascii=False)


def pv_key(values: dict[str, Value]) -> str:
    """The natural key of a minutes row: its id in the source, else what tells an election and a collège apart.

    The second form ends with "|" and still lacks the number that tells rows of one file apart that share all of it.
    """
    source_id = values.get("source_id")
    if source_id is not None:
        return f"id:{source_id}"
    texts = ("" if (text := values.get(name)) is None else str(text).lower() for name in ("institution", "college"))
    key = "|".join([str(values["siret"]), str(values["cycle"]), str(values["date_pv"]), *texts])
    if len(key.encode()) > MAX_KEY_BYTES:
        key = hashlib.sha256(key.encode()).hexdigest()
    return f"{key}|"


def _finding(kind: Literal["reject", "warning"], row: int, reason: Reason, place: Place, value: str | None) -> Finding:
    return Finding(kind, row, reason, place.header, None if value is None else value[:MAX_VALUE_LENGTH])
