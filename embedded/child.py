"""Owns one child process of the stack: its lock, its log, its readiness and its end."""

import asyncio
import contextlib
import fcntl
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

_LAUNCHER = Path(__file__).with_name("launcher.py")
_LEFTOVER_SECONDS = 10.0
_POLL_SECONDS = 0.03


class StackError(Exception):
    """The local stack cannot start or go on; the text is meant for whoever started it."""


@dataclass(frozen=True)
class Program:
    """What to run, and how it is asked to end.

    `name` names the lock and the log. `death_signal` is what the program gets when the stack itself is killed.
    `user` is the account it runs under when the stack is root's. `pid_file` is a file by which the program refuses to
    run twice; a killed run leaves it, and the pid in it may be another process's by now.
    """

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    directory: Path
    user: str | None = None
    pid_file: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL


class Child:
    """A running program in a session of its own, so that a Ctrl-C of the terminal reaches the stack alone.

    Start it from the main thread: Linux sends the death signal when the thread that started a child ends.
    """

    def __init__(self, program: Program, process: asyncio.subprocess.Process, log: Path) -> None:
        self.program = program
        self.log = log
        self._process = process

    @classmethod
    async def start(cls, program: Program, data_dir: Path) -> Self:
        """Start `program`, after ending what a killed stack left of it. Output goes to `<data_dir>/logs`."""
        lock = await _take_lock(program, data_dir / "run" / f"{program.name}.lock")
        log = data_dir / "logs" / f"{program.name}.log"
        try:
            if program.pid_file is not None:  # the lock is ours: whoever wrote it is gone, with all its children
                program.pid_file.unlink(missing_ok=True)
            with log.open("ab") as output:
                numbers = (str(number) for number in (os.getpid(), int(program.death_signal), lock))
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    *("-I", "-S", str(_LAUNCHER), *numbers, program.user or "-"),
                    *program.command,
                    cwd=program.directory,
                    env=program.environment,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    pass_fds=(lock,),
                    start_new_session=True,
                )
        finally:
            os.close(lock)  # the child keeps its copy, and with it the lock
        return cls(program, process, log)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit status, None while the process runs, negative for a signal."""
        return self._process.returncode

    async def wait(self) -> int:
        """Wait for the end of the process and give its exit status."""
        return await self._process.wait()

    async def until(self, ready: Callable[[], Awaitable[bool]], seconds: float) -> Self:
        """Wait until `ready` says so; otherwise end the process and raise `StackError`."""
        try:
            async with asyncio.timeout(seconds):
                while not await ready():
                    self.check()
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            await self.stop()
            raise StackError(f"{self.program.name} was not ready in {seconds:.0f} s; its log is {self.log}") from None
        except BaseException:
            await self.stop()
            raise
        return self

    def check(self) -> None:
        """Raise `StackError` if the process has ended."""
        if self.returncode is not None:
            raise StackError(f"{self.program.name} ended with {self.returncode}; its log is {self.log}")

    async def stop(self, grace: float = 10.0) -> None:
        """Ask the process to end, kill it after `grace` seconds, and kill what is left of its group."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(self.program.stop_signal)
        try:
            async with asyncio.timeout(grace):
                await self._process.wait()
        except TimeoutError:
            self.end_group()
        await self._process.wait()
        self.end_group()

    def end_group(self) -> None:
        """Kill whatever of the process's group still runs."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


async def run_to_end(program: Program, data_dir: Path, seconds: float = 60.0) -> None:
    """Run a program that ends by itself; raises `StackError` when it fails or takes longer than `seconds`."""
    child = await Child.start(program, data_dir)
    try:
        async with asyncio.timeout(seconds):
            status = await child.wait()
    except TimeoutError:
        raise StackError(f"{program.name} did not end in {seconds:.0f} s; its log is {child.log}") from None
    finally:
        await child.stop()
    if status != 0:
        child.check()


async def all_of(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do all of it at once; the first failure cancels the rest, waits for their cleaning up, and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


async def _take_lock(program: Program, path: Path) -> int:
    """The descriptor of the locked file. A holder is a leftover, whose pid the file gives: nobody else has it open."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        free = await _locked_within(lock, 0)
        for number in (program.death_signal, signal.SIGKILL):
            if not free:
                with contextlib.suppress(ProcessLookupError, ValueError):
                    os.kill(int(os.pread(lock, 32, 0)), number)
                free = await _locked_within(lock, _LEFTOVER_SECONDS)
    except BaseException:
        os.close(lock)
        raise
    if not free:
        os.close(lock)
        raise StackError(f"{program.name} of an earlier run does not end; its pid is in {path}")
    return lock


async def _locked_within(lock: int, seconds: float) -> bool:
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if asyncio.get_running_loop().time() >= deadline:
                return False
            await asyncio.sleep(_POLL_SECONDS)
        else:
            return True
