"""Files of erased parses: what a late attempt of a step stored after the erasure."""

import re
from datetime import datetime
from uuid import UUID

from temporalio import activity

from adapters.object_store import CV_PREFIX, RESULT_PREFIX, ObjectStore, job_prefix, result_key
from db import cv_jobs
from db.engine import Database

_SHARES = 16
_JOB_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class ErasedFiles:
    """Looks through a sixteenth of the bucket each hour, by the first digit of the job's id: all of it every day.

    Files of jobs that the database does not know are left alone: it may be another one's bucket, or an old backup.
    """

    def __init__(self, database: Database, store: ObjectStore) -> None:
        self._database = database
        self._store = store

    async def drop(self, before: datetime) -> None:
        """Remove what was stored before this moment for a job that is erased; its hour says in which share."""
        share = f"{before.hour % _SHARES:x}"
        for prefix in (CV_PREFIX, RESULT_PREFIX):
            async for keys in self._store.old_objects(prefix + share, before):
                for job_id in await self._erased({UUID(found[0]) for key in keys if (found := _JOB_ID.search(key))}):
                    await self._store.delete_prefix(job_prefix(job_id))
                    await self._store.delete_prefix(result_key(job_id))
                activity.heartbeat()

    async def _erased(self, job_ids: set[UUID]) -> set[UUID]:
        async with self._database.transaction() as session:
            return await cv_jobs.erased_jobs(session, job_ids)
