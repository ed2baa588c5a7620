"""Owns the choice of TCP ports on the loopback interface."""

import contextlib
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Self

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Ports:
    """The ports that are wanted, or those in use; 0 stands for any free one."""

    api: int = 8000
    temporal: int = 7233
    temporal_ui: int = 8233
    temporal_http: int = 0
    temporal_metrics: int = 0
    s3: int = 0
    search: int = 0
    smtp: int = 0

    @classmethod
    def any_free(cls) -> Self:
        """Any free port for everything: what tests want."""
        return cls(api=0, temporal=0, temporal_ui=0)

    def resolve(self, earlier: Mapping[str, int]) -> Self:
        """Real ports: the wanted ones, else those of an `earlier` start, unless taken; then free ones."""
        chosen = {name: _usable(port or earlier.get(name, 0)) for name, port in asdict(self).items()}
        return replace(self, **chosen)


def _usable(port: int) -> int:
    with socket.socket() as server:
        # As servers do: connections that an earlier run left in TIME_WAIT do not make a port taken.
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError, OverflowError):
            server.bind((LOOPBACK, port))
            if port:
                return port
    return _free_port()


def _free_port() -> int:
    """A free port, left in TIME_WAIT: the system gives it to nobody else for a minute, a server may still bind it."""
    with socket.create_server((LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
        with socket.create_connection((LOOPBACK, port)), server.accept()[0]:
            return port
