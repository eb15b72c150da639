"""Calls that carry a key."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from services.common.caller import Caller
from services.common.idempotency import Idempotency, IdempotencyInFlight, IdempotencyKeyReused
from services.common.refusals import Invalid
from services.common.storage.uow import UnitOfWork, WrongNesting
from tests.integration.common_storage.sample.service import SampleTransaction, SampleUow, encode
from tests.integration.common_storage.sample.storage.system_paths import DOORS
from tests.integration.common_storage.sample.storage.tables import doors


@pytest.fixture
def caller(ours: UUID) -> Caller:
    return Caller(network_id=ours, account_id=uuid4())


class Box:
    """A use case that sells a ticket; each sale's answer is another one."""

    def __init__(self, uow: SampleUow, network: UUID) -> None:
        self.uow, self.network = uow, network
        self.runs = 0

    async def sell(self) -> bytes:
        async with self.uow.begin(self.network) as tx:
            self.runs += 1
            await tx.sell(await tx.hall(), f"buyer {self.runs}")
        return f"ticket {self.runs}".encode()

    async def sold(self) -> int:
        async with self.uow.begin(self.network) as tx:
            return len(await tx.holders())


@pytest.fixture
def box(uow: SampleUow, ours: UUID) -> Box:
    return Box(uow, ours)


async def test_fifty_parallel_calls_with_one_key_have_one_effect_and_one_answer(
    uow: SampleUow, caller: Caller, box: Box
):
    """C6: clients retry; same body, same answer."""
    once = Idempotency(uow).once
    answers = await asyncio.gather(*(once(caller, "BuyTicket", "key", b"body", box.sell) for _ in range(50)))
    assert set(answers) == {b"ticket 1"}
    assert await box.sold() == 1


async def test_fifty_parallel_calls_with_a_key_each_have_fifty_effects(uow: SampleUow, caller: Caller, box: Box):
    """C6: negative control: it is the key that makes them one."""
    once = Idempotency(uow).once
    await asyncio.gather(*(once(caller, "BuyTicket", str(key), b"body", box.sell) for key in range(50)))
    assert await box.sold() == 50


async def test_the_same_key_with_another_body_is_refused(uow: SampleUow, caller: Caller, box: Box):
    """C6: it is a client's mistake, and gets no other body's answer."""
    once = Idempotency(uow).once
    await once(caller, "BuyTicket", "key", b"body", box.sell)
    with pytest.raises(IdempotencyKeyReused):
        await once(caller, "BuyTicket", "key", b"another body", box.sell)
    assert await box.sold() == 1


async def test_a_key_is_per_network_account_and_operation(uow: SampleUow, caller: Caller, theirs: UUID, box: Box):
    """C6: nobody gets somebody else's answer, nor that of another call."""
    once = Idempotency(uow).once
    elsewhere = Box(uow, theirs)
    assert await once(caller, "BuyTicket", "key", b"body", box.sell) == b"ticket 1"
    assert await once(caller, "ReturnTicket", "key", b"body", box.sell) == b"ticket 2"
    assert await once(replace(caller, account_id=uuid4()), "BuyTicket", "key", b"body", box.sell) == b"ticket 3"
    assert await once(replace(caller, network_id=theirs), "BuyTicket", "key", b"body", elsewhere.sell) == b"ticket 1"
    for service in ("events", "matching"):
        await once(Caller(caller.network, None, service=service), "BuyTicket", "key", b"body", box.sell)
    assert box.runs == 5


async def test_a_call_that_failed_may_be_repeated_with_its_key(uow: SampleUow, caller: Caller, box: Box):
    """C6: what was rolled back left no trace of its key."""
    once = Idempotency(uow).once

    async def fails() -> bytes:
        await box.sell()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await once(caller, "BuyTicket", "key", b"body", fails)
    assert await box.sold() == 0
    assert await once(caller, "BuyTicket", "key", b"body", box.sell) == b"ticket 2"
    assert await box.sold() == 1


async def test_the_effect_and_the_answer_are_stored_in_one_commit(uow: SampleUow, caller: Caller, box: Box):
    """C6: when the answer cannot be stored, the effect is not stored either."""

    async def answers_nonsense() -> bytes:
        await box.sell()
        return cast(bytes, 42)

    with pytest.raises(DBAPIError):
        await Idempotency(uow).once(caller, "BuyTicket", "key", b"body", answers_nonsense)
    assert await box.sold() == 0


async def test_a_key_in_flight_for_too_long_is_a_reason_to_try_again(uow: SampleUow, caller: Caller, box: Box):
    """C6: the second call waits three seconds for the first, no longer."""
    once = Idempotency(uow).once
    started, finish = asyncio.Event(), asyncio.Event()

    async def slow() -> bytes:
        async with uow.begin(caller.network):
            started.set()
            await finish.wait()
            return await box.sell()

    first = asyncio.create_task(once(caller, "BuyTicket", "key", b"body", slow))
    await started.wait()
    with pytest.raises(IdempotencyInFlight):
        await once(caller, "BuyTicket", "key", b"body", box.sell)
    finish.set()
    assert await first == await once(caller, "BuyTicket", "key", b"body", box.sell) == b"ticket 1"


async def test_what_a_call_asks_of_others_before_its_transaction_happens_outside_of_one(
    uow: SampleUow, caller: Caller, box: Box
):
    """C6: no network call inside a transaction; the key is claimed when the use case begins."""
    elsewhere = UnitOfWork(uow.database, SampleTransaction, encode=encode)

    async def asks_and_sells() -> bytes:
        async with elsewhere.begin(uuid4()):
            pass
        return await box.sell()

    once = Idempotency(uow).once
    for _ in range(2):
        assert await once(caller, "BuyTicket", "key", b"body", asks_and_sells) == b"ticket 1"
    assert await box.sold() == 1


async def test_all_that_a_call_begins_one_after_the_other_is_one_transaction(uow: SampleUow, caller: Caller, box: Box):
    """C6: an effect that was committed before the answer could be there twice."""

    async def sells_two_and_fails() -> bytes:
        await box.sell()
        await box.sell()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Idempotency(uow).once(caller, "BuyTicket", "key", b"body", sells_two_and_fails)
    assert await box.sold() == 0


async def test_a_system_path_claims_the_key_too(uow: SampleUow, caller: Caller):
    """C6: an effect across networks is an effect."""
    hosts: list[str] = []

    async def opens_a_door() -> bytes:
        async with uow.system(DOORS) as connection:
            hosts.append(f"{uuid4()}.example")
            await connection.execute(insert(doors).values(host=hosts[-1], network=caller.network))
        return hosts[-1].encode()

    once = Idempotency(uow).once
    for _ in range(2):
        assert await once(caller, "OpenDoor", "key", b"body", opens_a_door) == hosts[0].encode()
    assert len(hosts) == 1


async def test_a_call_that_would_go_on_after_its_key_was_answered_cannot(uow: SampleUow, caller: Caller, box: Box):
    """C6: whatever it catches, it has no second effect."""
    once = Idempotency(uow).once
    await once(caller, "BuyTicket", "key", b"body", box.sell)

    async def stubborn() -> bytes:
        with suppress(Exception):
            await box.sell()
        return await box.sell()

    with pytest.raises(WrongNesting):
        await once(caller, "BuyTicket", "key", b"body", stubborn)
    assert await box.sold() == 1


async def test_a_call_that_begins_nothing_is_answered_and_leaves_nothing(uow: SampleUow, caller: Caller, box: Box):
    """C6: a refusal of the input, say; the key is still free."""
    once = Idempotency(uow).once

    async def begins_nothing() -> bytes:
        return b"nothing"

    assert await once(caller, "BuyTicket", "key", b"body", begins_nothing) == b"nothing"
    assert await once(caller, "BuyTicket", "key", b"other", box.sell) == b"ticket 1"


async def test_a_task_that_a_call_starts_cannot_slip_past_the_key(uow: SampleUow, caller: Caller, box: Box):
    """C6: its effect would be committed by itself."""

    async def starts_a_task() -> bytes:
        return await asyncio.create_task(box.sell())

    with pytest.raises(WrongNesting, match="another task"):
        await Idempotency(uow).once(caller, "BuyTicket", "key", b"body", starts_a_task)
    assert await box.sold() == 0


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_key_must_be_neither_empty_nor_long(uow: SampleUow, caller: Caller, box: Box, key: str):
    """C6: a key is stored, so it is bounded."""
    with pytest.raises(Invalid):
        await Idempotency(uow).once(caller, "BuyTicket", key, b"body", box.sell)
