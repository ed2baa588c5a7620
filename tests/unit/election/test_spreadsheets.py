"""Spreadsheet files as Excel, other programs and strangers write them."""

import codecs
import io
import struct
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest

from adapters.spreadsheets import BadSpreadsheet, Extension, csv_rows, workbook_rows
from domain.election.cells import Cell
from samples.elections import FOLDER, render_all
from samples.workbook import sheet_data, workbook, workbook_of
from tests.xls import xls

HEADER = "SIRET;Cycle;Date"


def csv_cells(data: bytes) -> list[Sequence[Cell]]:
    return list(csv_rows(lambda: io.BytesIO(data)))


def refusal(data: bytes, extension: Extension) -> str:
    with pytest.raises(BadSpreadsheet) as error:
        list(csv_rows(lambda: io.BytesIO(data)) if extension == "csv" else workbook_rows(data, extension))
    return error.value.message_fr


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_csv_as_programs_save_it(separator: str, encoding: str, line_end: str) -> None:
    rows = [["N° SIRET", "Région", "Note"], ["12345678901234", "Île-de-France", "a;b,c\td"], ["", "", '5 "œ"']]
    quoted = [separator.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    data = (line_end.join(quoted) + line_end).encode(encoding)
    assert csv_cells(data) == rows


def test_rows_keep_the_numbers_that_a_spreadsheet_shows() -> None:
    data = f'\n\n{HEADER}\n\n1;"deux\nlignes";3\n;;\n4;5;6'.encode()
    assert csv_cells(data) == [[], [], HEADER.split(";"), [], ["1", "deux\nlignes", "3"], ["", "", ""], ["4", "5", "6"]]


def test_the_separator_is_that_of_the_header() -> None:
    assert csv_cells(b"sep=,\nExport; du; 5; mai\nSIRET,Cycle,Date\n1,2,3")[2:] == [
        ["SIRET", "Cycle", "Date"],
        [*"123"],
    ]
    assert csv_cells(b"Raison, sociale;SIRET\nA, B;1")[1] == ["A, B", "1"]
    assert csv_cells(b"SIRET\n1,5") == [["SIRET"], ["1,5"]]


def test_one_byte_decides_the_encoding_of_the_whole_file() -> None:
    row = "1;C4;caf\u00e9\n".encode()
    utf8 = f"{HEADER}\n".encode() + row * 200_000
    assert csv_cells(utf8)[-1] == ["1", "C4", "caf\u00e9"]
    assert csv_cells(utf8 + b"2;C4;\xe9")[-1] == ["2", "C4", "\u00e9"]


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_quotation_marks_that_are_closed_or_mean_nothing(end: str) -> None:
    rows = [["1", "2", 'trois "3"'], ["4", "5", "six\n6"], ["7", "8", '9"']]
    data = f'{HEADER}\n1;2;"trois ""3"""\n4;5;"six\n6"\n7;8;9"{end}'.encode()
    assert [row for row in csv_cells(data)[1:] if row] == rows
    assert csv_cells(f'{HEADER}\n1;2;"3"{end}'.encode())[1] == ["1", "2", "3"]


def test_an_empty_csv_has_no_rows() -> None:
    assert csv_cells(b"") == []
    assert csv_cells(codecs.BOM_UTF8) == []


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (codecs.BOM_UTF16_LE + f"{HEADER}\n1;2;3".encode("utf-16-le"), "Encodage"),
        (codecs.BOM_UTF16_BE + f"{HEADER}\n1;2;3".encode("utf-16-be"), "Encodage"),
        (f"{HEADER}\n".encode() + b"\x81\xff", "Encodage"),
        (workbook([["SIRET"]]), ".csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".csv"),
        (f"{HEADER}\n".encode() + b"1" * 2_000_000, "anormalement longue"),
        (f'{HEADER}\n"1;2;3\n'.encode() + b"4;5;6\n" * 100_000, "anormalement longue"),
        (f"{HEADER}\n1;{'x' * 200_000};3".encode(), "anormalement longue"),
        (f'{HEADER}\n1;2;3\n4;"5;6\n7;8;9\n'.encode(), "jamais refermé"),
        (f'{HEADER}\n1;2;"'.encode(), "jamais refermé"),
        (f'{HEADER}\n1;2;"3""'.encode(), "jamais refermé"),
    ],
)
def test_other_files_named_csv_are_refused(data: bytes, told: str) -> None:
    assert told in refusal(data, "csv")


@pytest.mark.parametrize("date_1904", [False, True])
def test_typed_cells(date_1904: bool) -> None:
    moment = datetime(2022, 3, 15, 18, 0)
    rows: list[Sequence[str | int | float | bool | date | None]] = [
        (None, "SIRET", "Date"),
        (),
        (1, 98765432100019, date(2020, 12, 31), moment, True, 12.5, " é "),
    ]
    read = list(workbook_rows(workbook(rows, date_1904=date_1904), "xlsx"))
    assert [cell or None for cell in read[0][:3]] == [None, "SIRET", "Date"]
    assert set(read[1]) == {""}
    assert read[2] == [1.0, 98765432100019.0, date(2020, 12, 31), moment, True, 12.5, " é "]


def test_an_old_workbook() -> None:
    rows = [("SIRET", "Région"), (), (98765432100019, "Île-de-France", date(2020, 12, 31)), (None, "x")]
    assert list(workbook_rows(xls(rows), "xls")) == [
        ["SIRET", "Région", ""],
        ["", "", ""],
        [98765432100019.0, "Île-de-France", date(2020, 12, 31)],
        ["", "x", ""],
    ]


def test_formulas_count_by_their_value_and_errors_are_empty() -> None:
    cells = (
        '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>A1</f><v>deux</v></c>'
        '<c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="D1" t="e"><v>#N/A</v></c>'
    )
    (row,) = workbook_rows(workbook_of(f'<row r="1">{cells}</row>'), "xlsx")
    assert row == [2.0, "deux", "", ""]


def test_a_merged_header_names_its_first_column_only() -> None:
    data = sheet_data([("SIRET", "Votes", None), ("1", "2", "3")])
    merged = workbook_of(data, more='<mergeCells count="1"><mergeCell ref="B1:C1"/></mergeCells>')
    assert list(workbook_rows(merged, "xlsx")) == [["SIRET", "Votes", ""], ["1", "2", "3"]]


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def claiming_too_much() -> bytes:
    """A workbook whose directory says that its sheet has 4 GB."""
    data = bytearray(workbook([["SIRET"]]))
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    data[at + 24 : at + 28] = struct.pack("<L", 0xFFFFFFF0)
    return bytes(data)


OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "extension", "told"),
    [
        (b"SIRET;Cycle\n1;2", "xlsx", "ne correspond pas à son extension .xlsx"),
        (b"<table><tr><td>SIRET</td></tr></table>", "xls", "ne correspond pas à son extension .xls"),
        (workbook([["SIRET"]]), "xls", "ne correspond pas à son extension .xls"),
        (zipped(word__document=b"<x/>"), "xlsx", "ne correspond pas à son extension .xlsx"),
        (OLE2 + bytes(600), "xlsx", "ne correspond pas à son extension .xlsx"),
        (OLE2 + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "xlsx", "protégé par mot de passe"),
        (OLE2 + bytes(600), "xls", "endommagé"),
        (workbook([["SIRET"]])[:-40], "xlsx", "endommagé"),
        (workbook([["SIRET"]])[:300], "xlsx", "endommagé"),
        (workbook_of('<row r="1"><c r="A1"><v>1</v></row>'), "xlsx", "endommagé"),
        (claiming_too_much(), "xlsx", "anormalement volumineux"),
    ],
)
def test_damaged_encrypted_or_mislabelled_workbooks_are_refused(data: bytes, extension: Extension, told: str) -> None:
    assert told in refusal(data, extension)


def test_a_workbook_without_rows() -> None:
    assert list(workbook_rows(workbook([]), "xlsx")) == []


def test_rendering_the_samples_again_changes_nothing(tmp_path: Path) -> None:
    again = render_all(tmp_path)
    assert {path.name for path in again} == {path.name for path in FOLDER.iterdir()}
    for path in again:
        assert path.read_bytes() == (FOLDER / path.name).read_bytes()
        assert path.stat().st_size < 100_000
