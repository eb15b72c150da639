"""Becomes the program in its arguments, under its user, and tied to the life of the process that started it.

Run as a script: `python -I -S guard.py PARENT USER SIGNAL COMMAND...`. PARENT is the starter's process id, USER the
id of the user to become (or -), SIGNAL the number that the kernel sends to the program when the starter's thread ends.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def become(parent: int, user: str, death_signal: int, command: list[str]) -> None:
    """Replaces this process. The order matters: the kernel forgets the death signal when the user changes."""
    if user != "-":
        _take_on(int(user))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:  # it was gone before the kernel knew whom to watch
            sys.exit(1)
    os.execv(command[0], command)


def _take_on(user: int) -> None:
    import pwd

    entry = pwd.getpwuid(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(user)


if __name__ == "__main__":
    become(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4:])
