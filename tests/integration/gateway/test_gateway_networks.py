"""What the gateway remembers of networks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest

from services.common.caller import Role
from services.common.refusals import Busy, NotFound
from services.common.rpc.channel import open_channel
from services.gateway.adapters.networks import KNOWN, STALE, UNKNOWN, NetworkDirectory
from services.gateway.adapters.services import Services
from tests.support.graphql import PATIENCE, Client
from tests.support.house import House
from tests.support.rpc import Running, TestIdentity, running
from tests.support.scripted import Context, Networks, networks

A_MOMENT = timedelta(seconds=1)


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now

    def forward(self, time: timedelta) -> None:
        self.now += time.total_seconds()


@dataclass
class Memory:
    """A directory before a membership whose answers the test decides."""

    membership: Running
    directory: NetworkDirectory
    answers: Networks
    clock: Clock

    async def find(self, name: str) -> bool:
        return await self.directory.find(name) is not None


async def knows_none(context: Context) -> None:
    raise NotFound("network")


@pytest.fixture
async def memory() -> AsyncGenerator[Memory]:
    identity, answers, clock = TestIdentity(), Networks(), Clock()
    async with (
        running(networks(answers), identity=identity) as membership,
        open_channel(membership.address, identity=identity.service("gateway")) as channel,
    ):
        services = Services.over(membership=channel, events=channel, matching=channel)
        yield Memory(membership, NetworkDirectory(services, clock=clock), answers, clock)


async def test_a_network_is_asked_for_once_in_half_a_minute(memory: Memory) -> None:
    for _ in range(3):
        assert await memory.find("voka.localhost")
    assert memory.answers.calls == 1
    memory.clock.forward(KNOWN)
    assert await memory.find("voka.localhost")
    assert memory.answers.calls == 2


async def test_a_name_that_nobody_has_is_asked_for_once_in_a_few_seconds(memory: Memory) -> None:
    memory.answers.action = knows_none
    for _ in range(3):
        assert not await memory.find("nobody.localhost")
    assert memory.answers.calls == 1
    memory.clock.forward(UNKNOWN)
    memory.answers.action = Networks().action
    assert await memory.find("nobody.localhost")


async def test_a_network_is_found_by_its_id(memory: Memory) -> None:
    network_id = str(uuid4())
    network = await memory.directory.find(network_id)
    assert network
    assert network.id == network_id


async def test_a_network_that_changed_is_asked_for_anew(memory: Memory) -> None:
    network_id = str(uuid4())
    await memory.find(network_id)
    memory.directory.forget(network_id)
    await memory.find(network_id)
    assert memory.answers.calls == 2


async def test_known_networks_outlive_an_outage_of_membership_for_half_an_hour(memory: Memory) -> None:
    assert await memory.find("voka.localhost")
    await memory.membership.server.stop(0)
    memory.clock.forward(KNOWN)
    assert await memory.find("voka.localhost")
    with pytest.raises(Busy):
        await memory.find("flox.localhost")
    memory.clock.forward(STALE + A_MOMENT)
    with pytest.raises(Busy):
        await memory.find("voka.localhost")


async def test_a_network_that_learns_a_language_speaks_it_at_every_gateway(house: House) -> None:
    """Sooner than what a gateway remembers grows old by itself."""
    network = await house.network(languages=("nl-BE",))
    [owner] = await house.people(network, "Olga", roles=frozenset({Role.OWNER}))
    async with house.gateway() as port, asyncio.timeout(PATIENCE):
        reader = Client(network.hosts[0], port, "nonsense").with_headers(accept_language="fr")
        assert await refusal_to(reader) == "Meld u aan."
        await owner.client.do("updateNetwork", "network { name }", languages=["nl-BE", "fr-BE"])
        said = "Meld u aan."
        while said == "Meld u aan.":
            said = await refusal_to(reader)
        assert said == "Veuillez vous identifier."


async def test_an_empty_list_of_languages_is_refused_and_one_of_words_takes_them_away(house: House) -> None:
    network = await house.network(languages=("en",), words={"en/member": "peer"})
    [owner] = await house.people(network, "Olga", roles=frozenset({Role.OWNER}))
    selection = "network { languages words { word text } }"
    payload = await owner.client.change("updateNetwork", selection, languages=[])
    assert payload["errors"] == [
        {"code": "INVALID_ARGUMENT", "field": "languages", "message": "This cannot be left empty."}
    ]
    stays = {"languages": ["en"], "words": [{"word": "member", "text": "peer"}]}
    assert (await owner.client.do("updateNetwork", selection, languages=None, words=None))["network"] == stays
    payload = await owner.client.do("updateNetwork", selection, words=[])
    assert payload["network"] == {"languages": ["en"], "words": []}


async def refusal_to(reader: Client) -> str:
    """Why somebody without a good token is refused, in their language."""
    answer = await reader.execute("{ me { name } }")
    return answer["errors"][0]["message"]
