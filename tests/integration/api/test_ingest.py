"""The import routes: what is refused while it is sent, what a repeated call does, what is said of an import."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select
from starlette.types import Message
from temporalio.service import RPCError, RPCStatusCode

from adapters.object_store import IMPORT_PREFIX, PART_BYTES
from api.limits import MULTIPART_OVERHEAD, too_large
from api.state import State
from db.tables import Import
from embedded.stack import EmbeddedServers
from samples.workbook import workbook
from tests.backend import Backend, backend
from tests.elections import clear
from tests.imports import counts, csv_file, ended, imported, rejects, send, sent
from tests.integration.api.calls import refused, wrong_fields
from tests.integration.api.edge import bucket_keys, caller_of, closed_port, edge, headers_of, open_uploads
from tests.waiting import until

HEADER = "SIRET;Date"
ROW = "12345678901234;2025-05-05"
LETTER = csv_file(HEADER, ROW)
FILE_PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'


@pytest_asyncio.fixture(autouse=True)
async def cleared(talentflow: Backend) -> AsyncGenerator[None]:
    await clear(talentflow)
    yield
    await clear(talentflow)


@asynccontextmanager
async def nothing_kept(state: State) -> AsyncGenerator[None]:
    """The block must leave neither a row, nor a file, nor a part of one behind."""
    before = await _rows(state), bucket_keys(state.settings, IMPORT_PREFIX)
    yield
    assert (await _rows(state), bucket_keys(state.settings, IMPORT_PREFIX)) == before
    assert open_uploads(state.settings) == []


async def _rows(state: State) -> int:
    async with state.database.transaction() as session:
        return (await session.scalars(select(func.count()).select_from(Import))).one()


@pytest.mark.parametrize("path", ["/api/ingest/pv", "/api/ingest/invit"])
async def test_a_call_without_a_file_is_refused(talentflow: Backend, admin: httpx.AsyncClient, path: str) -> None:
    async with nothing_kept(talentflow.state):
        assert wrong_fields(await admin.post(path)) == ["file"]
        assert wrong_fields(await admin.post(path, json={"file": "x"})) == ["file"]
        assert wrong_fields(await admin.post(path, data={"file": "a.csv"})) == ["file"]
        assert wrong_fields(await admin.post(path, files={"fichier": ("a.csv", LETTER)})) == ["file"]
        assert wrong_fields(await admin.post(path, files={"file": ("", LETTER)})) == ["file"]


async def test_an_empty_file_is_refused(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    async with nothing_kept(talentflow.state):
        refused(await send(admin, "pv", b"", "a.csv"), 400, "empty_file")


@pytest.mark.parametrize("name", ["a.txt", "a.ods", "a.xlsm", "a", "csv", ".csv", "a.csv.zip"])
async def test_other_extensions_are_refused(talentflow: Backend, admin: httpx.AsyncClient, name: str) -> None:
    async with nothing_kept(talentflow.state):
        refused(await send(admin, "pv", LETTER, name), 415, "unsupported_format")


async def test_the_size_limits_are_exact(servers: EmbeddedServers) -> None:
    async with edge(servers, max_csv_length=2000, max_workbook_length=1000) as api:
        admin = api.client(**await headers_of(api.state, "admin"))
        for name, limit in (("a.csv", 2000), ("a.xlsx", 1000), ("a.XLS", 1000)):
            await sent(admin, "pv", b"a" * limit, name)
            async with nothing_kept(api.state):
                refused(await send(admin, "pv", b"a" * (limit + 1), name), 413, "too_large")


@pytest.mark.parametrize(("name", "limit"), [("a.xlsx", 20_000_000), ("a.csv", 30_000_000)])
async def test_a_body_that_never_ends_is_cut(servers: EmbeddedServers, name: str, limit: int) -> None:
    """Parts of it have been sent on to the object store by then: they are taken back."""
    block, received = b"a" * 1_000_000, 0

    async def endless() -> AsyncGenerator[bytes]:
        nonlocal received
        yield f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        while True:
            received += len(block)
            yield block

    async with edge(servers, max_csv_length=30_000_000, max_workbook_length=20_000_000) as api:
        admin = api.client(**await headers_of(api.state, "admin"))
        async with nothing_kept(api.state):
            answer = await admin.post(
                "/api/ingest/pv", content=endless(), headers={"content-type": "multipart/form-data; boundary=x"}
            )
        refused(answer, 413, "too_large")
    assert PART_BYTES < limit < received <= limit + MULTIPART_OVERHEAD + len(block)


async def test_other_fields_count_as_well(servers: EmbeddedServers) -> None:
    async with edge(servers, max_csv_length=1000, max_workbook_length=1000) as api:
        admin = api.client(**await headers_of(api.state, "admin"))
        async with nothing_kept(api.state):
            answer = await admin.post(
                "/api/ingest/pv", data={"note": "x" * (MULTIPART_OVERHEAD + 1000)}, files={"file": ("a.csv", LETTER)}
            )
            refused(answer, 413, "too_large")
        answer = await admin.post("/api/ingest/pv", data={"note": "x" * 1000}, files={"file": ("a.csv", LETTER)})
        assert answer.status_code == 202


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=" + "x" * 71, b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"nothing of a form"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n',
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + LETTER,
        ),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"H: " + b"v" * 50_000 + b"\r\n\r\n"),
    ],
)
async def test_broken_forms_are_refused(talentflow: Backend, admin: httpx.AsyncClient, kind: str, body: bytes) -> None:
    async with nothing_kept(talentflow.state):
        answer = await admin.post("/api/ingest/pv", content=body, headers={"content-type": kind})
        assert answer.status_code in (400, 422), answer.text
        assert answer.json()["code"] in ("bad_request", "validation_error")


async def test_a_caller_who_leaves_half_way_is_no_defect(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    begun = FILE_PART + b"\r\n" + b"a" * (PART_BYTES + 1000)
    whole: list[Message] = [{"type": "http.request", "body": begun, "more_body": True}, {"type": "http.disconnect"}]
    messages = iter(whole)
    sent_back: list[Message] = []

    async def receive() -> Message:
        return next(messages)

    async def send_back(message: Message) -> None:
        sent_back.append(message)

    headers = {**admin.headers, "content-type": "multipart/form-data; boundary=x"}
    scope = {
        **{"type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "query_string": b""},
        **{"path": "/api/ingest/pv", "raw_path": b"/api/ingest/pv", "root_path": ""},
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    application = cast(httpx.ASGITransport, talentflow.app._transport).app
    async with nothing_kept(talentflow.state):
        await application(scope, receive, send_back)
    assert [message["status"] for message in sent_back if message["type"] == "http.response.start"] == [400]


def test_a_large_limit_is_told_in_words() -> None:
    for limit, told in ((1_073_741_824, "1 Go"), (67_108_864, "64 Mo"), (1_500_000_000, "1.4 Go"), (10**9, "954 Mo")):
        assert too_large(limit).detail == f"Contenu trop volumineux (maximum {told})"


async def test_nothing_is_kept_while_the_object_store_is_down(servers: EmbeddedServers, talentflow: Backend) -> None:
    with closed_port() as port:
        async with edge(servers, s3_endpoint_url=f"http://127.0.0.1:{port}") as api:
            admin = api.client(**await headers_of(api.state, "admin"))
            async with nothing_kept(talentflow.state):
                refused(await send(admin, "invit", LETTER), 503, "storage_unavailable")


async def test_a_file_of_several_parts_arrives_whole(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    line = "12345678901234;2025-05-05;" + "x" * 1000
    many = PART_BYTES * 2 // len(line) + 10
    answer = await imported(admin, "invit", csv_file("SIRET;Date;Nom", *[line] * many), "grand.csv")
    assert answer["counts"] == counts(many, inserted=1, rejected=many - 1)
    await until_removed(talentflow.state, answer["import_id"])


async def until_removed(state: State, import_id: str) -> None:
    """The file of a completed import is deleted a moment after the merge."""

    async def removed() -> bool:
        return not bucket_keys(state.settings, f"{IMPORT_PREFIX}{import_id}/")

    await until(removed)


async def test_an_import_says_how_it_went(admin: httpx.AsyncClient, recruiter: httpx.AsyncClient) -> None:
    content = csv_file(f"{HEADER};Service", f"{ROW};RH", "x;2025-05-05;", "12345678901234;2 mai 2025;")
    answer = await imported(admin, "invit", content, "../été 2025.csv")
    import_id = answer["import_id"]
    assert answer == {
        "import_id": import_id,
        "kind": "invit",
        "file_name": "été 2025.csv",
        "status": "completed",
        "started_at": answer["started_at"],
        "completed_at": answer["completed_at"],
        "counts": counts(3, inserted=1, rejected=2),
        "rejects_by_reason": {"date_unreadable": 1, "siret_length": 1},
        "ignored_columns": ["Service"],
        "rejects_url": f"/api/ingest/{import_id}/rejects.csv",
    }
    assert answer["started_at"] <= answer["completed_at"]
    assert (await recruiter.get(f"/api/ingest/{import_id}")).json() == answer
    file = await recruiter.get(answer["rejects_url"])
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert (
        file.content
        == (
            "\ufefftype;ligne;colonne;valeur;motif;message\r\n"
            "reject;3;SIRET;x;siret_length;SIRET de moins de 11 ou de plus de 14 chiffres\r\n"
            "reject;4;Date;2 mai 2025;date_unreadable;Date illisible : JJ/MM/AAAA ou AAAA-MM-JJ attendu\r\n"
        ).encode()
    )


async def test_imports_are_listed_newest_first(admin: httpx.AsyncClient, recruiter: httpx.AsyncClient) -> None:
    ids = [(await imported(admin, "invit", LETTER, f"{n}.csv"))["import_id"] for n in range(3)]
    minutes = (await imported(admin, "pv", csv_file("SIRET;Cycle;Date")))["import_id"]
    listed = (await recruiter.get("/api/ingest")).json()
    assert [item["import_id"] for item in listed["items"]] == [minutes, *reversed(ids)]
    assert listed["next_cursor"] is None
    assert "rejects_by_reason" not in listed["items"][0]
    first = (await admin.get("/api/ingest", params={"kind": "invit", "limit": 2})).json()
    query = {"kind": "invit", "limit": 2, "cursor": first["next_cursor"]}
    last = (await admin.get("/api/ingest", params=query)).json()
    assert [item["import_id"] for item in (*first["items"], *last["items"])] == list(reversed(ids))
    assert last["next_cursor"] is None
    assert wrong_fields(await admin.get("/api/ingest", params={"kind": "x"})) == ["kind"]
    for bad in ("x", "WzEsMl0", "bnVsbA"):
        refused(await admin.get("/api/ingest", params={"cursor": bad}), 422, "bad_cursor")


@pytest.mark.parametrize(
    "import_id",
    ["import-", "import-5f0c7f5e-9a51-4f0e-9d0b-2d0b6a3c1e77", "x", "%00", "import-%00", "%F0%9F%98%80", "a" * 5000],
)
async def test_unknown_imports(admin: httpx.AsyncClient, import_id: str) -> None:
    for method, path in (("GET", ""), ("GET", "/rejects.csv"), ("POST", "/cancel")):
        answer = await admin.request(method, f"/api/ingest/{import_id}{path}")
        assert answer.status_code == 404, answer.text


async def test_a_repeated_call_is_the_same_import(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    key = uuid4().hex
    import_id = await sent(admin, "invit", LETTER, key=key)
    assert await sent(admin, "invit", LETTER, key=key) == import_id
    done = await ended(admin, import_id)
    await until_removed(talentflow.state, import_id)
    async with nothing_kept(talentflow.state):
        assert await sent(admin, "invit", LETTER, key=key) == import_id
        refused(await send(admin, "invit", LETTER + b"\n", key=key), 422, "idempotency_key_reused")
        refused(await send(admin, "invit", LETTER, "autre.csv", key=key), 422, "idempotency_key_reused")
        refused(await send(admin, "invit", b"", key=key), 400, "empty_file")
    assert (await admin.get(f"/api/ingest/{import_id}")).json() == done
    assert await sent(admin, "pv", LETTER, key=key) != import_id
    async with await caller_of(talentflow, "service") as somebody_else:
        other = await sent(somebody_else, "invit", LETTER, key=key)
    assert other != import_id
    assert (await ended(admin, other))["counts"] == counts(1, unchanged=1)


async def test_ten_calls_at_once_are_one_import(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    key = uuid4().hex
    ids = await asyncio.gather(*(sent(admin, "invit", LETTER, key=key) for _ in range(10)))
    assert len(set(ids)) == 1
    assert (await ended(admin, ids[0]))["counts"] == counts(1, inserted=1)
    assert await _rows(talentflow.state) == 1
    await until_removed(talentflow.state, ids[0])


async def test_of_two_files_at_once_under_one_key_one_is_refused(admin: httpx.AsyncClient) -> None:
    key = uuid4().hex
    files = LETTER, csv_file(HEADER, ROW, ROW.replace("05-05", "05-06"))
    answers = await asyncio.gather(*(send(admin, "invit", content, key=key) for content in files))
    assert sorted(answer.status_code for answer in answers) == [202, 422]
    won = next(n for n, answer in enumerate(answers) if answer.status_code == 202)
    done = await ended(admin, answers[won].json()["import_id"])
    assert done["counts"] == counts(won + 1, inserted=won + 1), "the file that was accepted is the one imported"


async def test_an_import_that_could_not_start_has_failed_until_it_is_sent_again(
    servers: EmbeddedServers, talentflow: Backend
) -> None:
    key = uuid4().hex
    with closed_port() as port:
        async with edge(servers, temporal_address=f"127.0.0.1:{port}") as api:
            admin = api.client(**await headers_of(api.state, "admin"))
            refused(await send(admin, "invit", LETTER, key=key), 503, "temporal_unavailable")
            (item,) = (await admin.get("/api/ingest")).json()["items"]
            assert (item["status"], item["completed_at"] is None) == ("failed", False)
            assert item["error"] == "L'import n'a pas pu être lancé : moteur de traitement indisponible"
    again = httpx.AsyncClient(
        transport=talentflow.app._transport, base_url="http://test", headers=admin.headers, timeout=60
    )
    assert await sent(again, "invit", LETTER, key=key) == item["import_id"]
    done = await ended(again, item["import_id"])
    assert (done["status"], done["counts"]) == ("completed", counts(1, inserted=1))
    assert "error" not in done


async def test_a_start_whose_answer_was_lost_counts(talentflow: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    client, key = talentflow.state.temporal, uuid4().hex
    start = client.start_workflow

    async def unanswered(*args: Any, **more: Any) -> None:
        await start(*args, **more)
        raise RPCError("deadline exceeded", RPCStatusCode.DEADLINE_EXCEEDED, b"")

    admin = await caller_of(talentflow, "admin")
    with monkeypatch.context() as lost:
        lost.setattr(client, "start_workflow", unanswered)
        import_id = await sent(admin, "invit", LETTER, key=key)
    assert await sent(admin, "invit", LETTER, key=key) == import_id
    assert (await ended(admin, import_id))["counts"] == counts(1, inserted=1)


async def test_a_run_that_was_terminated_has_failed(servers: EmbeddedServers) -> None:
    async with backend(servers, workers=False) as idle:
        admin = await caller_of(idle, "admin")
        import_id = await sent(admin, "invit", LETTER)
        waiting = (await admin.get(f"/api/ingest/{import_id}")).json()
        assert (waiting["status"], waiting["counts"], waiting["completed_at"]) == ("running", counts(), None)
        assert int((await admin.get(f"/api/ingest/{import_id}")).headers["retry-after"]) > 0
        await idle.temporal.get_workflow_handle(import_id).terminate()
        for answer in (
            (await admin.get(f"/api/ingest/{import_id}")).json(),
            (await admin.get("/api/ingest")).json()["items"][0],
        ):
            assert (answer["status"], answer["error"]) == ("failed", "Traitement interrompu")
        answer = (await admin.post(f"/api/ingest/{import_id}/cancel")).json()
        assert (answer["status"], answer["message"]) == ("failed", "Import déjà terminé")


async def test_decided_imports_are_told_without_temporal(servers: EmbeddedServers, admin: httpx.AsyncClient) -> None:
    done = await imported(admin, "invit", workbook([["SIRET", "Date"], ["12345678901234", "05/05/2025"]]), "a.xlsx")
    with closed_port() as port:
        async with edge(servers, temporal_address=f"127.0.0.1:{port}") as api:
            caller = api.client(**await headers_of(api.state, "recruiter"))
            assert (await caller.get(f"/api/ingest/{done['import_id']}")).json() == done
            assert await rejects(caller, done["import_id"]) == []


async def test_candidates_have_no_business_here(candidate: httpx.AsyncClient, recruiter: httpx.AsyncClient) -> None:
    refused(await send(candidate, "pv", LETTER), 403, "forbidden")
    refused(await send(recruiter, "pv", LETTER), 403, "forbidden")
