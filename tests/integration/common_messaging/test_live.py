"""Facts as they happen, for subscribers."""

import asyncio
from collections.abc import Callable
from uuid import UUID, uuid4

from google.protobuf.message import Message
from nats.js.api import Header
from nats.js.manager import JetStreamManager
from ontmoet.events.v1.facts_pb2 import PlaceConfirmed

from services.common.messaging.bus import Bus, stream_name
from services.common.messaging.envelope import Envelope, Received
from services.common.messaging.live import QUEUE, Feed, Resync, listen
from tests.integration.common_messaging.conftest import fact_about
from tests.integration.common_messaging.notes.service import AREA


async def test_each_subscriber_gets_the_new_facts_that_it_wants_and_no_others(bus: Bus, network: UUID):
    """Two networks, one listener."""
    other = uuid4()
    await publish(bus, fact_about(network, version=99).enclose(AREA))
    async with listen(bus, [AREA]) as live, live.subscribe(of(network)) as ours, live.subscribe(of(other)) as theirs:
        await listening(ours)
        await listening(theirs)
        for version in (1, 2):
            await publish(bus, fact_about(network, version=version).enclose(AREA))
            await publish(bus, fact_about(other, version=version).enclose(AREA))
        for feed, expected in ((ours, network), (theirs, other)):
            facts = [await following(feed) for _ in range(2)]
            assert [(fact.network, fact.version) for fact in facts] == [(expected, 1), (expected, 2)]
            assert isinstance(facts[0].message, PlaceConfirmed)


async def test_a_subscriber_that_is_too_slow_is_told_to_refetch_and_nothing_piles_up(bus: Bus, network: UUID):
    """The others do not notice."""
    aggregate = uuid4()
    async with listen(bus, [AREA]) as live, live.subscribe(of(network)) as slow, live.subscribe(of(network)) as quick:
        await listening(slow)
        await listening(quick)
        for version in range(1, QUEUE + 11):
            await publish(bus, fact_about(network, aggregate, version).enclose(AREA))
            assert (await following(quick)).version == version
        assert isinstance(await slow.get(), Resync)
        assert (await following(slow)).version == QUEUE + 2


async def test_a_fact_that_cannot_be_decoded_is_left_out(bus: Bus, network: UUID):
    """It must not end the feed for everybody."""
    garbage = fact_about(network).enclose(AREA)
    async with listen(bus, [AREA]) as live, live.subscribe(of(network)) as feed:
        await listening(feed)
        await publish(bus, Envelope(garbage.subject, garbage.headers, b"\xff\xff\xff"))
        await publish(bus, fact_about(network, version=2).enclose(AREA))
        assert (await following(feed)).version == 2


async def test_subscribers_are_told_when_the_server_forgot_who_listens(bus: Bus, network: UUID):
    """As when the server that kept the consumer in its memory started anew."""
    before = await consumers(bus)
    async with listen(bus, [AREA]) as live, live.subscribe(of(network)) as feed:
        await listening(feed)
        [forgotten] = await consumers(bus) - before
        await JetStreamManager(bus.client).delete_consumer(stream_name(AREA), forgotten)
        await listening(feed)
        await publish(bus, fact_about(network, version=2).enclose(AREA))
        assert (await following(feed)).version == 2


async def test_subscribers_are_told_when_a_fact_got_lost_on_its_way(bus: Bus, network: UUID):
    """The server's next sign of life counts one fact more than came."""
    before = await consumers(bus)
    async with listen(bus, [AREA]) as live, live.subscribe(of(network)) as feed:
        await listening(feed)
        [consumer] = await consumers(bus) - before
        info = await JetStreamManager(bus.client).consumer_info(stream_name(AREA), consumer)
        assert info.config.deliver_subject
        await bus.client.publish(info.config.deliver_subject, headers={Header.STATUS: "100", Header.LAST_CONSUMER: "1"})
        await listening(feed)


def of(network: UUID) -> Callable[[Received[Message]], bool]:
    def wanted(fact: Received[Message]) -> bool:
        return fact.network == network

    return wanted


async def consumers(bus: Bus) -> set[str]:
    return {consumer.name for consumer in await JetStreamManager(bus.client).consumers_info(stream_name(AREA))}


async def publish(bus: Bus, envelope: Envelope) -> None:
    await bus.js.publish(envelope.subject, envelope.payload, headers=envelope.headers)


async def listening(feed: Feed) -> None:
    """Waits until what happens from now on reaches the feed."""
    async with asyncio.timeout(10):
        assert isinstance(await feed.get(), Resync)


async def following(feed: Feed) -> Received[Message]:
    async with asyncio.timeout(10):
        item = await feed.get()
    assert not isinstance(item, Resync)
    return item
