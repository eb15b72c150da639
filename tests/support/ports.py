"""Free ports for what tests start."""

import socket
from contextlib import ExitStack


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_row(length: int = 6) -> int:
    """The first of neighbouring ports that nobody listens at now."""
    while True:
        base = free_port()
        if base + length > 65536:
            continue
        with ExitStack() as held:
            try:
                for port in range(base, base + length):
                    held.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
        return base
