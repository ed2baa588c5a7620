"""Owns the stack that is measured: real servers, API and worker in a temporary directory, started twice."""

import os
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from embedded.application import Application, running
from embedded.ports import Ports
from embedded.servers import postgres


@dataclass(frozen=True)
class Starts:
    """Seconds from the command to a stack that is ready to work: on an empty directory, then on what that left."""

    first: float
    warm: float


@asynccontextmanager
async def measured_stack() -> AsyncGenerator[tuple[Application, Starts]]:
    """A warm stack on free ports that extracts by the rules; nothing of it remains. Raises `StackError`."""
    # A key in the caller's environment would send the samples to a model, whose time is not ours to measure.
    os.environ["CV_EXTRACTOR"] = "rules"
    data_dir = Path(tempfile.mkdtemp(prefix="talentflow-bench-"))
    try:
        begun = time.perf_counter()
        async with running(data_dir, Ports.any_free()):
            first = time.perf_counter() - begun
        begun = time.perf_counter()
        async with running(data_dir, Ports.any_free()) as application:
            yield application, Starts(first, time.perf_counter() - begun)
    finally:
        postgres.remove(data_dir)
        shutil.rmtree(data_dir)
