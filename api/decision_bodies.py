"""What the routes of decisions take and answer."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from api.decision_status import DECISION, DecisionAnswer
from api.fields import HttpModel, Word, example
from domain.candidate import CandidateStatus

NOTE = "All actions are being processed asynchronously. Check Audit Service logs for any errors."

Score = Annotated[float, Field(ge=0, le=5)]
Text = Annotated[str, Field(max_length=20_000)]
Progress = Literal["pending", "completed", "skipped"]


def _at_least(length: int) -> AfterValidator:
    def check(text: str) -> str:
        if len(text.strip()) < length:
            raise ValueError(f"must have at least {length} characters")
        return text.strip()

    return AfterValidator(check)


class ValidationBody(HttpModel):
    """What an administrator says of a candidate; scores go from 0 to 5. `summary` has 20 characters at least."""

    model_config = example(
        {
            "overallScore": 4.5,
            "technicalSkills": 4.5,
            "communication": 4,
            "softSkillsTags": ["Pédagogie"],
            "summary": "Très bon échange, profil solide et disponible",
        }
    )

    overallScore: Score | None = None  # noqa: N815 - the names of the published contract
    technicalSkills: Score | None = None  # noqa: N815
    softSkills: Score | None = None  # noqa: N815
    communication: Score | None = None
    motivation: Score | None = None
    softSkillsTags: Annotated[list[Word], Field(max_length=50)] = Field(default_factory=list)  # noqa: N815
    interview_notes: Text | None = None
    recommendations: Text | None = None
    summary: Annotated[Text, _at_least(20)]


class RejectionBody(HttpModel):
    """Why a candidate is rejected: the reason, of 10 characters at least, is told to them."""

    model_config = example({"rejectionReason": "Le profil ne correspond pas aux métiers recherchés"})

    rejectionReason: Annotated[Text, _at_least(10)]  # noqa: N815
    overallScore: Score | None = None  # noqa: N815
    interview_notes: Text | None = None


class ActionsAnswer(BaseModel):
    """What is to be done, and what is not part of this decision (`skipped`)."""

    status_update: Progress = "pending"
    indexation: Progress = "pending"
    notification: Progress = "pending"


class DecisionLinks(BaseModel):
    """Where the decision is followed and called off."""

    status: str
    cancel: str


class DecisionAccepted(BaseModel):
    """A decision that is being carried out; `status` is what the candidate's will be."""

    model_config = example(
        {
            "message": "Candidate profile validation initiated",
            "candidate_id": 12,
            "status": "VALIDATED",
            "actions": {"status_update": "pending", "indexation": "pending", "notification": "pending"},
            "note": NOTE,
            "workflow_id": "candidate-decision-12",
            "links": {"status": "/api/v1/admin/validate/12", "cancel": "/api/v1/admin/validate/12/cancel"},
        }
    )

    message: str
    candidate_id: int
    status: CandidateStatus
    actions: ActionsAnswer
    note: str = NOTE
    workflow_id: str
    links: DecisionLinks


class Reviewed(BaseModel):
    """What was done at once."""

    model_config = example(
        {
            "message": "Candidate profile review started",
            "candidate_id": 12,
            "status": "IN_REVIEW",
            "actions": {"status_update": "completed", "indexation": "skipped", "notification": "skipped"},
        }
    )

    message: str
    candidate_id: int
    status: CandidateStatus
    actions: ActionsAnswer


class CancelAnswer(DecisionAnswer):
    """The decision as it stood at that moment; `message` is a French sentence to show."""

    model_config = example({**DECISION, "message": "Décision déjà terminée"})

    message: str
