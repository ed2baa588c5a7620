"""What happens when processes die: the stack's own, a supervised one, a stubborn one."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from embedded import files
from embedded.child import Child, Program, StackError
from embedded.ports import Ports
from embedded.processes import Supervised, process_environment
from embedded.servers.common import ROOT
from embedded.stack import EmbeddedServers
from tests.waiting import DEADLINE, until

ONLY_SERVERS = """
import asyncio, pathlib, sys
from embedded.ports import Ports
from embedded.stack import EmbeddedServers

async def main():
    async with EmbeddedServers(pathlib.Path(sys.argv[1]), Ports.any_free()):
        print("up", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""

COUNTS_ITS_STARTS = """
import os, pathlib, signal
with pathlib.Path("starts").open("a") as starts:
    starts.write(f"{os.getpid()}\\n")
signal.pause()
"""

IGNORES_SIGTERM = """
import pathlib, signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
pathlib.Path("child").write_text(str(child.pid))
signal.pause()
"""


async def wait_until(condition: Callable[[], bool]) -> None:
    async def holds() -> bool:
        return condition()

    await until(holds, every=0.02)


def script(name: str, code: str, directory: Path) -> Program:
    return Program(name, [sys.executable, "-c", code], dict(os.environ), directory)


def exists(pid: int | str | None) -> bool:
    return Path(f"/proc/{pid}").exists()


def starts(data_dir: Path) -> list[int]:
    path = data_dir / "starts"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


async def test_servers_die_with_a_killed_stack_and_the_next_start_works(
    data_dir: Path, processes_on: Callable[[Path], list[str]]
) -> None:
    stack = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ONLY_SERVERS, str(data_dir)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert stack.stdout is not None
    async with asyncio.timeout(DEADLINE):
        assert await stack.stdout.readline() == b"up\n"
    stack.kill()
    await stack.wait()
    async with EmbeddedServers(data_dir, Ports.any_free()):  # at once, while PostgreSQL may still be closing
        pass
    assert processes_on(data_dir) == []


async def test_servers_of_a_killed_stack_end_by_themselves(
    data_dir: Path, processes_on: Callable[[Path], list[str]]
) -> None:
    stack = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ONLY_SERVERS, str(data_dir)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert stack.stdout is not None
    async with asyncio.timeout(DEADLINE):
        assert await stack.stdout.readline() == b"up\n"
    assert processes_on(data_dir) != []
    stack.kill()
    await stack.wait()
    await wait_until(lambda: processes_on(data_dir) == [])


async def test_a_stale_postmaster_file_naming_a_foreign_process_does_not_stop_the_start(data_dir: Path) -> None:
    async with EmbeddedServers(data_dir, Ports.any_free()):
        pass
    outside = Path(json.loads((data_dir / "postgres.json").read_text())["directory"])
    as_root = os.geteuid() == 0
    cluster = outside / "data" if as_root else data_dir / "postgres"
    sleeper = Program("sleeper", ["/bin/sleep", "60"], {}, outside, user="nobody" if as_root else None)
    foreign = await Child.start(sleeper, data_dir)
    await wait_until(lambda: b"sleep" in Path(f"/proc/{foreign.pid}/cmdline").read_bytes().split(b"\0")[0])
    stale = f"{foreign.pid}\n{cluster}\n1700000000\n5432\n{outside}\n\n  1234567         1\nready\n"
    (cluster / "postmaster.pid").write_text(stale)
    try:
        async with EmbeddedServers(data_dir, Ports.any_free()):
            assert foreign.returncode is None
    finally:
        await foreign.stop()


async def test_a_killed_process_is_replaced_until_the_stack_stops(data_dir: Path) -> None:
    files.prepare(data_dir)
    replaced: list[int | None] = []
    supervised = Supervised(
        script("counting", COUNTS_ITS_STARTS, data_dir), data_dir, lambda: replaced.append(supervised.pid)
    )

    async def ready() -> bool:
        return starts(data_dir) != []

    await supervised.start(ready, DEADLINE)
    try:
        first = supervised.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await wait_until(lambda: len(starts(data_dir)) == 2)
    finally:
        await supervised.stop()
    assert starts(data_dir) == [first, supervised.pid]
    assert replaced == [supervised.pid]
    assert not exists(supervised.pid)


async def test_a_process_that_dies_before_it_is_ready_is_an_error(data_dir: Path) -> None:
    files.prepare(data_dir)
    supervised = Supervised(script("broken", "raise SystemExit(3)", data_dir), data_dir, lambda: None)

    async def never() -> bool:
        return False

    with pytest.raises(StackError, match=r"broken ended with 3; its log is .*broken\.log"):
        await supervised.start(never, DEADLINE)


async def test_a_process_that_ignores_the_request_is_killed_with_its_children(data_dir: Path) -> None:
    files.prepare(data_dir)
    stubborn = await Child.start(script("stubborn", IGNORES_SIGTERM, data_dir), data_dir)
    await wait_until((data_dir / "child").exists)
    await stubborn.stop(grace=0.1)
    assert stubborn.returncode == -signal.SIGKILL
    child = (data_dir / "child").read_text()
    await wait_until(lambda: not exists(child))


async def test_what_a_killed_stack_left_running_is_ended_by_the_next_start(data_dir: Path) -> None:
    files.prepare(data_dir)
    program = script("counting", COUNTS_ITS_STARTS, data_dir)
    leftover = await Child.start(program, data_dir)
    await wait_until(lambda: len(starts(data_dir)) == 1)
    second = await Child.start(program, data_dir)
    try:
        assert await leftover.wait() == -signal.SIGKILL
        await wait_until(lambda: len(starts(data_dir)) == 2)
    finally:
        await second.stop()


def test_the_callers_settings_reach_the_processes_but_not_the_connections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("OPENAI_MODEL=from-file\nLOG_LEVEL=DEBUG\nTEMPORAL_API_KEY=abc\n")
    monkeypatch.setenv("OPENAI_MODEL", "from-caller")
    monkeypatch.setenv("LOG_LEVEL", "")
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://elsewhere.example.com/x")
    monkeypatch.setenv("smtp_username", "somebody")
    monkeypatch.setenv("PGSERVICE", "elsewhere")
    owned = {"DATABASE_URL": "ours", "TEMPORAL_API_KEY": "", "SMTP_USERNAME": ""}
    environment = process_environment(owned, env_file)
    assert environment["OPENAI_MODEL"] == "from-caller"
    assert environment["LOG_LEVEL"] == "DEBUG"
    assert environment["DATABASE_URL"] == "ours"
    assert {"TEMPORAL_API_KEY", "SMTP_USERNAME", "smtp_username", "PGSERVICE"}.isdisjoint(environment)
    assert "127.0.0.1" in environment["NO_PROXY"].split(",")
