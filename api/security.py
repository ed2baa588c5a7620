"""Who is calling, and what each role may do."""

import hashlib
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import jwt
from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from api.errors import ApiError, forbidden
from api.state import State, state_of
from db import users
from db.tables import Candidate, User
from runtime.settings import Settings

Role = Literal["admin", "recruiter", "candidate", "service"]

_ALGORITHM = "HS256"
_bearer = HTTPBearer(auto_error=False, description="token of POST /api/v1/auth/login")
_api_key = APIKeyHeader(name="X-API-Key", auto_error=False, description="key of a machine caller")


@dataclass(frozen=True)
class Caller:
    """`id` names the owner of what is created: "user:12", "key:3", or "gateway" with `AUTH_DISABLED`."""

    id: str
    role: Role
    user_id: int | None = None

    @property
    def sees_all(self) -> bool:
        return self.role in ("admin", "service")

    def owns(self, owner: str | None) -> bool:
        """Whether a thing of this owner is the caller's to read."""
        return self.sees_all or owner == self.id

    def holds(self, candidate: Candidate) -> bool:
        """Whether the candidate is the caller's: to be seen whatever their status, and given another CV.

        Candidates hold themselves, recruiters those made from their uploads.
        """
        return candidate.user_id == self.user_id if self.role == "candidate" else self.owns(candidate.created_by)


def new_api_key() -> tuple[str, str]:
    """A key, shown once, and the hash of it that is stored."""
    key = f"tf_{secrets.token_urlsafe(32)}"
    return key, hash_api_key(key)


def hash_api_key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def issue_token(user: User, settings: Settings) -> str:
    """A signed access token for `access_token_minutes`."""
    now = datetime.now(UTC)
    claims = {"sub": str(user.id), "iat": now, "exp": now + timedelta(minutes=settings.access_token_minutes)}
    return jwt.encode(claims, settings.jwt_secret.get_secret_value(), algorithm=_ALGORITHM)


def _unauthenticated() -> ApiError:
    error = ApiError(401, "unauthenticated", "Authentification requise")
    error.headers = {"WWW-Authenticate": "Bearer"}
    return error


async def current_caller(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    api_key: Annotated[str | None, Security(_api_key)],
) -> Caller:
    """The caller of this request; 401 unless a valid token or key names one."""
    state = state_of(request)
    if state.settings.auth_disabled:
        return Caller("gateway", "admin")
    if api_key is not None:
        return await _machine(state, api_key)
    if bearer is None:
        raise _unauthenticated()
    try:
        claims = jwt.decode(
            bearer.credentials,
            state.settings.jwt_secret.get_secret_value(),
            algorithms=[_ALGORITHM],
            options={"require": ["sub", "exp"]},
        )
        user_id = int(claims["sub"])
    except (jwt.InvalidTokenError, ValueError):
        raise _unauthenticated() from None
    async with state.database.transaction() as session:
        user = await users.user_by_id(session, user_id)
    if user is None:
        raise _unauthenticated()
    return Caller(f"user:{user.id}", _role(user.role), user.id)


async def _machine(state: State, api_key: str) -> Caller:
    async with state.database.transaction() as session:
        key = await users.api_key_by_hash(session, hash_api_key(api_key))
    if key is None:
        raise _unauthenticated()
    return Caller(f"key:{key.id}", "service")


def _role(stored: str) -> Role:
    roles: dict[str, Role] = {"admin": "admin", "recruiter": "recruiter", "candidate": "candidate"}
    return roles[stored]


AnyCaller = Annotated[Caller, Depends(current_caller)]


def _only(*roles: Role) -> Callable[[Caller], Coroutine[Any, Any, Caller]]:
    async def check(caller: AnyCaller) -> Caller:
        if caller.role not in roles:
            raise forbidden()
        return caller

    return check


AdminCaller = Annotated[Caller, Depends(_only("admin"))]
AdminOrService = Annotated[Caller, Depends(_only("admin", "service"))]
RecruiterOrAdmin = Annotated[Caller, Depends(_only("admin", "service", "recruiter"))]
OfferWriter = Annotated[Caller, Depends(_only("admin", "service", "recruiter"))]
Staff = OfferWriter
"""Everybody but candidates."""
