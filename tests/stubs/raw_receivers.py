"""Receivers of webhooks that misbehave below HTTP, or speak TLS under a name of their own."""

import asyncio
import datetime as dt
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOOPBACK = "127.0.0.1"

Behaviour = Callable[[StreamWriter], Awaitable[None]]
"""What is written once the request has been read to its end; the connection is closed afterwards."""


@dataclass
class RawReceiver:
    """`heads` and `bodies` are those of the requests in their order; `left` counts senders that went away first."""

    port: int = 0
    heads: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    left: int = 0

    def header(self, name: str) -> list[str | None]:
        """This header of each request."""
        found: list[str | None] = []
        for head in self.heads:
            lines = [line.partition(b":") for line in head.split(b"\r\n")]
            values = [value.strip().decode() for key, _, value in lines if key.lower() == name.encode()]
            found.append(values[0] if values else None)
        return found


def answers(*lines: str) -> Behaviour:
    """A head of these lines without a body."""

    async def behave(writer: StreamWriter) -> None:
        writer.write("\r\n".join([*lines, "content-length: 0", "", ""]).encode())
        await writer.drain()

    return behave


async def hangs_up(_: StreamWriter) -> None:
    """The request has been taken, and its answer is lost."""


def drips(head: bytes, drop: bytes, *, every: float = 0.02, times: int = 3000) -> Behaviour:
    """A head, then the same bytes again and again."""

    async def behave(writer: StreamWriter) -> None:
        writer.write(head)
        for _ in range(times):
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(every)

    return behave


@asynccontextmanager
async def raw_receiver(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> AsyncGenerator[RawReceiver]:
    """A receiver on a free port that behaves like the first towards its first request, and so on; the last stays."""
    running = RawReceiver()
    coming = list(behaviours)
    talking: set[asyncio.Task[None]] = set()

    async def talk(reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talking.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            running.heads.append(head)
            running.bodies.append(await reader.readexactly(int(running.header("content-length")[-1] or 0)))
            await (coming.pop(0) if len(coming) > 1 else coming[0])(writer)
        except (OSError, asyncio.IncompleteReadError):
            running.left += 1
        finally:
            talking.discard(task)
            with suppress(OSError, RuntimeError):
                writer.close()

    server = await asyncio.start_server(talk, LOOPBACK, 0, ssl=tls)
    running.port = server.sockets[0].getsockname()[1]
    try:
        yield running
    finally:
        server.close()
        for task in list(talking):
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)


@dataclass(frozen=True)
class Authority:
    """An authority, and what it signs; its own certificate lies at `path`."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    folder: Path

    @classmethod
    def new(cls, folder: Path) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Autorité de test")])
        signed = _certificate(name, name, key, key, x509.BasicConstraints(ca=True, path_length=0))
        authority = cls(key, signed, folder)
        authority.path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        return authority

    @property
    def path(self) -> Path:
        return self.folder / "authority.pem"

    def server(self, host: str) -> ssl.SSLContext:
        """What a server of this name needs."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        signed = _certificate(name, self.certificate.subject, key, self.key, names)
        path = self.folder / f"{host}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + signed.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signing: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(extension, critical=True)
        .sign(signing, hashes.SHA256())
    )
