"""The catalogue of offers: everybody reads; administrators, services and the recruiter who wrote one change it."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import ApiError, documented, not_found
from api.fields import Cursor, Limit, PathId, Word
from api.offer_bodies import OfferAnswer, OfferBody, WholeOffer
from api.paging import Page, decode_cursor, encode_cursor
from api.security import AnyCaller, Caller, OfferWriter
from api.state import Parts
from db import catalogue, offers
from db.tables import Offer as OfferRow
from domain.places import Gazetteer

router = APIRouter(prefix="/api/v1/offers", tags=["offers"])

MAX_WORDS = 8
"""Words of a query that count."""

OfferId = Annotated[PathId, Path(description="of the offer")]


@router.post(
    "",
    status_code=201,
    summary="Create an offer",
    response_model_exclude_unset=True,
    response_description="The new offer; `Location` says where it is read",
    responses=documented(400, 401, 403, 413),
)
async def create_offer(body: OfferBody, parts: Parts, caller: OfferWriter, response: Response) -> WholeOffer:
    """Add an offer to the catalogue. Recruiters change and delete those that they wrote; candidates write none."""
    async with parts.database.transaction() as session:
        row = await offers.add_offer(session, created_by=caller.id, values=_values(body, parts.places))
        response.headers["Location"] = f"/api/v1/offers/{row.id}"
        return await _whole(session, row)


@router.get(
    "",
    summary="List offers",
    response_model_exclude_unset=True,
    response_description="A page of open offers, the oldest first",
    responses=documented(401),
)
async def list_offers(
    parts: Parts,
    _: AnyCaller,
    q: Annotated[Word | None, Query(description="words that title, company or description contain")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[OfferAnswer]:
    """Open offers, the oldest first. A source's offer is shown with its `attribution` and linked to its `url`."""
    after = decode_cursor(cursor, int) or 0
    async with parts.database.transaction() as session:
        rows = await offers.list_offers(session, words=(q or "").split()[:MAX_WORDS], after=after, limit=limit + 1)
    following = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page(items=[OfferAnswer.model_validate(row) for row in rows[:limit]], next_cursor=following)


@router.get(
    "/{offer_id}",
    summary="Read an offer",
    response_model_exclude_unset=True,
    response_description="The offer, with all that is known of it",
    responses=documented(
        401, 404, why={410: "`offer_gone`: its source has withdrawn it, or has not confirmed it for a day"}
    ),
)
async def get_offer(offer_id: OfferId, parts: Parts, _: AnyCaller) -> WholeOffer:
    """One offer, with all that is known of it; also one that has expired."""
    async with parts.database.transaction() as session:
        # One moment for both readings: the offer may be withdrawn or deleted in between.
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        row, is_visible = (await catalogue.offers_by_id(session, [offer_id])).get(offer_id, (None, False))
        if row is None:
            raise _unknown(offer_id)
        if row.state == "withdrawn" or (row.state == "open" and not is_visible):
            raise ApiError(410, "offer_gone", f"L'offre {offer_id} n'est plus disponible")
        return await _whole(session, row)


_WRITING = {403: "`forbidden`: not for candidates. `imported_offer`: offers of a source cannot be changed"}


@router.put(
    "/{offer_id}",
    summary="Replace an offer",
    response_model_exclude_unset=True,
    response_description="The offer as it is now",
    responses=documented(400, 401, 404, 413, why=_WRITING),
)
async def replace_offer(offer_id: OfferId, body: OfferBody, parts: Parts, caller: OfferWriter) -> WholeOffer:
    """Replace an offer's content by that of the body: what it leaves out is emptied.

    Scores made before stay, with the version they were made for.
    """
    async with parts.database.transaction() as session:
        await _writable(await offers.get_offer(session, offer_id), offer_id, caller)
        row = await offers.change_offer(session, offer_id, _values(body, parts.places))
        if row is None:
            raise _unknown(offer_id)
        return await _whole(session, row)


@router.delete(
    "/{offer_id}",
    status_code=204,
    summary="Delete an offer",
    response_description="Deleted",
    responses=documented(401, 404, why=_WRITING),
)
async def delete_offer(offer_id: OfferId, parts: Parts, caller: OfferWriter) -> None:
    """Remove an offer together with its scores."""
    async with parts.database.transaction() as session:
        await _writable(await offers.get_offer(session, offer_id), offer_id, caller)
        await offers.delete_offer(session, offer_id)


def _values(body: OfferBody, places: Gazetteer) -> dict[str, Any]:
    """The offer as it is stored: with the place that its location names, if that can be one alone."""
    place = places.resolve(body.location).place if body.location is not None else None
    return body.model_dump(mode="json") | {
        "insee": place.insee if place else None,
        "department": place.department if place else None,
        "region": place.region if place else None,
        "country": "FR" if place else None,
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
    }


async def _whole(session: AsyncSession, row: OfferRow) -> WholeOffer:
    await session.refresh(row, ["details"])  # left out of every other reading: it may be large
    return WholeOffer.model_validate(row)


async def _writable(row: OfferRow | None, offer_id: int, caller: Caller) -> None:
    if row is None or (row.source == "internal" and not caller.owns(row.created_by)):
        raise _unknown(offer_id)
    if row.source != "internal":
        raise ApiError(403, "imported_offer", "Une offre importée ne peut pas être modifiée")


def _unknown(offer_id: int) -> ApiError:
    return not_found(f"Offre {offer_id} introuvable", "offer_not_found")
