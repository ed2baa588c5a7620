"""The sources of job offers: what they can do, whether they can be asked, how the last readings went."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from api.errors import documented
from api.fields import example
from api.job_offer_bodies import ATTRIBUTION
from api.job_offers import stamp
from api.job_planning import CATALOGUE_FILTERS, CATALOGUE_LABEL, why_unavailable
from api.security import AnyCaller
from api.state import Parts, State
from db import job_runs
from db.job_budget import CallBudget
from domain.job_search import SOURCES, FilterName, SearchSource
from domain.source_ad import Attribution
from domain.source_errors import ErrorCode, SkipCode
from runtime.settings import Settings

router = APIRouter(prefix="/api/v1/jobs/sources", tags=["jobs"])

_CREDENTIALS: Final[Mapping[str, tuple[str, ...]]] = {
    "france_travail": ("france_travail_client_id", "france_travail_client_secret"),
    "adzuna": ("adzuna_app_id", "adzuna_app_key"),
    "la_bonne_alternance": ("lba_api_key",),
}


class SourceFailure(BaseModel):
    """Why the last reading that failed did."""

    code: ErrorCode | SkipCode
    at: str | None


class SourceQuota(BaseModel):
    """Calls that the source allows in a window, and those left of it."""

    window: Literal["day", "week", "month"]
    limit: int
    remaining: int


class JobSource(BaseModel):
    """A source. `reason` says in French why it cannot be asked, if so.

    `supported_filters` are those the source itself knows; by others its ads are filtered here, as far as they tell.
    """

    model_config = example(
        {
            "name": "arbeitnow",
            "label": "Arbeitnow",
            "enabled": False,
            "configured": True,
            "reason": "Source désactivée",
            "supported_filters": [],
            "attribution": ATTRIBUTION,
            "last_success_at": "2026-03-02T09:14:31.204000Z",
            "last_error": {"code": "connect_failed", "at": "2026-03-01T21:02:11.206537Z"},
            "quota": [],
        }
    )

    name: SearchSource
    label: str
    enabled: bool
    configured: bool
    reason: str | None
    supported_filters: list[FilterName]
    attribution: Attribution | None
    last_success_at: str | None
    last_error: SourceFailure | None
    quota: list[SourceQuota]


class JobSources(BaseModel):
    """All sources, in the order in which searches ask them."""

    items: list[JobSource]


@router.get(
    "",
    summary="List the job sources",
    response_model=JobSources,
    response_description="Each source, with what it can do and how its last readings went",
    responses=documented(401),
)
async def list_sources(parts: Parts, _: AnyCaller) -> dict[str, list[dict[str, Any]]]:
    """All sources, those included that are disabled or not configured: `reason` says why one cannot be asked."""
    async with parts.database.transaction() as session:
        succeeded, failed = await job_runs.last_runs(session)
    budget = CallBudget(parts.database, parts.settings)
    items = []
    for name in SOURCES:
        failure = failed.get(name)
        error = {"code": failure.error["code"], "at": stamp(failure.finished_at)} if failure and failure.error else None
        items.append(
            _described(parts, name)
            | {
                "last_success_at": stamp(succeeded.get(name)),
                "last_error": error,
                "quota": [quota._asdict() for quota in await budget.quotas(name)],
            }
        )
    return {"items": items}


def _described(parts: State, name: SearchSource) -> dict[str, Any]:
    reason = why_unavailable(parts.settings, parts.job_sources, name)
    source = parts.job_sources.by_name.get(name)
    return {
        "name": name,
        "label": source.label if source is not None else CATALOGUE_LABEL,
        "enabled": reason is None or reason.code != "disabled",
        "configured": _is_configured(parts.settings, name),
        "reason": reason.error.message if reason is not None else None,
        "supported_filters": sorted(source.supported_filters if source is not None else CATALOGUE_FILTERS),
        "attribution": source.attribution.model_dump(mode="json") if source is not None else None,
    }


def _is_configured(settings: Settings, name: SearchSource) -> bool:
    """Whether the source's credentials are there, enabled or not."""
    return all(getattr(settings, credential) is not None for credential in _CREDENTIALS.get(name, ()))
