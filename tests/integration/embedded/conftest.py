"""Data directories for the tests of the local stack, and a look at which processes work on one."""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embedded.servers import postgres


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    postgres.remove(tmp_path)


@pytest.fixture
def processes_on() -> Callable[[Path], list[str]]:
    """Gives the command lines of all processes that name the data directory, or work in it or in its database."""

    def look(data_dir: Path) -> list[str]:
        places = [str(data_dir)]
        recorded = data_dir / "postgres.json"
        if recorded.exists():
            places.append(json.loads(recorded.read_text())["directory"])
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with contextlib.suppress(OSError):
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    where = str((entry / "cwd").readlink())
                    if any(place in command or where.startswith(place) for place in places):
                        found.append(command)
        return found

    return look
