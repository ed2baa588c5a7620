"""`python -m embedded up` as its user sees it: what it prints and writes, what survives, what it leaves behind."""

import asyncio
import json
import os
import signal
import stat
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from embedded.servers.common import ROOT
from tests.waiting import DEADLINE, until


@asynccontextmanager
async def stack(data_dir: Path) -> AsyncGenerator[tuple[asyncio.subprocess.Process, str]]:
    """The command running, with what it printed until it was ready."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "embedded", "up", "--api-port", "0", "--data-dir", str(data_dir)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    try:
        printed = ""
        async with asyncio.timeout(DEADLINE):
            while "Ctrl-C stops" not in printed:
                line = await process.stdout.readline()
                assert line, f"ended before it was ready: {printed}"
                printed += line.decode()
        yield process, printed
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(DEADLINE):
            await process.communicate()


def endpoints(data_dir: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((data_dir / "endpoints.json").read_text())
    return content


async def test_up_serves_restarts_a_killed_worker_and_leaves_nothing(
    data_dir: Path, processes_on: Callable[[Path], list[str]]
) -> None:
    async with stack(data_dir) as (process, printed):
        written = endpoints(data_dir)
        keys = {"api", "temporal", "temporal_ui", "database_url", "s3", "search", "smtp", "mail_dir", "pids"}
        assert set(written) == keys
        assert stat.S_IMODE((data_dir / "endpoints.json").stat().st_mode) == 0o600
        assert all(written[key] in printed for key in keys - {"pids"})

        async with httpx.AsyncClient(base_url=written["api"], trust_env=False) as api:
            assert (await api.get("/readyz")).status_code == 200
            login = {"email": "recruiter@talentflow.example", "password": "Recruiter2026!"}
            assert "access_token" in (await api.post("/api/v1/auth/login", json=login)).json()

        os.kill(written["pids"]["worker"], signal.SIGKILL)

        async def replaced() -> bool:
            return bool(endpoints(data_dir)["pids"]["worker"] != written["pids"]["worker"])

        await until(replaced)
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(DEADLINE):
            assert await process.wait() == 0
    assert processes_on(data_dir) == []
    assert not (data_dir / "endpoints.json").exists()


async def test_up_on_a_data_directory_in_use_says_so(data_dir: Path) -> None:
    arguments = ("-m", "embedded", "up", "--no-workers", "--api-port", "0", "--data-dir", str(data_dir))
    first = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:

        async def begun() -> bool:
            return (data_dir / "secrets.json").exists()

        await until(begun)
        second = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        _, said = await second.communicate()
    finally:
        first.terminate()  # while it is still starting
        await first.communicate()
    assert second.returncode == 1
    assert f"another stack (process {first.pid}) runs on {data_dir}" in said.decode()
    assert first.returncode == 0
