"""The plain alternative: the same reader and extractor, called in a row without a server, for the same document."""

import asyncio
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from activities.child import preload, run_child
from adapters.documents import sandbox
from adapters.documents.reader import read_document
from domain.extraction.rules import extract_profile
from domain.grounding import ground

ROUNDS = 20
_LIMIT = timedelta(seconds=60)


@dataclass
class Plain:
    """Seconds a document: reading in this process, extracting and grounding, and reading in a killable process."""

    read: list[float] = field(default_factory=list)
    extract: list[float] = field(default_factory=list)
    read_apart: list[float] = field(default_factory=list)


async def measure(document: Path) -> Plain:
    """Read and extract the PDF several times, after one round that loads the libraries."""
    measured = Plain()
    for number in range(ROUNDS + 1):
        read, extract = await asyncio.to_thread(_once, document)
        if number:
            measured.read.append(read)
            measured.extract.append(extract)
    preload(sandbox.preload())
    with tempfile.TemporaryDirectory(prefix="talentflow-bench-") as folder:
        for number in range(ROUNDS + 1):
            begun = time.perf_counter()
            await run_child(sandbox.read_into, str(document), "pdf", str(Path(folder, "answer")), limit=_LIMIT)
            if number:
                measured.read_apart.append(time.perf_counter() - begun)
    return measured


def _once(document: Path) -> tuple[float, float]:
    begun = time.perf_counter()
    text = read_document(document, "pdf").text
    read = time.perf_counter()
    ground(extract_profile(text, today=datetime.now(UTC).date()), text)
    return read - begun, time.perf_counter() - read
