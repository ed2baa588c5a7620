"""The smallest .xlsx file that Excel opens: one sheet of typed cells."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from xml.sax.saxutils import escape

Cell = str | int | float | bool | date | None

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DATE_STYLE, _TIME_STYLE = 1, 2
_ORIGIN_1900, _ORIGIN_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_SAME_TIME = (2026, 1, 1, 0, 0, 0)
"""Equal rows give equal bytes."""


def workbook(rows: Iterable[Sequence[Cell]], *, date_1904: bool = False) -> bytes:
    """A workbook with these rows, from row 1 on. Dates are numbers of the 1900 or the 1904 system, shown as dates."""
    return workbook_of(sheet_data(rows, date_1904=date_1904), date_1904=date_1904)


def sheet_data(rows: Iterable[Sequence[Cell]], *, date_1904: bool = False) -> str:
    """The `<row>` elements of these rows; None is no cell at all."""
    origin = _ORIGIN_1904 if date_1904 else _ORIGIN_1900
    lines = []
    for number, row in enumerate(rows, 1):
        cells = (_cell(f"{column_name(index)}{number}", cell, origin) for index, cell in enumerate(row))
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return "".join(lines)


def workbook_of(data: str, *, date_1904: bool = False, more: str = "") -> bytes:
    """A workbook around ready-made rows; `more` follows them in the sheet, such as `<mergeCells>`."""
    properties = '<workbookPr date1904="1"/>' if date_1904 else ""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
        "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{properties}'
        '<sheets><sheet name="Feuille1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            {"rId1": ("worksheet", "worksheets/sheet1.xml"), "rId2": ("styles", "styles.xml")}
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{data}</sheetData>{more}</worksheet>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            member = zipfile.ZipInfo(name, _SAME_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{content}')
    return file.getvalue()


def column_name(index: int) -> str:
    """The letters of a column, the first being 0.

    >>> column_name(0), column_name(25), column_name(26), column_name(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _cell(place: str, cell: Cell, origin: datetime) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    if isinstance(cell, date):
        timed = isinstance(cell, datetime)
        moment = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
        serial = (moment - origin) / timedelta(days=1)
        return f'<c r="{place}" s="{_TIME_STYLE if timed else _DATE_STYLE}"><v>{serial!r}</v></c>'
    return f'<c r="{place}"><v>{cell!r}</v></c>'


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'
