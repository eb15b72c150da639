"""Which network a request is for."""

import pytest
from ontmoet.membership.v1.network_pb2 import Network
from starlette.requests import HTTPConnection

from services.gateway.api.address import Addressing, NetworkContradicted, NetworkUnknown, host_name
from services.gateway.api.requests import client_address

VOKA = Network(id="018f0000-0000-7000-8000-000000000001", slug="voka")
FLOX = Network(id="018f0000-0000-7000-8000-000000000002", slug="flox")


async def find(name: str) -> Network | None:
    """The networks that membership knows, by host name, slug and id."""
    for network in (VOKA, FLOX):
        if name in (network.id, network.slug, f"{network.slug}.localhost"):
            return network
    return None


ADDRESSING = Addressing(find, "ontmoet.example")


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "voka.localhost:8080"},
        {"host": "VOKA.localhost."},
        {"host": "voka.localhost", "ontmoet-network": "voka"},
        {"host": "voka.localhost", "ontmoet-network": VOKA.id},
        {"host": "localhost:8080", "ontmoet-network": "voka"},
        {"host": "localhost", "ontmoet-network": VOKA.id.upper()},
        {"host": "127.0.0.1:8080", "ontmoet-network": "voka"},
        {"host": "[::1]:8080", "ontmoet-network": "voka"},
        {"host": "gateway", "ontmoet-network": "voka"},
        {"host": "gateway.ontmoet.svc.cluster.local", "ontmoet-network": "voka"},
        {"host": "ontmoet.example", "ontmoet-network": "voka"},
    ],
)
async def test_the_network_is_that_of_the_host_or_the_header(headers: dict[str, str]) -> None:
    assert await ADDRESSING.network_of(headers) == VOKA


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "nobody.localhost"},
        {"host": "nobody.localhost", "ontmoet-network": "voka"},
        {"host": "localhost:8080"},
        {"host": "localhost", "ontmoet-network": "nobody"},
        {"host": "127.0.0.1"},
        {"host": ""},
        {"host": "a" * 300 + ".example"},
    ],
)
async def test_an_address_without_a_network_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(NetworkUnknown):
        await ADDRESSING.network_of(headers)


@pytest.mark.parametrize("named", ["flox", FLOX.id, "nobody"])
async def test_a2_a_header_that_contradicts_the_host_is_refused(named: str) -> None:
    """A2: a host and a header never mix two networks."""
    with pytest.raises(NetworkContradicted):
        await ADDRESSING.network_of({"host": "voka.localhost", "ontmoet-network": named})


@pytest.mark.parametrize(
    ("header", "name"),
    [("voka.localhost:8080", "voka.localhost"), ("[::1]", "::1"), ("[::1]:80", "::1"), ("10.0.0.1", "10.0.0.1")],
)
def test_a_host_name_has_no_port(header: str, name: str) -> None:
    assert host_name(header) == name


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "1.1.1.1", "10.0.0.9"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 10.0.0.5", "1.1.1.1"),
        (2, "1.1.1.1", "10.0.0.9"),
        (1, "", "10.0.0.9"),
    ],
)
def test_a_forwarded_address_is_believed_only_as_far_as_our_own_proxies_wrote_it(
    proxies: int, forwarded: str, address: str
) -> None:
    scope = {"type": "http", "client": ("10.0.0.9", 5), "headers": [(b"x-forwarded-for", forwarded.encode())]}
    assert client_address(HTTPConnection(scope), proxies) == address
