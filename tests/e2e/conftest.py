"""The whole local stack, started as a user starts it, once for all end-to-end tests that do not disturb it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from embedded.servers import postgres
from embedded.servers.common import ROOT
from tests.waiting import DEADLINE


@dataclass(frozen=True)
class RunningStack:
    """`python -m embedded up` at work: what it wrote to `endpoints.json`."""

    api: str
    temporal: str
    temporal_ui: str
    data_dir: Path


@pytest_asyncio.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[RunningStack]:
    """The stack on free ports and a data directory of its own. CVs are read by the rules, receivers may be local."""
    data_dir = tmp_path_factory.mktemp("stack")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "embedded", "up", "--api-port", "0", "--data-dir", str(data_dir)),
        cwd=ROOT,
        env={**os.environ, "CV_EXTRACTOR": "rules", "WEBHOOK_ALLOWED_HOSTS": "127.0.0.1,localhost"},
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
        written = json.loads((data_dir / "endpoints.json").read_text())
        yield RunningStack(written["api"], written["temporal"], written["temporal_ui"], data_dir)
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(DEADLINE):
            await process.communicate()
        postgres.remove(data_dir)
