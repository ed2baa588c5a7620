"""The main job, over HTTP against real servers: upload → profile → ranking → signed webhook."""

import hashlib
import hmac
import json
from typing import Any

import httpx
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.waiting import matched, settled, until

CV = """Claire Fontaine
Développeuse Python
claire.fontaine@example.fr
06 39 98 12 34
Lyon

EXPÉRIENCE PROFESSIONNELLE
Développeuse backend - Atelier Numérique
Janvier 2020 - Décembre 2023
- Développement d'API avec Python, FastAPI et PostgreSQL

FORMATION
Master informatique - Université de Lyon
2017 - 2019

COMPÉTENCES
Python, FastAPI, PostgreSQL, Docker, Git

LANGUES
Français : langue maternelle
Anglais : courant (C1)
"""

PYTHON_OFFER = {
    "title": "Développeur Python H/F",
    "required_skills": ["Python", "PostgreSQL"],
    "preferred_skills": ["Docker"],
    "experience_min_years": 2,
    "education_level": "bac+3",
    "languages": [{"language": "en", "level": "B2"}],
}
COOK_OFFER = {"title": "Chef de cuisine", "required_skills": ["Cuisine", "HACCP"], "experience_min_years": 5}


async def upload(client: httpx.AsyncClient, text: str = CV, name: str = "cv.txt", **fields: Any) -> dict[str, Any]:
    answer = await client.post("/api/queue", files={"file": (name, text.encode())}, data=fields)
    assert answer.status_code == 202, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_text_cv_becomes_a_profile(admin: httpx.AsyncClient) -> None:
    queued = await upload(admin)
    assert queued["status"] == "queued"
    done = await settled(admin, queued["job_id"])
    assert done["status"] == "done", done
    data = done["result"]["data"]
    assert data["personal_info"]["name"] == "Claire Fontaine"
    assert data["personal_info"]["email"] == "claire.fontaine@example.fr"
    assert data["personal_info"]["phone"] == "+33639981234"
    assert data["total_experience_months"] == 48
    assert done["result"]["extraction"]["method"] == "rules"
    assert done["result"]["file_name"] == "cv.txt"


async def test_offers_given_with_the_upload_are_ranked(admin: httpx.AsyncClient, httpserver: HTTPServer) -> None:
    offers = [(await admin.post("/api/v1/offers", json=body)).json()["id"] for body in (COOK_OFFER, PYTHON_OFFER)]
    received: list[Request] = []

    def receive(request: Request) -> Response:
        received.append(request)
        return Response(status=204)

    httpserver.expect_request("/hook", method="POST").respond_with_handler(receive)
    queued = await upload(
        admin, offer_ids=",".join(map(str, offers)), webhook_url=httpserver.url_for("/hook"), webhook_secret="s3cret"
    )
    ranking = await matched(admin, queued["matching_job_id"])
    assert ranking["status"] == "completed"
    assert [item["offer_id"] for item in ranking["result"]["items"]] == [offers[1], offers[0]]
    done = await settled(admin, queued["job_id"])
    assert done["matching"] == {"job_id": queued["matching_job_id"], "status": "completed"}

    async def delivered() -> list[Request]:
        return received

    request = (await until(delivered))[0]
    body = request.get_data()
    assert request.headers["X-Signature"] == hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    announced = json.loads(body)
    assert announced["status"] == "done"
    assert announced["data"]["candidate_id"] == done["result"]["candidate_id"]
    assert announced["data"]["matching"]["top"][0]["offer_id"] == offers[1]
    pair = await admin.get(f"/api/v1/result/{ranking['result']['items'][0]['job_id']}")
    assert pair.json()["result"]["details"]["skills_score"] > 0.9
