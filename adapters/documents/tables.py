"""The tables of Word and Writer documents as text: values row by row, pages set in columns column by column."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from docling_core.transforms.serializer.base import BaseDocSerializer, SerializationResult
from docling_core.transforms.serializer.common import create_ser_result
from docling_core.transforms.serializer.markdown import MarkdownTableSerializer
from docling_core.types.doc.document import DoclingDocument
from docling_core.types.doc.items.table.table import TableItem
from docling_core.types.doc.items.table.table_data import RichTableCell, TableCell

from domain.extraction.section_titles import SectionKind
from domain.extraction.sections import title_kind

Row = dict[int, str]
"""The texts of a row's cells by the column they begin in; a merged cell is in its first row only."""

_ROW_CELL_CHARACTERS = 80


class TextTables(MarkdownTableSerializer):
    """A row of short cells is one line, a tab between cells; longer cells are read one after the other."""

    def serialize(
        self, *, item: TableItem, doc_serializer: BaseDocSerializer, doc: DoclingDocument, **kwargs: Any
    ) -> SerializationResult:
        seen: set[tuple[int, int]] = set()
        rows: list[Row] = []
        for grid_row in item.data.grid:
            row: Row = {}
            for cell in grid_row:
                # A merged cell stands in the grid once for each place it covers.
                place = (cell.start_row_offset_idx, cell.start_col_offset_idx)
                if place not in seen:
                    seen.add(place)
                    row[place[1]] = _cell_text(cell, doc_serializer, doc, kwargs).strip()
            rows.append(row)
        return create_ser_result(text="\n" + table_text(rows) + "\n", span_source=item)


def table_text(rows: Sequence[Row]) -> str:
    """The text of a table in the order in which a person reads it."""
    parts: list[str] = []
    # A row of one cell, a name or a title over the whole width, parts what is above it from what is below.
    for alone, run in groupby(rows, key=lambda row: len(row) == 1):
        group = list(run)
        beginning = next((place for place, row in enumerate(group) if any(map(_title, row.values()))), len(group))
        if alone or not _is_set_in_columns(group):
            beginning = len(group)
        parts += map(_row_text, group[:beginning])
        parts += map(_apart, _columns(group[beginning:]))
    return "\n".join(part for part in parts if part.strip()).strip()


def _columns(rows: Sequence[Row]) -> list[list[str]]:
    return [[row[column] for row in rows if column in row] for column in sorted({c for row in rows for c in row})]


def _title(text: str) -> SectionKind | None:
    """The kind of section that the text's first line announces."""
    return title_kind(text.partition("\n")[0].lstrip("#- "))


def _row_text(row: Row) -> str:
    texts = [text for text in row.values() if text]
    if all("\n" not in text and len(text) <= _ROW_CELL_CHARACTERS for text in texts):
        return "\t".join(texts)
    return _apart(texts)


def _apart(texts: Iterable[str]) -> str:
    return "\n\n" + "\n\n".join(filter(None, texts)) + "\n\n"


def _is_set_in_columns(rows: Sequence[Row]) -> bool:
    """Whether the columns are read one after the other: two of them hold sections of their own, title and text."""
    kinds: set[str] = set()
    texts = 0
    for column in _columns(rows):
        lines = [line for text in column for line in text.split("\n") if line.strip()]
        titles = [kind for kind in map(_title, lines) if kind is not None]
        # A column of titles alone announces what stands beside it.
        if titles and len(titles) < len(lines):
            kinds.update(titles)
            texts += 1
    return texts > 1 and len(kinds) > 1


def _cell_text(cell: TableCell, serializer: BaseDocSerializer, doc: DoclingDocument, kwargs: dict[str, Any]) -> str:
    if isinstance(cell, RichTableCell):
        return serializer.serialize(item=cell.ref.resolve(doc=doc), **kwargs).text
    return cell.text or ""
