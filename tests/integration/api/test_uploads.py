"""Uploads: what is refused before anything is stored, what a repeated call does, what options mean."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from api.limits import MULTIPART_OVERHEAD
from api.state import State
from db import cv_jobs
from db.tables import CvJob
from embedded.stack import EmbeddedServers
from tests.backend import Backend
from tests.integration.api.calls import CV, accepted, new_candidate, new_offer, refused, upload, wrong_fields
from tests.integration.api.edge import caller_of, closed_port, edge, headers_of, stored_objects
from tests.waiting import settled

PNG = b"\x89PNG\r\n\x1a\n" + bytes(500)
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
ZIP = b"PK\x03\x04" + bytes(100)
PUBLIC = "http://93.184.216.34/hook"
"""An address that may be announced to; only asked for where no worker would send there."""


@asynccontextmanager
async def nothing_stored(state: State) -> AsyncGenerator[None]:
    """The block must leave neither a request row nor an uploaded file behind."""
    before = await _rows(state), stored_objects(state.settings)
    yield
    assert (await _rows(state), stored_objects(state.settings)) == before


async def _rows(state: State) -> int:
    async with state.database.transaction() as session:
        return (await session.scalars(select(func.count()).select_from(CvJob))).one()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cv.png", PNG),
        ("cv.exe", b"MZ" + bytes(100)),
        ("cv", CV.encode()),
        (".pdf", b"%PDF-1.7"),
        ("cv.pdf.zip", ZIP),
        ("cv.pdf", PNG),
        ("cv.pdf", CV.encode()),
        ("cv.docx", ZIP),
        ("cv.docx", b"%PDF-1.7 and more"),
        ("cv.odt", ZIP),
        ("cv.doc", OLE2),
        ("cv.rtf", CV.encode()),
        ("cv.txt", PNG),
        ("cv.txt", b"%PDF-1.7 and more"),
        ("cv.txt", b"Ana\x00Durand"),
    ],
)
async def test_other_formats_are_refused(
    talentflow: Backend, recruiter: httpx.AsyncClient, name: str, content: bytes
) -> None:
    async with nothing_stored(talentflow.state):
        refused(await upload(recruiter, content, name), 415, "unsupported_format")


async def test_an_empty_file_is_refused(talentflow: Backend, recruiter: httpx.AsyncClient) -> None:
    async with nothing_stored(talentflow.state):
        refused(await upload(recruiter, b""), 400, "empty_file")


async def test_a_call_without_a_file_is_refused(talentflow: Backend, recruiter: httpx.AsyncClient) -> None:
    async with nothing_stored(talentflow.state):
        assert wrong_fields(await recruiter.post("/api/queue", data={"priority": "premium"})) == ["file"]


async def test_the_size_limit_is_exact(servers: EmbeddedServers) -> None:
    async with edge(servers, max_content_length=1000) as api:
        caller = api.client(**await headers_of(api.state, "recruiter"))
        await accepted(caller, b"a" * 1000)
        async with nothing_stored(api.state):
            refused(await upload(caller, b"a" * 1001), 413, "too_large")


async def test_a_body_that_never_ends_is_cut(servers: EmbeddedServers) -> None:
    block, sent = b"a" * 65_536, 0

    async def endless() -> AsyncGenerator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="cv.txt"\r\n\r\n'
        while True:
            sent += len(block)
            yield block

    async with edge(servers, max_content_length=1_000_000) as api:
        caller = api.client(**await headers_of(api.state, "recruiter"))
        async with nothing_stored(api.state):
            answer = await caller.post(
                "/api/queue", content=endless(), headers={"content-type": "multipart/form-data; boundary=x"}
            )
        refused(answer, 413, "too_large")
    assert sent <= 1_000_000 + MULTIPART_OVERHEAD + len(block)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("priority", "urgent"),
        ("priority", "PREMIUM"),
        ("candidate_id", "0"),
        ("candidate_id", "-1"),
        ("candidate_id", "1.5"),
        ("candidate_id", "abc"),
        ("candidate_id", "٣"),
        ("candidate_id", str(2**63)),
        ("offer_ids", "1,x"),
        ("offer_ids", f"1,{2**63}"),
        ("offer_ids", ",".join(map(str, range(1, 10_002)))),
    ],
)
async def test_bad_options_are_refused(
    talentflow: Backend, recruiter: httpx.AsyncClient, field: str, value: str
) -> None:
    async with nothing_stored(talentflow.state):
        assert refused(await upload(recruiter, fields={field: value}), 422, "invalid_value")["field"] == field
        if len(value) < 1000:
            in_query = await upload(recruiter, params={field: value})
            assert refused(in_query, 422, "invalid_value")["field"] == field


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/hook",
        "http://127.1/hook",
        "http://2130706433/hook",
        "http://0x7f000001/hook",
        "http://0.0.0.0/hook",
        "http://10.1.2.3/hook",
        "http://172.16.0.1/hook",
        "http://192.168.1.1:8080/hook",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/hook",
        "http://[::1]/hook",
        "http://[fd00::1]/hook",
        "http://[fe80::1]/hook",
        "http://[::ffff:10.0.0.1]/hook",
        "http://[64:ff9b::7f00:1]/hook",
        "http://93.184.216.34\\@127.0.0.1/hook",
        "http://user:pass@93.184.216.34/hook",
        "http://no-such-host.invalid/hook",
        "ftp://93.184.216.34/hook",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//93.184.216.34/hook",
        "http://93.184.216.34:99999/hook",
        "http://[::1",
        "not a url",
        PUBLIC + "a" * 2000,
    ],
)
async def test_bad_webhook_addresses_are_refused(talentflow: Backend, recruiter: httpx.AsyncClient, url: str) -> None:
    async with nothing_stored(talentflow.state):
        answer = await upload(recruiter, webhook_url=url)
        assert refused(answer, 422, "webhook_refused")["field"] == "webhook_url"
        refused(await upload(recruiter, params={"webhook_url": url}), 422, "webhook_refused")


async def test_a_secret_has_no_place_in_a_url(talentflow: Backend, recruiter: httpx.AsyncClient) -> None:
    async with nothing_stored(talentflow.state):
        answer = await upload(recruiter, params={"webhook_secret": "s3cret"}, webhook_url=PUBLIC)
        assert "s3cret" not in str(refused(answer, 422, "secret_in_query"))


async def test_unknown_references_are_named(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    offer = await new_offer(admin)
    async with nothing_stored(talentflow.state):
        answer = await upload(admin, offer_ids=f"{2**63 - 1},{offer},9000000")
        assert refused(answer, 404, "offers_not_found")["ids"] == [9000000, 2**63 - 1]
        refused(await upload(admin, candidate_id="9000000"), 404, "candidate_not_found")


async def test_nothing_remains_when_the_object_store_is_down(servers: EmbeddedServers, talentflow: Backend) -> None:
    with closed_port() as port:
        async with edge(servers, s3_endpoint_url=f"http://127.0.0.1:{port}") as api:
            caller = api.client(**await headers_of(api.state, "recruiter"))
            async with nothing_stored(talentflow.state):
                refused(await upload(caller), 503, "storage_unavailable")


async def test_nothing_remains_when_the_request_cannot_be_recorded(
    talentflow: Backend, recruiter: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away between the upload of the file and the row that points to it."""

    async def goes_away(*_: Any) -> bool:
        raise OperationalError("INSERT", None, ConnectionError())

    async with nothing_stored(talentflow.state):
        with monkeypatch.context() as patched:
            patched.setattr(cv_jobs, "add_job", goes_away)
            refused(await upload(recruiter), 503, "database_unavailable")


async def test_the_same_call_works_once_temporal_is_back(servers: EmbeddedServers) -> None:
    """A start whose answer is lost may have taken effect, so what it needs is kept, for a repeat or the sweep."""
    with closed_port() as port:
        async with edge(servers, temporal_address=f"127.0.0.1:{port}") as api:
            admin = api.client(**await headers_of(api.state, "admin"))
            offer = await new_offer(admin)
            refused(await upload(admin, offer_ids=str(offer), key="again"), 503, "temporal_unavailable")
    async with edge(servers) as api:
        caller = api.client(**admin.headers)
        await accepted(caller, offer_ids=str(offer), key="again")


async def test_form_fields_win_over_the_query(servers: EmbeddedServers) -> None:
    async with edge(servers) as api:
        admin = api.client(**await headers_of(api.state, "admin"))
        both = await accepted(admin, params={"priority": "batch"}, priority="premium")
        assert both["priority"] == "premium"
        assert (await accepted(admin, params={"priority": "batch"}))["priority"] == "batch"
        body = await accepted(admin)
        assert (body["priority"], body["webhook_configured"]) == ("standard", False)
        assert (await accepted(admin, params={"webhook_url": PUBLIC}))["webhook_configured"] is True
        candidate = await new_candidate(admin)
        query = {"candidate_id": "9000000"}
        await accepted(admin, params=query, candidate_id=str(candidate))
        refused(await upload(admin, params=query), 404, "candidate_not_found")


async def test_offers_are_repeated_or_listed(servers: EmbeddedServers) -> None:
    async with edge(servers) as api:
        admin = api.client(**await headers_of(api.state, "admin"))
        first, second = await new_offer(admin), await new_offer(admin)
        for offers in ([str(first), str(second)], f"{first}, {second},", [f"{first},{second}", str(first)]):
            for where in ({"offer_ids": offers}, {"params": {"offer_ids": offers}}):
                body = await accepted(admin, **where)
                assert body["matching_job_id"] == f"matching-bulk-{body['job_id']}"
                status = (await admin.get(f"/api/v1/status/{body['matching_job_id']}")).json()
                assert status["status"] == "queued"
                assert status["progress"] == {"done": 0, "total": 2, "percent": 0}


async def test_an_accepted_upload_says_where_to_look(servers: EmbeddedServers) -> None:
    async with edge(servers) as api:
        caller = api.client(**await headers_of(api.state, "candidate"))
        answer = await upload(caller, priority="batch")
        body = answer.json()
        assert answer.headers["location"] == f"/api/result/{body['job_id']}"
        assert int(answer.headers["retry-after"]) > 0
        assert body["status"] == "queued"
        pending = (await caller.get(answer.headers["location"])).json()
        before = pending.pop("position_in_queue")
        assert pending == {"job_id": body["job_id"], "status": "pending"}
        premium = await accepted(caller, priority="premium")
        places = [(await caller.get(b["links"]["result"])).json()["position_in_queue"] for b in (premium, body)]
        assert places == [0, before + 1]


async def test_a_repeated_call_is_the_same_job(talentflow: Backend, recruiter: httpx.AsyncClient) -> None:
    key = uuid4().hex
    job = (await accepted(recruiter, key=key))["job_id"]
    assert (await accepted(recruiter, key=key))["job_id"] == job
    done = await settled(recruiter, job)
    async with nothing_stored(talentflow.state):
        assert (await accepted(recruiter, key=key))["job_id"] == job
        refused(await upload(recruiter, CV + "!", key=key), 422, "idempotency_key_reused")
        refused(await upload(recruiter, key=key, priority="batch"), 422, "idempotency_key_reused")
    assert (await recruiter.get(f"/api/result/{job}")).json() == done
    async with await caller_of(talentflow, "recruiter") as somebody_else:
        assert (await accepted(somebody_else, key=key))["job_id"] != job


async def test_ten_calls_at_once_are_one_job(talentflow: Backend, recruiter: httpx.AsyncClient) -> None:
    before = await _rows(talentflow.state)
    key = uuid4().hex
    answers = await asyncio.gather(*(accepted(recruiter, key=key) for _ in range(10)))
    assert len({answer["job_id"] for answer in answers}) == 1
    assert await _rows(talentflow.state) == before + 1
    assert (await settled(recruiter, answers[0]["job_id"]))["status"] == "done"


async def test_of_two_files_at_once_under_one_key_one_is_refused(recruiter: httpx.AsyncClient) -> None:
    key = uuid4().hex
    answers = await asyncio.gather(upload(recruiter, key=key), upload(recruiter, CV + "!", key=key))
    assert sorted(answer.status_code for answer in answers) == [202, 422]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Mon CV – été 2026.txt", "Mon CV – été 2026.txt"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\ana\\cv.TXT", "cv.TXT"),
        ("/root/.txt/..\\cv.txt", "cv.txt"),
        ("a\u202eb\u200bc.txt", "abc.txt"),
        ("<script>alert(1)<.txt", "<script>alert(1)<.txt"),
        ("x" * 300 + ".txt", "x" * 255),
    ],
)
async def test_a_file_keeps_its_own_name_only(recruiter: httpx.AsyncClient, name: str, shown: str) -> None:
    job = (await accepted(recruiter, CV, name))["job_id"]
    assert (await settled(recruiter, job))["result"]["file_name"] == shown
