"""What the routes of job searches answer about offers. A field with a default is absent where it says so."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, Field

from domain.offer import Salary
from domain.source_ad import Attribution

ATTRIBUTION: Final = {"label": "Arbeitnow", "url": "https://www.arbeitnow.com"}
SHOWN_OFFER: Final[dict[str, Any]] = {
    "id": 40,
    "title": "Développeur Python H/F",
    "company": "Atelier Numérique",
    "location": "Lyon",
    "description": "Vous développez nos API de facturation.",
    "url": "https://jobs.example.com/40",
    "source_platform": "arbeitnow",
    "job_type": "CDI",
    "work_mode": "hybrid",
    "scraped_at": "2026-03-02T09:14:31.204000Z",
    "apply_url": "https://jobs.example.com/40/apply",
    "logo_url": "https://jobs.example.com/logo.png",
    "salary": {"min": 42000, "max": 50000, "currency": "EUR", "period": "year"},
    "published_at": "2026-02-27T00:00:00Z",
    "insee": "69123",
    "department": "69",
    "latitude": 45.749,
    "longitude": 4.848,
    "work_time": "full_time",
    "description_truncated": False,
    "attribution": ATTRIBUTION,
    "sources": [
        {
            "id": 40,
            "source": "arbeitnow",
            "url": "https://jobs.example.com/40",
            "attribution": ATTRIBUTION,
            "salary": {"min": 42000, "max": 50000, "currency": "EUR", "period": "year"},
            "published_at": "2026-02-27T00:00:00Z",
        }
    ],
    "seq": 3,
}
"""An example for the OpenAPI document, as is `ATTRIBUTION`."""


class OneSource(BaseModel):
    """One of the ads of an opening, at its source."""

    id: int
    source: str
    url: str
    attribution: Attribution | None
    salary: Salary | None
    published_at: str | None


class ShownOffer(BaseModel):
    """An opening. `sources` has all its ads, of which this is the one shown; `seq` is its place in order of arrival.

    An offer with an `attribution` must be shown with it, and linked to its `url`.
    """

    id: int
    title: str
    company: str | None
    location: str | None
    description: str
    url: str
    source_platform: str
    job_type: str | None
    work_mode: str | None
    scraped_at: Annotated[str | None, Field(description="when its source last gave it")]
    apply_url: str | None
    logo_url: str | None
    salary: Salary | None
    published_at: str | None
    insee: str | None
    department: str | None
    latitude: float | None
    longitude: float | None
    work_time: str | None
    description_truncated: bool
    attribution: Attribution | None
    sources: list[OneSource]
    seq: int


class GoneOffer(BaseModel):
    """An ad that may not be shown any more; `title` is absent where it is deleted."""

    id: int
    title: str | None = None
    status: Annotated[str, Field(description="`deleted`, `withdrawn`, `expired`, or `hidden` for the moment")]
    seq: int
