"""The sources that there are."""

import httpx

from adapters.job_sources.adzuna import Adzuna
from adapters.job_sources.arbeitnow import Arbeitnow
from adapters.job_sources.france_travail import FranceTravail
from adapters.job_sources.http import Clock, Limits
from adapters.job_sources.la_bonne_alternance import LaBonneAlternance
from adapters.job_sources.source import Budget, JobSource, Surroundings
from domain.job_search import SearchSource
from domain.places import Gazetteer
from runtime.settings import Settings


class JobSources:
    """The readers of all job sources, configured or not, over one HTTP client."""

    def __init__(self, settings: Settings, clock: Clock, budget: Budget, places: Gazetteer) -> None:
        self._client = httpx.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            headers={"user-agent": "talentflow", "accept": "application/json"},
            # Without a common bound: a source that hangs would keep the others from being called.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),
        )
        limits = Limits(
            connect=settings.job_source_connect_seconds,
            read=settings.job_source_read_seconds,
            body=settings.job_source_max_length,
        )
        around = Surroundings(self._client, clock, budget, places, limits)
        self.france_travail = FranceTravail(settings, around)
        self.by_name: dict[SearchSource, JobSource] = {
            source.name: source
            for source in (
                self.france_travail,
                Adzuna(settings, around),
                Arbeitnow(settings, around),
                LaBonneAlternance(settings, around),
            )
        }

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
