"""Owns the search server: osmem, which speaks the Elasticsearch API and keeps its indices in memory only."""

import os
from pathlib import Path

from embedded.child import Child, Program
from embedded.ports import LOOPBACK
from embedded.servers.common import clean_environment, package, status_of


async def start(data_dir: Path, port: int) -> Child:
    """Start the server, empty, and wait until it answers."""
    program = package("osmem_server") / "bin" / "osmem-server"
    options = ["-addr", f"{LOOPBACK}:{port}", "-parent-pid", str(os.getpid()), "-no-stdin-watch", "-no-ja"]
    child = await Child.start(Program("search", [program, *options], clean_environment(data_dir), data_dir), data_dir)

    async def ready() -> bool:
        return await status_of(f"http://{LOOPBACK}:{port}/") == 200

    return await child.until(ready, 30)
