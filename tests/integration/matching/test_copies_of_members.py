"""What matching keeps of members: kept up by membership's facts over real NATS, and rebuilt from membership."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from services.common.caller import Caller, Role
from services.common.messaging.bus import Bus, connect, ensure_streams
from services.common.messaging.relay import Relay
from services.matching.consumers import member_consumer
from services.matching.domain.profile import Profile, ProfileField
from services.matching.usecases.profiles import rebuild_all_members, rebuild_members
from services.membership.domain import member as membership
from services.membership.usecases.members import update_profile
from tests.support.matching_service import MatchingService, eventually
from tests.support.postgres import TestPostgres


@pytest.fixture
async def following(matching: MatchingService, postgres: TestPostgres, nats_url: str) -> AsyncIterator[Bus]:
    """Membership's facts flow to matching. What other tests left in the outbox is no concern of this one."""
    await postgres.run("UPDATE outbox SET published_at = clock_timestamp() WHERE published_at IS NULL", "membership")
    bus = await connect(nats_url, "test")
    await ensure_streams(bus, ["membership"])
    tasks = [
        asyncio.create_task(Relay(matching.beside.members, bus, "membership").run()),
        asyncio.create_task(member_consumer(matching.uow, bus, matching.members).run()),
    ]
    yield bus
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await bus.close()


async def kept(matching: MatchingService, network: UUID, account: UUID) -> Profile | None:
    async with matching.uow.begin(network) as tx:
        return (await tx.profiles.of([account])).get(account)


async def test_who_joins_is_copied_and_who_changes_their_profile_is_copied_anew(
    matching: MatchingService, following: Bus
):
    network = await matching.beside.network()
    _, ann = await matching.people(network, 2, companies=("Flox",))

    async def company_is(name: str) -> bool:
        copy = await kept(matching, network, ann)
        return copy is not None and copy.company == name

    await eventually(lambda: company_is("Flox"))
    change = {"company": "Voka", "asks": ("export to Germany",), "offers": ("bread",), "profession": "baker"}
    caller = Caller(network, ann, frozenset({Role.MEMBER}))
    await update_profile(matching.beside.members, caller, change)  # type: ignore[arg-type]
    await eventually(lambda: company_is("Voka"))
    copy = await kept(matching, network, ann)
    assert copy is not None
    assert (copy.asks, copy.offers, copy.profession) == (("export to Germany",), ("bread",), "baker")


async def test_what_somebody_shares_is_copied_and_what_they_share_no_more_is_not(
    matching: MatchingService, following: Bus
):
    network = await matching.beside.network()
    [ann] = await matching.people(network, 1, shared_fields=frozenset(membership.ProfileField))
    caller = Caller(network, ann, frozenset({Role.MEMBER}))

    async def shared_is(*fields: ProfileField) -> bool:
        copy = await kept(matching, network, ann)
        return copy is not None and copy.shared == frozenset(fields)

    await eventually(lambda: shared_is(*ProfileField))
    for field in membership.ProfileField:
        await update_profile(matching.beside.members, caller, {"shared_fields": frozenset({field})})
        await eventually(lambda field=field: shared_is(ProfileField(field.value)))
    await update_profile(matching.beside.members, caller, {"shared_fields": frozenset()})
    await eventually(shared_is)


async def test_an_older_copy_changes_nothing(matching: MatchingService):
    network, account = uuid4(), uuid4()
    newer = Profile(account, "Voka", "baker", ("a",), ("b",), version=5, shared=frozenset({ProfileField.ASKS}))
    async with matching.uow.begin(network) as tx:
        await tx.profiles.keep(newer)
        await tx.profiles.keep(replace(newer, company="Flox", shared=frozenset(ProfileField), version=4))
    assert await kept(matching, network, account) == newer


async def test_the_copies_of_a_network_are_rebuilt_from_membership(matching: MatchingService):
    network = await matching.beside.network()
    people = await matching.people(network, 230, companies=("Flox",))
    stranger = Profile(uuid4(), "Gone", "", (), (), version=9)
    spoilt = Profile(people[1], "spoilt", "", (), (), version=1)
    async with matching.uow.begin(network) as tx:
        await tx.profiles.keep(stranger, spoilt)
    assert await rebuild_members(matching.uow, matching.members, network) == 230
    async with matching.uow.begin(network) as tx:
        assert await tx.profiles.accounts() == set(people)
        copies = await tx.profiles.of(people)
    assert {account: copy.company for account, copy in copies.items() if copy.company} == {people[1]: "Flox"}


async def test_all_networks_are_rebuilt_each_with_its_own_members(matching: MatchingService):
    networks = [await matching.beside.network() for _ in range(2)]
    people = {network: await matching.people(network, 3) for network in networks}
    for network in networks:
        async with matching.uow.begin(network) as tx:
            await tx.profiles.keep(Profile(uuid4(), "", "", (), (), version=1))
    rebuilt = {network: count async for network, count in rebuild_all_members(matching.uow, matching.members)}
    assert {network: rebuilt[network] for network in networks} == dict.fromkeys(networks, 3)
    for network in networks:
        async with matching.uow.begin(network) as tx:
            assert await tx.profiles.accounts() == set(people[network])
