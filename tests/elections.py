"""Invented minutes and invitations in the database, and what the summary and its table look like there."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.service import RPCError

from db.tables import (
    Import,
    Invitation,
    PvEvent,
    SiretSummary,
    SummaryBuild,
    SummaryBuildPart,
    SummaryTouched,
)
from tests.backend import Backend
from tests.summary_reference import NUMBERS, Row, summarise
from tests.waiting import until

STATUS = "/api/build/summary/status"

_ORIGIN = {"import_id": "import-test", "source_file": "test.csv", "source_row": 2}


async def clear(at: Backend) -> None:
    """No build runs, and there are no elections, no summary, no history."""
    await stop_builds(at)
    async with at.state.database.transaction() as session:
        for table in await staging_tables(session):
            await session.execute(text(f"DROP TABLE {table}"))
        for model in (PvEvent, Invitation, SummaryTouched, SummaryBuild, SummaryBuildPart, SiretSummary, Import):
            await session.execute(delete(model))


async def stop_builds(at: Backend) -> None:
    """Terminate a build that another test has left waiting for workers which are gone."""
    handle = at.temporal.get_workflow_handle("build_siret_summary")
    with suppress(RPCError):  # none was ever started, or it is closed
        await handle.terminate()


async def staging_tables(session: AsyncSession) -> list[str]:
    """The tables that builds have made for themselves and not yet dropped."""
    found = await session.scalars(text("SELECT relname FROM pg_class WHERE relname LIKE 'siret\\_summary\\_b\\_%'"))
    return list(found)


def pv(siret: str, cycle: str, day: date | str, **columns: Any) -> Row:
    """One row of minutes; what is not given is NULL."""
    empty = dict.fromkeys(
        ("source_id", "institution", "college", "raison_sociale", "cp", "ville", "idcc", "ud", "fd", "ul", "region")
    )
    when = date.fromisoformat(day) if isinstance(day, str) else day
    return {"siret": siret, "cycle": cycle, "date_pv": when, **empty, **dict.fromkeys(NUMBERS), **columns}


def invitation(siret: str, day: date | str, **columns: Any) -> Row:
    empty = dict.fromkeys(("denomination", "code_postal", "commune", "ud", "fd", "idcc"))
    when = date.fromisoformat(day) if isinstance(day, str) else day
    return {"siret": siret, "date_invit": when, **empty, **columns}


async def store(session: AsyncSession, minutes: Sequence[Row] = (), invitations: Sequence[Row] = ()) -> None:
    """Write the rows as an import does, and note the establishments that they touch."""
    if minutes:
        last = (await session.scalar(select(PvEvent.id).order_by(PvEvent.id.desc()).limit(1))) or 0
        rows = [{**row, **_ORIGIN, "pv_key": f"test:{last}:{n}"} for n, row in enumerate(minutes)]
        await session.execute(insert(PvEvent), rows)
    if invitations:
        await session.execute(insert(Invitation), [{**row, **_ORIGIN} for row in invitations])
    await touch(session, {row["siret"] for row in (*minutes, *invitations)})


async def touch(session: AsyncSession, sirets: set[str]) -> None:
    if sirets:
        rows = [{"siret": siret, "import_id": "import-test"} for siret in sorted(sirets)]
        await session.execute(insert(SummaryTouched), rows)


async def _rows(session: AsyncSession, model: Any) -> list[Row]:
    return [dict(row) for row in (await session.execute(select(*model.__table__.columns))).mappings()]


async def summary_rows(at: Backend) -> dict[str, Row]:
    """The table as readers see it, by SIRET."""
    async with at.state.database.transaction() as session:
        return {row["siret"]: row for row in await _rows(session, SiretSummary)}


async def expected_rows(at: Backend) -> dict[str, Row]:
    """What the summary should say of the minutes and invitations there are."""
    async with at.state.database.transaction() as session:
        return summarise(await _rows(session, PvEvent), await _rows(session, Invitation))


async def built(client: Any, mode: str = "full") -> dict[str, Any]:
    """Ask for a build and wait for its end; the last answer of the status route."""
    answer = await client.post("/api/build/summary", params={"mode": mode})
    assert answer.json()["status"] == "started", answer.text
    return await build_ended(client)


async def build_ended(client: Any) -> dict[str, Any]:
    """The answer of the status route once no build runs."""

    async def ended() -> dict[str, Any] | None:
        answer = await client.get(STATUS)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return None if body["status"] == "running" else body

    return await until(ended)


class Town:
    """Establishments with a random past. Equal seeds give equal pasts."""

    def __init__(self, seed: int, *, establishments: int = 40, dirty: bool = False) -> None:
        self._random = Random(seed)
        self._dirty = dirty
        self.sirets = [f"{self._random.randrange(1, 10**14):014d}" for _ in range(establishments)]

    def minutes(self, rows: int) -> list[Row]:
        """Several cycles, days that collèges share, days at and beyond the bounds, by-elections, ties and gaps."""
        return [self._pv(number) for number in range(rows)]

    def letters(self, rows: int) -> list[Row]:
        """Invitations on different days, to establishments with and without elections."""
        rng = self._random
        days = {(rng.choice(self.sirets), date(2021, 12, 1) + timedelta(days=rng.randrange(1500))) for _ in range(rows)}
        return [
            invitation(
                siret,
                day,
                denomination=self._text("LETTRE"),
                code_postal=self._text("75"),
                commune=self._text("Ville"),
                ud=self._text("0"),
                idcc=self._text("1"),
            )
            for siret, day in sorted(days)
        ]

    def _pv(self, number: int) -> Row:
        rng = self._random
        cycle = rng.choice(("C3", "C3", "C4", "C4", "C4", "C5", "C1"))
        bounds = (date(2016, 12, 31), date(2017, 1, 1), date(2020, 12, 31), date(2021, 1, 1), date(2024, 12, 31))
        usual = {"C3": date(2018, 5, 3), "C4": date(2022, 6, 7)}.get(cycle, date(2025, 3, 4))
        day = rng.choice(
            (*bounds, date(2025, 1, 1), *(usual + timedelta(days=rng.choice((0, 0, 90))) for _ in range(9)))
        )
        numbers = {name: self._count() for name in NUMBERS}
        return pv(
            rng.choice(self.sirets),
            cycle,
            day,
            source_id=number if rng.random() < 0.7 else None,
            institution=rng.choice(("CSE", "CAR", "cse carence", "DP", None)),
            college=f"{rng.randrange(1, 4)}",
            raison_sociale=self._text("SOCIÉTÉ"),
            **{name: self._text(name) for name in ("cp", "ville", "idcc", "ud", "fd", "ul", "region")},
            **numbers,
        )

    def _count(self) -> int | None:
        rng = self._random
        if rng.random() < (0.4 if self._dirty else 0.1):
            return None
        return rng.choice((0, 0, 1, 12, 12, 12, rng.randrange(500), 10_000_000 if self._dirty else 50))

    def _text(self, stem: str) -> str | None:
        rng = self._random
        return None if rng.random() < (0.5 if self._dirty else 0.15) else f"{stem} {rng.randrange(9)}"
