"""Sealing of secrets that must be stored for a while, such as a caller's webhook secret (Fernet, `SECRETS_KEY`)."""

from cryptography.fernet import Fernet, InvalidToken


class SealingError(ValueError):
    """The key is not a Fernet key, or what is stored was sealed with another one."""


class Sealer:
    """Seals text into bytes that only the holder of the key opens again."""

    def __init__(self, key: str) -> None:
        try:
            self._fernet = Fernet(key)
        except ValueError:
            raise SealingError("SECRETS_KEY must be 32 bytes in url-safe base64") from None

    def seal(self, secret: str) -> bytes:
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """Raises `SealingError` when another key sealed it."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise SealingError("the stored secret does not open with SECRETS_KEY") from None
