"""Which header names which column."""

import pytest

from domain.election.columns import COLUMNS, SheetKind, normalise_header
from domain.election.header import Layout, MissingColumns, read_layout

PV = ("SIRET", "Cycle", "Date")


def layout_of(kind: SheetKind, *headers: str) -> Layout:
    return read_layout(kind, [headers])[1]


def places(layout: Layout) -> dict[str, int]:
    return {column.name: place.index for column, place in layout.columns}


@pytest.mark.parametrize(
    ("header", "normalised"),
    [
        ("N° SIRET", "n_siret"),
        ("  Région ", "region"),
        ("Date du Scrutin", "date_du_scrutin"),
        ("Voix CFE-CGC", "voix_cfe_cgc"),
        ("%_Siret_(x)", "siret_x"),
        ("SCORE__CGT", "score_cgt"),
        ("Œuvre", "oeuvre"),
        ("***", ""),
    ],
)
def test_a_header_is_normalised(header: str, normalised: str) -> None:
    assert normalise_header(header) == normalised


@pytest.mark.parametrize("kind", ["pv", "invit"])
def test_no_header_names_two_columns(kind: SheetKind) -> None:
    headers = [header for column in COLUMNS[kind] for header in column.headers]
    assert len(headers) == len(set(headers))
    assert all(normalise_header(header) == header for header in headers)


@pytest.mark.parametrize("kind", ["pv", "invit"])
def test_each_header_is_found_alone(kind: SheetKind) -> None:
    required = [column for column in COLUMNS[kind] if column.missing]
    for column in COLUMNS[kind]:
        for header in column.headers:
            others = [other.name for other in required if other is not column]
            assert places(layout_of(kind, *others, header.upper()))[column.name] == len(others)
            assert column.name in column.headers


def test_of_several_headers_the_best_known_wins() -> None:
    layout = layout_of("pv", *PV, "cgt_voix", "CGT", "Voix CGT", "Date du scrutin", "date_pv")
    assert places(layout) == {"siret": 0, "cycle": 1, "date_pv": 6, "cgt_voix": 5}
    assert layout.ignored == ["Date", "cgt_voix", "CGT", "date_pv"]


def test_of_two_equal_headers_the_first_wins() -> None:
    layout = layout_of("pv", *PV, "Ville", "VILLE")
    assert places(layout)["ville"] == 3
    assert layout.ignored == ["VILLE"]


def test_headers_are_matched_whole() -> None:
    layout = layout_of("pv", *PV, "audit", "siret_siege", "Votants_Siret", "fd_Code", "Cycle 4")
    assert places(layout) == {"siret": 0, "cycle": 1, "date_pv": 2}


def test_the_header_is_the_first_row_with_a_siret() -> None:
    rows = [("Export du 5 mai",), (), ("", "nan"), ("Cycle", "N° Siret", "Date")]
    number, layout = read_layout("pv", rows)
    assert (number, places(layout)) == (3, {"siret": 1, "cycle": 0, "date_pv": 2})
    number, _ = read_layout("pv", [("x",)] * 9 + [PV])
    assert number == 9


def test_a_header_below_the_tenth_row_is_not_found() -> None:
    with pytest.raises(MissingColumns) as error:
        read_layout("pv", [("x",)] * 10 + [PV])
    assert error.value.message_fr.startswith("Colonnes obligatoires absentes : siret, cycle, date_scrutin.")


def test_missing_columns_are_named_with_those_found() -> None:
    with pytest.raises(MissingColumns) as error:
        layout_of("pv", "SIRET", "Date d'élection\x1b", "Région")
    assert error.value.message_fr == (
        "Colonnes obligatoires absentes : cycle, date_scrutin. Colonnes trouvées : SIRET, Date d'élection, Région"
    )
    with pytest.raises(MissingColumns) as error:
        layout_of("invit", "SIRET", *(f"colonne {n}" for n in range(100)))
    assert error.value.message_fr.endswith("colonne 38 et 61 autres")
    with pytest.raises(MissingColumns) as error:
        read_layout("invit", [])
    assert error.value.message_fr.endswith("Colonnes trouvées : aucune")
