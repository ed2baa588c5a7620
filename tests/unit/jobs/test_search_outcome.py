"""How searches end, how far they are, and what is said of it."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.search_outcome import SourceFacts, failure_text, message, partial_notice, progress, verdict
from domain.source_errors import (
    ErrorCode,
    SkipCode,
    SkipReason,
    SourceState,
    is_retryable,
    message_of,
    source_error,
    state_of,
)

DONE = SourceFacts("completed")
LATE = SourceFacts("timed_out", "timeout")
DOWN = SourceFacts("failed", "connect_failed")
SKIPPED = SourceFacts("skipped", "disabled")
UNREACHABLE = "Impossible de se connecter aux plateformes"


def test_a_search_whose_sources_all_answered_is_whole() -> None:
    ended = verdict({"adzuna": DONE, "arbeitnow": DONE, "france_travail": SKIPPED})
    assert (ended.state, ended.partial, ended.notice, ended.error) == ("completed", False, None, None)


def test_a_missing_source_makes_a_result_partial() -> None:
    ended = verdict({"adzuna": LATE, "arbeitnow": DONE})
    assert (ended.state, ended.partial) == ("completed", True)
    assert ended.notice == "Résultats partiels : adzuna n'a pas répondu à temps."


def test_offers_kept_before_a_failure_make_a_partial_result() -> None:
    ended = verdict({"adzuna": SourceFacts("failed", "upstream_5xx", kept=3), "arbeitnow": LATE})
    assert (ended.state, ended.partial) == ("completed", True)
    assert ended.notice == (
        "Résultats partiels : adzuna : erreur du service distant ; arbeitnow n'a pas répondu à temps."
    )


def test_a_search_without_any_answer_failed() -> None:
    ended = verdict({"adzuna": LATE, "arbeitnow": DOWN, "france_travail": SKIPPED})
    assert (ended.state, ended.error, ended.error_code) == ("failed", UNREACHABLE, "all_sources_failed")
    ended = verdict({"adzuna": SourceFacts("failed", "quota_exhausted"), "arbeitnow": DOWN})
    assert (ended.state, ended.error) == ("failed", "Quota épuisé")


def test_an_honest_nothing_is_no_failure() -> None:
    assert verdict({"adzuna": DONE, "arbeitnow": DOWN}).state == "completed"


def test_a_result_is_cached_when_every_outer_source_is() -> None:
    early = datetime(2026, 3, 1, tzinfo=UTC)
    first = SourceFacts("completed", from_cache=True, cached_at=early + timedelta(hours=1))
    second = SourceFacts("completed", from_cache=True, cached_at=early)
    ended = verdict({"adzuna": first, "arbeitnow": second, "catalogue": DONE, "france_travail": SKIPPED})
    assert (ended.cached, ended.cached_at) == (True, early)
    assert verdict({"adzuna": first, "arbeitnow": DONE}).cached is False
    assert verdict({"catalogue": DONE}).cached is False


@pytest.mark.parametrize(
    ("state", "count", "text"),
    [
        ("pending", 0, "En file d'attente..."),
        ("processing", 0, "Scraping en cours... 0 offre trouvée"),
        ("processing", 1, "Scraping en cours... 1 offre trouvée"),
        ("processing", 12, "Scraping en cours... 12 offres trouvées"),
        ("completed", 0, "0 offre trouvée!"),
        ("completed", 1, "1 offre trouvée!"),
        ("completed", 25, "25 offres trouvées!"),
        ("cancelled", 1, "Recherche annulée. 1 offre conservée"),
        ("cancelled", 7, "Recherche annulée. 7 offres conservées"),
    ],
)
def test_what_is_said(state: str, count: int, text: str) -> None:
    assert message(state, count) == text  # type: ignore[arg-type]


def test_a_failure_says_why() -> None:
    assert message("failed", 0, UNREACHABLE) == f"Erreur: {UNREACHABLE}"
    assert failure_text(["timeout", "connect_failed", "worker_lost"]) == UNREACHABLE
    assert failure_text(["auth_failed", "timeout"]) == "Identifiants refusés"
    assert partial_notice({"adzuna": "worker_lost"}) == "Résultats partiels : adzuna : exécution interrompue."


@pytest.mark.parametrize("code", [*get_args(ErrorCode), *get_args(SkipCode)])
def test_every_code_has_a_sentence_and_a_state(code: ErrorCode) -> None:
    skipped = code in get_args(SkipCode)
    assert message_of(code)[0].isupper()
    assert (state_of(code) == "skipped") == skipped
    assert not (skipped and is_retryable(code))


def test_an_error_names_what_it_is_about() -> None:
    error = source_error("bad_request", "x" * 300, retry_after=2)
    assert error.message == "Requête refusée : " + "x" * 200
    assert (error.retryable, error.retry_after) == (False, 2)
    reason = SkipReason("location_unresolved", "Trifouilly").error
    assert reason.model_dump(exclude_none=True) == {
        "code": "location_unresolved",
        "message": "Lieu inconnu : Trifouilly",
        "retryable": False,
    }


def test_progress_counts_pages_and_ends() -> None:
    assert progress("pending", {}) == 0
    assert progress("processing", {}) == 5
    running = SourceFacts("running", pages=1, planned=3)
    assert progress("processing", {"adzuna": SourceFacts("queued"), "arbeitnow": running}) == 20
    assert progress("processing", {"adzuna": DONE, "arbeitnow": running, "france_travail": SKIPPED}) == 65
    assert progress("processing", {"adzuna": SourceFacts("running", pages=3, planned=3)}) == 90
    assert progress("failed", {"adzuna": DOWN, "arbeitnow": LATE}) == 95
    assert progress("cancelled", {"adzuna": SourceFacts("cancelled", pages=1, planned=2)}) == 50
    assert progress("completed", {"adzuna": DOWN}) == 100


_FACTS = st.builds(
    SourceFacts,
    state=st.sampled_from(get_args(SourceState)),
    pages=st.integers(0, 6),
    planned=st.integers(0, 5),
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["adzuna", "arbeitnow", "catalogue"]), _FACTS), st.data())
def test_progress_never_falls(sources: dict[str, SourceFacts], data: st.DataObject) -> None:
    before = progress("processing", sources)
    assert 5 <= before <= 95
    for name, facts in sources.items():
        if facts.state in ("queued", "running"):
            state: SourceState = data.draw(st.sampled_from(("running", "completed", "failed", "timed_out")))
            pages = facts.pages + data.draw(st.integers(0, 2))
            sources[name] = SourceFacts(state, pages=pages, planned=facts.planned)
    after = progress("processing", sources)
    assert before <= after <= progress("failed", sources) <= progress("completed", sources)
