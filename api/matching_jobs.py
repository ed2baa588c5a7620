"""What the matching routes answer. A field with a default is absent where it says so."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field

from api.fields import example
from api.matching_bodies import Queue
from api.matching_status import Status
from domain.matching import Category
from domain.matching.result import Criterion, EducationMatching, ExperienceMatching, Gap, SkillsMatching

JobId = Annotated[str, Path(description="of a pair (`matching-12-40`) or of a bulk, as the request answered it")]

Share = Annotated[float, Field(ge=0, le=1)]
"""From 0 to 1."""

_BULK = "matching-bulk-0b4fb7f5-4a0e-4a3e-8b53-6a6a4f3a9d10"


class JobLinks(BaseModel):
    """Where the job is followed, read and cancelled."""

    status: str
    result: str
    cancel: str


class NamedPair(BaseModel):
    """A pair of a bulk, with the id under which its own score is read; it names the side that differs."""

    job_id: str
    candidate_id: int | None = None
    offer_id: int | None = None


class MatchingAccepted(BaseModel):
    """`status` is `completed` where a stored score answers: nothing is computed then."""

    model_config = example(
        {
            "job_id": "matching-12-40",
            "status": "queued",
            "queue": "matching_standard",
            "message": "Calcul de matching mis en file d'attente pour le candidat 12 et l'offre 40",
            "links": {
                "status": "/api/v1/status/matching-12-40",
                "result": "/api/v1/result/matching-12-40",
                "cancel": "/api/v1/matching/matching-12-40/cancel",
            },
        }
    )

    job_id: str
    status: Status
    queue: Queue
    message: str
    links: JobLinks


class BulkAccepted(MatchingAccepted):
    """`jobs` is absent with `all_open` and `all_validated`."""

    model_config = example(
        {
            "job_id": _BULK,
            "status": "queued",
            "queue": "matching_bulk",
            "message": "2 calculs de matching mis en file d'attente",
            "links": {
                "status": f"/api/v1/status/{_BULK}",
                "result": f"/api/v1/result/{_BULK}",
                "cancel": f"/api/v1/matching/{_BULK}/cancel",
            },
            "jobs": [{"job_id": "matching-12-40", "offer_id": 40}, {"job_id": "matching-12-41", "offer_id": 41}],
        }
    )

    jobs: list[NamedPair] = Field(default_factory=list)


class MatchingCancelling(BaseModel):
    """Where the job stood at that moment."""

    model_config = example({"job_id": _BULK, "status": "processing", "message": "Annulation en cours..."})

    job_id: str
    status: Status
    message: str


class PairsDone(BaseModel):
    """Pairs decided, scored or not; `total` is 0 until what `all_open` or `all_validated` stands for is known."""

    done: int
    total: int
    percent: Annotated[int, Field(ge=0, le=100)]


class MatchingState(BaseModel):
    """`progress` is a bulk's, and absent for a pair."""

    model_config = example(
        {"job_id": _BULK, "status": "processing", "progress": {"done": 640, "total": 1280, "percent": 50}},
        {"job_id": "matching-12-40", "status": "queued"},
    )

    job_id: str
    status: Status
    progress: PairsDone | None = None


class PairDetails(BaseModel):
    """Each criterion from 0 to 1, null where it was left out. What they rest on is null without an explanation."""

    skills_score: Share | None = None
    experience_score: Share | None = None
    education_score: Share | None = None
    title_score: Share | None = None
    languages_score: Share | None = None
    location_score: Share | None = None
    contract_score: Share | None = None
    salary_score: Share | None = None
    weights: dict[Criterion, float] = Field(default_factory=dict)
    skills_matching: SkillsMatching | None = None
    experience_matching: ExperienceMatching | None = None
    education_matching: EducationMatching | None = None


class PairResult(BaseModel):
    """The explained score of one pair. `explanation_unavailable` says in French why there is no explanation."""

    job_id: str
    candidate_id: int
    offer_id: int
    score: Annotated[Share, Field(description="how well they fit, 1 at best")]
    category: Category
    confidence: Annotated[Share, Field(description="the share of the weights that could be judged")]
    details: PairDetails
    strengths: Annotated[list[str] | None, Field(description="French sentences; null without an explanation")]
    gaps: Annotated[list[Gap] | None, Field(description="the most rewarding first; null without an explanation")]
    algorithm_version: str
    processing_time: Annotated[float, Field(description="seconds")]
    scored_at: str
    profile_version: int
    offer_version: int
    explanation_unavailable: str | None = None


class RankedLine(BaseModel):
    """`job_id` is the id under which the explained score of this pair is read."""

    rank: int
    candidate_id: int
    offer_id: int
    title: Annotated[str | None, Field(description="of the offer; null while that may not be shown")]
    score: Share
    category: Category
    confidence: Share
    job_id: str


class UnscoredLine(BaseModel):
    """A pair that could not be scored; `error` is a French sentence."""

    candidate_id: int
    offer_id: int
    error: str


class Ranking(BaseModel):
    """A page of a ranking, best first. `total` counts the pairs scored so far, `errors_total` those without a score."""

    items: list[RankedLine]
    next_cursor: str | None
    total: int
    errors: Annotated[list[UnscoredLine], Field(description="the first 200")]
    errors_total: int


class MatchingResultAnswer(BaseModel):
    """`result` is null until there is a score, for a bulk an empty ranking. `error` is there where the job failed."""

    model_config = example(
        {
            "job_id": "matching-12-40",
            "status": "completed",
            "result": {
                "job_id": "matching-12-40",
                "candidate_id": 12,
                "offer_id": 40,
                "score": 0.81,
                "category": "good",
                "confidence": 0.87,
                "details": {
                    "skills_score": 0.75,
                    "experience_score": 1,
                    "education_score": None,
                    "title_score": 0.9,
                    "languages_score": None,
                    "location_score": None,
                    "contract_score": None,
                    "salary_score": None,
                    "weights": {"skills": 0.57, "experience": 0.29, "title": 0.14},
                    "skills_matching": {
                        "matched": [
                            {
                                "required": "Python",
                                "candidate": "Python",
                                "kind": "exact",
                                "evidence": "Développement d'API avec Python et FastAPI",
                            }
                        ],
                        "missing": ["Kubernetes"],
                        "additional": ["Docker"],
                    },
                    "experience_matching": {"years_required": 2, "years_actual": 4, "relevance": 1},
                    "education_matching": {"level_required": "bac+3", "level_actual": "bac+5", "field_match": True},
                },
                "strengths": ["Expérience de 4 ans, dont 4 ans dans un poste comparable, pour 2 ans demandés"],
                "gaps": [
                    {
                        "criterion": "skills",
                        "message": "Compétence requise absente du CV : Kubernetes",
                        "score_if_closed": 0.95,
                    }
                ],
                "algorithm_version": "1.0",
                "processing_time": 0.0027,
                "scored_at": "2026-03-02T09:14:31.204000Z",
                "profile_version": 1,
                "offer_version": 3,
            },
        },
        {
            "job_id": _BULK,
            "status": "completed",
            "result": {
                "items": [
                    {
                        "rank": 1,
                        "candidate_id": 12,
                        "offer_id": 40,
                        "title": "Développeur Python H/F",
                        "score": 0.81,
                        "category": "good",
                        "confidence": 0.87,
                        "job_id": "matching-12-40",
                    }
                ],
                "next_cursor": "WzEsMC44MSw0MCwxMl0",
                "total": 1,
                "errors": [{"candidate_id": 12, "offer_id": 41, "error": "Offre introuvable"}],
                "errors_total": 1,
            },
        },
    )

    job_id: str
    status: Status
    result: PairResult | Ranking | None
    error: str | None = None
