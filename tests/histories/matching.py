"""A ranking of several pages, as the replay test replays it."""

from typing import Any

from sqlalchemy import insert

from db.tables import Offer
from tests.histories.recorder import Recorder

_OFFERS = 2_001
"""Three pages, of which two are scored at once."""


async def record_pages(recorder: Recorder, candidate_id: int) -> None:
    """Rank more offers than one page holds."""
    row: dict[str, Any] = {"title": "Développeur Python", "required_skills": ["Python"]}
    async with recorder.at.state.database.transaction() as session:
        offers = list(await session.scalars(insert(Offer).returning(Offer.id), [row] * _OFFERS))
    body = {"candidate_id": candidate_id, "job_ids": offers}
    ranking = await recorder.post("/api/v1/queue-matching/bulk", json=body)
    await recorder.save("match_pages", ranking["job_id"])
