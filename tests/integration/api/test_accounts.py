"""Who a caller is: logging in, registering, tokens and keys, and the settings they depend on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from pydantic import ValidationError
from sqlalchemy import delete

from db.tables import User
from embedded.seed import ADMIN
from runtime.settings import Settings
from tests.backend import Backend
from tests.integration.api.calls import refused, wrong_fields
from tests.integration.api.edge import headers_of, unique_email

STRONG = "kP4vZq0Wm7Xt2Lr9Bn5Ys8Hd3Gf6Jc1Ae"


def registration(**changes: Any) -> dict[str, Any]:
    whole = {"email": unique_email(), "password": "Longue-phrase-1", "first_name": "Ana", "last_name": "Durand"}
    return {**whole, **changes}


async def unauthenticated(talentflow: Backend, **headers: str) -> None:
    answer = await talentflow.app.get("/api/v1/offers", headers=headers)
    refused(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_new_account_is_a_candidates(talentflow: Backend) -> None:
    body = registration()
    answer = await talentflow.app.post("/api/v1/auth/register", json=body)
    assert answer.status_code == 201
    account = answer.json()
    assert account.pop("id") > 0
    assert account == {"email": body["email"], "role": "candidate", "first_name": "Ana", "last_name": "Durand"}
    shouted = {"email": body["email"].upper(), "password": body["password"]}
    login = await talentflow.app.post("/api/v1/auth/login", json=shouted)
    assert login.status_code == 200
    assert login.json().keys() == {"access_token", "token_type"}
    token = f"{login.json()['token_type']} {login.json()['access_token']}"
    assert (await talentflow.app.get("/api/v1/offers", headers={"Authorization": token})).status_code == 200
    assert (await talentflow.app.get("/api/v1/candidates", headers={"Authorization": token})).status_code == 403


async def test_an_address_is_taken_once(talentflow: Backend) -> None:
    body = registration()
    assert (await talentflow.app.post("/api/v1/auth/register", json=body)).status_code == 201
    again = await talentflow.app.post("/api/v1/auth/register", json={**body, "email": body["email"].upper()})
    assert body["email"] not in str(refused(again, 409, "email_taken")).lower()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", "admin"),
        ("password", "court"),
        ("password", "x" * 201),
        ("email", "ana"),
        ("email", "@example.org"),
        ("email", "ana@localhost"),
        ("email", "ana durand@example.org"),
        ("email", f"{'a' * 250}@example.org"),
        ("first_name", "x" * 201),
        ("last_name", None),
    ],
)
async def test_bad_registrations_are_refused(talentflow: Backend, field: str, value: str | None) -> None:
    answer = await talentflow.app.post("/api/v1/auth/register", json=registration(**{field: value}))
    assert wrong_fields(answer) == [field]
    assert value is None or len(value) < 10 or value not in answer.text


async def test_wrong_credentials_say_no_more_than_that(talentflow: Backend) -> None:
    known = {"email": ADMIN.email, "password": "x" * 12}
    unknown = {"email": unique_email(), "password": ADMIN.password}
    answers = [await talentflow.app.post("/api/v1/auth/login", json=body) for body in (known, unknown)]
    assert answers[0].json() == answers[1].json()
    for answer in answers:
        refused(answer, 401, "bad_credentials")


async def test_a_token_lives_half_an_hour(talentflow: Backend) -> None:
    credentials = {"email": ADMIN.email, "password": ADMIN.password}
    answer = await talentflow.app.post("/api/v1/auth/login", json=credentials)
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 30 * 60
    assert claims.keys() == {"sub", "iat", "exp"}


async def test_forged_and_stale_tokens_are_refused(talentflow: Backend) -> None:
    headers = await headers_of(talentflow.state, "admin")
    token = headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    secret = talentflow.settings.jwt_secret.get_secret_value()
    past = datetime.now(UTC) - timedelta(seconds=1)
    head, body, signature = token.split(".")
    forged = [
        jwt.encode(claims, STRONG, algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, secret, algorithm="HS512"),
        jwt.encode({**claims, "exp": past}, secret, algorithm="HS256"),
        jwt.encode({**claims, "nbf": datetime.now(UTC) + timedelta(hours=1)}, secret, algorithm="HS256"),
        jwt.encode({"sub": claims["sub"]}, secret, algorithm="HS256"),
        jwt.encode({"exp": claims["exp"]}, secret, algorithm="HS256"),
        jwt.encode({**claims, "sub": "admin"}, secret, algorithm="HS256"),
        jwt.encode({**claims, "sub": "9000000"}, secret, algorithm="HS256"),
        f"{head}.{body}.{signature[::-1]}",
        f"{head}.{body}.",
        "nonsense",
    ]
    for bad in forged:
        await unauthenticated(talentflow, Authorization=f"Bearer {bad}")
    await unauthenticated(talentflow, Authorization=f"Basic {token}")
    await unauthenticated(talentflow, Authorization=token)
    assert (await talentflow.app.get("/api/v1/offers", headers=headers)).status_code == 200


async def test_a_deleted_user_is_nobody(talentflow: Backend) -> None:
    headers = await headers_of(talentflow.state, "admin")
    user = int(jwt.decode(headers["Authorization"][7:], options={"verify_signature": False})["sub"])
    async with talentflow.state.database.transaction() as session:
        await session.execute(delete(User).where(User.id == user))
    await unauthenticated(talentflow, **headers)


async def test_a_key_is_a_machines(talentflow: Backend) -> None:
    headers = await headers_of(talentflow.state, "service")
    assert (await talentflow.app.get("/api/v1/candidates", headers=headers)).status_code == 200
    await unauthenticated(talentflow, **{"X-API-Key": headers["X-API-Key"] + "x"})
    await unauthenticated(talentflow, **{"X-API-Key": ""})
    person = await headers_of(talentflow.state, "admin")
    await unauthenticated(
        talentflow, **person, **{"X-API-Key": "tf_guessed"}
    )  # a wrong key is no reason to look further


@pytest.mark.parametrize("secret", ["", "short", "x" * 31, "change-me-" + STRONG, "my-default-secret-" + STRONG])
def test_weak_secrets_are_refused_outside_the_embedded_stack(secret: str) -> None:
    others: dict[str, Any] = {"_env_file": None, "database_url": "postgresql+psycopg://db/x", "secrets_key": "x"}
    with pytest.raises(ValidationError) as refusal:
        Settings(**others, jwt_secret=secret, embedded=False)
    assert "JWT_SECRET" in str(refusal.value)
    assert not secret or secret not in str(refusal.value)
    assert Settings(**others, jwt_secret=STRONG).jwt_secret.get_secret_value() == STRONG
    assert Settings(**others, jwt_secret=secret, embedded=True).embedded


async def test_errors_never_repeat_a_password(talentflow: Backend) -> None:
    answer: httpx.Response = await talentflow.app.post("/api/v1/auth/login", json={"password": "hunter2-hunter2"})
    assert wrong_fields(answer) == ["email"]
    assert "hunter2" not in answer.text
