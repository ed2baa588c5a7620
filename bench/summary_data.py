"""Invented election data for the measurements: equal seeds give equal rows."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from domain.unions import UNIONS

PV_COLUMNS = (
    *("pv_key", "source_id", "siret", "cycle", "date_pv", "institution", "college", "raison_sociale", "cp", "ville"),
    *("idcc", "ud", "fd", "ul", "region", "inscrits", "votants", "sve", *(f"{union}_voix" for union in UNIONS)),
    *("import_id", "source_file", "source_row"),
)
INVITATION_COLUMNS = (
    *("siret", "date_invit", "source", "denomination", "code_postal", "commune", "ud", "fd", "idcc", "effectif_connu"),
    *("import_id", "source_file", "source_row"),
)

_ORIGIN = ("import-bench", "bench.csv")
_FIRST_DAY = {"C3": date(2017, 1, 1), "C4": date(2021, 1, 1), "C5": date(2025, 1, 1)}
_TOWNS = (("Grenoble", "Auvergne-Rhône-Alpes"), ("Nantes", "Pays de la Loire"), ("Lille", "Hauts-de-France"))
_FEDERATIONS = ("METAUX", "COMMERCE", "SANTE", "CHIMIE", "TRANSPORTS", "BANQUES")


class Establishments:
    """`count` establishments with elections, and a third as many again that have only been invited."""

    def __init__(self, count: int, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - invented data
        numbers = self._random.sample(range(10**12, 10**14), count + count // 3)
        self.voting = [f"{number:014d}" for number in numbers[:count]]
        self.invited_only = [f"{number:014d}" for number in numbers[count:]]

    def minutes(self, rows: int) -> Iterator[tuple[Any, ...]]:
        """`rows` minutes: one election for each establishment first, then further collèges, cycles and by-elections."""
        rng = self._random
        for number in range(rows):
            siret = self.voting[number] if number < len(self.voting) else rng.choice(self.voting)
            cycle = rng.choices(("C3", "C4", "C5"), (36, 60, 4))[0]
            # Few days, so that collèges of one election meet.
            day = _FIRST_DAY[cycle] + timedelta(days=(hash_of(siret) + rng.choice((0, 0, 0, 300))) % 1400)
            town, region = _TOWNS[hash_of(siret) % len(_TOWNS)]
            department = f"{hash_of(siret) % 95 + 1:02d}"
            voters = 5 + int(rng.expovariate(1 / 60))
            voting = 0 if rng.random() < 0.35 else int(voters * rng.uniform(0.3, 0.95))
            votes = [voting // 4 if rng.random() < 0.3 else 0 for _ in UNIONS]
            yield (
                *(f"id:{number}", number, siret, cycle, day, "CSE" if voting else "CAR", f"Collège {number % 3 + 1}"),
                *(f"ETABLISSEMENT {siret[:9]}", f"{department}000", town, str(hash_of(siret) % 3000 + 16)),
                *(department, rng.choice(_FEDERATIONS), f"UL {town}", region, voters, voting, voting, *votes),
                *(*_ORIGIN, number + 2),
            )

    def letters(self, rows: int) -> Iterator[tuple[Any, ...]]:
        """`rows` invitations, seven in ten of them to establishments with elections."""
        rng = self._random
        taken: set[tuple[str, date]] = set()
        while len(taken) < rows:
            siret = rng.choice(self.voting if rng.random() < 0.7 else self.invited_only)
            day = date(2024, 6, 1) + timedelta(days=rng.randrange(540))
            if (siret, day) in taken:
                continue
            taken.add((siret, day))
            town, _ = _TOWNS[hash_of(siret) % len(_TOWNS)]
            department = f"{hash_of(siret) % 95 + 1:02d}"
            yield (
                *(siret, day, "Courrier", f"ETABLISSEMENT {siret[:9]}", f"{department}000", town, department),
                *(rng.choice(_FEDERATIONS), str(hash_of(siret) % 3000 + 16), 50, *_ORIGIN, len(taken) + 1),
            )


def hash_of(siret: str) -> int:
    """A number that belongs to the establishment, the same in every run."""
    return int(siret) * 2654435761 % 2**32
