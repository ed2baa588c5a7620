"""Owns the files of a data directory: private, and replaced as a whole or not at all."""

import fcntl
import os
import tempfile
from pathlib import Path

from embedded.child import StackError


def write_private(path: Path, text: str) -> None:
    """Replace `path` by `text`, readable by the owner alone; a reader sees the old content or the new."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def prepare(data_dir: Path) -> None:
    """Make the data directory with its parts, closed to everybody else."""
    data_dir.mkdir(parents=True, exist_ok=True)
    data_dir.chmod(0o700)
    for part in ("logs", "run", "mail", "objects"):
        (data_dir / part).mkdir(exist_ok=True)


def lock(data_dir: Path) -> int:
    """Claim the data directory for this process, until the descriptor is closed or the process ends.

    Raises `StackError` while another stack has it.
    """
    descriptor = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 32, 0).decode(errors="replace")
        os.close(descriptor)
        raise StackError(f"another stack (process {holder}) runs on {data_dir}; stop it or choose another") from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor
