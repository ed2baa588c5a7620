"""Owns the secrets of one data directory: generated at its first start, the same ever after."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Self

from embedded.child import StackError
from embedded.files import write_private


@dataclass(frozen=True)
class Secrets:
    """The generated settings, each in the form its environment variable has."""

    jwt_secret: str
    s3_access_key: str
    s3_secret_key: str
    secrets_key: str

    @classmethod
    def generate(cls) -> Self:
        return cls(
            jwt_secret=secrets.token_urlsafe(48),
            s3_access_key=secrets.token_hex(10),
            s3_secret_key=secrets.token_hex(20),
            secrets_key=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        )

    @classmethod
    def of(cls, data_dir: Path) -> Self:
        """Read `<data_dir>/secrets.json`, or make it.

        Raises `StackError` if the file is damaged: new secrets would make what the old ones seal unreadable.
        """
        path = data_dir / "secrets.json"
        if not path.exists():
            made = cls.generate()
            write_private(path, json.dumps(asdict(made), indent=2))
            return made
        try:
            stored = json.loads(path.read_text())
            values = {field.name: stored[field.name] for field in fields(cls)}
        except (ValueError, LookupError, TypeError):
            raise StackError(f"{path} is damaged; restore it, or start on another data directory") from None
        if not all(isinstance(value, str) and value for value in values.values()):
            raise StackError(f"{path} is damaged; restore it, or start on another data directory")
        return cls(**values)
