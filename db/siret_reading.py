"""Reading the summary: lists of establishments, one of them, and all its elections over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from db.siret_summary import COUNTS
from db.tables import Invitation, PvEvent, SiretSummary

SortKey = Literal["siret", "raison_sociale", "date_pap_c5", "date_pv_last", "inscrits_c4"]
SortValue = str | int | date | None


NAME_LENGTH = 100
"""Characters of a name by which establishments are sorted: a position in the list must fit into a URL."""


@dataclass(frozen=True)
class Order:
    """By which column, and whether from the greatest; NULL comes last either way, equal ones by SIRET."""

    key: SortKey
    descending: bool = False


@dataclass(frozen=True)
class Wanted:
    """What establishments are looked for; None does not matter.

    `name` is a part of their name, `siret` all of their number, `siret_prefix` its beginning. `fd` is the federation
    of C4, else of C3; `pap_from` and `pap_to` are the first and last day of their latest invitation.
    """

    siret: str | None = None
    siret_prefix: str | None = None
    name: str | None = None
    statut_pap: str | None = None
    dep: str | None = None
    fd: str | None = None
    idcc: str | None = None
    region: str | None = None
    carence_c4: bool | None = None
    cgt_implantee: bool | None = None
    has_match_c5_pv: bool | None = None
    pap_from: date | None = None
    pap_to: date | None = None


_EQUAL = ("siret", "statut_pap", "dep", "idcc", "region", "carence_c4", "cgt_implantee", "has_match_c5_pv")


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [getattr(SiretSummary, name) == value for name in _EQUAL if (value := getattr(wanted, name)) is not None]
    if wanted.siret_prefix is not None:
        found.append(SiretSummary.siret.startswith(wanted.siret_prefix, autoescape=True))
    if wanted.name is not None:
        found.append(SiretSummary.raison_sociale.icontains(wanted.name, autoescape=True))
    if wanted.fd is not None:
        found.append(func.coalesce(SiretSummary.fd_c4, SiretSummary.fd_c3) == wanted.fd)
    if wanted.pap_from is not None:
        found.append(SiretSummary.date_pap_c5 >= wanted.pap_from)
    if wanted.pap_to is not None:
        found.append(SiretSummary.date_pap_c5 <= wanted.pap_to)
    return found


def _sorted(order: Order) -> ColumnElement[Any]:
    if order.key == "raison_sociale":
        return func.left(SiretSummary.raison_sociale, NAME_LENGTH)
    return cast(ColumnElement[Any], getattr(SiretSummary, order.key))


def sort_value(row: SiretSummary, order: Order) -> SortValue:
    """What a row is sorted by."""
    value: SortValue = getattr(row, order.key)
    return value[:NAME_LENGTH] if isinstance(value, str) else value


def _follows(order: Order, value: SortValue, siret: str) -> ColumnElement[bool]:
    """Whether a row comes after the one with this value and SIRET."""
    column = _sorted(order)
    if order.key == "siret":
        return column < siret if order.descending else column > siret
    if value is None:
        return and_(column.is_(None), SiretSummary.siret > siret)
    beyond = column < value if order.descending else column > value
    return or_(beyond, and_(column == value, SiretSummary.siret > siret), column.is_(None))


async def list_summaries(
    session: AsyncSession, wanted: Wanted, order: Order, *, after: tuple[SortValue, str] | None, limit: int
) -> list[SiretSummary]:
    """Establishments in this order, from the one that follows `after` (its value of the sorted column, its SIRET)."""
    column = _sorted(order)
    statement = (
        select(SiretSummary)
        .where(*_conditions(wanted))
        .order_by((column.desc() if order.descending else column).nulls_last(), SiretSummary.siret)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(_follows(order, *after))
    return list(await session.scalars(statement))


async def count_summaries(session: AsyncSession, wanted: Wanted) -> int:
    statement = select(func.count()).select_from(SiretSummary).where(*_conditions(wanted))
    return (await session.scalars(statement)).one()


async def get_summary(session: AsyncSession, siret: str) -> SiretSummary | None:
    return await session.get(SiretSummary, siret)


async def is_known(session: AsyncSession, siret: str) -> bool:
    """Whether there are minutes or invitations of the establishment."""
    minutes = select(PvEvent.id).where(PvEvent.siret == siret).exists()
    letters = select(Invitation.id).where(Invitation.siret == siret).exists()
    return bool((await session.scalars(select(or_(minutes, letters)))).one())


def _elections(siret: str) -> Select[Any]:
    main_first = (PvEvent.inscrits.desc().nulls_last(), PvEvent.source_id.asc().nulls_last(), PvEvent.id)
    institutions = func.array_agg(aggregate_order_by(PvEvent.institution, *main_first))
    return (
        select(
            PvEvent.cycle,
            PvEvent.date_pv,
            func.count().label("colleges"),
            *(func.sum(getattr(PvEvent, name)).label(name) for name in COUNTS),
            or_(
                func.coalesce(institutions[1].icontains("car"), False),
                func.coalesce(func.sum(PvEvent.votants), 0) <= 0,
            ).label("carence"),
        )
        .where(PvEvent.siret == siret)
        .group_by(PvEvent.cycle, PvEvent.date_pv)
        .order_by(PvEvent.date_pv, PvEvent.cycle)
    )


async def elections_of(session: AsyncSession, siret: str) -> Sequence[dict[str, Any]]:
    """Every date of every cycle at which the establishment has minutes, by date: sums over the collèges."""
    rows = await session.execute(_elections(siret))
    return [dict(row) for row in rows.mappings()]
