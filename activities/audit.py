"""What the system itself writes into the audit log: incidents, and what was undone."""

from collections.abc import Mapping
from typing import Any

from temporalio import activity

from activities.contracts import Compensation, Incident
from db import audit, candidates
from db.audit import SystemActor
from db.engine import Database

_DESCRIPTIONS: Mapping[str, str] = {
    "candidate_status_update_failed": "Erreur lors de la mise à jour du statut du candidat {id}: {error}",
    "indexation_failed": "Erreur lors de l'indexation ElasticSearch pour le candidat {id}: {error}",
    "deindexation_failed": "Erreur lors de la désindexation ElasticSearch pour le candidat {id}: {error}",
    "notification_failed": "Erreur lors de l'envoi de la notification au candidat {id}: {error}",
    "erasure_failed": "Erreur lors de l'effacement du candidat {id}: {error}",
    "compensation_failed": "Erreur lors de l'annulation de la décision pour le candidat {id}: {error}",
    "index_drift_repaired": "Écarts réparés entre la base et l'index des candidats: {error}",
}

_INDEX_INCIDENTS = frozenset({"indexation_failed", "deindexation_failed"})


class AuditActivities:
    """One row a run and step, however often the step is tried."""

    def __init__(self, database: Database, system: SystemActor) -> None:
        self._database = database
        self._system = system

    @activity.defn
    async def record_incident(self, incident: Incident) -> None:
        """A deviation that an administrator must be able to find."""
        entry = audit.incident(
            self._system.columns(),
            kind=incident.incident_type,
            description=_DESCRIPTIONS[incident.incident_type].format(id=incident.candidate_id, error=incident.error),
            candidate_id=incident.candidate_id,
            error=incident.error,
            error_type=incident.error_type,
        )
        async with self._database.transaction() as session:
            if incident.incident_type in _INDEX_INCIDENTS and incident.candidate_id is not None:
                row = await candidates.get_candidate(session, incident.candidate_id)
                entry["details"]["profile_data_keys"] = candidates.filled_fields(row) if row else []
            await audit.add_entry(session, {**entry, **run_and_step(f"incident:{incident.step}")})

    @activity.defn
    async def record_compensation(self, compensation: Compensation) -> None:
        """Something that was done and is undone."""
        async with self._database.transaction() as session:
            await audit.add_entry(session, compensation_entry(self._system, compensation))


def compensation_entry(system: SystemActor, compensation: Compensation) -> dict[str, Any]:
    """The row that tells of one compensation."""
    return {
        **system.columns(),
        "candidate_id": compensation.candidate_id,
        "access_type": "compensation",
        "action_type": "COMPENSATION",
        "details": {
            "step": compensation.step,
            "description": compensation.description,
            "decision_id": str(compensation.decision_id),
            "timestamp": audit.timestamp(),
        },
        **run_and_step(f"compensation:{compensation.step}"),
    }


def run_and_step(step: str) -> dict[str, str | None]:
    """What makes a row of this run and step the only one."""
    return {"run_id": activity.info().workflow_run_id, "step": step}
