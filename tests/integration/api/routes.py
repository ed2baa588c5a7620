"""Who may call which route on whose things, written down once; what is missing here fails the tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["anonymous", "admin", "service", "recruiter", "candidate"]
Thing = Literal["nothing", "job", "ended job", "bulk", "pair", "candidate", "spare candidate", "offer", "spare offer"]
Answers = Mapping[str, int]

ROLES: tuple[Role, ...] = ("anonymous", "admin", "service", "recruiter", "candidate")


@dataclass(frozen=True)
class Route:
    """A route, and its status for each role when called on the caller's own thing and on somebody else's.

    `thing` fills the path's parameter or, in a body, what the call is about. A role that is missing from `own` cannot
    have such a thing.
    """

    method: str
    path: str
    thing: Thing
    own: Answers
    foreign: Answers
    body: Mapping[str, Any] | None = field(default=None)


def everybody(status: int) -> Answers:
    """Anonymous callers are let in too."""
    return dict.fromkeys(ROLES, status)


def known(status: int, **others: int) -> Answers:
    """Every caller who says who they are, but for the roles named."""
    return {**dict.fromkeys(ROLES, status), "anonymous": 401, **others}


OWNERS = {"recruiter": 404, "candidate": 404}
"""Somebody else's thing does not exist for those who see only their own."""
WRITERS = {"candidate": 403}
ADMINS = {"service": 403, "recruiter": 403, "candidate": 403}

OPEN = [
    Route("GET", path, "nothing", everybody(200), everybody(200))
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc")
] + [
    Route(
        "POST", "/api/v1/auth/login", "nothing", everybody(401), everybody(401), {"email": "a@b.fr", "password": "x"}
    ),
    Route("POST", "/api/v1/auth/register", "nothing", everybody(422), {}, {}),
]
"""Routes that need no role. Logging in as nobody is a 401 of another kind."""

PARSING = [
    Route("POST", "/api/queue", "candidate", known(202), known(202, **OWNERS)),
    Route("GET", "/api/result/{job_id}", "job", known(200), known(200, **OWNERS)),
    Route("GET", "/api/result/{job_id}/events", "job", known(200), known(200, **OWNERS)),
    Route("GET", "/api/result/{job_id}/deliveries", "job", known(200), known(200, **OWNERS)),
    Route("POST", "/api/queue/{job_id}/cancel", "job", known(200), known(200, **OWNERS)),
    Route("DELETE", "/api/result/{job_id}", "ended job", known(204), known(204, **OWNERS)),
]
MATCHING = [
    Route("POST", "/api/v1/queue-matching", "candidate", known(202), known(202, **OWNERS), {}),
    Route("POST", "/api/v1/queue-matching/bulk", "candidate", known(202), known(202, **OWNERS), {}),
    *(
        Route(method, path, thing, known(200), known(200, **OWNERS))
        for method, path in (
            ("GET", "/api/v1/status/{job_id}"),
            ("GET", "/api/v1/result/{job_id}"),
            ("GET", "/api/v1/result/{job_id}/deliveries"),
            ("POST", "/api/v1/matching/{job_id}/cancel"),
        )
        for thing in ("bulk", "pair")
    ),
]
OFFERS = [
    Route("POST", "/api/v1/offers", "nothing", known(201, **WRITERS), known(201, **WRITERS), {"title": "Cuisinier"}),
    Route("GET", "/api/v1/offers", "nothing", known(200), known(200)),
    Route("GET", "/api/v1/offers/{offer_id}", "offer", known(200), known(200)),
    Route(
        "PUT",
        "/api/v1/offers/{offer_id}",
        "offer",
        known(200, **WRITERS),
        known(200, recruiter=404, **WRITERS),
        {"title": "Cuisinier"},
    ),
    Route(
        "DELETE",
        "/api/v1/offers/{offer_id}",
        "spare offer",
        known(204, **WRITERS),
        known(204, recruiter=404, **WRITERS),
    ),
]
CANDIDATES = [
    # A candidate has their own by now, and one is all they may have.
    Route("POST", "/api/v1/candidates", "nothing", known(201, recruiter=403, candidate=409), {}, {}),
    Route("GET", "/api/v1/candidates", "nothing", known(200, recruiter=403, candidate=403), {}),
    Route("GET", "/api/v1/candidates/search", "nothing", known(200, candidate=403), {}),
    Route("GET", "/api/v1/candidates/{candidate_id}", "candidate", known(200), known(200, **OWNERS)),
    Route(
        "PATCH",
        "/api/v1/candidates/{candidate_id}",
        "candidate",
        known(200, recruiter=403),
        known(200, recruiter=403, candidate=404),
        {"city": "Lyon"},
    ),
    Route(
        "POST",
        "/api/v1/candidates/{candidate_id}/submit",
        "spare candidate",  # without name and address
        {"anonymous": 401, "admin": 422, "service": 422, "recruiter": 403},
        {"anonymous": 401, "recruiter": 403, "candidate": 404},
    ),
    Route(
        "DELETE",
        "/api/v1/candidates/{candidate_id}",
        "spare candidate",
        {"anonymous": 401, "admin": 202, "service": 202, "recruiter": 403},
        {"anonymous": 401, "recruiter": 403, "candidate": 404},
    ),
]
_SUMMARY = {"summary": "Un profil solide, à présenter sans attendre"}
DECISIONS = [
    # A candidate who was never submitted cannot be decided on.
    *(
        Route("POST", f"/api/v1/admin/{verb}/{{candidate_id}}", "candidate", known(409, **ADMINS), {}, body)
        for verb, body in (
            ("validate", _SUMMARY),
            ("reject", {"rejectionReason": "Profil incomplet"}),
            ("archive", None),
            ("unarchive", None),
            ("review", None),
        )
    ),
    Route("GET", "/api/v1/admin/validate/{candidate_id}", "candidate", known(404, **ADMINS), {}),
    Route("POST", "/api/v1/admin/validate/{candidate_id}/cancel", "candidate", known(404, **ADMINS), {}),
    Route("GET", "/api/v1/audit/logs", "nothing", known(200, **ADMINS), {}),
]
IMPORTS = [
    # Whoever may import is told that there is no file, and that there is no such import.
    *(
        Route("POST", path, "nothing", known(422, recruiter=403, candidate=403), {})
        for path in ("/api/ingest/pv", "/api/ingest/invit")
    ),
    Route("GET", "/api/ingest", "nothing", known(200, candidate=403), {}),
    Route("GET", "/api/ingest/{import_id}", "nothing", known(404, candidate=403), {}),
    Route("GET", "/api/ingest/{import_id}/rejects.csv", "nothing", known(404, candidate=403), {}),
    Route("POST", "/api/ingest/{import_id}/cancel", "nothing", known(404, recruiter=403, candidate=403), {}),
]
SUMMARY = [
    Route("POST", "/api/build/summary", "nothing", known(202, recruiter=403, candidate=403), {}),
    # Whether there is one to cancel depends on how long it takes.
    Route("POST", "/api/build/summary/cancel", "nothing", {"anonymous": 401, "recruiter": 403, "candidate": 403}, {}),
    Route("GET", "/api/build/summary/status", "nothing", known(200, candidate=403), {}),
    Route("GET", "/api/build/summary/history", "nothing", known(200, candidate=403), {}),
    Route("GET", "/api/siret", "nothing", known(200, candidate=403), {}),
    # An establishment that is not known.
    Route("GET", "/api/siret/{siret}", "nothing", known(404, candidate=403), {}),
    Route("GET", "/api/siret/{siret}/timeseries", "nothing", known(404, candidate=403), {}),
]
JOBS = [
    # A search of nothing, and one that is nobody's: everybody has their own searches, administrators too.
    Route("POST", "/api/v1/jobs/search/async", "nothing", known(422), {}, {}),
    *(
        Route(method, path, "nothing", known(404), {})
        for method, path in (
            ("GET", "/api/v1/jobs/search/status/{task_id}"),
            ("GET", "/api/v1/jobs/search/{task_id}/offers"),
            ("GET", "/api/v1/jobs/search/{task_id}/events"),
            ("POST", "/api/v1/jobs/search/{task_id}/cancel"),
            ("DELETE", "/api/v1/jobs/searches/{task_id}"),
            ("POST", "/api/v1/jobs/searches/{task_id}/rerun"),
        )
    ),
    Route("GET", "/api/v1/jobs/searches", "nothing", known(200), {}),
    Route("GET", "/api/v1/jobs/sources", "nothing", known(200), {}),
]
OPERATIONS = [
    Route("GET", "/api/v1/operations/failed", "nothing", known(200, **ADMINS), {}),
    # What failed before this moment is nobody's to run again.
    Route(
        "POST",
        "/api/v1/operations/retry",
        "nothing",
        known(202, **ADMINS),
        {},
        {"type": "cv", "error": "none like this"},
    ),
    Route("POST", "/api/v1/operations/{workflow_id}/retry", "job", known(409, **ADMINS), known(409, **ADMINS)),
    Route("POST", "/api/v1/admin/reindex", "nothing", known(202, **ADMINS), {}),
    # Whether there was a rebuild depends on what ran before.
    Route("GET", "/api/v1/admin/reindex", "nothing", {"anonymous": 401, **ADMINS}, {}),
    *(
        # Without PAYLOAD_KEYS nothing is sealed, and there is nothing to open.
        Route("POST", path, "nothing", known(404, **ADMINS), {}, {"payloads": []})
        for path in ("/codec/decode", "/codec/encode")
    ),
]

TABLE = [*OPEN, *PARSING, *MATCHING, *OFFERS, *CANDIDATES, *DECISIONS, *IMPORTS, *SUMMARY, *JOBS, *OPERATIONS]
