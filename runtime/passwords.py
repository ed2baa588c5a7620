"""Password hashes (argon2), made and checked off the event loop: each takes tens of milliseconds of processor."""

import asyncio
import secrets
from functools import lru_cache

from pwdlib import PasswordHash

_passwords = PasswordHash.recommended()


async def hash_password(password: str) -> str:
    """The hash to store."""
    return await asyncio.to_thread(_passwords.hash, password)


async def password_matches(password: str, stored: str | None) -> bool:
    """Whether this password made the hash; takes as long for no hash (unknown user) as for a wrong password."""
    return await asyncio.to_thread(_verify, password, stored)


def _verify(password: str, stored: str | None) -> bool:
    return _passwords.verify(password, stored or _nobody()) and stored is not None


@lru_cache
def _nobody() -> str:
    return _passwords.hash(secrets.token_urlsafe())
