"""The offers of a search as callers see them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from db.job_results import FoundAd, Openings
from db.tables import Offer
from domain.offer_dedup import Group


def stamp(moment: datetime | None) -> str | None:
    """UTC, ISO 8601."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment is not None else None


def opening_list(ads: Sequence[FoundAd], openings: Openings, limit: int) -> list[dict[str, Any]]:
    """The openings in the order of the list, cut to `limit`; then, as far as they fit, the ads that are gone since."""
    gone = [arrival(ad) for ad in ads if ad.offer is None or not ad.shown]
    return [*(_opening(group, openings) for group in openings.groups[:limit]), *gone][:limit]


def arrival(ad: FoundAd) -> dict[str, Any]:
    """An ad alone, as it came; of one that may not be shown any more only its id and its state."""
    if ad.offer is None:
        return {"id": ad.offer_id, "status": "deleted", "seq": ad.seq}
    if not ad.shown:
        status = "hidden" if ad.offer.state == "open" else ad.offer.state
        return {"id": ad.offer_id, "title": ad.offer.title, "status": status, "seq": ad.seq}
    return _shown(ad.offer, ad.seq, [ad.offer])


def duplicates(kept: Sequence[tuple[str, int]], openings: Openings) -> dict[str, int]:
    """By source, how many of the ads it gave are listed under another: an ad of its group, or itself given before."""
    listed = {(ad.source, ad.offer_id) for group in openings.groups if (ad := openings.ads[group.shown.ref])}
    known = {ad.offer_id for ad in openings.ads.values()}
    counts: dict[str, int] = {}
    for source, offer_id in kept:
        if offer_id in known and (source, offer_id) not in listed:
            counts[source] = counts.get(source, 0) + 1
    return counts


def _opening(group: Group, openings: Openings) -> dict[str, Any]:
    shown = openings.ads[group.shown.ref]
    offers = [offer for ad in group.ads if (offer := openings.ads[ad.ref].offer) is not None]
    return _shown(offers[0], shown.seq, offers)


def _shown(offer: Offer, seq: int, group: Sequence[Offer]) -> dict[str, Any]:
    """`group`: this offer, and those of the same opening."""
    return {
        "id": offer.id,
        "title": offer.title,
        "company": offer.company,
        "location": offer.location,
        "description": offer.description,
        "url": _url(offer),
        "source_platform": offer.source,
        "job_type": offer.job_type,
        "work_mode": offer.work_mode,
        "scraped_at": stamp(offer.last_seen_at),
        "apply_url": offer.apply_url,
        "logo_url": offer.logo_url,
        "salary": offer.salary,
        "published_at": stamp(offer.published_at),
        "insee": offer.insee,
        "department": offer.department,
        "latitude": offer.latitude,
        "longitude": offer.longitude,
        "work_time": offer.work_time,
        "description_truncated": offer.description_truncated,
        "attribution": offer.attribution,
        "sources": [
            {
                "id": one.id,
                "source": one.source,
                "url": _url(one),
                "attribution": one.attribution,
                "salary": one.salary,
                "published_at": stamp(one.published_at),
            }
            for one in group
        ],
        "seq": seq,
    }


def _url(offer: Offer) -> str:
    """Where the offer is to be read: a recruiter's own may have no other page than ours."""
    return offer.url or f"/api/v1/offers/{offer.id}"
