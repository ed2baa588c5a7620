"""What callers read of a search: its state, its sources, its offers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api.job_offers import duplicates, opening_list, stamp
from api.job_params import shown_params
from api.job_status import Search
from db.tables import JobSearchSource, JobSourceRun

_LISTED = (
    "task_id", "status", "message", "search_params", "count", "partial", "cached", "created_at", "finished_at",
    "duration_ms", "rerun_of",
)  # fmt: skip


def status_answer(search: Search, *, with_offers: bool) -> dict[str, Any]:
    """The answer of `GET /api/v1/jobs/search/status/{task_id}`."""
    facts = search.facts
    row = facts.row if facts is not None else None
    answer: dict[str, Any] = {
        "task_id": search.task_id,
        "status": search.state,
        "message": search.message,
        "progress": search.progress,
        "count": search.count,
    }
    if with_offers:
        shown = search.count if row is not None and row.outcome is not None else search.params.max_results
        answer["offers"] = opening_list(facts.ads, facts.openings, shown) if facts is not None else []
    answer |= {
        "sources": source_answers(search),
        "partial": _is_partial(search),
        "cached": row.cached if row is not None else False,
        "engine": search.engine,
        "search_params": shown_params(search.params, search.params.sources or ()),
        "created_at": stamp(search.created_at),
        "started_at": stamp(row.started_at if row is not None else None),
        "rerun_of": row.rerun_of if row is not None else None,
    }
    if not search.is_terminal:
        return answer
    answer["finished_at"] = stamp(search.finished_at)
    answer["duration_ms"] = duration_ms(search.created_at, search.finished_at)
    if search.state == "completed" and row is not None:
        answer |= {"total_found": row.found, "notice": row.notice, "cached_at": stamp(row.cached_at)}
    if search.state == "failed":
        answer |= {"error": search.error, "error_code": search.error_code}
    return answer


def source_answers(search: Search) -> dict[str, dict[str, Any]]:
    """The sources of the plan, in its order; none before the search began."""
    if search.facts is None:
        return {}
    facts = search.facts
    doubles = duplicates(facts.kept, facts.openings)
    answers = {}
    for planned in facts.row.plan:
        name = planned["source"]
        source = facts.sources.get(name)
        if source is not None and source.state is None:
            run = facts.runs.get(source.run_id) if source.run_id is not None else None
            answers[name] = _running_source(source, run, doubles.get(name, 0))
        else:
            answers[name] = source_answer(source, doubles.get(name, 0))
        if search.is_terminal and answers[name]["status"] in ("queued", "running"):
            answers[name]["status"] = "cancelled" if search.state == "cancelled" else "timed_out"
    return answers


def source_answer(source: JobSearchSource | None, doubles: int) -> dict[str, Any]:
    """A source that has not begun, was passed over, or has ended."""
    if source is None:
        return {"status": "queued"}
    answer: dict[str, Any] = {"status": source.state}
    if source.state != "skipped":
        answer |= counts_of(source) | {
            "duplicates": doubles,
            "total_available": source.total_available,
            "truncated": source.truncated,
            "from_cache": source.from_cache,
            "duration_ms": duration_ms(source.started_at, source.finished_at),
        }
    if source.error is not None:
        answer["error"] = told_error(source.error)
    return answer


def _running_source(source: JobSearchSource, run: JobSourceRun | None, doubles: int) -> dict[str, Any]:
    answer: dict[str, Any] = {"status": "running", "attempt": 1}
    if run is not None and run.error is not None:
        error = told_error(run.error)
        answer |= {"attempt": run.attempt + 1, "last_error": {"code": error["code"], "message": error["message"]}}
    counts = counts_of(source) | {"duplicates": doubles}
    return answer | counts | {"pages_planned": source.planned, "from_cache": source.from_cache}


def counts_of(source: JobSearchSource | None) -> dict[str, int]:
    """What a source gave, in numbers; nothing yet without one."""
    if source is None:
        return dict.fromkeys(("fetched", "kept", "filtered", "invalid", "pages"), 0)
    return {
        "fetched": source.kept + source.filtered + source.invalid,
        "kept": source.kept,
        "filtered": source.filtered,
        "invalid": source.invalid,
        "pages": source.pages,
    }


def told_error(stored: Mapping[str, Any]) -> dict[str, Any]:
    """An error as callers see it: code, message, whether trying again can help, and what the case adds."""
    return {name: value for name, value in stored.items() if value is not None}


def duration_ms(begin: datetime, end: datetime | None) -> int | None:
    return round((end - begin).total_seconds() * 1000) if end is not None else None


def _is_partial(search: Search) -> bool:
    """Whether a source that was asked gave up."""
    if search.facts is None:
        return False
    if search.facts.row.outcome is not None:
        return search.facts.row.partial
    return any(source.state in ("failed", "timed_out") for source in search.facts.sources.values())


def past_search(search: Search) -> dict[str, Any]:
    """A search as its owner's list has it."""
    answer = status_answer(search, with_offers=False)
    sources = {
        name: {
            "status": source["status"],
            "kept": source.get("kept", 0),
            "error_code": source["error"]["code"] if "error" in source else None,
        }
        for name, source in answer["sources"].items()
    }
    return {name: answer.get(name) for name in _LISTED} | {"sources": sources}
