"""Reading the summary of works-council elections: establishments found, one of them, its elections over time."""

import re
from datetime import date
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Path, Query
from pydantic import TypeAdapter, ValidationError

from api.errors import ApiError, documented, invalid, not_found
from api.fields import Limit, Word
from api.paging import bad_cursor, decode_cursor, encode_cursor
from api.security import Staff
from api.siret_answers import Election, SummaryPage, SummaryRow, TimeSeries
from api.state import Parts
from db import siret_reading
from db.siret_reading import Order, SortKey, SortValue, Wanted
from db.siret_summary import SUMMARISED
from db.tables import SiretSummary
from domain.election.cycles import WINDOWS, is_outside
from domain.siret import MIN_DIGITS, BadSiret, canonical_siret
from domain.unions import UNIONS

router = APIRouter(prefix="/api/siret", tags=["summary"])

PapStatus = Literal["C3+C4", "C4", "C3", "Aucun"]
Sort = Literal[
    "siret",
    "-siret",
    "raison_sociale",
    "-raison_sociale",
    "date_pap_c5",
    "-date_pap_c5",
    "date_pv_last",
    "-date_pv_last",
    "inscrits_c4",
    "-inscrits_c4",
]

Siret = Annotated[str, Path(description="14 digits; spaces, and a leading zero that was lost, do not matter")]
_NUMBERS = {404: "`siret_not_found`", 422: "`bad_siret`: this is none"}

LongCursor = Annotated[
    str | None, Query(max_length=2000, description="`next_cursor` of the previous answer, as it was")
]
"""With room for a name to sort by."""

_NUMBER = re.compile(r"[0-9\s]+")
_SORTED_TYPES: dict[str, Any] = {
    "siret": str,
    "raison_sociale": str | None,
    "date_pap_c5": date | None,
    "date_pv_last": date | None,
    "inscrits_c4": int | None,
}


@router.get(
    "",
    summary="Search establishments",
    response_description="A page of establishments, in the order of `sort`",
    responses=documented(401, 403),
)
async def list_establishments(
    parts: Parts,
    _: Staff,
    q: Annotated[Word | None, Query(description="a SIRET, its beginning, or a part of the name")] = None,
    statut_pap: Annotated[
        PapStatus | None, Query(description="the cycles that an election is known of; `Aucun`: invitations only")
    ] = None,
    dep: Annotated[Word | None, Query(description="department, as in the summary: `69`")] = None,
    fd: Annotated[Word | None, Query(description="federation of C4, else of C3")] = None,
    idcc: Annotated[Word | None, Query(description="collective agreement: `1486`")] = None,
    region: Annotated[Word | None, Query(description="region, as in the summary")] = None,
    carence_c4: Annotated[bool | None, Query(description="whether nobody stood for election in C4")] = None,
    cgt_implantee: Annotated[bool | None, Query(description="whether the CGT has votes in C4")] = None,
    has_match_c5_pv: Annotated[
        bool | None, Query(description="whether there is both an invitation and an election of C3 or C4")
    ] = None,
    pap_from: Annotated[date | None, Query(description="first day of the latest invitation")] = None,
    pap_to: Annotated[date | None, Query(description="last day of the latest invitation")] = None,
    sort: Annotated[Sort, Query(description="`-` for descending; null comes last")] = "siret",
    cursor: LongCursor = None,
    limit: Limit = 50,
) -> SummaryPage:
    """Establishments of the summary that meet every parameter given; `total` counts them all.

    A `cursor` belongs to the `sort` it was answered for.
    """
    try:
        asked = _asked(q)
    except BadSiret:
        return SummaryPage(items=[], total=0)  # a number that no establishment has
    filters = Wanted(
        **asked,
        statut_pap=statut_pap,
        dep=dep,
        fd=fd,
        idcc=idcc,
        region=region,
        carence_c4=carence_c4,
        cgt_implantee=cgt_implantee,
        has_match_c5_pv=has_match_c5_pv,
        pap_from=pap_from,
        pap_to=pap_to,
    )
    order = _order(sort)
    after = _position(cursor, sort, order)
    async with parts.database.transaction() as session:
        rows = await siret_reading.list_summaries(session, filters, order, after=after, limit=limit + 1)
        total = await siret_reading.count_summaries(session, filters)
    last = rows[limit - 1] if len(rows) > limit else None
    return SummaryPage(
        items=[SummaryRow.model_validate(row) for row in rows[:limit]],
        next_cursor=_cursor(last, sort, order) if last else None,
        total=total,
    )


@router.get(
    "/{siret}",
    summary="Read an establishment",
    response_description="The establishment's row of the summary",
    responses=documented(401, 403, why=_NUMBERS),
)
async def get_establishment(siret: Siret, parts: Parts, _: Staff) -> SummaryRow:
    """One establishment of the summary; a SIRET that has lost its leading zero is found."""
    number = _canonical(siret)
    async with parts.database.transaction() as session:
        row = await siret_reading.get_summary(session, number)
    if row is None:
        raise _unknown()
    return SummaryRow.model_validate(row)


@router.get(
    "/{siret}/timeseries",
    summary="Read an establishment's elections",
    response_description="Its elections, by date",
    responses=documented(401, 403, why=_NUMBERS),
)
async def get_timeseries(siret: Siret, parts: Parts, _: Staff) -> TimeSeries:
    """Every election of the establishment, by date, those that the summary leaves out included."""
    number = _canonical(siret)
    async with parts.database.transaction() as session:
        row = await siret_reading.get_summary(session, number)
        elections = await siret_reading.elections_of(session, number)
        known = row is not None or bool(elections) or await siret_reading.is_known(session, number)
    if not known:
        raise _unknown()
    retained = {(c, getattr(row, f"date_pv_{c.lower()}")) for c in SUMMARISED} if row else set()
    return TimeSeries(siret=number, items=[_election(election, retained) for election in elections])


def _election(found: dict[str, Any], retained: set[tuple[str, date | None]]) -> Election:
    cycle, day = found["cycle"], found["date_pv"]
    return Election(
        **{name: found[name] for name in ("cycle", "date_pv", "colleges", "inscrits", "votants", "sve", "carence")},
        voix={union: found[f"{union}_voix"] for union in UNIONS},
        in_window=cycle in WINDOWS and not is_outside(cycle, day),
        retained=(cycle, day) in retained,
    )


def _asked(q: str | None) -> dict[str, str]:
    """What `q` asks for, as a field of `Wanted`. Raises `BadSiret` for a number that is too long, or zero."""
    if q is None or not q.strip():
        return {}
    if not _NUMBER.fullmatch(q):
        return {"name": q.strip()}
    digits = "".join(q.split())
    return {"siret": canonical_siret(digits)} if len(digits) >= MIN_DIGITS else {"siret_prefix": digits}


def _order(sort: Sort) -> Order:
    return Order(cast(SortKey, sort.removeprefix("-")), descending=sort.startswith("-"))


def _cursor(last: SiretSummary, sort: Sort, order: Order) -> str:
    value = siret_reading.sort_value(last, order)
    return encode_cursor([sort, value.isoformat() if isinstance(value, date) else value, last.siret])


def _position(cursor: str | None, sort: Sort, order: Order) -> tuple[SortValue, str] | None:
    """The position of a cursor of this very sort order. Raises 422 for any other."""
    position = decode_cursor(cursor, tuple[str, str | int | None, str])
    if position is None:
        return None
    made_for, value, siret = position
    if made_for != sort:
        raise bad_cursor()
    try:
        return TypeAdapter(_SORTED_TYPES[order.key]).validate_python(value), siret
    except ValidationError:
        raise bad_cursor() from None


def _canonical(siret: str) -> str:
    try:
        return canonical_siret(siret)
    except BadSiret:
        raise invalid("siret", "SIRET invalide : 14 chiffres attendus", "bad_siret") from None


def _unknown() -> ApiError:
    return not_found("SIRET inconnu", "siret_not_found")
