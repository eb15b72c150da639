"""The ports of a local system: a row that starts at one base, so that two systems run side by side."""

import os
import socket
from dataclasses import dataclass

import psutil

from deploy.local.failures import LocalFailure

DEFAULT_PORT = 8080
_NAMES = ("gateway", "membership", "events", "matching", "nats", "mail")


@dataclass(frozen=True)
class Ports:
    """Gateway at the base, then membership, events, matching, NATS and the mail sink."""

    base: int

    def __post_init__(self) -> None:
        if not 1 <= self.base <= 65536 - len(_NAMES):
            raise LocalFailure(f"ONTMOET_PORT must lie between 1 and {65536 - len(_NAMES)}, not at {self.base}")

    @classmethod
    def from_environment(cls) -> "Ports":
        """The row that starts at ONTMOET_PORT."""
        text = os.environ.get("ONTMOET_PORT") or str(DEFAULT_PORT)
        if not text.isdecimal():
            raise LocalFailure(f"ONTMOET_PORT must be a number, not {text!r}")
        return cls(int(text))

    def of(self, name: str) -> int:
        """The port of a part of the system."""
        return self.base + _NAMES.index(name)

    def address(self, name: str) -> str:
        """Where a part listens: on this machine only."""
        return f"127.0.0.1:{self.of(name)}"

    def check_free(self) -> None:
        """Refuses when another program listens at one of them."""
        for name in _NAMES:
            port = self.of(name)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError as error:
                    raise LocalFailure(
                        f"port {port}, for {name}, cannot be had{_listener(port)}: {error.strerror}. "
                        "Set ONTMOET_PORT to move all ports"
                    ) from None


def _listener(port: int) -> str:
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return ""
    for connection in connections:
        local: tuple[str, int] | tuple[()] = connection.laddr
        if connection.status == psutil.CONN_LISTEN and local and local[1] == port and connection.pid:
            return f" (process {connection.pid} has it)"
    return ""
