"""The steps of a decision that are the database's: what it changes, what undoes it, how it ended."""

from typing import Any

from temporalio import activity

from activities.audit import compensation_entry, run_and_step
from activities.contracts import Compensation, DecisionClosing, DecisionStep, Failure, StatusRecorded
from activities.errors import final
from db import audit, decisions, notifications
from db.audit import SystemActor
from db.engine import Database
from db.tables import Decision
from domain.candidate import DECIDABLE, DECIDED_STATUS
from domain.ids import notification_of

MAILS = {"validate": "validated", "reject": "rejected"}
"""The mail that tells the candidate of a decision. Archiving and unarchiving are told by none."""

_SCORES = {
    "overallScore": "overall_score",
    "technicalSkills": "technical_skills",
    "softSkills": "soft_skills",
    "communication": "communication",
    "motivation": "motivation",
    "softSkillsTags": "soft_skills_tags",
    "interview_notes": "interview_notes",
    "recommendations": "recommendations",
    "summary": "summary",
    "rejectionReason": "rejection_reason",
}
"""The columns of an evaluation, by the names administrators send."""


class DecisionActivities:
    """A decision takes effect once, can be undone once, and has no effect after that."""

    def __init__(self, database: Database, system: SystemActor) -> None:
        self._database = database
        self._system = system

    @activity.defn
    async def record_evaluation_and_status(self, step: DecisionStep) -> StatusRecorded:
        """Evaluation, new status, pending mail and audit row in one transaction."""
        async with self._database.transaction() as session:
            decision = await decisions.lock_decision(session, step.decision_id)
            if decision is None:
                raise final(Failure.REQUEST_GONE, "Décision introuvable")
            check_in_force(decision)
            if decision.previous_status is not None:  # an earlier try was not heard
                return StatusRecorded(previous=decision.previous_status, attempts=activity.info().attempt)
            candidate = await decisions.lock_candidate(session, decision.candidate_id)
            if candidate is None:
                raise final(Failure.CANDIDATE_GONE, "Candidat introuvable")
            if candidate.status not in DECIDABLE[decision.kind]:
                raise final(Failure.STATUS_CONFLICT, f"Le statut {candidate.status} ne permet pas cette décision")
            decision.previous_status = candidate.status
            await decisions.set_status(session, candidate.id, DECIDED_STATUS[decision.kind])
            if decision.kind in MAILS:
                values = {_SCORES[name]: value for name, value in decision.body.items() if name in _SCORES}
                await decisions.add_evaluation(session, decision, values)
                await notifications.add_notification(
                    session,
                    id=notification_of(decision.id),
                    kind=MAILS[decision.kind],
                    candidate_id=candidate.id,
                    decision_id=decision.id,
                )
            await audit.add_entry(session, decision_entry(decision))
            return StatusRecorded(previous=candidate.status, attempts=activity.info().attempt)

    @activity.defn
    async def restore_status(self, step: DecisionStep) -> None:
        """The compensation: the status before, whether or not it had changed; the evaluation counts no more.

        A try of the forward step that is still under way finds the decision rolled back, and does nothing.
        """
        async with self._database.transaction() as session:
            decision = await decisions.lock_decision(session, step.decision_id)
            if decision is None or decision.rolled_back_at is not None or decision.outcome is not None:
                return
            decision.rolled_back_at = await decisions.now(session)
            if decision.previous_status is None:
                return
            candidate = await decisions.lock_candidate(session, decision.candidate_id)
            if candidate is not None and candidate.status == DECIDED_STATUS[decision.kind]:
                await decisions.set_status(session, candidate.id, decision.previous_status)
            await decisions.roll_back_evaluation(session, decision.id)
            await audit.add_entry(
                session,
                compensation_entry(
                    self._system,
                    Compensation(
                        decision_id=decision.id,
                        candidate_id=decision.candidate_id,
                        step="status_update",
                        description=f"Statut rétabli : {decision.previous_status}",
                    ),
                ),
            )

    @activity.defn
    async def close_decision(self, closing: DecisionClosing) -> None:
        """Decide how the decision ended, with the last state of its actions."""
        actions = {name: state.model_dump() for name, state in closing.actions.items()}
        async with self._database.transaction() as session:
            await decisions.close_decision(
                session, closing.decision_id, outcome=closing.outcome, actions=actions, error=closing.error
            )


def check_in_force(decision: Decision) -> None:
    """Nothing is done for a decision that was called off before its run began, undone, or given up with its run."""
    if decision.rolled_back_at is not None or decision.outcome is not None:
        raise final(Failure.STATUS_CONFLICT, "La décision n'a plus cours")


def decision_entry(decision: Decision) -> dict[str, Any]:
    """The audit row of a decision, with who took it."""
    return {
        "recruiter_id": decision.admin_id,
        "recruiter_email": decision.admin_email,
        "recruiter_name": decision.admin_name,
        "candidate_id": decision.candidate_id,
        "access_type": "decision",
        "action_type": f"{decision.kind.upper()}_CANDIDATE",
        "details": {"decision_id": str(decision.id), "previous_status": decision.previous_status},
        **run_and_step("decision"),
    }
