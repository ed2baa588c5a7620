"""Which candidates a caller may see: their own things, and for recruiters those that may be found by search."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from api.security import Caller
from db import candidate_index
from db.tables import Candidate


async def visible_among(session: AsyncSession, found: Mapping[int, Candidate], caller: Caller) -> set[int]:
    """The ids of those that the caller may see.

    A recruiter sees validated candidates only as long as no decision under way withdraws them: what must not be found
    must not be read either.
    """
    visible = {candidate_id for candidate_id, row in found.items() if caller.holds(row)}
    if caller.role == "recruiter":
        visible |= await candidate_index.searchable_among(session, found.keys() - visible)
    return visible
