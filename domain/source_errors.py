"""Why a job source gave nothing, or not everything: codes, what they make of the source's state, French messages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from domain.places import Candidate

SourceState = Literal["queued", "running", "completed", "failed", "timed_out", "skipped", "cancelled"]
SkipCode = Literal["not_configured", "disabled", "unsupported_filter", "location_unresolved", "location_ambiguous"]
ErrorCode = Literal[
    "connect_failed",
    "timeout",
    "upstream_5xx",
    "bad_payload",
    "rate_limited",
    "quota_exhausted",
    "auth_failed",
    "blocked",
    "bad_request",
    "worker_lost",
    "internal",
]

_LONGEST_QUOTE: Final = 200


class _Code(NamedTuple):
    state: SourceState
    retryable: bool
    message: str


_CODES: Final[Mapping[str, _Code]] = MappingProxyType(
    {
        "not_configured": _Code("skipped", False, "Source non configurée"),
        "disabled": _Code("skipped", False, "Source désactivée"),
        "unsupported_filter": _Code("skipped", False, "Filtre non pris en charge par cette source"),
        "location_unresolved": _Code("skipped", False, "Lieu inconnu"),
        "location_ambiguous": _Code("skipped", False, "Lieu ambigu"),
        "connect_failed": _Code("failed", True, "Connexion impossible"),
        "timeout": _Code("timed_out", True, "N'a pas répondu à temps"),
        "upstream_5xx": _Code("failed", True, "Erreur du service distant"),
        "bad_payload": _Code("failed", True, "Réponse illisible"),
        "rate_limited": _Code("failed", True, "Limite d'appels atteinte"),
        "quota_exhausted": _Code("failed", False, "Quota épuisé"),
        "auth_failed": _Code("failed", False, "Identifiants refusés"),
        "blocked": _Code("failed", False, "Accès refusé par la source"),
        "bad_request": _Code("failed", False, "Requête refusée"),
        "worker_lost": _Code("timed_out", False, "Exécution interrompue"),
        "internal": _Code("failed", False, "Erreur interne"),
    }
)


def state_of(code: SkipCode | ErrorCode) -> SourceState:
    """What a source is that ended with `code`: skipped, failed or timed_out."""
    return _CODES[code].state


def is_retryable(code: SkipCode | ErrorCode) -> bool:
    """Whether asking again soon can help."""
    return _CODES[code].retryable


def message_of(code: SkipCode | ErrorCode, about: str | None = None) -> str:
    """The French sentence of a code; `about` names the filter, the place or the source's reason, cut to 200 characters.

    >>> message_of("location_unresolved", "Trifouilly")
    'Lieu inconnu : Trifouilly'
    """
    sentence = _CODES[code].message
    return f"{sentence} : {about[:_LONGEST_QUOTE]}" if about else sentence


class SourceError(BaseModel):
    """The error of one source as callers see it; `retry_after` in seconds, `candidates` of an ambiguous place."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    code: SkipCode | ErrorCode
    message: str
    retryable: bool
    retry_after: float | None = None
    candidates: list[Candidate] | None = None


def source_error(
    code: SkipCode | ErrorCode,
    about: str | None = None,
    *,
    retry_after: float | None = None,
    candidates: list[Candidate] | None = None,
) -> SourceError:
    """The error of `code`, with its sentence."""
    return SourceError(
        code=code,
        message=message_of(code, about),
        retryable=is_retryable(code),
        retry_after=retry_after,
        candidates=candidates,
    )


class SkipReason(NamedTuple):
    """Why a source is not asked: `about` is the filter or the place that the sentence names."""

    code: SkipCode
    about: str | None = None
    candidates: tuple[Candidate, ...] = ()

    @property
    def error(self) -> SourceError:
        return source_error(self.code, self.about, candidates=list(self.candidates) or None)
