"""Free ports for what tests start."""

import secrets
import socket
from contextlib import ExitStack

FIRST, LAST = 20_000, 32_000
"""Below those that the kernel gives to connections: one of them could take a port before it is listened at."""


def free_port() -> int:
    """A port that nobody listens at now."""
    return free_row(1)


def free_row(length: int = 6) -> int:
    """The first of neighbouring ports that nobody listens at now."""
    while True:
        base = FIRST + secrets.randbelow(LAST - FIRST)
        with ExitStack() as held:
            try:
                for port in range(base, base + length):
                    held.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
        return base
