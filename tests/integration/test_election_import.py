"""What an import makes of a file: every row accounted for, nothing twice, nothing half."""

from collections.abc import AsyncGenerator
from datetime import date
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from db.tables import Import, ImportReject, Invitation, PvEvent, SummaryTouched
from samples.elections import (
    EXAMPLE,
    EXAMPLE_HEADER,
    EXAMPLE_LETTERS,
    EXAMPLE_LETTERS_HEADER,
    FOLDER,
    csv_of,
    typed,
)
from samples.workbook import workbook, workbook_of
from tests.backend import Backend
from tests.elections import clear
from tests.import_faults import staging_tables
from tests.imports import Kind, counts, csv_file, ended, imported, rejects, sent
from tests.xls import xls

PV_SAYS = counts(14, inserted=10, rejected=4, warnings=1)
LETTERS_SAY = counts(7, inserted=4, rejected=3)
SIRET, OTHER = "12345678901234", "55555555555555"


@pytest_asyncio.fixture(autouse=True)
async def cleared(talentflow: Backend) -> AsyncGenerator[None]:
    await clear(talentflow)
    yield
    await clear(talentflow)


async def stored(at: Backend, table: Any) -> list[Any]:
    async with at.state.database.transaction() as session:
        return list(await session.scalars(select(table).order_by(table.id)))


async def touched(at: Backend) -> list[str]:
    return sorted(row.siret for row in await stored(at, SummaryTouched))


def files(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> dict[str, tuple[str, bytes]]:
    """The same rows as a CSV file, as workbooks of texts and of typed cells, and as a workbook of the old kind."""
    return {
        "xls": ("fichier.xls", xls([header, *rows])),
        "csv": ("fichier.csv", csv_of(header, rows)),
        "text": ("fichier.xlsx", workbook([header, *rows])),
        "typed": ("Fichier.XLSX", workbook([header, *typed(rows)])),
    }


@pytest.mark.parametrize("form", ["csv", "text", "typed", "xls"])
async def test_the_example_of_minutes(talentflow: Backend, admin: httpx.AsyncClient, form: str) -> None:
    name, content = files(EXAMPLE_HEADER, EXAMPLE)[form]
    answer = await imported(admin, "pv", content, name)
    assert answer["counts"] == PV_SAYS
    assert answer["rejects_by_reason"] == {
        "cycle_missing": 1,
        "date_unreadable": 1,
        "siret_length": 1,
        "siret_zero": 1,
    }
    assert answer["ignored_columns"] == []
    found = [(r["type"], r["ligne"], r["motif"], r["colonne"]) for r in await rejects(admin, answer["import_id"])]
    assert sorted(found, key=lambda one: int(one[1])) == [
        ("warning", "5", "date_outside_cycle", "Date du scrutin"),
        ("reject", "12", "siret_length", "SIRET"),
        ("reject", "13", "date_unreadable", "Date du scrutin"),
        ("reject", "14", "cycle_missing", "Cycle"),
        ("reject", "15", "siret_zero", "SIRET"),
    ]
    rows = {row.source_id: row for row in await stored(talentflow, PvEvent)}
    assert [(row.siret, row.cycle, row.date_pv) for row in rows.values()] == [
        ("01234567890123", "C3", date(2018, 3, 10)),
        ("01234567890123", "C4", date(2022, 3, 15)),
        ("01234567890123", "C4", date(2022, 3, 15)),
        ("01234567890123", "C4", date(2025, 2, 1)),
        ("98765432100019", "C4", date(2023, 6, 6)),
        ("55555555555555", "C5", date(2025, 3, 3)),
        ("11122233300011", "C4", date(2021, 5, 4)),
        ("11122233300011", "C4", date(2023, 9, 20)),
        ("11122233300011", "C4", date(2023, 9, 20)),
        ("33344455500022", "C3", date(2020, 12, 31)),
    ]
    assert list(rows) == [10, 11, 12, 13, 20, 30, 40, 41, 42, 43]
    eleven, beta, gamma = rows[11], rows[20], rows[40]
    assert (eleven.pv_key, eleven.source_row, eleven.source_file) == ("id:11", 3, name)
    assert (eleven.cp, eleven.idcc, eleven.raison_sociale) == (None, None, "ALPHA SAS")
    assert (beta.institution, beta.cp, beta.ud, beta.inscrits, beta.votants) == ("CAR", "01000", "01", 15, None)
    assert (gamma.inscrits, gamma.cgt_voix, gamma.fo_voix) == (1200, 300, None)
    assert rows[42].idcc is None
    assert await touched(talentflow) == [
        "01234567890123",
        "11122233300011",
        "33344455500022",
        "55555555555555",
        "98765432100019",
    ]
    assert await staging_tables(talentflow.state.database) == []


@pytest.mark.parametrize("form", ["csv", "text", "typed", "xls"])
async def test_the_example_of_invitations(talentflow: Backend, admin: httpx.AsyncClient, form: str) -> None:
    name, content = files(EXAMPLE_LETTERS_HEADER, EXAMPLE_LETTERS)[form]
    answer = await imported(admin, "invit", content, name)
    assert answer["counts"] == LETTERS_SAY
    assert [(r["ligne"], r["motif"]) for r in await rejects(admin, answer["import_id"])] == [
        ("7", "siret_missing"),
        ("8", "date_unreadable"),
        ("5", "duplicate_in_file"),
    ]
    rows = [
        (row.siret, row.date_invit, row.denomination, row.code_postal, row.commune, row.ud, row.source)
        for row in await stored(talentflow, Invitation)
    ]
    assert rows == [
        ("01234567890123", date(2025, 1, 20), "ALPHA", "75001", "Paris", "75", "import"),
        ("01234567890123", date(2025, 6, 2), "ALPHA SAS", "75001", "Paris", "75", "import"),
        ("98765432100019", date(2022, 3, 15), "BETA SARL", "01000", "Bourg-en-Bresse", "01", "import"),
        ("77777777777777", date(2025, 5, 5), "ZETA SA", "44000", "Nantes", "44", "import"),
    ]


async def test_the_samples_are_imported(admin: httpx.AsyncClient) -> None:
    for name in ("minutes.csv", "minutes.xlsx"):
        answer = await imported(admin, "pv", (FOLDER / name).read_bytes(), name)
        assert answer["counts"]["rows_read"] == 214
        assert answer["counts"]["rejected"] == 4
    assert answer["counts"]["unchanged"] == 210
    for name in ("invitations.csv", "invitations.xlsx"):
        answer = await imported(admin, "invit", (FOLDER / name).read_bytes(), name)
        assert answer["counts"]["rows_read"] == 207
        assert answer["counts"]["rejected"] == 3
    assert answer["counts"]["unchanged"] == 204


@pytest.mark.parametrize(
    ("kind", "header", "rows", "first"),
    [("pv", EXAMPLE_HEADER, EXAMPLE, PV_SAYS), ("invit", EXAMPLE_LETTERS_HEADER, EXAMPLE_LETTERS, LETTERS_SAY)],
)
async def test_the_same_file_again_changes_nothing(
    talentflow: Backend, admin: httpx.AsyncClient, kind: Kind, header: Any, rows: Any, first: dict[str, int]
) -> None:
    table = PvEvent if kind == "pv" else Invitation
    assert (await imported(admin, kind, csv_of(header, rows), "premier.csv"))["counts"] == first
    before = [(row.id, row.import_id, row.source_file, row.updated_at) for row in await stored(talentflow, table)]
    summary = await touched(talentflow)
    again = await imported(admin, kind, workbook([header, *typed(rows)]), "second.xlsx")
    assert again["counts"] == {**first, "inserted": 0, "unchanged": first["inserted"]}
    after = [(row.id, row.import_id, row.source_file, row.updated_at) for row in await stored(talentflow, table)]
    assert (after, await touched(talentflow)) == (before, summary)


async def test_the_same_file_twice_at_once_is_stored_once(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    content = csv_of(EXAMPLE_HEADER, EXAMPLE)
    ids = [await sent(admin, "pv", content) for _ in range(4)]
    answers = [await ended(admin, one) for one in ids]
    assert sorted(answer["counts"]["inserted"] for answer in answers) == [0, 0, 0, 10]
    assert sorted(answer["counts"]["unchanged"] for answer in answers) == [0, 10, 10, 10]
    assert len(await stored(talentflow, PvEvent)) == 10


async def test_files_without_ids_keep_every_college(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    lines = ["SIRET;Cycle;Date;Institution;Inscrits"]
    lines += [f"{SIRET};C4;2022-03-15;{place};{n}" for n, place in enumerate(["CSE", "cse", "", "nan", "CSE"])]
    assert (await imported(admin, "pv", csv_file(*lines)))["counts"] == counts(5, inserted=5)
    assert [row.pv_key for row in await stored(talentflow, PvEvent)] == [
        f"{SIRET}|C4|2022-03-15|cse||1",
        f"{SIRET}|C4|2022-03-15|cse||2",
        f"{SIRET}|C4|2022-03-15|||1",
        f"{SIRET}|C4|2022-03-15|||2",
        f"{SIRET}|C4|2022-03-15|cse||3",
    ]
    assert (await imported(admin, "pv", csv_file(*lines)))["counts"] == counts(5, unchanged=5)


async def test_of_two_lines_with_one_id_the_later_counts(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    answer = await imported(
        admin,
        "pv",
        csv_file(
            "id;siret;cycle;date;ville",
            f"1;{SIRET};C4;2022-03-15;Lyon",
            f"2;{SIRET};C4;2022-03-15;Metz",
            f"1.0;{OTHER};C4;2022-03-15;Brest",
            f"1;{OTHER};C4;2022-03-16;Nice",
        ),
    )
    assert answer["counts"] == counts(4, inserted=2, rejected=2)
    assert [(r["ligne"], r["motif"]) for r in await rejects(admin, answer["import_id"])] == [
        ("2", "duplicate_in_file"),
        ("4", "duplicate_in_file"),
    ]
    rows = [(row.source_id, row.siret, row.ville, row.source_row) for row in await stored(talentflow, PvEvent)]
    assert sorted(rows) == [(1, OTHER, "Nice", 5), (2, SIRET, "Metz", 3)]


async def test_a_corrected_row_moves_and_both_establishments_are_refreshed(
    talentflow: Backend, admin: httpx.AsyncClient
) -> None:
    await imported(admin, "pv", csv_file("id;siret;cycle;date", f"1;{SIRET};C4;2022-03-15", f"2;{SIRET};C4;2022-03-15"))
    assert await touched(talentflow) == [SIRET]
    answer = await imported(
        admin, "pv", csv_file("id;siret;cycle;date", f"1;{OTHER};C4;2022-03-15", f"2;{SIRET};C4;2022-03-15")
    )
    assert answer["counts"] == counts(2, updated=1, unchanged=1)
    assert await touched(talentflow) == [SIRET, SIRET, OTHER]
    assert sorted((row.source_id, row.siret) for row in await stored(talentflow, PvEvent)) == [(1, OTHER), (2, SIRET)]


async def test_columns_of_the_file_overwrite_and_the_others_stay(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    await imported(
        admin,
        "invit",
        csv_file("SIRET;Date;Nom;Ville;Canal;Actif;Référent", f"{SIRET};05/05/2025;ALPHA;Lyon;Courrier;oui;Zoé"),
        "plein.csv",
    )
    answer = await imported(
        admin, "invit", csv_file("SIRET;Date;Nom;Actif", f"{SIRET};05/05/2025;nan;non"), "maigre.csv"
    )
    assert answer["counts"] == counts(1, updated=1)
    (row,) = await stored(talentflow, Invitation)
    assert (row.denomination, row.commune, row.source, row.est_actif) == (None, "Lyon", "Courrier", False)
    assert (row.extra, row.source_file, row.import_id) == ({"referent": "Zoé"}, "maigre.csv", answer["import_id"])
    answer = await imported(admin, "invit", csv_file("SIRET;Date;Service", f"{SIRET};05/05/2025;RH"))
    assert answer["counts"] == counts(1, updated=1)
    assert answer["ignored_columns"] == ["Service"]
    (row,) = await stored(talentflow, Invitation)
    assert row.extra == {"service": "RH"}


async def test_nothing_acceptable_is_an_import_all_the_same(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    answer = await imported(admin, "pv", csv_file("SIRET;Cycle;Date", ";;", "x;C4;2022-01-01", f"{SIRET};;"))
    assert answer["counts"] == counts(2, rejected=2)
    assert len(await rejects(admin, answer["import_id"])) == 2
    empty = await imported(admin, "pv", csv_file("SIRET;Cycle;Date"))
    assert empty["counts"] == counts()
    assert await stored(talentflow, PvEvent) == []


async def test_thousands_of_rejects(admin: httpx.AsyncClient) -> None:
    lines = [f"{n};C4;2022-01-01" if n % 2 else f"{10**13 + n};C4;2022-01-01" for n in range(5000)]
    answer = await imported(admin, "pv", csv_file("SIRET;Cycle;Date", *lines))
    assert answer["counts"] == counts(5000, inserted=2500, rejected=2500)
    found = await rejects(admin, answer["import_id"])
    assert [int(row["ligne"]) for row in found] == list(range(3, 5002, 2))


MANY = 200_001


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["1;C4;2022-01-01"] * MANY, "SIRET de moins de 11 ou de plus de 14 chiffres"),
        ([f"{SIRET};C4;2025-01-01"] * MANY, "Date hors de la période du cycle"),
        (["1;C4;2022-01-01;", *[f"{SIRET};C4;2022-01-01;7"] * MANY], "Ligne remplacée par une ligne suivante"),
    ],
    ids=["rejects", "warnings", "duplicates"],
)
async def test_a_file_of_which_hardly_anything_can_be_read_is_refused(
    talentflow: Backend, admin: httpx.AsyncClient, lines: list[str], reason: str
) -> None:
    answer = await ended(admin, await sent(admin, "pv", csv_file("SIRET;Cycle;Date;id_pv", *lines)))
    assert (answer["status"], answer["counts"], answer["rejects_by_reason"]) == ("failed", counts(), {})
    told = "Fichier refusé : plus de 200 000 lignes rejetées ou valeurs ignorées. Motif le plus fréquent : "
    assert answer["error"].startswith(told + reason)
    assert await stored(talentflow, ImportReject) == []


async def test_what_was_dropped_of_a_replaced_line_does_not_count(admin: httpx.AsyncClient) -> None:
    lines = [f"1;{SIRET};C4;2022-03-15;beaucoup", f"1;{SIRET};C4;2022-03-15;12", f"2;{SIRET};C4;2022-03-15;trop"]
    answer = await imported(admin, "pv", csv_file("id;siret;cycle;date;inscrits", *lines))
    assert answer["counts"] == counts(3, inserted=2, rejected=1, warnings=1)
    assert [(r["type"], r["ligne"], r["motif"]) for r in await rejects(admin, answer["import_id"])] == [
        ("warning", "4", "count_unreadable"),
        ("reject", "2", "duplicate_in_file"),
    ]


@pytest.mark.parametrize(
    ("kind", "name", "content", "told"),
    [
        ("pv", "a.csv", b"SIRET;Date\n1;2", "Colonnes obligatoires absentes : cycle. Colonnes trouvées : SIRET, Date"),
        ("invit", "a.csv", b"Nom;Ville\nA;B", "absentes : siret, date_invitation. Colonnes trouvées : Nom, Ville"),
        ("pv", "a.xlsx", b"SIRET;Cycle;Date\n1;2;3", "Le contenu du fichier ne correspond pas à son extension .xlsx"),
        ("pv", "a.xls", b"SIRET;Cycle;Date\n1;2;3", "Le contenu du fichier ne correspond pas à son extension .xls"),
        ("pv", "a.xlsx", workbook([["SIRET"]])[:400], "Classeur endommagé : son contenu ne peut pas être lu"),
        ("pv", "a.csv", b"SIRET\x81\xff", "Encodage du fichier non reconnu"),
        ("invit", "a.csv", csv_file("SIRET;Date", f'{SIRET};"2025-05-05', f"{OTHER};2025-05-05"), "jamais refermé"),
    ],
)
async def test_a_file_that_cannot_be_read_fails_and_says_why(
    talentflow: Backend, admin: httpx.AsyncClient, kind: Kind, name: str, content: bytes, told: str
) -> None:
    answer = await ended(admin, await sent(admin, kind, content, name))
    assert answer["status"] == "failed"
    assert told in answer["error"]
    assert answer["counts"] == counts()
    assert answer["completed_at"]
    assert await rejects(admin, answer["import_id"]) == []
    assert await staging_tables(talentflow.state.database) == []


async def test_a_sheet_that_would_fill_the_memory_fails(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    """Two cells at opposite corners: a kilobyte of file, 17 billion cells."""
    corners = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    answer = await ended(admin, await sent(admin, "pv", workbook_of(corners), "a.xlsx"))
    assert answer["status"] == "failed"
    assert "illisible" in answer["error"]
    (row,) = await stored(talentflow, Import)
    assert row.object_key, "kept for an operator to look at"


async def test_hostile_cells(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    long = "x" * 100_000
    answer = await imported(
        admin,
        "pv",
        csv_file(
            "SIRET;Cycle;Date;Institution;Ville;UD;=cmd()",
            f"{SIRET};C4;2022-01-01;{long};Lyon\x00\\N\\.;{long};",
            f"=1+1;C4;2022-01-01;;;;{long}",
            "@x;;;;;;",
            "-2;;;;;;",
            f"{SIRET};C4;2022-01-01;';DROP TABLE pv_events--;\\;",
        ),
    )
    assert answer["counts"] == counts(5, inserted=2, rejected=3, warnings=1)
    assert answer["ignored_columns"] == ["=cmd()"]
    found = await rejects(admin, answer["import_id"])
    assert [row["valeur"] for row in found if row["type"] == "reject"] == ["'=1+1", "'@x", "'-2"]
    first, second = await stored(talentflow, PvEvent)
    assert (first.ville, first.ud, first.institution) == ("Lyon\\N\\.", None, long)
    assert (second.institution, second.ville, second.ud) == ("'", "DROP TABLE pv_events--", "\\")


async def test_wide_and_long_files(admin: httpx.AsyncClient) -> None:
    wide = ["SIRET", "Date", *(f"Colonne {n}" for n in range(16_000))]
    answer = await imported(admin, "invit", csv_file(";".join(wide), f"{SIRET};2025-05-05" + ";x" * 16_000))
    assert answer["counts"] == counts(1, inserted=1)
    assert answer["ignored_columns"] == wide[2:202]


async def test_a_reader_that_panics_fails_the_import(
    admin: httpx.AsyncClient, capfd: pytest.CaptureFixture[str]
) -> None:
    damaged = bytearray(xls([("SIRET", "Date"), ("12345678901234", "05/05/2025")]))
    at = damaged.index(b"Feuille1") - 8
    damaged[at : at + 4] = b"\xf0\xff\xff\xf0"  # where the sheet begins
    answer = await ended(admin, await sent(admin, "invit", bytes(damaged), "a.xls"))
    assert answer["status"] == "failed"
    assert answer["error"].startswith("Fichier illisible : sa lecture a échoué deux fois")
