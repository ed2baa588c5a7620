"""Searching the catalogue as one of the sources of a search for job offers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, Text, and_, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import REGCONFIG
from sqlalchemy.ext.asyncio import AsyncSession

from db.catalogue import visible
from db.tables import Offer
from domain.job_search import SearchParams
from domain.offer_names import company_key
from domain.offer_words import both_forms, exact_words, words_of
from domain.places import Place, Resolution

_FRENCH = literal("french").cast(REGCONFIG)
_EARTH_RADIUS_KM = 6371.0
_ELIDED = r"\m(?:[cdjlmnst]|qu)'(?=[a-z0-9])"
_SYMBOLS = re.compile(r"[+#&.]+")


@dataclass(frozen=True)
class CatalogueHits:
    """The best hits in order, and how many there are in all."""

    ids: Sequence[int]
    total: int


async def search_catalogue(
    session: AsyncSession, params: SearchParams, place: Resolution | None, *, limit: int
) -> CatalogueHits:
    """Offers that may be shown and satisfy every parameter, the best first. Unknown values pass as in ads."""
    conditions = [visible(), *_words(params), *_terms_of_work(params)]
    if (where := _where(params, place)) is not None:
        conditions.append(where)
    rank = func.ts_rank_cd(Offer.search_tsv, _query(params))
    statement = (
        select(Offer.id, func.count().over())
        .where(*conditions)
        .order_by(rank.desc(), Offer.published_at.desc().nulls_last(), Offer.id)
        .limit(limit)
    )
    rows = (await session.execute(statement)).all()
    return CatalogueHits([row[0] for row in rows], rows[0][1] if rows else 0)


def _query(params: SearchParams) -> Any:
    """The words of all terms, in either gender, those of a term one after the other.

    Without the symbols, as `search_tsv` has them: what is left are letters and digits, which no query reads otherwise.
    """
    phrases = (_SYMBOLS.sub(" ", " ".join(words_of(term))).split() for term in params.terms)
    written = (" <-> ".join(f"({_either(word)})" for word in phrase) for phrase in phrases if phrase)
    return func.to_tsquery(_FRENCH, func.offer_fold(" & ".join(f"({phrase})" for phrase in written)))


def _either(word: str) -> str:
    return " | ".join(f"'{form}'" for form in both_forms(word))


def _words(params: SearchParams) -> list[ColumnElement[bool]]:
    query = _query(params)
    # A query of nothing but words that French leaves out matches no text, though it asks for nothing.
    conditions: list[ColumnElement[bool]] = [or_(func.numnode(query) == 0, Offer.search_tsv.op("@@")(query))]
    exact = [word for term in params.terms for word in exact_words(term)]
    if exact:
        conditions.append(Offer.search_words.contains(cast(exact, Offer.search_words.type)))
    if params.company is not None and (company := company_key(params.company)):
        # Without elided words, as the key is: "Comptoir d'Exemple" is "comptoir exemple".
        named = func.regexp_replace(func.offer_fold(Offer.company), _ELIDED, "", "g")
        conditions.append(_spaced(named).contains(company, autoescape=True))
    return conditions


def _terms_of_work(params: SearchParams) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if params.job_type is not None:
        conditions.append(or_(Offer.job_type.is_(None), Offer.job_type == params.job_type))
    if params.work_mode is not None:
        unknown = Offer.work_mode.is_(None) if params.work_mode == "onsite" else literal(False)
        conditions.append(or_(unknown, Offer.work_mode == params.work_mode))
    if params.posted_within_days is not None:
        since = func.now() - timedelta(days=params.posted_within_days)
        conditions.append(or_(Offer.published_at.is_(None), Offer.published_at >= since))
    if params.salary_min is not None:
        pay = Offer.salary
        best = func.coalesce(cast(pay["annual_max"].astext, Float), cast(pay["annual_min"].astext, Float))
        unsaid = or_(pay["is_estimated"].astext == "true", pay["currency"].astext != "EUR")
        conditions.append(or_(best.is_(None), func.coalesce(unsaid, literal(False)), best >= params.salary_min))
    return conditions


def _where(params: SearchParams, resolution: Resolution | None) -> ColumnElement[bool] | None:
    """The place asked for. Remote work is everywhere, for those who ask for it."""
    if params.location is None or params.work_mode == "remote":
        return None
    place = resolution.place if resolution is not None else None
    if place is None:
        anywhere = resolution is not None and resolution.state == "resolved"
        return None if anywhere else _named(params.location)
    if place.kind == "region":
        return or_(Offer.region == place.region, and_(Offer.region.is_(None), _named(place.name)))
    if place.kind == "department":
        return or_(Offer.department == place.department, and_(Offer.department.is_(None), _named(place.name)))
    return _near(place, params.radius_km)


def _near(place: Place, radius_km: int) -> ColumnElement[bool]:
    """In the commune, within the radius when both points are known, else by the commune's name."""
    untold = and_(
        Offer.insee.is_(None),
        Offer.latitude.is_(None),
        or_(Offer.department.is_(None), Offer.department == place.department),
        or_(Offer.country.is_(None), Offer.country == "FR"),
    )
    near = [Offer.insee == place.insee, and_(untold, _named(place.name))]
    if place.latitude is not None and place.longitude is not None:
        near.append(_distance_km(place.latitude, place.longitude) <= radius_km)
    return or_(*near)


def _distance_km(latitude: float, longitude: float) -> ColumnElement[float]:
    """The great-circle distance of an offer's point (haversine); NULL without one."""
    here, there = func.radians(literal(latitude)), func.radians(Offer.latitude)
    across = func.radians(Offer.longitude - longitude)
    chord = func.power(func.sin((there - here) / 2), 2) + (
        func.cos(here) * func.cos(there) * func.power(func.sin(across / 2), 2)
    )
    return 2 * _EARTH_RADIUS_KM * func.asin(func.sqrt(func.least(1.0, chord)))


def _named(name: str) -> ColumnElement[bool]:
    """Whether an offer's location has these words, one after the other."""
    return _spaced(Offer.location).contains(f" {' '.join(words_of(name))} ", autoescape=True)


def _spaced(column: Any) -> ColumnElement[str]:
    """A text's words between single spaces, as `offer_plain` leaves them."""
    words = func.regexp_replace(func.offer_plain(column), r"\s+", " ", "g")
    return cast(" " + words + " ", Text)
