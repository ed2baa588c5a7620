"""The sources of job offers: what they can do, whether they can be asked, how the last readings went."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter

from api.errors import documented
from api.job_offers import stamp
from api.job_planning import CATALOGUE_FILTERS, CATALOGUE_LABEL, why_unavailable
from api.security import AnyCaller
from api.state import Parts, State
from db import job_runs
from db.job_budget import CallBudget
from domain.job_search import SOURCES, SearchSource
from runtime.settings import Settings

router = APIRouter(prefix="/api/v1/jobs/sources", tags=["jobs"])

_CREDENTIALS: Final[Mapping[str, tuple[str, ...]]] = {
    "france_travail": ("france_travail_client_id", "france_travail_client_secret"),
    "adzuna": ("adzuna_app_id", "adzuna_app_key"),
    "la_bonne_alternance": ("lba_api_key",),
}


@router.get("", responses=documented(401))
async def list_sources(parts: Parts, _: AnyCaller) -> dict[str, list[dict[str, Any]]]:
    """All sources, those included that are disabled or not configured."""
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
