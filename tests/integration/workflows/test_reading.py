"""How often a document is begun to be read: a worker lost each time is the document's doing."""

from uuid import UUID

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.contracts import Failure, ParseJob
from activities.cv import CvActivities
from db import cv_jobs
from embedded.seed import ADMIN
from embedded.stack import EmbeddedServers
from tests.backend import backend


async def test_a_document_is_begun_so_many_times_only(servers: EmbeddedServers) -> None:
    async with backend(servers, workers=False) as running:
        client = await running.login(ADMIN)
        queued = await client.post("/api/queue", files={"file": ("cv.txt", "Développeuse Python à Lyon".encode())})
        job = ParseJob(job_id=UUID(queued.json()["job_id"]))
        activities = CvActivities(running.state.database, running.state.store, None, running.temporal, max_reads=2)
        for _ in range(3):  # a reading that the worker outlives does not count
            read = await ActivityEnvironment().run(activities.read_document, job)
            assert read.characters == 26
        for _ in range(2):
            async with running.state.database.transaction() as session:
                await cv_jobs.begin_reading(session, job.job_id)
        with pytest.raises(ApplicationError) as refused:
            await ActivityEnvironment().run(activities.read_document, job)
    assert refused.value.type == Failure.DOCUMENT_UNREADABLE
    assert refused.value.non_retryable
