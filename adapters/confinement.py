"""Limits that a child process sets itself before it reads what a stranger has sent."""

import logging
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


def confine(*, memory_bytes: int, cpu_seconds: int, file_bytes: int, temporary: Sequence[str] = ()) -> None:
    """Limit address space, processor time and the size of any file written; log nothing; die with the parent.

    The process gets a group of its own: killing it ends what it has started too. When the process that asked for it
    is killed, the `temporary` files are removed and the group ends.
    """
    os.setsid()
    _end_with_parent(temporary)
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_CPU, cpu_seconds)
    _limit(resource.RLIMIT_FSIZE, file_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    # Libraries quote contents and file names in their messages.
    logging.disable(logging.CRITICAL)


def _end_with_parent(files: Sequence[str]) -> None:
    """The kernel's own death signal would not do: it tells of the fork server's end, and reaches one process alone."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        for file in files:
            with suppress(OSError):  # whatever happens, the group must end
                Path(file).unlink(missing_ok=True)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def _limit(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (allowed, allowed))
