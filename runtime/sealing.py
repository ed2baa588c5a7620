"""Sealing of secrets that must be stored for a while, such as a webhook secret, and names that must be forgotten.

Fernet and HMAC, both with `SECRETS_KEY`.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken


class SealingError(ValueError):
    """The key is not a Fernet key, or what is stored was sealed with another one."""


class Sealer:
    """Seals text into bytes that only the holder of the key opens again; gives names that only they can give."""

    def __init__(self, key: str) -> None:
        try:
            self._fernet = Fernet(key)
        except ValueError:
            raise SealingError("SECRETS_KEY must be 32 bytes in url-safe base64") from None
        self._key = base64.urlsafe_b64decode(key)

    def seal(self, secret: str) -> bytes:
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """Raises `SealingError` when another key sealed it."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise SealingError("the stored secret does not open with SECRETS_KEY") from None

    def pseudonym(self, name: str) -> str:
        """What stands for a name that must be forgotten: always the same, and nobody without the key can tell whose."""
        return hmac.new(self._key, b"pseudonym\0" + name.encode(), hashlib.sha256).hexdigest()
