"""What every route shares: health, metrics, the shape of errors, the description, CORS, sealed payloads."""

import base64
import json

import httpx
import pytest

from embedded.stack import EmbeddedServers
from tests.backend import Backend
from tests.integration.api.calls import new_offer, refused
from tests.integration.api.edge import closed_port, edge, headers_of

JSON = {"content-type": "application/json"}
KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
LOGIN = {"email": "ana@example.org", "password": "x"}


async def test_health_needs_no_account(talentflow: Backend) -> None:
    assert (await talentflow.app.get("/healthz")).json() == {"status": "ok"}
    answer = await talentflow.app.get("/readyz")
    assert answer.status_code == 200
    names = ("database", "temporal", "object_store", "search")
    assert answer.json() == {"ready": True, "dependencies": dict.fromkeys(names, "ok")}


@pytest.mark.parametrize(
    ("name", "setting", "address", "status"),
    [
        ("database", "database_url", "postgresql+psycopg://x@127.0.0.1:{}/x", 503),
        ("temporal", "temporal_address", "127.0.0.1:{}", 503),
        ("object_store", "s3_endpoint_url", "http://127.0.0.1:{}", 503),
        ("search", "elasticsearch_url", "http://127.0.0.1:{}", 200),
    ],
)
async def test_readiness_names_what_is_away(
    servers: EmbeddedServers, name: str, setting: str, address: str, status: int
) -> None:
    with closed_port() as port:
        async with edge(servers, **{setting: address.format(port)}) as api:
            answer = await api.anonymous.get("/readyz")
            states = answer.json()["dependencies"]
            assert (answer.status_code, answer.json()["ready"]) == (status, status == 200)
            assert {key for key, state in states.items() if state != "ok"} == {name}
            assert (await api.anonymous.get("/healthz")).status_code == 200


async def test_a_database_that_is_away_is_a_503_that_metrics_count(servers: EmbeddedServers) -> None:
    with closed_port() as port:
        url = f"postgresql+psycopg://x@127.0.0.1:{port}/x"
        async with edge(servers, database_url=url, cors_origins=["https://app.example.org"]) as api:
            answer = await api.anonymous.post(
                "/api/v1/auth/login", json=LOGIN, headers={"Origin": "https://app.example.org"}
            )
            refused(answer, 503, "database_unavailable")
            assert answer.headers["access-control-allow-origin"] == "https://app.example.org"
            line = 'talentflow_http_requests_total{method="POST",route="/api/v1/auth/login",status="503"} 1.0'
            assert line in (await api.anonymous.get("/metrics")).text.splitlines()


async def test_metrics_name_routes_and_nobody(servers: EmbeddedServers) -> None:
    async with edge(servers) as api:
        admin = api.client(**await headers_of(api.state, "admin"))
        await admin.get(f"/api/v1/offers/{await new_offer(admin, title='Unique-4711')}")
        await admin.get("/api/v1/offers?q=canary-4711@example.org")
        await admin.get("/nowhere/canary-4711@example.org")
        await admin.get("/api/v1/result/matching-4711-4711")
        await admin.request("CANARY4711", "/healthz")
        text = (await admin.get("/metrics")).text
        assert "4711" not in text
        assert 'talentflow_http_requests_total{method="GET",route="/api/v1/offers/{offer_id}",status="200"} 1.0' in text
        assert 'talentflow_http_requests_total{method="any",route="unmatched",status="404"} 1.0' in text


async def test_errors_have_one_shape(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    refused(await talentflow.app.get("/nowhere"), 404, "not_found")
    refused(await talentflow.app.put("/healthz"), 405, "method_not_allowed")
    refused(await talentflow.app.get("/api/v1/offers"), 401, "unauthenticated")
    refused(await admin.get("/api/v1/offers/9000000"), 404, "offer_not_found")
    refused(await admin.get("/api/result/x"), 404, "job_not_found")
    refused(await admin.post("/api/v1/offers", content=b"{", headers=JSON), 422, "validation_error")
    refused(await admin.post("/api/v1/offers", content=b'"\xff"', headers=JSON), 400, "bad_request")
    multipart = {"content-type": "multipart/form-data"}
    refused(await admin.post("/api/queue", content=b"x", headers=multipart), 400, "bad_request")


async def test_errors_say_what_to_do_about_them(talentflow: Backend, admin: httpx.AsyncClient) -> None:
    assert (await talentflow.app.get("/nowhere")).json()["detail"] == "Route inconnue"
    assert (await talentflow.app.put("/healthz")).json()["detail"] == "Méthode non autorisée sur cette route"
    broken = await admin.post("/api/v1/offers", content=b'"\xff"', headers=JSON)
    unlimited = await admin.post("/api/queue", content=b"x", headers={"content-type": "multipart/form-data"})
    many = await admin.post("/api/queue", files={f"field-{n}": (None, "x") for n in range(1100)})
    for answer in (broken, unlimited, many):
        assert refused(answer, 400, "bad_request")["detail"].startswith("Corps de requête illisible")
    form = await admin.post("/api/v1/offers", data={"title": "Comptable"})
    assert "Content-Type: application/json" in form.json()["detail"][0]["msg"]
    bulk = await admin.post("/api/v1/queue-matching/bulk", json={"candidate_id": 1, "offer_id": 2})
    assert bulk.json()["detail"][0]["msg"].startswith("give candidate_id with job_ids")


async def test_the_description_documents_each_error(talentflow: Backend) -> None:
    described = (await talentflow.app.get("/openapi.json")).json()
    shape = described["components"]["schemas"]["ErrorBody"]
    assert set(shape["required"]) == {"detail", "code"}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
            wanted = {"401", "503"} if operation.get("security") else set()
            if "requestBody" in operation:
                wanted |= {"400", "413", "422"}
            assert wanted <= errors.keys(), (method, path)
            for status, answer in errors.items():
                schema = answer["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
                assert schema == ("Readiness" if path == "/readyz" else "ErrorBody"), (method, path, status)
    upload_errors = set(described["paths"]["/api/queue"]["post"]["responses"])
    assert upload_errors >= {"202", "400", "401", "404", "413", "415", "422", "503"}


async def test_browsers_of_named_origins_read_the_headers(servers: EmbeddedServers, talentflow: Backend) -> None:
    origin = {"Origin": "https://app.example.org"}
    assert "access-control-allow-origin" not in (await talentflow.app.get("/healthz", headers=origin)).headers
    async with edge(servers, cors_origins="https://app.example.org, https://other.example.org") as api:
        headers = (await api.anonymous.get("/healthz", headers=origin)).headers
        assert headers["access-control-allow-origin"] == origin["Origin"]
        exposed = {name.strip() for name in headers["access-control-expose-headers"].split(",")}
        assert exposed == {"Location", "Retry-After"}
        headers = (await api.anonymous.get("/healthz", headers={"Origin": "https://evil.example.com"})).headers
        assert "access-control-allow-origin" not in headers
        asked = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        preflight = await api.anonymous.options("/api/queue", headers=asked)
        assert preflight.status_code == 200


async def test_sealed_payloads_open_for_operators(servers: EmbeddedServers) -> None:
    async with edge(servers, payload_keys=f"k1:{KEY}") as api:
        admin = api.client(**await headers_of(api.state, "admin"))
        plain = {"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "IkFuYSI="}]}
        sealed = (await admin.post("/codec/encode", json=plain)).json()
        assert "IkFuYSI" not in json.dumps(sealed)
        assert (await admin.post("/codec/decode", json=sealed)).json() == plain
        assert (await admin.post("/codec/decode", json=plain)).json() == plain
        payload = sealed["payloads"][0]
        unknown = {**payload["metadata"], "talentflow-key-id": "azI="}
        broken = {**payload["metadata"], "talentflow-key-id": "/w=="}
        for metadata, data in (
            (payload["metadata"], ""),
            (payload["metadata"], "AAAA"),
            (payload["metadata"], payload["data"][:-8] + "AAAAAAA="),
            (unknown, payload["data"]),
            (broken, payload["data"]),
        ):
            answer = await admin.post("/codec/decode", json={"payloads": [{"metadata": metadata, "data": data}]})
            refused(answer, 400, "cannot_decode")
        refused(await admin.post("/codec/decode", content=b"x" * 2_000_001), 413, "too_large")
        for body in (b"\xff", b"[", b'{"payloads": 1}', b"[" * 5000):
            refused(await admin.post("/codec/decode", content=body, headers=JSON), 400, "bad_payloads")
