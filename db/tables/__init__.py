"""The tables. Facts only: what a running job is doing is Temporal's to say, so no column says "running"."""

from db.tables.accounts import ApiKey, User
from db.tables.audit import AuditLog
from db.tables.base import Base, Json
from db.tables.candidates import Candidate
from db.tables.cv import CvJob
from db.tables.decisions import Decision, Evaluation, Notification
from db.tables.elections import Import, ImportReject, Invitation, PvEvent
from db.tables.jobs import (
    JobSearch,
    JobSearchEvent,
    JobSearchOffer,
    JobSearchSource,
    JobSearchTombstone,
    JobSourceBudget,
    JobSourceRun,
    JobSourceRunOffer,
)
from db.tables.matching import MatchingJob, MatchingPair, MatchingResult
from db.tables.offers import Offer
from db.tables.summary import SiretSummary, SummaryBuild, SummaryBuildPart, SummaryTouched
from db.tables.webhooks import WebhookAttempt, WebhookDelivery

__all__ = [
    "ApiKey",
    "AuditLog",
    "Base",
    "Candidate",
    "CvJob",
    "Decision",
    "Evaluation",
    "Import",
    "ImportReject",
    "Invitation",
    "JobSearch",
    "JobSearchEvent",
    "JobSearchOffer",
    "JobSearchSource",
    "JobSearchTombstone",
    "JobSourceBudget",
    "JobSourceRun",
    "JobSourceRunOffer",
    "Json",
    "MatchingJob",
    "MatchingPair",
    "MatchingResult",
    "Notification",
    "Offer",
    "PvEvent",
    "SiretSummary",
    "SummaryBuild",
    "SummaryBuildPart",
    "SummaryTouched",
    "User",
    "WebhookAttempt",
    "WebhookDelivery",
]
