"""Reading rows: the first failing check refuses, what is merely unreadable is dropped and told."""

import json
from datetime import date
from typing import Any

from domain.election.cells import Cell
from domain.election.columns import SheetKind, Value
from domain.election.header import read_layout
from domain.election.rows import Finding, RowReader

SIRET = "12345678901234"
DAY = date(2022, 3, 15)


def read(kind: SheetKind, header: tuple[str, ...], *rows: tuple[Cell, ...]) -> tuple[list[Any], list[Finding]]:
    """What the rows below the header come to: the values by column, or None, and the findings."""
    reader = RowReader(kind, read_layout(kind, [header])[1])
    findings: list[Finding] = []
    values: list[dict[str, Value] | None] = []
    for number, row in enumerate(rows, 2):
        got = reader.read(number, row, findings)
        values.append(None if got is None else dict(zip(reader.columns, got, strict=True)))
    return values, findings


PV = ("SIRET", "Cycle", "Date", "Inscrits")


def test_the_first_failing_check_is_the_reason() -> None:
    values, findings = read(
        "pv",
        PV,
        ("x", "?", "?", "?"),
        (SIRET, "?", "?", "?"),
        (SIRET, "C4", "?", "?"),
        ("", "C4", "2022-03-15", "1"),
        (SIRET, "nan", "2022-03-15", "1"),
        (SIRET, "C4", None, "1"),
    )
    assert values == [None] * 6
    assert [(f.kind, f.row, f.reason, f.column, f.value) for f in findings] == [
        ("reject", 2, "siret_length", "SIRET", "x"),
        ("reject", 3, "cycle_unreadable", "Cycle", "?"),
        ("reject", 4, "date_unreadable", "Date", "?"),
        ("reject", 5, "siret_missing", "SIRET", None),
        ("reject", 6, "cycle_missing", "Cycle", None),
        ("reject", 7, "date_missing", "Date", None),
    ]


def test_empty_rows_are_passed_over() -> None:
    values, findings = read("pv", PV, (), ("", None, " "), ("nan", "NULL", "n/a", "None", "\u00a0"))
    assert (values, findings) == ([None] * 3, [])
    # Something stands beyond the columns that are read: the row is counted, hence refused.
    _, findings = read("pv", PV, ("", "", "", "", "total"))
    assert [f.reason for f in findings] == ["siret_missing"]


def test_what_cannot_be_read_is_dropped_and_told() -> None:
    (row,), findings = read(
        "invit",
        ("SIRET", "Date invitation", "Actif", "Effectif connu", "Date réception", "UD"),
        (SIRET, DAY, "peut-être", "1.200", "31/02/2022", "x" * 300),
    )
    assert row == {
        "siret": SIRET,
        "date_invit": DAY,
        "est_actif": None,
        "effectif_connu": None,
        "date_reception": None,
        "ud": None,
    }
    assert {(f.kind, f.column, f.reason) for f in findings} == {
        ("warning", "Actif", "bool_unreadable"),
        ("warning", "Effectif connu", "count_unreadable"),
        ("warning", "Date réception", "date_unreadable"),
        ("warning", "UD", "code_too_long"),
    }
    assert max(len(f.value or "") for f in findings) == 200


def test_only_text_leaves_open_what_a_separator_means() -> None:
    cells = 12.375, "12.375", -0.25, 1e30
    values, findings = read("pv", PV, *((SIRET, "C4", DAY, cell) for cell in cells))
    assert [row["inscrits"] for row in values] == [12, None, None, None]
    assert [(f.row, f.reason) for f in findings] == [
        (3, "count_unreadable"),
        (4, "count_out_of_range"),
        (5, "count_out_of_range"),
    ]


def test_short_rows_lack_their_last_cells() -> None:
    (row,), findings = read("pv", PV, (SIRET, "C4", "2022-03-15"))
    assert row["inscrits"] is None
    assert findings == []


def test_elections_outside_their_cycle_are_kept_and_told() -> None:
    borders = [("C3", 2017, 2020), ("C4", 2021, 2024), ("C5", 2025, 2028)]
    for cycle, first, last in borders:
        rows = [
            (SIRET, cycle, day, "")
            for day in (date(first, 1, 1), date(last, 12, 31), date(first - 1, 12, 31), date(last + 1, 1, 1))
        ]
        values, findings = read("pv", PV, *rows)
        assert None not in values
        assert [(f.row, f.reason, f.kind) for f in findings] == [
            (4, "date_outside_cycle", "warning"),
            (5, "date_outside_cycle", "warning"),
        ]
    _, findings = read("pv", PV, (SIRET, "C2", "2022-01-01"), (SIRET, "C6", "2022-01-01"))
    assert findings == []


def test_the_key_of_minutes() -> None:
    header = ("id_pv", *PV, "Institution", "Collège")
    values, findings = read(
        "pv",
        header,
        ("10", SIRET, "C4", "2022-03-15", "", "CSE", "Cadres"),
        ("10.0", SIRET, "C4", "2022-03-15", "", "", ""),
        ("", SIRET, "C4", "15/03/2022", "", "CSE É", "CADRES"),
        ("dix", SIRET, "C4", "44635", "", None, "nan"),
        (None, SIRET, "C4", "2022-03-15", "", "x" * 5000, ""),
    )
    keys = [row["pv_key"] for row in values]
    assert keys[:4] == [
        "id:10",
        "id:10",
        f"{SIRET}|C4|2022-03-15|cse é|cadres|",
        f"{SIRET}|C4|2022-03-15|||",
    ]
    assert len(keys[4]) == 65, "a key must fit into an index"
    assert [(f.row, f.reason) for f in findings] == [(5, "id_unreadable")]


def test_invitations_keep_what_has_no_column() -> None:
    header = ("SIRET", "Date", "Référent", "***", "Référent", "Ville", "VILLE")
    (row, bare), _ = read(
        "invit",
        header,
        (SIRET, DAY, "A\tB", "x", "C", "Lyon", "Metz"),
        (SIRET, DAY, "nan", "x", "", "Lyon", None),
    )
    assert json.loads(row["extra"]) == {"referent": "A B", "ville": "Metz"}
    assert row["commune"] == "Lyon"
    assert json.loads(bare["extra"]) == {}
    (row,), _ = read("invit", ("SIRET", "Date", "Référent", "REFERENT"), (SIRET, DAY, "nan", "C"))
    assert json.loads(row["extra"]) == {"referent": "C"}, "of two cells of one name the first that is filled"


def test_the_channel_of_an_invitation() -> None:
    (named, unnamed), _ = read("invit", ("SIRET", "Date", "Canal"), (SIRET, DAY, "Courrier"), (SIRET, DAY, ""))
    assert (named["source"], unnamed["source"]) == ("Courrier", "import")
    (row,), _ = read("invit", ("SIRET", "Date"), (SIRET, DAY))
    assert "source" not in row, "an import without the column leaves what is there"
