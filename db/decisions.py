"""Decisions on candidates: one open at a time, their effects, their return."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete as sql_delete
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, notifications
from db.tables import Candidate, Decision, Evaluation, Json
from domain.endings import INTERRUPTED
from domain.ids import notification_of


async def add_decision(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """Write the request row; False when its id is taken or the candidate has an open decision."""
    statement = insert(Decision).values(**values).on_conflict_do_nothing().returning(Decision.id)
    return (await session.scalars(statement)).one_or_none() is not None


async def get_decision(session: AsyncSession, decision_id: UUID) -> Decision | None:
    return await session.get(Decision, decision_id)


async def lock_decision(session: AsyncSession, decision_id: UUID) -> Decision | None:
    """The decision, which no other step changes until the transaction ends."""
    statement = select(Decision).where(Decision.id == decision_id).with_for_update()
    return (await session.scalars(statement)).one_or_none()


async def lock_candidate(session: AsyncSession, candidate_id: int) -> Candidate | None:
    """The candidate, which nobody else changes until the transaction ends."""
    statement = select(Candidate).where(Candidate.id == candidate_id).with_for_update()
    return (await session.scalars(statement)).one_or_none()


async def latest_decision(session: AsyncSession, candidate_id: int) -> Decision | None:
    """The current decision on a candidate, else the last one."""
    statement = (
        select(Decision)
        .where(Decision.candidate_id == candidate_id)
        .order_by(Decision.outcome.is_(None).desc(), Decision.created_at.desc(), Decision.id)
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def open_decision(session: AsyncSession, candidate_id: int) -> Decision | None:
    """The decision on a candidate whose end is not decided."""
    statement = select(Decision).where(Decision.candidate_id == candidate_id, Decision.outcome.is_(None))
    return (await session.scalars(statement)).one_or_none()


async def decided_within(session: AsyncSession, candidate_id: int, age: timedelta) -> Decision | None:
    """A decision on a candidate that ended during the time of this length up to now, by the database's clock."""
    since = func.clock_timestamp() - age
    statement = select(Decision).where(Decision.candidate_id == candidate_id, Decision.completed_at > since).limit(1)
    return (await session.scalars(statement)).one_or_none()


async def remove_decision(session: AsyncSession, decision_id: UUID) -> None:
    """Take back the row of a decision that never started."""
    await session.execute(sql_delete(Decision).where(Decision.id == decision_id))


async def set_status(session: AsyncSession, candidate_id: int, status: str) -> None:
    """Give the candidate this status, as a new version."""
    await session.execute(
        update(Candidate)
        .where(Candidate.id == candidate_id)
        .values(status=status, version=Candidate.version + 1, updated_at=func.now())
    )


async def move_status(session: AsyncSession, candidate_id: int, *, among: frozenset[Any], to: str) -> Candidate | None:
    """Change the status of a candidate who has one of `among` and no open decision; None when that is not so."""
    undecided = select(Decision.id).where(Decision.candidate_id == candidate_id, Decision.outcome.is_(None))
    statement = (
        update(Candidate)
        .where(Candidate.id == candidate_id, Candidate.status.in_(among), ~undecided.exists())
        .values(status=to, version=Candidate.version + 1, updated_at=func.now())
        .returning(Candidate)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).one_or_none()


async def add_evaluation(session: AsyncSession, decision: Decision, values: Mapping[str, Any]) -> None:
    """What a decision says of its candidate, once."""
    statement = insert(Evaluation).values(decision_id=decision.id, candidate_id=decision.candidate_id, **values)
    await session.execute(statement.on_conflict_do_nothing(index_elements=[Evaluation.decision_id]))


async def roll_back_evaluation(session: AsyncSession, decision_id: UUID) -> None:
    """An evaluation whose decision was undone counts no more."""
    await session.execute(
        update(Evaluation).where(Evaluation.decision_id == decision_id).values(rolled_back_at=func.now())
    )


async def close_decision(
    session: AsyncSession, decision_id: UUID, *, outcome: str, actions: Json | None = None, error: str | None = None
) -> bool:
    """Decide how a decision ended; False for a decided one, which stays as it is."""
    statement = (
        update(Decision)
        .where(Decision.id == decision_id, Decision.outcome.is_(None))
        .values(outcome=outcome, actions=actions, error=error, completed_at=func.clock_timestamp())
        .returning(Decision.id)
    )
    return (await session.scalars(statement)).one_or_none() is not None


async def interrupt(session: AsyncSession, decision: Decision, system: Mapping[str, Any]) -> bool:
    """Close a decision whose run is gone: failed, an incident, its mail called off. False when it is decided already.

    `system`: the columns of the audit log that name the system. The index has to be brought into line after the commit.
    """
    if not await close_decision(session, decision.id, outcome="failed", error=INTERRUPTED):
        return False
    await notifications.withdraw(session, notification_of(decision.id))
    entry = audit.incident(
        system,
        kind="decision_interrupted",
        description=f"Décision interrompue pour le candidat {decision.candidate_id}: {INTERRUPTED}",
        candidate_id=decision.candidate_id,
        error=INTERRUPTED,
        error_type="Interrupted",
    )
    await audit.add_entry(session, {**entry, "run_id": f"decision:{decision.id}", "step": "interrupted"})
    return True


async def undecided(session: AsyncSession, *, after: datetime, before: datetime, limit: int) -> list[Decision]:
    """Decisions without an outcome made between the two moments, the oldest first."""
    statement = (
        select(Decision)
        .where(Decision.outcome.is_(None), Decision.created_at > after, Decision.created_at < before)
        .order_by(Decision.created_at)
        .limit(limit)
    )
    return list(await session.scalars(statement))


async def erase_words(session: AsyncSession, candidate_id: int) -> None:
    """Erase what was said of a candidate; that it was decided, when and by whom stays."""
    await session.execute(sql_delete(Evaluation).where(Evaluation.candidate_id == candidate_id))
    await session.execute(update(Decision).where(Decision.candidate_id == candidate_id).values(body={}))


async def now(session: AsyncSession) -> datetime:
    """The time of the transaction."""
    return (await session.scalars(select(func.now()))).one()
