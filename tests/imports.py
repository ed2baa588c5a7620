"""Sending spreadsheets to the import routes, and waiting for what becomes of them."""

import csv
import io
from typing import Any, Literal

import httpx

from tests.waiting import until

Kind = Literal["pv", "invit"]


async def send(
    client: httpx.AsyncClient, kind: Kind, content: bytes, name: str = "fichier.csv", *, key: str | None = None
) -> httpx.Response:
    """The answer to an upload."""
    headers = {} if key is None else {"Idempotency-Key": key}
    return await client.post(f"/api/ingest/{kind}", files={"file": (name, content)}, headers=headers)


async def sent(
    client: httpx.AsyncClient, kind: Kind, content: bytes, name: str = "fichier.csv", *, key: str | None = None
) -> str:
    """The import of an upload that must be accepted."""
    answer = await send(client, kind, content, name, key=key)
    assert answer.status_code == 202, answer.text
    body = answer.json()
    import_id: str = body["import_id"]
    assert body == {
        "status": "accepted",
        "import_id": import_id,
        "kind": kind,
        "message": "L'import a été lancé en arrière-plan",
        "check_status_url": f"/api/ingest/{import_id}",
    }
    assert answer.headers["location"] == body["check_status_url"]
    assert int(answer.headers["retry-after"]) > 0
    return import_id


async def ended(client: httpx.AsyncClient, import_id: str) -> dict[str, Any]:
    """The answer of an import once it is not running any more."""

    async def done() -> dict[str, Any] | None:
        answer = await client.get(f"/api/ingest/{import_id}")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return None if body["status"] == "running" else body

    return await until(done)


async def imported(client: httpx.AsyncClient, kind: Kind, content: bytes, name: str = "fichier.csv") -> dict[str, Any]:
    """The answer of the import of this file, which must complete."""
    answer = await ended(client, await sent(client, kind, content, name))
    assert answer["status"] == "completed", answer
    return answer


def counts(
    read: int = 0, *, inserted: int = 0, updated: int = 0, unchanged: int = 0, rejected: int = 0, warnings: int = 0
) -> dict[str, int]:
    return {
        "rows_read": read,
        "inserted": inserted,
        "updated": updated,
        "unchanged": unchanged,
        "rejected": rejected,
        "warnings": warnings,
    }


async def rejects(client: httpx.AsyncClient, import_id: str) -> list[dict[str, str]]:
    """The rows of the rejects file."""
    answer = await client.get(f"/api/ingest/{import_id}/rejects.csv")
    assert answer.status_code == 200, answer.text
    text = answer.content.decode()
    assert text.startswith("\ufefftype;ligne;colonne;valeur;motif;message\r\n")
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


def csv_file(*lines: str) -> bytes:
    return "\n".join(lines).encode()
