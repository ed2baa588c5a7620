"""The staging table of an import: its rows as read, waiting to be merged.

Filled by the process that reads the file, over a connection of its own, hence without SQLAlchemy: COPY is what makes
large files bearable. The merge and the clean-up find the table by the import's id.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from psycopg import Connection, Copy, sql

from domain.election.columns import SheetKind
from domain.election.reasons import MESSAGES, Reason
from domain.election.rows import PV_KEY, Finding

TARGETS: dict[SheetKind, str] = {"pv": "pv_events", "invit": "invitations"}
KEYS: dict[SheetKind, tuple[str, ...]] = {"pv": (PV_KEY,), "invit": ("siret", "date_invit")}
"""The natural key of each table, by which a later import finds a row again."""

SOURCE_ROW = "source_row"

_DUPLICATE: Reason = "duplicate_in_file"


def staging_table(import_id: str) -> str:
    """`import_rows_<hex>`."""
    return f"import_rows_{UUID(import_id.removeprefix('import-')).hex}"


class Staging:
    """One attempt to load an import: everything in one transaction, so that nothing remains of one that dies."""

    def __init__(self, connection: "Connection[tuple[object, ...]]", import_id: str, kind: SheetKind) -> None:
        self._connection = connection
        self._import_id = import_id
        self._kind = kind
        self._table = sql.Identifier(staging_table(import_id))

    def begin(self) -> bool:
        """Drop what an earlier attempt has left; False if the import is decided already.

        The row stays locked until the end, so that of two attempts at once one waits and then redoes the other.
        """
        found = self._connection.execute(
            "SELECT outcome IS NULL FROM imports WHERE id = %s FOR UPDATE", [self._import_id]
        ).fetchone()
        if found is None or not found[0]:
            return False
        self._connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(self._table))
        self._connection.execute("DELETE FROM import_rejects WHERE import_id = %s", [self._import_id])
        self._connection.execute("UPDATE imports SET error = NULL WHERE id = %s", [self._import_id])
        return True

    def create(self, columns: Sequence[str]) -> None:
        """Make the table, with the columns that the file has and the number of each row."""
        names = sql.SQL(", ").join(map(sql.Identifier, [*columns, SOURCE_ROW]))
        # A logged table: an unlogged one is emptied by a crash of the server, and the merge would not see it.
        statement = sql.SQL("CREATE TABLE {} AS SELECT {} FROM {} WITH NO DATA")
        self._connection.execute(statement.format(self._table, names, sql.Identifier(TARGETS[self._kind])))

    @contextmanager
    def rows(self) -> Iterator[Copy]:
        """Where rows are written to: the values of the columns in their order, then the row's number."""
        with (
            self._connection.cursor() as cursor,
            cursor.copy(sql.SQL("COPY {} FROM STDIN").format(self._table)) as copy,
        ):
            yield copy

    def add_findings(self, findings: Sequence[Finding]) -> None:
        """Record refused rows and dropped cells."""
        statement = "COPY import_rejects (import_id, kind, source_row, column_name, value, reason, message) FROM STDIN"
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for f in findings:
                copy.write_row([self._import_id, f.kind, f.row, f.column, f.value, f.reason, f.message])

    def finish(self, ignored_columns: Sequence[str]) -> int:
        """Complete the natural keys, keep the last row of each, and note which columns were ignored.

        Answers how many rows were refused because a later one has their key.
        """
        if self._kind == "pv":
            self._number_keys()
        duplicates = self._reject_duplicates()
        self._connection.execute(sql.SQL("ANALYZE {}").format(self._table))
        self._connection.execute(
            "UPDATE imports SET ignored_columns = %s WHERE id = %s", [list(ignored_columns), self._import_id]
        )
        return duplicates

    def _number_keys(self) -> None:
        """Rows without an id of their own are told apart by their place among those that share everything else."""
        statement = sql.SQL(
            "UPDATE {table} s SET pv_key = s.pv_key || n.place FROM ("
            " SELECT source_row, row_number() OVER (PARTITION BY pv_key ORDER BY source_row) AS place"
            " FROM {table} WHERE pv_key LIKE '%|') n WHERE n.source_row = s.source_row"
        )
        self._connection.execute(statement.format(table=self._table))

    def _reject_duplicates(self) -> int:
        """Refuse the earlier rows; what was dropped of their cells does not matter any more."""
        statement = sql.SQL(
            "WITH ranked AS ("
            " SELECT source_row, row_number() OVER (PARTITION BY {key} ORDER BY source_row DESC) AS place"
            " FROM {table}),"
            " earlier AS ("
            " DELETE FROM {table} s USING ranked r WHERE r.source_row = s.source_row AND r.place > 1"
            " RETURNING s.source_row),"
            " unheeded AS ("
            " DELETE FROM import_rejects r USING earlier e"
            " WHERE r.import_id = %(import)s AND r.kind = 'warning' AND r.source_row = e.source_row)"
            " INSERT INTO import_rejects (import_id, kind, source_row, reason, message)"
            " SELECT %(import)s, 'reject', source_row, %(reason)s, %(message)s FROM earlier ORDER BY source_row"
        )
        key = sql.SQL(", ").join(map(sql.Identifier, KEYS[self._kind]))
        values = {"import": self._import_id, "reason": _DUPLICATE, "message": MESSAGES[_DUPLICATE]}
        return self._connection.execute(statement.format(key=key, table=self._table), values).rowcount
