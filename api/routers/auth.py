"""Logging in and registering."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import AfterValidator, Field

from api.errors import ApiError, documented
from api.fields import HttpModel, Word, example
from api.security import issue_token
from api.state import Parts
from db import users
from runtime.passwords import hash_password, password_matches

router = APIRouter(prefix="/api/v1/auth", tags=["authentication"])

MIN_PASSWORD = 10


def _email(text: str) -> str:
    local, at, host = text.strip().rpartition("@")
    if not (local and at and "." in host.strip(".")) or any(c.isspace() for c in text.strip()):
        raise ValueError("must be an e-mail address")
    return text.strip()


Email = Annotated[str, Field(max_length=254), AfterValidator(_email)]


class Login(HttpModel):
    """The e-mail address and password of an account."""

    model_config = example({"email": "camille.renard@example.fr", "password": "un mot de passe bien à moi"})

    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=200)]


class Registration(HttpModel):
    """A new account. The password has at least 10 characters."""

    model_config = example(
        {
            "email": "camille.renard@example.fr",
            "password": "un mot de passe bien à moi",
            "first_name": "Camille",
            "last_name": "Renard",
        }
    )

    email: Email
    password: Annotated[str, Field(min_length=MIN_PASSWORD, max_length=200)]
    first_name: Word
    last_name: Word


class Token(HttpModel):
    """Send it as `Authorization: Bearer <access_token>`; it is valid for 30 minutes by default."""

    model_config = example({"access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2ln", "token_type": "bearer"})

    access_token: str
    token_type: Literal["bearer"]


class Account(HttpModel):
    """An account; its role says what it may do."""

    model_config = example(
        {
            "id": 42,
            "email": "camille.renard@example.fr",
            "role": "candidate",
            "first_name": "Camille",
            "last_name": "Renard",
        }
    )

    id: int
    email: str
    role: Literal["admin", "recruiter", "candidate"]
    first_name: str
    last_name: str


@router.post(
    "/login",
    summary="Log in",
    response_description="An access token",
    responses=documented(400, 413, why={401: "`bad_credentials`: no such account, or another password"}),
)
async def login(body: Login, parts: Parts) -> Token:
    """Exchange e-mail and password for an access token. Log in again when it has expired (401)."""
    async with parts.database.transaction() as session:
        user = await users.user_by_email(session, body.email)
    if not await password_matches(body.password, user.password_hash if user else None) or user is None:
        raise ApiError(401, "bad_credentials", "Adresse ou mot de passe incorrect")
    return Token(access_token=issue_token(user, parts.settings), token_type="bearer")  # noqa: S106 - the kind of token, not one


@router.post(
    "/register",
    status_code=201,
    summary="Open a candidate's account",
    response_description="The new account; log in to use it",
    responses=documented(400, 413, why={409: "`email_taken`: there is an account with this address"}),
)
async def register(body: Registration, parts: Parts) -> Account:
    """Open a candidate's account. Accounts of the other roles come from `python -m api user add`."""
    password_hash = await hash_password(body.password)
    async with parts.database.transaction() as session:
        user = await users.add_user(
            session,
            email=body.email,
            password_hash=password_hash,
            role="candidate",
            first_name=body.first_name,
            last_name=body.last_name,
        )
    if user is None:
        raise ApiError(409, "email_taken", "Cette adresse est déjà utilisée")
    return Account(id=user.id, email=user.email, role="candidate", first_name=user.first_name, last_name=user.last_name)
