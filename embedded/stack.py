"""Owns the five servers as one: started together, described as settings, stopped together."""

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from embedded import files
from embedded.child import Child, all_of
from embedded.ports import LOOPBACK, Ports
from embedded.secrets import Secrets
from embedded.servers import mail, objects, postgres, search, temporal
from workflows.contracts import STAGE

SEARCH_ATTRIBUTES: Mapping[str, str] = {STAGE.name: "Keyword"}
"""The attributes registered for operators, with their types."""


class EmbeddedServers:
    """Temporal, PostgreSQL, object store, search and mail on one data directory, running inside `async with`.

    A data directory serves one stack at a time. Wanted ports that are taken are replaced: `ports` says what became
    of them. Enter it in the main thread, as the servers end with the thread that started them. Entering raises
    `StackError` with what went wrong and where the log is; nothing is left running then.
    """

    def __init__(self, data_dir: Path, ports: Ports) -> None:
        self.data_dir = data_dir.resolve()
        self.ports = ports
        self._children: dict[str, Child] = {}
        self._database_url = ""
        self._lock: int | None = None

    async def __aenter__(self) -> Self:
        files.prepare(self.data_dir)
        self._lock = files.lock(self.data_dir)
        try:
            self.secrets = Secrets.of(self.data_dir)
            self.ports = self._resolve_ports()
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    @property
    def pids(self) -> dict[str, int]:
        """The process of each server."""
        return {name: child.pid for name, child in self._children.items()}

    @property
    def endpoints(self) -> dict[str, str]:
        """Where each server is reached: URLs, `host:port` for Temporal and SMTP, a folder for the mails."""
        return {
            "temporal": f"{LOOPBACK}:{self.ports.temporal}",
            "temporal_ui": f"http://{LOOPBACK}:{self.ports.temporal_ui}",
            "database_url": self._database_url,
            "s3": f"http://{LOOPBACK}:{self.ports.s3}",
            "search": f"http://{LOOPBACK}:{self.ports.search}",
            "smtp": f"{LOOPBACK}:{self.ports.smtp}",
            "mail_dir": str(self.data_dir / "mail"),
        }

    def environment(self) -> dict[str, str]:
        """The settings that connect a process to these servers; blank ones say that a setting must be unset."""
        return {
            "EMBEDDED": "true",
            "DATABASE_URL": self._database_url,
            "TEMPORAL_ADDRESS": self.endpoints["temporal"],
            "TEMPORAL_NAMESPACE": temporal.NAMESPACE,
            "TEMPORAL_API_KEY": "",
            "S3_ENDPOINT_URL": self.endpoints["s3"],
            "S3_ACCESS_KEY": self.secrets.s3_access_key,
            "S3_SECRET_KEY": self.secrets.s3_secret_key,
            "S3_BUCKET": objects.BUCKET,
            "ELASTICSEARCH_URL": self.endpoints["search"],
            "ELASTICSEARCH_API_KEY": "",
            "SMTP_HOST": LOOPBACK,
            "SMTP_PORT": str(self.ports.smtp),
            "SMTP_USERNAME": "",
            "SMTP_PASSWORD": "",
            "SMTP_FROM": "talentflow@talentflow.example",
            "SMTP_TLS": "none",
            "JWT_SECRET": self.secrets.jwt_secret,
            "SECRETS_KEY": self.secrets.secrets_key,
        }

    async def first_failure(self) -> None:
        """Run until a server ends by itself, and raise `StackError`, saying which."""

        async def watch(child: Child) -> None:
            await child.wait()
            child.check()

        await all_of(watch(child) for child in self._children.values())

    def _resolve_ports(self) -> Ports:
        path = self.data_dir / "ports.json"
        resolved = self.ports.resolve(json.loads(path.read_text()) if path.exists() else {})
        files.write_private(path, json.dumps(asdict(resolved), indent=2))
        return resolved

    async def _start(self) -> None:
        async def keep(name: str, start: Awaitable[Child]) -> None:
            self._children[name] = await start

        async def database() -> Child:
            child, self._database_url = await postgres.start(self.data_dir)
            return child

        await all_of(
            [
                keep("postgres", database()),
                keep("temporal", temporal.start(self.data_dir, self.ports, SEARCH_ATTRIBUTES)),
                keep("objects", objects.start(self.data_dir, self.ports.s3, self.secrets)),
                keep("search", search.start(self.data_dir, self.ports.search)),
                keep("mail", mail.start(self.data_dir, self.ports.smtp)),
            ]
        )

    async def _stop(self) -> None:
        await asyncio.gather(*(child.stop() for child in self._children.values()))
        self._children.clear()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


@asynccontextmanager
async def temporary_servers() -> AsyncGenerator[EmbeddedServers]:
    """Servers on free ports and a data directory of their own, which goes with them: what a test run wants."""
    data_dir = Path(tempfile.mkdtemp(prefix="talentflow-"))
    try:
        async with EmbeddedServers(data_dir, Ports.any_free()) as servers:
            yield servers
    finally:
        postgres.remove(data_dir)
        shutil.rmtree(data_dir)
