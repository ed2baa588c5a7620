"""Reading a document inside a process that can be killed, with limits that keep a hostile document to itself."""

import json
import sys
from pathlib import Path
from typing import cast

from adapters.confinement import confine
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
        "adapters.documents.scans",
        "adapters.documents.warm",
    ]


def read_into(source: str, kind: str, target: str) -> None:
    """Read the document at `source` and write the outcome as JSON to `target`; the target of a child process.

    The outcome is `{"ok": {…}}`, a `ReadText`, or `{"bad": "<message in French>"}`, a refusal that no second attempt
    can change. Anything else ends the process with another exit code than 0 and says nothing of the document.
    """
    confine(memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS, file_bytes=FILE_BYTES, temporary=(source, target))
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
