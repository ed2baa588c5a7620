"""The events of one parse: each stage as it begins, then how it ended."""

from uuid import UUID

from api.cv_status import PROGRESS, Standing, last_stage, stage_answer, standing_of, status_answer
from api.feeds import Entry, Feed, event_text
from api.state import State
from db import cv_jobs
from db.tables import CvJob

_STAGES = (None, *PROGRESS)
"""A job that waits is at none."""

_EVENTS_A_RUN = len(_STAGES) + 1


async def cv_feed(parts: State, job: CvJob) -> Feed | None:
    """The events of this job as everybody in this process is told them; None for one that was erased."""
    return await parts.cv_feeds.get(str(job.id), lambda: _open(parts, job.id))


class CvFeed(Feed):
    """The stages follow from one another, so that each has its number in every process, seen here or passed between
    two looks; so has the end. Numbers go on where a failed job is run again.
    """

    def __init__(self, parts: State, job_id: UUID) -> None:
        super().__init__(str(job_id))
        self._parts = parts
        self._job_id = job_id

    async def look(self) -> None:
        """Read where the job stands."""
        async with self._parts.database.transaction() as session:
            job = await cv_jobs.get_job(session, self._job_id)
        if job is None or job.erased_at is not None:
            self.close()
            return
        await self._take(await standing_of(self._parts, job))

    async def _take(self, standing: Standing) -> None:
        stage = await last_stage(self._parts, standing) if standing.has_ended else standing.stage
        before = standing.job.retries * _EVENTS_A_RUN
        last_seen = self.last_number
        entries: list[Entry] = []
        for number, begun in enumerate(_STAGES[: _STAGES.index(stage) + 1], before + 1):
            if number > last_seen:
                was = Standing(standing.job, "running" if begun else "pending", begun)
                entries.append(Entry(number, event_text("stage", stage_answer(was), number)))
        if standing.has_ended:
            number = before + _EVENTS_A_RUN
            done = event_text("done", await status_answer(self._parts, standing), number)
            entries.append(Entry(number, done, is_done=True))
        if entries:
            self.add(*entries)
        if standing.has_ended:
            self.close()  # it may be erased or run again: whoever comes later is told how it stands then


async def _open(parts: State, job_id: UUID) -> CvFeed | None:
    feed = CvFeed(parts, job_id)
    await feed.look()
    return feed if feed.last_number else None
