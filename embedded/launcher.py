"""Owns the last moment before a server's program runs: ties its life to the stack's and gives up root.

Run as a script of its own, so that this happens in a fresh single-threaded process and not between fork and exec of
the stack, where Python code is unsafe beside threads. Linux sends the death signal when the stack dies, even by
SIGKILL; elsewhere the lock held open here lets the next start find and end what was left.

Arguments: the stack's pid, the death signal, the lock's descriptor, a user name or "-", the command.
"""

import ctypes
import os
import pwd
import sys
from typing import NoReturn

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> NoReturn:
    """Replace this process by the command; ends with status 126 when the stack is already gone."""
    stack, death_signal, lock = (int(text) for text in arguments[:3])
    user, *command = arguments[3:]
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    os.umask(0o077)
    if user != "-":
        entry = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
    if sys.platform == "linux":  # after setuid, which clears it
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != stack:
        sys.exit(126)
    os.execv(command[0], command)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(sys.argv[1:])
