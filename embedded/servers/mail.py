"""Owns the mail server: a sink that keeps every message as an `.eml` file and delivers none."""

import argparse
import asyncio
import os
import signal
import sys
import time
import uuid
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from embedded.child import Child, Program
from embedded.ports import LOOPBACK
from embedded.servers.common import ROOT, clean_environment

MAX_MESSAGE_BYTES = 20 * 1024 * 1024


async def start(data_dir: Path, port: int) -> Child:
    """Start the sink, which writes to `<data_dir>/mail`, and wait until it greets."""
    command = [sys.executable, "-m", "embedded.servers.mail", "--port", str(port), str(data_dir / "mail")]
    child = await Child.start(Program("mail", command, clean_environment(data_dir), ROOT), data_dir)

    async def ready() -> bool:
        try:
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            return False
        try:
            return (await reader.readline()).startswith(b"220")
        finally:
            writer.close()

    return await child.until(ready, 30)


class _Sink:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - their name
        """Keep the message under a name that sorts by arrival; the envelope goes on top, as a mail server notes it."""
        lines = [f"Return-Path: <{envelope.mail_from or ''}>", *(f"Delivered-To: {to}" for to in envelope.rcpt_tos)]
        noted = "".join("".join(c for c in line if c.isprintable()) + "\r\n" for line in lines)
        content = envelope.original_content or b""
        name = f"{time.time_ns()}-{uuid.uuid4().hex}"
        unfinished = self._folder / f".{name}.part"
        unfinished.write_bytes(noted.encode(errors="replace") + content)
        unfinished.replace(self._folder / f"{name}.eml")
        return "250 kept"


async def _serve(port: int, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    sink = _Sink(folder)
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="localhost", data_size_limit=MAX_MESSAGE_BYTES, enable_SMTPUTF8=True),
        LOOPBACK,
        port,
    )
    await ended.wait()
    server.close()  # without waiting for idle clients


if __name__ == "__main__":
    os.umask(0o077)
    parser = argparse.ArgumentParser(description="Keep every mail as a file.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments.port, arguments.folder))
