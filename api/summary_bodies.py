"""What the routes of the summary's builds answer. A field with a default is absent where it says so."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.fields import example
from workflows.contracts import SUMMARY_BUILD_ID, SummaryProgress


class BuildEntry(BaseModel):
    """One pass of a build: `rows` of the table after it and `rows_written` by it, or the `error` that ended it."""

    model_config = example(
        {
            "build_id": "01a2049e-a328-7708-9216-6dc2e26f35c7:1",
            "mode": "full",
            "rows": 51234,
            "rows_written": 0,
            "started_at": "2026-03-02T09:14:27.048461",
            "completed_at": "2026-03-02T09:15:40.214444",
            "error": "Reconstruction annulée",
        }
    )

    build_id: str
    mode: str
    rows: int | None
    rows_written: int | None
    started_at: str
    completed_at: str
    error: str | None


class BuildAsked(BaseModel):
    """The build that was started; or the one that runs already, and then `started_at` says since when."""

    model_config = example(
        {
            "status": "started",
            "message": "La reconstruction de la table siret_summary a été lancée en arrière-plan",
            "task_id": SUMMARY_BUILD_ID,
            "check_status_url": "/api/build/summary/status",
        },
        {
            "status": "already_running",
            "message": "Une reconstruction est déjà en cours",
            "task_id": SUMMARY_BUILD_ID,
            "started_at": "2026-03-02T09:14:27.048461",
        },
    )

    status: Literal["started", "already_running"]
    message: str
    task_id: str
    check_status_url: Annotated[str | None, Field(description="with `started`")] = None
    started_at: Annotated[str | None, Field(description="with `already_running`; UTC")] = None


class BuildResult(BaseModel):
    """`rows` of the table after the build."""

    rows: int | None


class BuildState(BaseModel):
    """How the last build stands. Moments are UTC. `progress` is absent once the engine has forgotten the build."""

    model_config = example(
        {
            "status": "running",
            "description": "Reconstruction de la table siret_summary",
            "started_at": "2026-03-02T09:14:27.048461",
            "completed_at": None,
            "progress": {"percent": 42.5, "rows_done": 170000, "rows_total": 400000, "phase": "computing"},
        },
        {
            "status": "completed",
            "description": "Reconstruction de la table siret_summary",
            "started_at": "2026-03-02T09:14:27.048461",
            "completed_at": "2026-03-02T09:15:40.214444",
            "result": {"rows": 51234},
        },
        {"status": "not_found", "message": "Aucune reconstruction n'a encore été lancée"},
    )

    status: Literal["running", "completed", "failed", "cancelled", "not_found"]
    message: Annotated[str, Field(description="with `not_found`")] = ""
    description: Annotated[str, Field(description="absent with `not_found`, as are the moments")] = ""
    started_at: str | None = None
    completed_at: str | None = None
    result: Annotated[BuildResult | None, Field(description="with `completed`")] = None
    error: Annotated[str | None, Field(description="with `failed` and `cancelled`: a French sentence")] = None
    progress: SummaryProgress | None = None


class BuildCancel(BaseModel):
    """What became of the call; `message` is a French sentence to show."""

    model_config = example(
        {
            "status": "cancelling",
            "message": "L'annulation de la reconstruction a été demandée",
            "task_id": SUMMARY_BUILD_ID,
        }
    )

    status: Literal["cancelling", "not_running"]
    message: str
    task_id: str
