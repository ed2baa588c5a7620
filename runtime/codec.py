"""AES-GCM sealing of Temporal payloads over a keyring, so that history holds no readable business data."""

import asyncio
import base64
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

_ENCODING = b"binary/talentflow-aesgcm"
_KEY_ID = "talentflow-key-id"
_NONCE_BYTES = 12
_INLINE_LIMIT = 32_768
"""Above this many bytes a payload is sealed in a thread, so that the event loop keeps turning."""


class KeyringError(ValueError):
    """The keyring cannot be read, or a payload names a key that is not in it."""


class KeyringCodec(PayloadCodec):
    """Seals with the first key of the ring and opens with whichever key the payload names.

    Payloads without our marker pass through, so that input typed into the Temporal CLI works.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise KeyringError("the keyring is empty")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._current = next(iter(keys))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read `id:base64-key[,id:base64-key…]`, each key 32 bytes; raises `KeyringError`."""
        keys: dict[str, bytes] = {}
        for entry in text.split(","):
            key_id, _, encoded = entry.strip().partition(":")
            try:
                key = base64.urlsafe_b64decode(encoded)
            except ValueError:
                key = b""
            if not key_id or len(key) != 32:
                raise KeyringError("PAYLOAD_KEYS must be id:base64-of-32-bytes, comma separated")
            keys[key_id] = key
        return cls(keys)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [await _maybe_in_thread(self._seal, payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [await _maybe_in_thread(self._open, payload) for payload in payloads]

    def _seal(self, payload: Payload) -> Payload:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, payload.SerializeToString(), None)
        return Payload(metadata={"encoding": _ENCODING, _KEY_ID: self._current.encode()}, data=nonce + sealed)

    def _open(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != _ENCODING:
            return payload
        cipher = self._ciphers.get(payload.metadata[_KEY_ID].decode(errors="replace"))
        if cipher is None:
            raise KeyringError("the key of this payload is not in the keyring")
        try:
            opened = cipher.decrypt(payload.data[:_NONCE_BYTES], payload.data[_NONCE_BYTES:], None)
        except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
            raise KeyringError("the payload does not open with its key") from None
        return Payload.FromString(opened)


async def _maybe_in_thread(work: Callable[[Payload], Payload], payload: Payload) -> Payload:
    return await asyncio.to_thread(work, payload) if len(payload.data) > _INLINE_LIMIT else work(payload)
