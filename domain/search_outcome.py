"""How a search for job offers stands: its end, its progress, and the French sentences that tell them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.source_errors import ErrorCode, SkipCode, SourceState, message_of, state_of

SearchState = Literal["pending", "processing", "completed", "failed", "cancelled"]
FailureCode = Literal["all_sources_failed", "worker_lost", "internal"]

STARTED = "Recherche lancée..."
CANCELLING = "Annulation en cours..."
UNREACHABLE = "Impossible de se connecter aux plateformes"

_ENDED: frozenset[SourceState] = frozenset({"completed", "failed", "timed_out"})
_CATALOGUE = "catalogue"
_MOST_BEFORE_THE_END = 0.95


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What is stored of one source of a search. `pages` of `planned` are stored, `kept` counts its offers."""

    state: SourceState
    code: SkipCode | ErrorCode | None = None
    pages: int = 0
    planned: int = 0
    kept: int = 0
    from_cache: bool = False
    cached_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a search ended that was not cancelled: `error` and `error_code` if it failed, `notice` if it is partial."""

    state: Literal["completed", "failed"]
    partial: bool
    cached: bool
    cached_at: datetime | None = None
    notice: str | None = None
    error: str | None = None
    error_code: FailureCode | None = None


def verdict(sources: Mapping[str, SourceFacts]) -> Verdict:
    """The end of a search whose sources have all ended; `sources` by name, in the order in which they are told."""
    attempted = {name: facts for name, facts in sources.items() if facts.state != "skipped"}
    missed = {name: facts for name, facts in attempted.items() if facts.state != "completed"}
    lost = all(facts.state in ("failed", "timed_out") for facts in attempted.values())
    cached, cached_at = _cached(attempted)
    if lost and not any(facts.kept for facts in attempted.values()):
        codes = [facts.code or "internal" for facts in attempted.values()]
        return Verdict(
            "failed", bool(missed), cached, cached_at, error=failure_text(codes), error_code="all_sources_failed"
        )
    notice = partial_notice({name: facts.code or "internal" for name, facts in missed.items()}) if missed else None
    return Verdict("completed", bool(missed), cached, cached_at, notice)


def _cached(attempted: Mapping[str, SourceFacts]) -> tuple[bool, datetime | None]:
    """Whether every attempted source but the catalogue, and at least one, was read before; and the oldest reading."""
    asked = [facts for name, facts in attempted.items() if name != _CATALOGUE]
    if not asked or not all(facts.from_cache for facts in asked):
        return False, None
    return True, min((facts.cached_at for facts in asked if facts.cached_at is not None), default=None)


def failure_text(codes: Sequence[SkipCode | ErrorCode]) -> str:
    """Why nothing was found: no source could be reached, else the first source's own trouble."""
    if all(code == "connect_failed" or state_of(code) == "timed_out" for code in codes):
        return UNREACHABLE
    return message_of(codes[0])


def partial_notice(missed: Mapping[str, SkipCode | ErrorCode]) -> str:
    """Which sources a result lacks, and why.

    >>> partial_notice({"adzuna": "timeout", "arbeitnow": "quota_exhausted"})
    "Résultats partiels : adzuna n'a pas répondu à temps ; arbeitnow : quota épuisé."
    """
    told = [
        f"{name}{'' if code == 'timeout' else ' :'} {_uncapitalised(message_of(code))}" for name, code in missed.items()
    ]
    return f"Résultats partiels : {' ; '.join(told)}."


def _uncapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]


def message(state: SearchState, count: int, error: str | None = None) -> str:
    """The sentence of a search's state with `count` offers; `error` is why it failed.

    >>> message("completed", 25), message("completed", 1), message("cancelled", 7)
    ('25 offres trouvées!', '1 offre trouvée!', 'Recherche annulée. 7 offres conservées')
    """
    if state == "pending":
        return "En file d'attente..."
    if state == "processing":
        return f"Scraping en cours... {_counted(count, 'trouvée')}"
    if state == "completed":
        return f"{_counted(count, 'trouvée')}!"
    if state == "cancelled":
        return f"Recherche annulée. {_counted(count, 'conservée')}"
    return f"Erreur: {error or message_of('internal')}"


def _counted(count: int, participle: str) -> str:
    ending = "s" if count > 1 else ""
    return f"{count} offre{ending} {participle}{ending}"


def progress(state: SearchState, sources: Mapping[str, SourceFacts]) -> int:
    """How far a search is, in percent, from what is stored; as facts only grow, it never falls."""
    if state == "pending":
        return 0
    if state == "completed":
        return 100
    parts = [_part(facts) for facts in sources.values() if facts.state != "skipped"]
    return int(5 + 90 * (sum(parts) / len(parts) if parts else 0))


def _part(facts: SourceFacts) -> float:
    if facts.state in _ENDED:
        return 1.0
    return min(facts.pages / facts.planned, _MOST_BEFORE_THE_END) if facts.planned > 0 else 0.0
