"""Candidates who are unlike most: validated, found, written to and rejected like everybody else."""

import html
from typing import Any
from uuid import uuid4

import httpx
import pytest

from embedded.stack import EmbeddedServers
from tests.backend import Backend
from tests.integration.decisions import REASON, SUMMARY, decide, decided, status_of, submitted
from tests.mails import mails_to
from tests.words import new_word

NOBODY_KNOWS = dict.fromkeys(("phone", "address", "city", "country", "headline", "sector", "profile"))
SPARSE = {
    "city": None,
    "headline": None,
    "profile": {
        "skills": [{"name": "Python", "level": None}, {"name": "🐍"}, {"name": "C++"}],
        "languages": [{"language": "français", "label": "Français", "level": None}],
        "experience": [{"title": None, "company": None, "start_date": None, "end_date": None}],
        "education": [{"title": None, "institution": None, "level": None}],
    },
}
TAGS = "<script>alert(1)</script> & <b>Développeuse</b>"

ODD: dict[str, dict[str, Any]] = {
    "nothing but names": {**NOBODY_KNOWS},
    "a sparse profile": SPARSE,
    "emoji": {
        "first_name": "Zoé 🦊",
        "last_name": "🏳️‍🌈 Dupont",
        "city": "Lyon 🗼",
        "headline": "Développeuse 🚀 Python",
    },
    "right to left": {"first_name": "\u202eליאת", "last_name": "محمد", "city": "תל אביב", "headline": "مطوّرة Python"},
    "a long headline": {"headline": "Développeuse Python " * 250, "sector": "x" * 200},
    "HTML": {"first_name": TAGS, "last_name": "<img src=x onerror=alert(1)>", "headline": TAGS, "city": "<i>Lyon</i>"},
}


async def hit(recruiter: httpx.AsyncClient, candidate_id: int, **criteria: str) -> dict[str, Any] | None:
    """The candidate among all that meet the criteria."""
    params: dict[str, str | int] = {"limit": 200, **criteria}
    while True:
        answer = await recruiter.get("/api/v1/candidates/search", params=params)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        for item in page["items"]:
            if item["candidate_id"] == candidate_id:
                return dict(item)
        if page["next_cursor"] is None:
            return None
        params["cursor"] = page["next_cursor"]


@pytest.mark.parametrize("fields", ODD.values(), ids=ODD.keys())
async def test_odd_candidates_are_treated_like_all(
    servers: EmbeddedServers,
    talentflow: Backend,
    admin: httpx.AsyncClient,
    recruiter: httpx.AsyncClient,
    fields: dict[str, Any],
) -> None:
    address = f"odd-{uuid4()}@example.fr"
    candidate_id = await submitted(admin, email=address, **fields)
    assert await hit(recruiter, candidate_id) is None

    await decide(admin, "validate", candidate_id, SUMMARY)
    done = await decided(admin, candidate_id)
    assert [action["status"] for action in done["actions"].values()] == ["completed"] * 3, done
    found = await hit(recruiter, candidate_id)
    assert found is not None
    assert not {"email", "phone", "address"} & found.keys()
    person = (await admin.get(f"/api/v1/candidates/{candidate_id}")).json()
    for name in ("last_name", "city", "headline"):
        assert found[name] == (person[name].strip() if person[name] else None)
    assert "None" not in f"{found['first_name']} {found['last_name']}"

    await decide(admin, "reject", candidate_id, REASON)
    assert (await decided(admin, candidate_id))["status"] == "completed"
    assert await status_of(admin, candidate_id) == "REJECTED"
    assert await talentflow.state.index.version_of(candidate_id) is None
    assert await hit(recruiter, candidate_id) is None

    mails = await mails_to(servers, address, count=3)
    assert len({str(mail["message-id"]).strip() for mail in mails}) == 3
    greeting = str(person["first_name"]).replace("\u202e", "")
    for mail in mails:
        plain, rich = (part.get_content() for part in mail.iter_parts())
        assert plain.startswith(f"Bonjour {greeting},")
        assert f"<bdi>{html.escape(greeting)}</bdi>" in rich
        assert "<script" not in rich


async def test_what_is_highlighted_is_escaped(admin: httpx.AsyncClient, recruiter: httpx.AsyncClient) -> None:
    word = f"mot{new_word()}"
    candidate_id = await submitted(admin, headline=f'<img src=x onerror="alert(1)"> {word}')
    await decide(admin, "validate", candidate_id, SUMMARY)
    await decided(admin, candidate_id)
    found = await hit(recruiter, candidate_id, q=word)
    assert found is not None
    (passage,) = found["highlights"]["headline"]
    assert f"<mark>{word}</mark>" in passage
    assert "&lt;img" in passage
    assert "<img" not in passage
