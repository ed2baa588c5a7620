"""Reading a document inside a process that can be killed, with limits that keep a hostile document to itself."""

import json
import logging
import multiprocessing
import os
import resource
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import cast

from adapters.documents.errors import BadDocument
from adapters.documents.kinds import DocumentKind
from adapters.documents.reader import read_document

MEMORY_BYTES = 1024**3
"""Address space: docling takes 540 MB for a CV, 620 MB for fifty dense pages; LibreOffice, a process apart, 450 MB."""
CPU_SECONDS = 100
"""Processor time of one process, under the 120 s that a reading attempt may take."""
FILE_BYTES = 100 * 1024**2
"""Size of any file written, LibreOffice's conversion included."""
FAILED = 70
"""Exit code after an unexpected error."""


def preload() -> list[str]:
    """The modules for `set_forkserver_preload`: with docling loaded once, a child starts in a fraction of a second."""
    return [
        "adapters.documents.sandbox",
        "adapters.documents.pdf",
        "adapters.documents.legacy",
        "adapters.documents.ocr",
        "adapters.documents.warm",
    ]


def read_into(source: str, kind: str, target: str) -> None:
    """Read the document at `source` and write the outcome as JSON to `target`; the target of a child process.

    The outcome is `{"ok": {…}}`, a `ReadText`, or `{"bad": "<message in French>"}`, a refusal that no second attempt
    can change. Anything else ends the process with another exit code than 0 and says nothing of the document.
    """
    # A group of its own: killing it ends what the child has started too.
    os.setsid()
    _end_with_parent(source, target)
    _limit(resource.RLIMIT_AS, MEMORY_BYTES)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS)
    _limit(resource.RLIMIT_FSIZE, FILE_BYTES)
    _limit(resource.RLIMIT_CORE, 0)
    # Libraries quote documents and file names in their messages.
    logging.disable(logging.CRITICAL)
    try:
        Path(target).write_text(json.dumps(_outcome(Path(source), cast(DocumentKind, kind))), encoding="utf-8")
    except BaseException as error:  # noqa: BLE001 - the traceback that would follow can quote the document
        print(f"document reader: {type(error).__name__}", file=sys.stderr)
        raise SystemExit(FAILED) from None


def _outcome(source: Path, kind: DocumentKind) -> dict[str, object]:
    try:
        return {"ok": read_document(source, kind).model_dump()}
    except BadDocument as refusal:
        return {"bad": refusal.message_fr}


def _end_with_parent(*files: str) -> None:
    """When the process that asked for the reading is killed: remove these files and end this process group for it.

    The kernel's own death signal would not do: it tells of the fork server's end, and reaches this process alone.
    """
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
