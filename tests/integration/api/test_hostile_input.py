"""Input made to break a route: text no database keeps, numbers beyond 64 bits, odd encodings, large and deep bodies."""

import base64
import json
from typing import Any

import httpx
import pytest

from embedded.stack import EmbeddedServers
from tests.integration.api.calls import OFFER, refused, upload, wrong_fields
from tests.integration.api.edge import edge, headers_of

JSON = {"content-type": "application/json"}
BAD_IDS = ("0", "-1", str(2**63), "1" * 400, "1.5", "x", "%00", "%ED%A0%80")
BODIES = {
    "/api/v1/auth/login": {"email": "ana@example.org", "password": "x"},
    "/api/v1/auth/register": {"email": "ana@example.org", "password": "x" * 12, "first_name": "A", "last_name": "D"},
    "/api/v1/offers": OFFER,
    "/api/v1/candidates": {"city": "Lyon", "profile": {"position": "x"}, "preferences": {"locations": ["Lyon"]}},
    "/api/v1/queue-matching": {"candidate_id": 1, "job_id": 1, "webhook_url": "http://93.184.216.34/"},
    "/api/v1/queue-matching/bulk": {"candidate_id": 1, "job_ids": [1], "webhook_url": "http://93.184.216.34/"},
    "/api/v1/operations/retry": {"type": "cv", "error": "none like this", "cursor": "x"},
}


def poisoned(body: Any, poison: str) -> list[Any]:
    """The body with the poison in place of one text at a time, and as a key."""
    if isinstance(body, str):
        return [poison]
    if isinstance(body, list):
        return [[*body[:n], item, *body[n + 1 :]] for n, old in enumerate(body) for item in poisoned(old, poison)]
    if isinstance(body, dict):
        found = [{**body, key: item} for key, old in body.items() for item in poisoned(old, poison)]
        return [*found, {**body, poison: 1}]
    return []


@pytest.mark.parametrize("poison", ["a\x00b", "a\ud800b", "\udfff"])
@pytest.mark.parametrize("path", BODIES)
async def test_text_no_database_keeps_is_refused(admin: httpx.AsyncClient, path: str, poison: str) -> None:
    for body in poisoned(BODIES[path], poison):
        answer = await admin.post(path, content=json.dumps(body).encode(), headers=JSON)
        assert answer.status_code in (401, 422), (body, answer.text)


@pytest.mark.parametrize("value", [2**63, -1, 0, 10**400, 1.5, "x", None, [], {}])
async def test_ids_outside_64_bits_are_refused(admin: httpx.AsyncClient, value: Any) -> None:
    assert wrong_fields(await admin.post("/api/v1/queue-matching", json={"candidate_id": value, "job_id": 1}))
    body = {"candidate_id": 1, "job_ids": [1, value]}
    refused(await admin.post("/api/v1/queue-matching/bulk", json=body), 422, "validation_error")


async def test_no_path_or_parameter_breaks_a_route(admin: httpx.AsyncClient) -> None:
    positions = (b"9" * 30, b"-5", b'"a"', b"null", b"[1]")
    cursors = [base64.urlsafe_b64encode(position).decode().rstrip("=") for position in positions]
    pair = f"matching-{2**63 - 1}-{2**63 - 1}"
    jobs = ("%00", "a%00b", "%ED%A0%80", "x" * 5000, "matching-1-1%00", pair, "matching-0-1")
    paths = [
        *(f"/api/v1/{kind}/{bad}" for kind in ("offers", "candidates") for bad in BAD_IDS),
        *(f"/api/v1/{kind}?cursor={bad}" for kind in ("offers", "candidates") for bad in (*cursors, "%00", "é")),
        *(f"/api/v1/offers?limit={bad}" for bad in ("0", "201", "-1", "x", str(2**70))),
        *(f"/api/v1/offers?q={bad}" for bad in ("%00", "x" * 201)),
        *(f"/api/v1/candidates?status={bad}" for bad in ("DONE", "%00")),
        *(f"/api/v1/operations/failed?cursor={bad}" for bad in (*cursors, "%00", "é")),
        *(f"/api/v1/operations/failed?{bad}" for bad in ("type=none", "type=%00", "since=x", "limit=0")),
        *(f"/api/v1/{kind}/{job}" for kind in ("status", "result") for job in jobs),
        *(f"/api/result/{job}{more}" for job in jobs for more in ("", "/deliveries")),
        *(f"/api/v1/result/{job}/deliveries" for job in jobs),
    ]
    for path in paths:
        answer = await admin.get(path)
        assert 400 <= answer.status_code < 500, (path[:100], answer.status_code)
        assert answer.json()["code"]


async def test_odd_form_encodings_break_nothing(servers: EmbeddedServers) -> None:
    async with edge(servers) as api:
        admin = api.client(**await headers_of(api.state, "admin"))
        for charset in ("unicode_escape", "raw_unicode_escape", "punycode", "idna", "utf-16", "hex", "none"):
            for field in (b"priority", b"webhook_url", b"webhook_secret", b"candidate_id", b"offer_ids"):
                body = (
                    b'--x\r\nContent-Disposition: form-data; name="file"; filename="cv.txt"\r\n\r\nAna\r\n--x\r\n'
                    b'Content-Disposition: form-data; name="'
                    + field
                    + b'"\r\n\r\nhttp://93.184.216.34/\\ud800\r\n--x--\r\n'
                )
                kind = f"multipart/form-data; boundary=x; charset={charset}"
                answer = await admin.post("/api/queue", content=body, headers={"content-type": kind})
                assert answer.status_code < 500, (charset, field, answer.text)
        refused(await upload(admin, key="a\x00b"), 422, "validation_error")


async def test_large_and_deep_bodies_are_refused(admin: httpx.AsyncClient) -> None:
    large = json.dumps({"title": "x" * 2_000_001}).encode()
    refused(await admin.post("/api/v1/offers", content=large, headers=JSON), 413, "too_large")
    for depth in (900, 100_000):
        deep = b'{"title":"a","x":' + b"[" * depth + b"]" * depth + b"}"
        answer = await admin.post("/api/v1/offers", content=deep, headers=JSON)
        assert answer.status_code in (400, 422)
    for number in (b"NaN", b"Infinity", b"-1", b"1e400", b"9" * 5000):
        body = b'{"title":"a","experience_min_years":' + number + b"}"
        assert (await admin.post("/api/v1/offers", content=body, headers=JSON)).status_code in (400, 422)
