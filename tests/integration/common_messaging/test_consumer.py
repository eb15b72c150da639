import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from nats.js.api import StreamConfig
from ontmoet.events.v1.facts_pb2 import PlaceConfirmed
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.messaging.bus import Bus, stream_name
from services.common.messaging.consumer import Consumer, Handler, Patience, Received
from services.common.messaging.dead_letters import DeadLetter, DeadLetters
from services.common.messaging.envelope import Envelope
from services.common.messaging.relay import Relay
from services.common.refusals import Busy
from tests.integration.common_messaging.conftest import Start, effects_of, eventually, fact_about, running
from tests.integration.common_messaging.notes.service import (
    AREA,
    NotesInbox,
    NotesTransaction,
    NotesUow,
    tell,
    write_note,
)

HASTY = Patience(attempts=3, first_wait=0.01, longest_wait=0.05, handling=0.5)

Act = Callable[[Received[PlaceConfirmed]], Awaitable[None]]


async def just_act(received: Received[PlaceConfirmed]) -> None:
    """Nothing goes wrong."""


def acting(name: str, before: Act = just_act) -> Handler[NotesTransaction]:
    """A handler that stores its effect; `before` is what it does first, and may go wrong."""

    async def handler(received: Received[PlaceConfirmed], inbox: NotesInbox) -> None:
        await before(received)
        async with inbox.begin(received.network) as tx:
            await tx.act(name, received)

    return handler


def consumer(
    uow: NotesUow, bus: Bus, name: str, handler: Handler[NotesTransaction], area: str = AREA
) -> Consumer[NotesTransaction]:
    return Consumer(name=name, area=area, handlers={PlaceConfirmed: handler}, uow=uow, bus=bus, patience=HASTY)


async def test_a_fact_that_comes_again_after_the_duplicate_window_has_one_effect(
    uow: NotesUow, bus: Bus, network: UUID, name: str, brief: str
):
    """E4: the stream takes the same id twice once its window is over; the inbox row knows better."""
    envelope = fact_about(network).enclose(brief)
    async with running(consumer(uow, bus, name, acting(name), brief).run()):
        await publish_twice(bus, envelope)
        await eventually(lambda: all_is_acknowledged(bus, name, brief, 2))
    assert len(await effects_of(uow, network, name)) == 1


async def test_without_its_inbox_row_a_fact_that_comes_again_has_two_effects(
    uow: NotesUow, bus: Bus, network: UUID, name: str, brief: str
):
    """E4, negative control: what the test above proves is the inbox's doing."""

    async def act_without_inbox(received: Received[PlaceConfirmed], inbox: NotesInbox) -> None:
        async with uow.begin(received.network) as tx:
            await tx.act(name, received)

    envelope = fact_about(network).enclose(brief)
    async with running(consumer(uow, bus, name, act_without_inbox, brief).run()):
        await publish_twice(bus, envelope)
        await eventually(lambda: all_is_acknowledged(bus, name, brief, 2))
    assert len(await effects_of(uow, network, name)) == 2


async def test_a_fact_that_cannot_be_decoded_reaches_the_dead_letters_and_blocks_only_its_own_aggregate(
    uow: NotesUow, bus: Bus, network: UUID, name: str
):
    """E6: garbage under a fact's name; later facts of its aggregate wait, others do not."""
    poisoned, healthy = uuid4(), uuid4()
    garbage = fact_about(network, poisoned).enclose(AREA)
    async with running(consumer(uow, bus, name, acting(name)).run()):
        await publish(bus, Envelope(garbage.subject, garbage.headers, b"\xff\xff\xff"))
        await publish(bus, fact_about(network, poisoned, 2).enclose(AREA))
        await publish(bus, fact_about(network, healthy).enclose(AREA))
        await eventually(lambda: there_are_letters(uow, network, 2))
        await eventually(lambda: has_effects(uow, network, name, [(healthy, 1)]))
        await eventually(lambda: nothing_is_outstanding(bus, name))
    first, second = await letters_of(uow, network)
    assert (first.aggregate, first.parked, first.attempts) == (poisoned, False, 1)
    assert "cannot be decoded" in first.reason
    assert (second.aggregate, second.parked, second.attempts) == (poisoned, True, 0)


async def test_a_fact_whose_handler_raises_can_be_replayed_and_later_facts_of_its_aggregate_follow_in_order(
    uow: NotesUow, bus: Bus, network: UUID, name: str
):
    """E6: it is tried a few times, then listed; a failing replay keeps the others waiting, a working one frees them."""
    poisoned, healthy = uuid4(), uuid4()
    tries, broken = 0, True

    async def fail_for_the_first(received: Received[PlaceConfirmed]) -> None:
        nonlocal tries
        if broken and received.aggregate == poisoned and received.version == 1:
            tries += 1
            raise ValueError("Ann Peeters, ann@example.org")

    operator = DeadLetters(uow.database, AREA)
    async with running(Relay(uow, bus, AREA).run(), consumer(uow, bus, name, acting(name, fail_for_the_first)).run()):
        await tell(uow, network, poisoned, range(1, 6))
        await tell(uow, network, healthy, range(1, 3))
        await eventually(lambda: there_are_letters(uow, network, 5))
        await eventually(lambda: has_effects(uow, network, name, [(healthy, 1), (healthy, 2)]))
        letter = (await letters_of(uow, network))[0]
        assert tries == letter.attempts == HASTY.attempts
        assert "ValueError" in letter.reason
        assert "Ann" not in letter.reason

        assert await operator.replay(letter.id) == 5
        await eventually(lambda: was_tried_again(operator, letter))
        assert len(await letters_of(uow, network)) == 5

        broken = False
        await operator.replay(letter.id)
        await eventually(lambda: there_are_letters(uow, network, 0))
        await tell(uow, network, poisoned, range(6, 7))
        await eventually(lambda: has_effects(uow, network, name, [(poisoned, version) for version in range(1, 7)], 2))


async def test_a_handler_that_hangs_is_given_up(uow: NotesUow, bus: Bus, network: UUID, name: str):
    """E6: like one that raises."""

    async def hang(received: Received[PlaceConfirmed]) -> None:
        await asyncio.Event().wait()

    async with running(consumer(uow, bus, name, acting(name, hang)).run()):
        await publish(bus, fact_about(network).enclose(AREA))
        await eventually(lambda: there_are_letters(uow, network, 1))
    assert "TooSlow" in (await letters_of(uow, network))[0].reason


async def test_passing_trouble_is_waited_out_and_never_ends_among_the_dead_letters(
    uow: NotesUow, bus: Bus, network: UUID, name: str
):
    """What is busy or away comes back; facts of the aggregate stay in order meanwhile."""
    aggregate, refusals = uuid4(), 10

    async def busy(received: Received[PlaceConfirmed]) -> None:
        nonlocal refusals
        if received.version == 1 and refusals:
            refusals -= 1
            raise Busy

    async with running(Relay(uow, bus, AREA).run(), consumer(uow, bus, name, acting(name, busy)).run()):
        await tell(uow, network, aggregate, range(1, 4))
        await eventually(lambda: has_effects(uow, network, name, [(aggregate, version) for version in (1, 2, 3)]))
    assert await letters_of(uow, network) == []


async def test_an_effect_is_committed_before_it_is_acknowledged_and_killed_in_between_there_is_one_effect(
    uow: NotesUow, bus: Bus, network: UUID, name: str, start: Start
):
    """E7: kill -9 after the commit, before the acknowledgement."""
    note = await write_note(uow, network)
    async with running(Relay(uow, bus, AREA).run()):
        first = await start("consumer", crash_at="before-ack")
        await first.dies_at("before-ack")
        assert await effects_of(uow, network, name) == [(note, 1)]
        assert await outstanding(bus, name) > 0
        second = await start("consumer")
        await eventually(lambda: nothing_is_outstanding(bus, name))
        await second.kill()
    assert await effects_of(uow, network, name) == [(note, 1)]


@pytest.mark.parametrize("kills", [4, pytest.param(20, marks=pytest.mark.soak)])
async def test_facts_of_one_aggregate_are_handled_in_order_and_once_while_two_consumers_are_killed_again_and_again(
    uow: NotesUow, bus: Bus, network: UUID, name: str, start: Start, kills: int
):
    """E7: killed with -9 between commit and acknowledgement, with facts in hand and newer ones coming."""
    aggregates = [uuid4() for _ in range(3)]
    async with running(Relay(uow, bus, AREA).run()):
        for kill in range(kills):
            for aggregate in aggregates:
                await tell(uow, network, aggregate, range(15 * kill + 1, 15 * kill + 16))
            victims = [await start("consumer", crash_at="before-ack:25") for _ in range(2)]
            await asyncio.wait([asyncio.ensure_future(v.ends()) for v in victims], return_when=asyncio.FIRST_COMPLETED)
            for victim in victims:
                await victim.kill()
        last = await start("consumer")
        await eventually(lambda: nothing_is_outstanding(bus, name))
        await last.kill()
    effects = await effects_of(uow, network, name)
    for aggregate in aggregates:
        assert [version for about, version in effects if about == aggregate] == list(range(1, 15 * kills + 1))


async def test_one_of_two_consumers_under_one_name_works(uow: NotesUow, bus: Bus, network: UUID, name: str):
    """Each fact has its effect once, however many replicas run."""
    both = [consumer(uow, bus, name, acting(name)).run() for _ in range(2)]
    aggregate = uuid4()
    async with running(Relay(uow, bus, AREA).run(), *both):
        await tell(uow, network, aggregate, range(1, 101))
        await eventually(lambda: has_effects(uow, network, name, [(aggregate, v) for v in range(1, 101)]))


async def test_a_consumer_whose_leader_lost_its_database_session_goes_on(
    uow: NotesUow, bus: Bus, network: UUID, name: str, admin: AsyncConnection
):
    """F3: every session of the service is ended; within five seconds facts are handled again."""
    async with running(Relay(uow, bus, AREA).run(), consumer(uow, bus, name, acting(name)).run()):
        first = await write_note(uow, network)
        await eventually(lambda: has_effects(uow, network, name, [(first, 1)]))
        await admin.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'notes_service'")
        )
        second = uuid4()
        await eventually(lambda: can_tell(uow, network, second), within=5)
        await eventually(lambda: has_effects(uow, network, name, [(first, 1), (second, 1)]), within=5)


@pytest.fixture
async def brief(bus: Bus, network: UUID) -> str:
    """An area whose stream forgets after 100 ms which ids it has seen."""
    area = f"brief{network.hex[:8]}"
    subjects = [f"ontmoet.*.{area}.v1.>"]
    await bus.js.add_stream(StreamConfig(name=stream_name(area), subjects=subjects, duplicate_window=0.1))
    return area


async def publish(bus: Bus, envelope: Envelope) -> bool:
    """Publishes it; whether the stream took it for a new one."""
    return not (await bus.js.publish(envelope.subject, envelope.payload, headers=envelope.headers)).duplicate


async def publish_twice(bus: Bus, envelope: Envelope) -> None:
    assert await publish(bus, envelope)
    await eventually(lambda: publish(bus, envelope))


async def outstanding(bus: Bus, name: str, area: str = AREA) -> int:
    """How many facts the stream holds that the consumer has not acknowledged."""
    info = await bus.js.consumer_info(stream_name(area), f"{name}-{area}")
    return (info.num_pending or 0) + (info.num_ack_pending or 0)


async def nothing_is_outstanding(bus: Bus, name: str) -> bool:
    return await outstanding(bus, name) == 0


async def all_is_acknowledged(bus: Bus, name: str, area: str, count: int) -> bool:
    stored = (await bus.js.stream_info(stream_name(area))).state.messages
    return stored == count and await outstanding(bus, name, area) == 0


async def can_tell(uow: NotesUow, network: UUID, aggregate: UUID) -> bool:
    """Tells a fact, unless the database connection is just gone."""
    try:
        await tell(uow, network, aggregate, range(1, 2))
    except Busy:
        return False
    return True


async def letters_of(uow: NotesUow, network: UUID) -> list[DeadLetter]:
    return [one for one in await DeadLetters(uow.database, AREA).all_open() if one.network == network]


async def there_are_letters(uow: NotesUow, network: UUID, count: int) -> bool:
    return len(await letters_of(uow, network)) == count


async def was_tried_again(operator: DeadLetters, letter: DeadLetter) -> bool:
    tried = await operator.get(letter.id)
    return tried is not None and tried.attempts == 1


async def has_effects(
    uow: NotesUow, network: UUID, name: str, expected: list[tuple[UUID, int]], after: int = 0
) -> bool:
    """Whether exactly these effects are stored, after the first few."""
    return (await effects_of(uow, network, name))[after:] == expected
