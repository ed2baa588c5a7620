"""What the routes of election imports answer. A field with a default is absent where it says so."""

from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, Field

from api.fields import example
from domain.election.columns import SheetKind

ImportId = Annotated[str, Path(description="`import_id` that the upload answered")]

_IMPORT = {
    "import_id": "import-84a9b857-dbdf-44c8-ada6-959f5e2cb1e9",
    "kind": "pv",
    "file_name": "pv-2026.xlsx",
    "status": "completed",
    "started_at": "2026-03-02T09:14:27Z",
    "completed_at": "2026-03-02T09:14:58Z",
    "counts": {
        "rows_read": 12000,
        "inserted": 11800,
        "updated": 150,
        "unchanged": 48,
        "rejected": 2,
        "warnings": 1,
    },
    "ignored_columns": ["Commentaire"],
    "rejects_url": "/api/ingest/import-84a9b857-dbdf-44c8-ada6-959f5e2cb1e9/rejects.csv",
}
_REASONS = {"rejects_by_reason": {"siret_length": 2}}


class ImportAccepted(BaseModel):
    """The import, which goes on after this answer."""

    model_config = example(
        {
            "status": "accepted",
            "import_id": _IMPORT["import_id"],
            "kind": "pv",
            "message": "L'import a été lancé en arrière-plan",
            "check_status_url": f"/api/ingest/{_IMPORT['import_id']}",
        }
    )

    status: Literal["accepted"]
    import_id: str
    kind: SheetKind
    message: str
    check_status_url: str


class ImportCounts(BaseModel):
    """Rows read, and what became of them; all 0 until the import has completed. `warnings` are cells left out."""

    rows_read: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    warnings: int


class ListedImport(BaseModel):
    """An import. `error` is a French sentence, and there only where it failed."""

    model_config = example(_IMPORT)

    import_id: str
    kind: SheetKind
    file_name: str
    status: Literal["running", "completed", "failed", "cancelled"]
    started_at: str
    completed_at: str | None
    counts: ImportCounts
    ignored_columns: Annotated[list[str], Field(description="headers of the sheet that mean nothing here")]
    rejects_url: Annotated[str, Field(description="the refused rows as a spreadsheet")]
    error: str | None = None


class ImportAnswer(ListedImport):
    """An import, with how many rows were refused for which reason."""

    model_config = example({**_IMPORT, **_REASONS})

    rejects_by_reason: dict[str, int]


class ImportCancel(ImportAnswer):
    """The import as it stood at that moment; `message` is a French sentence to show."""

    model_config = example({**_IMPORT, **_REASONS, "message": "Import déjà terminé"})

    message: str
