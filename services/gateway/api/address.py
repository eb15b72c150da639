"""Which network a request is for: by its host name, or by the `ontmoet-network` header where the host names none."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar

from ontmoet.membership.v1.network_pb2 import Network

from services.common.refusals import Kind, Refusal

HEADER = "ontmoet-network"
LONGEST_NAME = 253


class NetworkUnknown(Refusal):
    """No network answers to this address."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    reason: ClassVar[str] = "NETWORK_UNKNOWN"


class NetworkContradicted(Refusal):
    """The ontmoet-network header names another network than the address does."""

    kind: ClassVar[Kind] = Kind.INVALID
    reason: ClassVar[str] = "NETWORK_CONTRADICTED"


class Addressing:
    """Reads the network off a request."""

    def __init__(self, find: Callable[[str], Awaitable[Network | None]], public_host: str) -> None:
        """`find` knows networks by host name, slug and id."""
        self._find_by_name = find
        self._public_host = public_host

    async def network_of(self, headers: Mapping[str, str]) -> Network:
        """The network of the request, refused when the host names none that is known or header and host disagree."""
        host = host_name(headers.get("host", ""))
        named = headers.get(HEADER, "").strip().lower()
        if self._names_no_network(host):
            network = await self._find(named)
        else:
            network = await self._find(host)
            if named and named not in (network.id, network.slug):
                raise NetworkContradicted
        return network

    async def _find(self, name: str) -> Network:
        network = await self._find_by_name(name) if 0 < len(name) <= LONGEST_NAME else None
        if network is None:
            raise NetworkUnknown(name=name[:LONGEST_NAME])
        return network

    def _names_no_network(self, host: str) -> bool:
        """Whether this is the machine's or the cluster's name of the gateway, and not a network's own host name."""
        inside = "." not in host or host.endswith((".svc", ".svc.cluster.local"))
        return inside or host == self._public_host or _is_ip_address(host)


def host_name(host: str) -> str:
    """The Host header without its port, in lower case and without the dot that may end it."""
    name, _, port = host.strip().lower().rpartition(":")
    if not name or not port.isdigit():
        name = host.strip().lower()
    return name.strip("[]").removesuffix(".")


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
