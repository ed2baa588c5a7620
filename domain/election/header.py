"""Finding the header of a spreadsheet, and which of its cells names which column."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.election.cells import Cell, cell_text
from domain.election.columns import COLUMNS, Column, SheetKind, normalise_header

HEADER_ROWS = 10
"""The header is among these first rows."""
MAX_NAMED = 40
"""Headers that a message lists at most."""
MAX_HEADER_LENGTH = 60
MAX_IGNORED = 200
"""Headers without a column that are kept of a file."""

_SIRET_HEADERS = frozenset(COLUMNS["pv"][0].headers)


class MissingColumns(Exception):
    """The spreadsheet lacks required columns; `message_fr` lists them and the headers that were found."""

    def __init__(self, missing: Sequence[Column], found: Sequence[str]) -> None:
        names = ", ".join(column.headers[0] for column in missing)
        more = f" et {len(found) - MAX_NAMED} autres" if len(found) > MAX_NAMED else ""
        listed = ", ".join(found[:MAX_NAMED]) or "aucune"
        self.message_fr = f"Colonnes obligatoires absentes : {names}. Colonnes trouvées : {listed}{more}"
        super().__init__("required columns are missing")


@dataclass(frozen=True)
class Place:
    """Where a column lies in the file, and the header it has there."""

    index: int
    header: str


@dataclass(frozen=True)
class Layout:
    """Which cells of a row are read: `columns` in the order of the table's checks, `extra` under normalised headers."""

    columns: tuple[tuple[Column, Place], ...]
    extra: tuple[tuple[str, Place], ...]

    @property
    def ignored(self) -> list[str]:
        """The first headers that name no column, as the file has them."""
        return [place.header for _, place in self.extra[:MAX_IGNORED]]


def find_header(rows: Sequence[Sequence[Cell]]) -> int | None:
    """The index of the first of these rows that holds a header of the SIRET."""
    for number, cells in enumerate(rows[:HEADER_ROWS]):
        if any(normalise_header(text) in _SIRET_HEADERS for text in _texts(cells)):
            return number
    return None


def read_layout(kind: SheetKind, rows: Sequence[Sequence[Cell]]) -> tuple[int, Layout]:
    """The index of the header among the first rows, and what it says. Raises `MissingColumns`."""
    number = find_header(rows)
    cells = rows[number] if number is not None else next((row for row in rows if _texts(row)), ())
    layout = _layout(kind, cells)
    present = {column.name for column, _ in layout.columns}
    missing = [column for column in COLUMNS[kind] if column.missing and column.name not in present]
    if number is None or missing:
        raise MissingColumns(missing, [_shown(text) for text in _texts(cells)])
    return number, layout


def _layout(kind: SheetKind, cells: Sequence[Cell]) -> Layout:
    places: dict[str, Place] = {}
    headers: list[tuple[str, Place]] = []
    for index, cell in enumerate(cells):
        text = cell_text(cell)
        if text is None:
            continue
        place = Place(index, _shown(text))
        name = normalise_header(text)
        headers.append((name, place))
        places.setdefault(name, place)  # of two equal headers the first counts
    columns: list[tuple[Column, Place]] = []
    for column in COLUMNS[kind]:
        place_found = next((places[header] for header in column.headers if header in places), None)
        if place_found is not None:
            columns.append((column, place_found))
    used = {place.index for _, place in columns}
    return Layout(tuple(columns), tuple((name, place) for name, place in headers if place.index not in used))


def _shown(header: str) -> str:
    return "".join(c for c in header[:MAX_HEADER_LENGTH] if c.isprintable())


def _texts(cells: Sequence[Cell]) -> list[str]:
    return [text for cell in cells if (text := cell_text(cell)) is not None]
