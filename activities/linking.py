"""Whose profile a parsed CV is: the candidate named with the upload, the uploader's own, or a new DRAFT one."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.contracts import Failure
from activities.errors import final
from db import candidates
from db.tables import Candidate, CvJob
from domain.candidate import split_name
from domain.cv import CvProfile


async def candidate_for(session: AsyncSession, job: CvJob, profile: CvProfile) -> int:
    """The candidate this parse belongs to, created once per job when there is none yet."""
    if job.candidate_id is not None:
        return job.candidate_id
    user_id = job.owner_user_id if job.owner_role == "candidate" else None
    existing = await _existing(session, job, user_id)
    if existing is None:
        values = {**_person(profile), "source_job_id": job.id}
        existing = await candidates.add_candidate(session, created_by=job.owner, user_id=user_id, values=values)
    if existing is None:  # another attempt, timed out but still at work, was first: its candidate is there now
        existing = await _existing(session, job, user_id)
    if existing is None:
        raise final(Failure.CANDIDATE_GONE, "Candidat introuvable")
    return existing.id


async def _existing(session: AsyncSession, job: CvJob, user_id: int | None) -> Candidate | None:
    if user_id is not None:
        return await candidates.candidate_of_user(session, user_id)
    return await candidates.candidate_of_parse(session, job.id)


async def give_profile(session: AsyncSession, candidate_id: int, profile: CvProfile) -> None:
    """Make the parsed profile the candidate's."""
    changed = await candidates.change_candidate(session, candidate_id, {"profile": profile.model_dump(mode="json")})
    if changed is None:
        raise final(Failure.CANDIDATE_GONE, "Candidat introuvable")


def _person(profile: CvProfile) -> dict[str, Any]:
    info = profile.personal_info
    first, last = split_name(info.name or "")
    return {
        "first_name": first,
        "last_name": last,
        "email": info.email,
        "phone": info.phone or info.phone_as_written,
        "address": info.address,
        "city": info.city,
        "country": info.country,
        "headline": profile.position,
    }
