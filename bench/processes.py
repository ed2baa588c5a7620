"""What the stack's processes take, as Linux accounts for it: memory and processor time. Other systems tell neither."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

MEASURABLE = sys.platform == "linux"

FORK_SERVER = "fork server"
"""The worker's helper with the document libraries, from which every reading process is forked."""

_PROC = Path("/proc")
_GONE = (FileNotFoundError, ProcessLookupError)
_SAMPLE_SECONDS = 0.02


@dataclass(frozen=True)
class Memory:
    """Megabytes (10⁶ bytes): `pss` divides pages among the processes that share them, `rss` counts them in each."""

    pss: float = 0.0
    rss: float = 0.0

    def __add__(self, other: "Memory") -> "Memory":
        return Memory(self.pss + other.pss, self.rss + other.rss)


@dataclass
class Peak:
    """The largest figures seen of one reading process and of the worker with its helper and all its readers."""

    reader: Memory = Memory()
    readers_at_once: int = 0
    worker: Memory = Memory()

    def see(self, own: Memory, readers: list[Memory]) -> None:
        self.reader = max([self.reader, *readers], key=lambda memory: memory.pss)
        self.readers_at_once = max(self.readers_at_once, len(readers))
        self.worker = max(self.worker, sum(readers, own), key=lambda memory: memory.pss)


def memory(pids: Mapping[str, int]) -> dict[str, Memory]:
    """The memory of each part with its children; the worker's fork server stands apart."""
    return {name: _memory_of(family) for name, family in _families(pids).items()}


def processor_seconds(pids: Mapping[str, int]) -> dict[str, float]:
    """Processor time of each part since it started, children that have ended included."""
    tick = os.sysconf("SC_CLK_TCK")
    return {name: sum(map(_ticks, family)) / tick for name, family in _families(pids).items()}


@asynccontextmanager
async def watching(worker: int) -> AsyncGenerator[Peak]:
    """Looks at the worker and its readers many times a second while the block runs."""
    peak = Peak()

    def look() -> None:
        families = _families({"worker": worker})
        server, *readers = families.get(FORK_SERVER) or [0]
        own = _memory_of([*families["worker"], server])
        # A process that has just been forked or is about to end maps next to nothing.
        peak.see(own, [reader for reader in map(_memory, readers) if reader.pss])

    async def repeat() -> None:
        while True:
            await asyncio.to_thread(look)
            await asyncio.sleep(_SAMPLE_SECONDS)

    task = asyncio.create_task(repeat())
    try:
        yield peak
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _families(pids: Mapping[str, int]) -> dict[str, list[int]]:
    """Each part's processes, itself first; the fork server with its forks is a family of its own."""
    parents: dict[int, int] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdecimal():
            with suppress(*_GONE):
                # The name in parentheses may hold anything; behind it come the state and the parent.
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    families: dict[str, list[int]] = {}
    for name, pid in pids.items():
        family = [pid, *_below(pid, parents)]
        server = _fork_server(family)
        forks = [server, *_below(server, parents)] if server else []
        families[name] = [pid for pid in family if pid not in forks]
        if forks:
            families[FORK_SERVER] = forks
    return families


def _below(pid: int, parents: Mapping[int, int]) -> list[int]:
    found: list[int] = []
    level = [pid]
    while level:
        level = [child for child, parent in parents.items() if parent in level]
        found += level
    return found


def _fork_server(family: Iterable[int]) -> int | None:
    """Nearest to the worker comes the server itself: its forks carry the same command line."""
    for pid in family:
        with suppress(*_GONE):
            if b"multiprocessing.forkserver" in (_PROC / str(pid) / "cmdline").read_bytes():
                return pid
    return None


def _memory_of(pids: Iterable[int]) -> Memory:
    return sum(map(_memory, pids), Memory())


def _memory(pid: int) -> Memory:
    """Nothing for a process that has ended."""
    try:
        _, *lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except _GONE:
        return Memory()
    kilobytes = {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines)}
    return Memory(kilobytes.get("Pss", 0) * 1024 / 1e6, kilobytes.get("Rss", 0) * 1024 / 1e6)


def _ticks(pid: int) -> int:
    """User and system time of a process and of its ended children."""
    try:
        after_name = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except _GONE:
        return 0
    return sum(map(int, after_name[11:15]))
