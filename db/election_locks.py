"""The lock under which minutes and invitations change: one merge at a time, and none while a build claims its work."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MERGE_LOCK = 0x5349524554
"""Key of the transaction-level advisory lock."""


async def lock_merges(session: AsyncSession) -> None:
    """Wait until no other transaction holds the lock, and hold it until this one ends."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MERGE_LOCK})
