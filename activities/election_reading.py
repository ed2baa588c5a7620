"""What the child process of an import does: fetch the file, read its rows, write them into the staging table.

What it needs comes as arguments, which the fork server hands over through a pipe: neither the database's URL nor the
link to the file is ever on a command line or in an environment.
"""

import io
import itertools
import json
import os
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, BinaryIO, cast

import psycopg

from activities.contracts import Failure
from adapters.confinement import confine
from adapters.spreadsheets import BadSpreadsheet, Extension, csv_rows, workbook_rows
from db.election_staging import Staging
from domain.election.cells import Cell
from domain.election.columns import SheetKind
from domain.election.header import HEADER_ROWS, MissingColumns, read_layout
from domain.election.reasons import MESSAGES, Reason
from domain.election.rows import Finding, RowReader

MEMORY_BYTES = 2 * 1024**3
"""Address space: a workbook of 41 MB, a million rows of six columns, takes 0.7 GiB; the fork server has 0.5 itself."""
CPU_SECONDS = 1500
FILE_BYTES = 10 * 1024**2
FAILED = 70
"""Exit code after an unexpected error."""

MISSING_COLUMNS = "Colonnes obligatoires absentes"
"""What is said of a file without them where the headers that were found must not appear."""

MAX_FINDINGS = 200_000
"""Rows refused and cells dropped that are kept of one file; with more the wrong file was sent, or a wrong column."""

_TOO_LARGE = "Fichier trop volumineux pour être lu"
_TOO_MANY = "Fichier refusé : plus de 200 000 lignes rejetées ou valeurs ignorées. Motif le plus fréquent : {}"
_FETCH_SECONDS = 30
_FINDINGS_AT_ONCE = 1000
_DATABASE_OPTIONS = "-c statement_timeout=0 -c client_connection_check_interval=5000"


class Truncated(OSError):
    """The object store stopped in the middle of the file."""


def preload() -> list[str]:
    """The modules for the fork server, so that a child starts at once."""
    return ["activities.election_reading"]


def load_into(database_url: str, link: str, import_id: str, kind: str, extension: str, target: str) -> None:
    """Load one file; the target of a child process, which writes its outcome as JSON to `target`.

    The outcome is `{"loaded": true}`; `{"bad": "<message in French>", "detail": …}`, what no second attempt can
    change; `{"decided": true}` if the import has ended meanwhile; or `{"away": "<failure>"}`, worth another try.
    Anything else ends the process with another exit code than 0 and says nothing of the file.
    """
    confine(memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS, file_bytes=FILE_BYTES, temporary=(target,))
    told = os.fdopen(os.dup(2), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what a library in Rust prints as it panics may quote the file
    try:
        outcome = _outcome(database_url, link, import_id, cast(SheetKind, kind), cast(Extension, extension))
        Path(target).write_text(json.dumps(outcome), encoding="utf-8")
    except BaseException as error:  # noqa: BLE001 - the traceback that would follow can quote the file
        print(f"spreadsheet reader: {type(error).__name__}", file=told, flush=True)
        raise SystemExit(FAILED) from None


def _outcome(database_url: str, link: str, import_id: str, kind: SheetKind, extension: Extension) -> dict[str, Any]:
    try:
        with psycopg.connect(database_url, connect_timeout=5, options=_DATABASE_OPTIONS) as connection:
            staging = Staging(connection, import_id, kind)
            if not staging.begin():
                return {"decided": True}
            _load(staging, kind, _rows(link, extension))
            return {"loaded": True}
    except MissingColumns as error:
        return {"bad": MISSING_COLUMNS, "detail": error.message_fr}
    except BadSpreadsheet as error:
        return {"bad": error.message_fr}
    except MemoryError:
        return {"bad": _TOO_LARGE}
    except urllib.error.HTTPError as error:
        missing = error.code == 404
        return {"away": Failure.OBJECT_MISSING if missing else Failure.STORAGE_UNAVAILABLE}
    except (psycopg.OperationalError, psycopg.InterfaceError):
        return {"away": Failure.DATABASE_UNAVAILABLE}
    except (OSError, HTTPException):
        return {"away": Failure.STORAGE_UNAVAILABLE}


def _load(staging: Staging, kind: SheetKind, rows: Iterator[Sequence[Cell]]) -> None:
    head = list(itertools.islice(rows, HEADER_ROWS))
    header, layout = read_layout(kind, head)
    reader = RowReader(kind, layout)
    staging.create(reader.columns)
    numbered = enumerate(itertools.chain(head[header + 1 :], rows), header + 2)  # spreadsheets count from 1
    found: Counter[Reason] = Counter()
    reading = True
    while reading:
        findings: list[Finding] = []
        with staging.rows() as copy:
            for number, cells in numbered:
                values = reader.read(number, cells, findings)
                if values is not None:
                    values.append(number)
                    copy.write_row(values)
                if len(findings) >= _FINDINGS_AT_ONCE:
                    break
            else:
                reading = False
        found.update(finding.reason for finding in findings)
        _check_number(found)
        staging.add_findings(findings)
    found["duplicate_in_file"] += staging.finish(layout.ignored)
    _check_number(found)


def _check_number(found: Counter[Reason]) -> None:
    if found.total() > MAX_FINDINGS:
        ((most_frequent, _),) = found.most_common(1)
        raise BadSpreadsheet(_TOO_MANY.format(MESSAGES[most_frequent]))


def _rows(link: str, extension: Extension) -> Iterator[Sequence[Cell]]:
    def fetch() -> BinaryIO:
        return io.BufferedReader(_Download(link), 1 << 20)

    if extension == "csv":
        return csv_rows(fetch)
    with fetch() as stream:
        data = stream.read()
    return workbook_rows(data, extension)


class _Download(io.RawIOBase):
    """The file behind a link as a stream, which ends where the file does or raises `Truncated`."""

    def __init__(self, link: str) -> None:
        response = urllib.request.urlopen(link, timeout=_FETCH_SECONDS)  # noqa: S310 - a link of our own object store
        self._response: HTTPResponse = response
        self._left: int | None = response.length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._response.readinto(buffer)
        if self._left is not None:
            self._left -= count
            if count == 0 and self._left > 0:
                raise Truncated("the object store stopped sending")
        return count

    def close(self) -> None:
        self._response.close()
        super().close()
