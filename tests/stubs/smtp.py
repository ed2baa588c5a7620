"""A mail server on this machine that does as its script says: first the faults, one a connection, then as it should."""

import asyncio
import re
import ssl
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTPUTF8

DROP = "drop"
"""The connection ends instead of an answer."""

HANG = "hang"
"""No answer until the stub is told to `release` what hangs."""


@dataclass(frozen=True)
class Fault:
    """What one connection does instead, at the `greeting`, at a command, or when it has the whole `content`.

    `does` is DROP, HANG or the line that it answers. One that drops or hangs once it has the content keeps the mail:
    the worst case, in which only the answer is lost.
    """

    at: str
    does: str


@dataclass(frozen=True)
class Received:
    """A mail that the server keeps, with the commands that named its ends; `secure`: over TLS."""

    sender: str
    recipient: str
    message: EmailMessage
    secure: bool


class SmtpStub:
    """`accepted` are the mails it keeps, `heard` every command of every connection."""

    def __init__(self, offers: tuple[str, ...], context: ssl.SSLContext | None) -> None:
        self.accepted: list[Received] = []
        self.heard: list[str] = []
        self.connections = 0
        self.port = 0
        self.reached = asyncio.Event()
        self._offers = offers
        self._context = context
        self._faults: deque[Fault] = deque()
        self._usual: Fault | None = None
        self._released = asyncio.Event()
        self._drops = False
        self._dialogues: set[asyncio.Task[None]] = set()

    def script(self, *faults: Fault) -> None:
        """The next connections show these faults, one each; those after them none."""
        self._faults.extend(faults)

    def always(self, fault: Fault) -> None:
        """Every connection without a fault of its own shows this one."""
        self._usual = fault

    def release(self, *, drop: bool = False) -> None:
        """What hangs goes on as if nothing had been, or is dropped."""
        self._drops = drop
        self._released.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._dialogues.add(task)
        self.connections += 1
        dialogue = _Dialogue(self, reader, writer, self._faults.popleft() if self._faults else self._usual)
        with suppress(OSError, asyncio.IncompleteReadError, _Dropped, asyncio.CancelledError):
            await dialogue.run()
        writer.close()
        self._dialogues.discard(task)

    async def wait(self) -> bool:
        """Hang; whether to drop the connection then."""
        self.reached.set()
        await self._released.wait()
        return self._drops

    async def end(self) -> None:
        for task in list(self._dialogues):
            task.cancel()
        await asyncio.gather(*self._dialogues)


class _Dropped(Exception):
    """The script ends the connection here."""


class _Dialogue:
    """One connection, from the greeting to its end."""

    def __init__(
        self, stub: SmtpStub, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault | None
    ) -> None:
        self._stub = stub
        self._reader = reader
        self._writer = writer
        self._fault = fault
        self._secure = writer.get_extra_info("sslcontext") is not None
        self._sender = self._recipient = ""

    async def run(self) -> None:
        await self._answer("greeting", "220 stub")
        while line := (await self._reader.readline()).decode().strip():
            self._stub.heard.append(line)
            verb = line.split()[0].upper()
            match verb:
                case "EHLO":
                    await self._answer(verb, "\r\n".join([*(f"250-{o}" for o in self._offered()), "250 HELP"]))
                case "STARTTLS":
                    await self._answer(verb, "220 go ahead")
                    assert self._stub._context is not None
                    await self._writer.start_tls(self._stub._context)
                    self._secure = True
                case "AUTH":
                    await self._answer(verb, "235 welcome")
                case "MAIL":
                    self._sender = line
                    await self._answer(verb, "250 ok")
                case "RCPT":
                    self._recipient = line
                    await self._answer(verb, "250 ok")
                case "DATA":
                    if await self._answer(verb, "354 go ahead"):
                        await self._content()
                case "QUIT":
                    await self._answer(verb, "221 bye")
                    return
                case _:
                    await self._answer(verb, "502 what?")

    def _offered(self) -> list[str]:
        return ["stub", *(offer for offer in self._stub._offers if offer != "STARTTLS" or not self._secure)]

    async def _content(self) -> None:
        stuffed = await self._reader.readuntil(b"\r\n.\r\n")
        content = re.sub(rb"(?m)^\.", b"", stuffed.removesuffix(b".\r\n"))
        received = Received(
            self._sender, self._recipient, message_from_bytes(content, EmailMessage, policy=SMTPUTF8), self._secure
        )
        fault = self._fault if self._fault is not None and self._fault.at == "content" else None
        if fault is None or fault.does in (DROP, HANG):
            self._stub.accepted.append(received)
        await self._answer("content", "250 kept")

    async def _answer(self, at: str, usual: str) -> bool:
        """Say the usual, or what the fault wants; whether it was the usual."""
        does = self._fault.does if self._fault is not None and self._fault.at == at else usual
        if does == DROP or (does == HANG and await self._stub.wait()):
            raise _Dropped
        if does == HANG:
            does = usual
        self._writer.write(does.encode() + b"\r\n")
        await self._writer.drain()
        return does == usual


@asynccontextmanager
async def smtp_stub(
    *offers: str, context: ssl.SSLContext | None = None, implicit_tls: bool = False
) -> AsyncGenerator[SmtpStub]:
    """A server on a free port of 127.0.0.1 with these extensions; `context` for TLS, from the start or by STARTTLS."""
    stub = SmtpStub(offers, context)
    server = await asyncio.start_server(stub.serve, "127.0.0.1", 0, ssl=context if implicit_tls else None)
    stub.port = server.sockets[0].getsockname()[1]
    try:
        yield stub
    finally:
        server.close()
        await stub.end()
        await server.wait_closed()
