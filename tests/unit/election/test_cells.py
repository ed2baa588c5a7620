"""Each rule of reading a cell, at its borders."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, get_args

import pytest

from domain.election import cells
from domain.election.cells import Cell, Unreadable, cell_text
from domain.election.reasons import MESSAGES, Reason


def literals(of: Any) -> set[str]:
    return {text for part in get_args(of) for text in (literals(part) if get_args(part) else {part})}


def refused(read: Callable[[str], Any], text: str) -> str:
    with pytest.raises(Unreadable) as error:
        read(text)
    return error.value.reason


def test_each_reason_has_a_sentence() -> None:
    assert set(MESSAGES) == literals(Reason)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Lyon\t", "Lyon"),
        ("a\tb\nc\r\nd", "a b c  d"),
        ("1\u202f200\u00a0€", "1 200 €"),
        ("\x00a\x00b", "ab"),
        ("\u00a0\u202f", None),
        ("\x00", None),
        ("", None),
        (None, None),
        *((word, None) for word in ("nan", "NaN", "None", "NULL", "null", "n/a", "N/A", " nan ")),
        ("nana", "nana"),
        ("aucun", "aucun"),
        (1486.0, "1486"),
        (98765432100019.0, "98765432100019"),
        (12.5, "12.5"),
        (-3.0, "-3"),
        (1486, "1486"),
        (float("nan"), None),
        (float("inf"), "inf"),
        (True, "true"),
        (date(2022, 3, 15), "2022-03-15"),
        (datetime(2022, 3, 15, 10, 30), "2022-03-15T10:30:00"),
        (time(12, 0), "12:00:00"),
        (timedelta(hours=30), "1 day, 6:00:00"),
    ],
)
def test_a_cell_as_text(cell: Cell, text: str | None) -> None:
    assert cell_text(cell) == text


@pytest.mark.parametrize(
    ("text", "cycle"),
    [
        ("C3", "C3"),
        ("c4", "C4"),
        ("4", "C4"),
        ("4.0", "C4"),
        ("C4.0", "C4"),
        ("Cycle 4", "C4"),
        ("CYCLE_4", "C4"),
        ("cycle - 4", "C4"),
        ("C.9", "C9"),
        ("1", "C1"),
    ],
)
def test_a_cycle(text: str, cycle: str) -> None:
    assert cells.read_cycle(text) == cycle


@pytest.mark.parametrize("text", ["C0", "10", "C10", "Cy4", "4.5", "C3 et C4", "quatre", "4e", "C", "٤"])
def test_no_cycle(text: str) -> None:
    assert refused(cells.read_cycle, text) == "cycle_unreadable"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2022-03-15", date(2022, 3, 15)),
        ("2022-3-5", date(2022, 3, 5)),
        ("2022/03/15", date(2022, 3, 15)),
        ("15/03/2022", date(2022, 3, 15)),
        ("5/3/2022", date(2022, 3, 5)),
        ("15-03-2022", date(2022, 3, 15)),
        ("15.03.2022", date(2022, 3, 15)),
        # Always day first, also where the other reading is possible and where it is not.
        ("02/06/2025", date(2025, 6, 2)),
        ("2025-02-01", date(2025, 2, 1)),
        ("29/02/2024", date(2024, 2, 29)),
        ("2022-03-15T10:30:00Z", date(2022, 3, 15)),
        ("2022-03-15T23:59:59.999+02:00", date(2022, 3, 15)),
        ("2022-03-15 10:30", date(2022, 3, 15)),
        ("2022-03-15 10:30:00 +0200", date(2022, 3, 15)),
        ("15/03/2022 10:30:00", date(2022, 3, 15)),
        ("15/03/2022 00:00:00,000", date(2022, 3, 15)),
        ("44196", date(2020, 12, 31)),
        ("44196.75", date(2020, 12, 31)),
        ("44196,999", date(2020, 12, 31)),
        ("44197", date(2021, 1, 1)),
        ("45782", date(2025, 5, 5)),
        ("32874", date(1990, 1, 1)),
        ("73050", date(2099, 12, 31)),
        ("01/01/1990", date(1990, 1, 1)),
        ("31/12/2099", date(2099, 12, 31)),
    ],
)
def test_a_date(text: str, day: date) -> None:
    assert cells.read_date(text) == day


@pytest.mark.parametrize(
    "text",
    ["2022", "20220315", "32873", "73051", "31/12/1989", "01/01/2100", "0202-03-15", "0", "999999", "9" * 5000],
)
def test_a_date_out_of_range(text: str) -> None:
    assert refused(cells.read_date, text) == "date_out_of_range"


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2022",
        "29/02/2023",
        "00/01/2022",
        "2022-13-01",
        "03/15/2022",
        "22/03/15",
        "15/03/22",
        "15 mars 2022",
        "2 mai 2025",
        "15-mar-2022",
        "15/03-2022",
        "2022.03.15",
        "2022-03-15 matin",
        "2022-03-15 10h30",
        "non renseigné",
        "12:00:00",
        "-44196",
        "44 196",
        "2022-W11-2",
        "٢٠٢٢-٠٣-١٥",
    ],
)
def test_no_date(text: str) -> None:
    assert refused(cells.read_date, text) == "date_unreadable"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("12", 12),
        ("1 200", 1200),
        ("1 200 000", 1_200_000),
        ("12,5", 12),
        ("13.5", 14),
        ("12.50", 12),
        ("1200,0", 1200),
        ("+7", 7),
        ("007", 7),
        ("10000000", 10_000_000),
        ("10000000.0", 10_000_000),
        ("0.125", 0),
        ("1200.125", 1200),
        ("-0", 0),
    ],
)
def test_a_count(text: str, count: int) -> None:
    assert cells.read_count(text) == count


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *((text, "count_unreadable") for text in ("1.200", "1,200", "12.500", "999,999", "1.200.000", "12a", "1e3")),
        *((text, "count_unreadable") for text in ("douze", "5.", ".5", "-", "1/2", "٣", "1 200.000,0")),
        *((text, "count_out_of_range") for text in ("-1", "-0,4", "10000001", "10000000.1", "9" * 5000)),
    ],
)
def test_no_count(text: str, reason: str) -> None:
    assert refused(cells.read_count, text) == reason


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (cells.read_code, "1486.0", "1486"),
        (cells.read_code, "1486", "1486"),
        (cells.read_code, "0044", "0044"),
        (cells.read_code, "2A", "2A"),
        (cells.read_code, "A.0", "A.0"),
        (cells.read_code, "1486.00", "1486.00"),
        (cells.read_postcode, "1000", "01000"),
        (cells.read_postcode, "1000.0", "01000"),
        (cells.read_postcode, "75001", "75001"),
        (cells.read_postcode, "100", "100"),
        (cells.read_postcode, "2A04", "2A04"),
        (cells.read_department, "1", "01"),
        (cells.read_department, "1.0", "01"),
        (cells.read_department, "75", "75"),
        (cells.read_department, "974", "974"),
        (cells.read_department, "A", "A"),
        (cells.read_id, "10", 10),
        (cells.read_id, "10.0", 10),
        (cells.read_id, "1 234", 1234),
        (cells.read_id, "9223372036854775807", 2**63 - 1),
    ],
)
def test_codes_and_ids(read: Callable[[str], Any], text: str, value: Any) -> None:
    assert read(text) == value


@pytest.mark.parametrize("text", ["9223372036854775808", "-1", "12.5", "a", "1" * 20, "PV-12"])
def test_no_id(text: str) -> None:
    assert refused(cells.read_id, text) == "id_unreadable"


def test_a_code_has_an_end() -> None:
    assert cells.read_department("x" * 100) == "x" * 100
    assert refused(cells.read_department, "x" * 101) == "code_too_long"


@pytest.mark.parametrize("text", ["oui", "OUI", "o", "O", "yes", "y", "1", "true", "Vrai", "actif", "A", "a"])
def test_yes(text: str) -> None:
    assert cells.read_flag(text) is True


@pytest.mark.parametrize("text", ["non", "n", "No", "0", "false", "FAUX", "inactif", "fermé", "Fermé", "f", "C", "c"])
def test_no(text: str) -> None:
    assert cells.read_flag(text) is False


@pytest.mark.parametrize("text", ["peut-être", "2", "x", "oui non", "ouvert"])
def test_neither_yes_nor_no(text: str) -> None:
    assert refused(cells.read_flag, text) == "bool_unreadable"
