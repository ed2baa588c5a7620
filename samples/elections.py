"""Fictional election spreadsheets: `python -m samples.elections` writes those of `samples/election`.

Each begins with a few rows that show every rule of reading at work, and goes on with invented establishments.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from samples.workbook import Cell, workbook

FOLDER = Path(__file__).parent / "election"

Row = tuple[str, ...]

EXAMPLE_HEADER: Row = (
    *("id_pv", "Cycle", "SIRET", "Date du scrutin", "Institution", "Raison sociale", "CP", "UD", "FD", "IDCC"),
    *("Inscrits", "Votants", "SVE", "CGT", "CFDT"),
)
EXAMPLE_LETTERS_HEADER: Row = ("SIRET", "Date invitation", "Dénomination", "Code postal", "Ville", "UD")


def _rows(text: str) -> tuple[Row, ...]:
    return tuple(tuple(line.split(";")) for line in text.splitlines())


EXAMPLE = _rows("""\
10;C3;01234567890123;2018-03-10;CSE;ALPHA;75001;75;METAUX;1486;80;50;48;20;28
11;C4;1234567890123;15/03/2022;CSE;ALPHA SAS;nan;75;COMMERCE;N/A;60;40;39;0;39
12;C4;012 345 678 90123;2022-03-15 10:30:00;CSE;ALPHA CADRES;75002;75;METAUX;1486;30;25;24;18;6
13;C4;01234567890123;2025-02-01;CSE;ALPHA SAS;75001;75;;1486;99;90;88;50;38
20; c4 ;98765432100019.0;06.06.2023;CAR;BETA;1000;1;;;15;;;;
30;C5;55555555555555;2025-03-03;CSE;DELTA;13001;13;;44;20;15;15;5;10
40;Cycle 4;11122233300011;2021/05/04;CSE;GAMMA;69001;69;;29;1\u202f200;900;880;300;580
41;4;11122233300011;20-09-2023;CSE;GAMMA OUEST;69003;69;SANTE;29;12;10;10;0;10
42;C4;11122233300011;2023-09-20;CSE;GAMMA EST;69003;69;CHIMIE;None;12;8;8;1;7
43;C3;33344455500022;44196;CSE;EPSILON;59000;59;TRANSPORTS;16;40;0;0;;
50;C4;12345678;2022-01-01;;;;;;;;;;;
51;C4;98765432100019;31/02/2022;;;;;;;;;;;
52;;98765432100019;2022-01-01;;;;;;;;;;;
53;C3;00000000000000;2019-01-01;;;;;;;;;;;
""")
"""Minutes: 14 rows, of which 10 are kept, one of them dated outside its cycle."""

EXAMPLE_LETTERS = _rows("""\
1234567890123;2025-01-20;ALPHA;75001;Paris;75
01234567890123;02/06/2025;ALPHA SAS;75001;Paris;75
987 654 321 00019;15/03/2022;BETA SARL;1000;Bourg-en-Bresse;1
77777777777777;45782;ZETA;44000;Nantes;44
77777777777777;2025-05-05;ZETA SA;44000;Nantes;44
null;2025-05-05;;;;
77777777777777;2 mai 2025;;;;
""")
"""Invitations: 7 rows, of which 4 are kept."""

_TOWNS = (("Lyon", "69003"), ("Nantes", "44000"), ("Rennes", "35000"), ("Lille", "59000"), ("Bourg-en-Bresse", "01000"))
_FEDERATIONS = ("METAUX", "COMMERCE", "TRANSPORTS", "SANTE", "CHIMIE")
_WINDOWS = {"C3": date(2017, 1, 1), "C4": date(2021, 1, 1)}
_INVENTED = 200


def csv_of(header: Row, rows: Sequence[Row]) -> bytes:
    """A CSV file as a French Excel saves it as « CSV UTF-8 »."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([header, *rows])
    return text.getvalue().encode("utf-8-sig")


def typed(rows: Sequence[Row]) -> list[list[Cell]]:
    """The same rows with cells as a spreadsheet types them: ISO days as dates, plain numbers as numbers."""
    return [[_typed(cell) for cell in row] for row in rows]


def _typed(text: str) -> Cell:
    if text == "":
        return None
    if text.isascii() and text.isdigit() and (text == "0" or not text.startswith("0")):
        return int(text)  # what begins with a zero has been kept as text
    try:
        return date.fromisoformat(text) if len(text) == 10 and text[4] == "-" else text
    except ValueError:
        return text


def invented_minutes(random: Random) -> list[Row]:
    """Minutes of invented establishments, one to three collèges an election."""
    rows: list[Row] = []
    while len(rows) < _INVENTED:
        siret, (_, postcode), federation = _siret(random), random.choice(_TOWNS), random.choice(_FEDERATIONS)
        cycle = random.choice(("C3", "C4"))
        day = _WINDOWS[cycle] + timedelta(days=random.randrange(4 * 365))
        for _ in range(random.choice((1, 1, 2, 3))):
            voters = random.randrange(5, 400)
            votes = random.randrange(voters)
            cgt = random.randrange(votes + 1)
            rows.append(
                (
                    *(str(1000 + len(rows)), cycle, siret, day.strftime("%d/%m/%Y"), "CSE", f"SOCIETE {siret[2:9]}"),
                    *(postcode, postcode[:2], federation, str(random.randrange(16, 3300))),
                    *(str(voters), str(votes), str(votes), str(cgt), str(votes - cgt)),
                )
            )
    return rows[:_INVENTED]


def invented_letters(random: Random, sirets: Sequence[str]) -> list[Row]:
    """Invitations to some of these establishments and to others, on days of 2025."""
    days = [date(2025, 1, 6) + timedelta(days=n) for n in range(_INVENTED)]  # each day once, hence no letter twice
    letters: list[Row] = []
    for day in days:
        siret = random.choice(sirets) if random.random() < 0.7 else _siret(random)
        town, postcode = random.choice(_TOWNS)
        letters.append((siret, day.strftime("%d/%m/%Y"), f"SOCIETE {siret[2:9]}", postcode, town, postcode[:2]))
    return letters


def _siret(random: Random) -> str:
    return f"{random.randrange(30, 100)}{random.randrange(10**7):07d}{random.randrange(1, 100):05d}"


def render_all(target: Path) -> list[Path]:
    """Write every sample spreadsheet into `target`; the bytes are always the same."""
    random = Random(2026)  # noqa: S311 - invented data
    minutes = [*EXAMPLE, *invented_minutes(random)]
    letters = [*EXAMPLE_LETTERS, *invented_letters(random, [row[2] for row in minutes[len(EXAMPLE) :]])]
    files = {
        "minutes.csv": csv_of(EXAMPLE_HEADER, minutes),
        "minutes.xlsx": workbook([EXAMPLE_HEADER, *typed(minutes)]),
        "invitations.csv": csv_of(EXAMPLE_LETTERS_HEADER, letters),
        "invitations.xlsx": workbook([EXAMPLE_LETTERS_HEADER, *typed(letters)]),
    }
    paths = [target / name for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content)
    return paths


if __name__ == "__main__":
    for rendered in render_all(FOLDER):
        print(f"{rendered.stat().st_size:6d}  {rendered.name}")
