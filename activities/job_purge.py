"""Erasing a job source whose access has ended: its ads, with their scores, and what is stored of its readings."""

from temporalio import activity

from activities.contracts import Failure, PurgedPart, PurgeStep
from activities.errors import final
from activities.heartbeat import heartbeating
from adapters.job_sources.registry import JobSources
from db import job_expiry
from db.engine import Database

ROWS = 500
"""Ads that one step erases."""


class JobPurgeActivities:
    """Erases what is there, part by part, so that a purge that was interrupted goes on where it was."""

    def __init__(self, database: Database, sources: JobSources) -> None:
        self._database = database
        self._sources = sources

    @activity.defn
    async def erase_source(self, step: PurgeStep) -> PurgedPart:
        """Erase the next ads of a source, and its readings. One that is still asked is refused: they would return."""
        if self._sources.by_name[step.source].unavailable is None:
            raise final(Failure.SOURCE_IN_USE, "La source est encore interrogée : retirez d'abord son accès")
        async with heartbeating(), self._database.transaction() as session:
            readings = await job_expiry.delete_readings(session, step.source)
            offers = await job_expiry.delete_of_source(session, step.source, limit=ROWS)
        return PurgedPart(offers=offers, readings=readings)
