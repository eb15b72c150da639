from uuid import UUID

import pytest
from ontmoet.membership.v1 import network_pb2 as pb
from ontmoet.membership.v1.facts_pb2 import NetworkUpdated
from sqlalchemy import select

from services.common.caller import Caller, Role
from services.common.refusals import Conflict, Kind
from services.common.rpc.channel import as_service
from services.common.storage.database import plain_engine
from services.membership.storage.tables import platform
from services.membership.usecases.find_sign_in import find_sign_in
from services.membership.usecases.members import list_members
from services.membership.usecases.networks import found_network
from services.membership.usecases.seed import seed_networks
from services.membership.usecases.seed_data import SEEDS, SHARED_MAILBOX, VOKA
from tests.support.membership import a_network, address, somebody_new
from tests.support.membership_service import RunningMembership
from tests.support.refusals import refused


async def test_a_host_name_or_a_slug_leads_to_its_network(membership: RunningMembership):
    network = await membership.network(words={"nl-BE/member": "deelnemer"}, guests_welcome=True)
    for name in (network.slug, network.hosts[0], network.hosts[0].upper() + "."):
        with as_service(None):
            found = (await membership.networks().ResolveNetwork(pb.ResolveNetworkRequest(host=name))).network
        assert (found.id, found.slug, list(found.hosts)) == (str(network.id), network.slug, list(network.hosts))
        assert (found.guests_welcome, dict(found.words)) == (True, {"nl-BE/member": "deelnemer"})


@pytest.mark.parametrize("host", ["", "unknown.example", "localhost"])
async def test_a_host_name_of_nobody_is_not_found(membership: RunningMembership, host: str):
    with as_service(None), refused(Kind.NOT_FOUND):
        await membership.networks().ResolveNetwork(pb.ResolveNetworkRequest(host=host))


async def test_no_two_networks_share_a_name(membership: RunningMembership):
    network = await membership.network()
    with pytest.raises(Conflict):
        await found_network(membership.uow, a_network(hosts=("new.localhost", network.hosts[0])))
    with as_service(None), refused(Kind.NOT_FOUND):
        await membership.networks().ResolveNetwork(pb.ResolveNetworkRequest(host="new.localhost"))


async def facts(membership: RunningMembership, network: UUID) -> list[tuple[UUID, int]]:
    """What the outbox tells of changes of the network: which one, and the versions."""
    outbox = platform.outbox.c
    query = select(outbox.payload, outbox.aggregate_version).where(
        outbox.network_id == network, outbox.type == NetworkUpdated.DESCRIPTOR.full_name
    )
    engine = plain_engine(membership.postgres.url("postgres", "membership"))
    async with engine.connect() as connection:
        rows = (await connection.execute(query.order_by(outbox.position))).all()
    await engine.dispose()
    return [(UUID(NetworkUpdated.FromString(payload).network_id), version) for payload, version in rows]


async def test_languages_and_words_are_replaced_whole_where_they_are_given(membership: RunningMembership):
    network = await membership.network(languages=("nl-BE",), words={"nl-BE/member": "deelnemer"})
    (owner,) = await membership.add(network, [somebody_new(roles=frozenset({Role.OWNER}))])
    with membership.as_member(network.id, owner):
        for request, languages, words in (
            (pb.UpdateNetworkRequest(name="Kring"), ["nl-BE"], {"nl-BE/member": "deelnemer"}),
            (pb.UpdateNetworkRequest(words=pb.Words(words={"en/member": "peer"})), ["nl-BE"], {"en/member": "peer"}),
            (
                pb.UpdateNetworkRequest(languages=pb.Languages(languages=["fr-BE"])),
                ["fr-BE"],
                {"en/member": "peer"},
            ),
            (
                pb.UpdateNetworkRequest(words=pb.Words(words={"fr-BE/member": "x"})),
                ["fr-BE"],
                {"fr-BE/member": "x"},
            ),
            (pb.UpdateNetworkRequest(words=pb.Words()), ["fr-BE"], {}),
        ):
            changed = (await membership.networks().UpdateNetwork(request)).network
            assert (list(changed.languages), dict(changed.words)) == (languages, words)


async def test_an_owner_changes_the_network_and_what_is_left_out_stays(membership: RunningMembership):
    network = await membership.network()
    (owner,) = await membership.add(network, [somebody_new(roles=frozenset({Role.OWNER}))])
    look = pb.Look(logo_url="https://x.example/logo.svg", primary_colour="#112233", accent_colour="#445566")
    with membership.as_member(network.id, owner):
        await membership.networks().UpdateNetwork(pb.UpdateNetworkRequest(look=look, guests_welcome=True))
        changed = (await membership.networks().UpdateNetwork(pb.UpdateNetworkRequest(name="Kring 🎉"))).network
        await membership.networks().UpdateNetwork(pb.UpdateNetworkRequest(guests_welcome=True))
        read = (await membership.networks().GetNetwork(pb.GetNetworkRequest())).network
        for wrong, field in (
            (pb.UpdateNetworkRequest(name=" "), "name"),
            (
                pb.UpdateNetworkRequest(look=pb.Look(primary_colour="red", accent_colour="#000000")),
                "look.primary_colour",
            ),
            (pb.UpdateNetworkRequest(languages=pb.Languages(languages=["de-DE"])), "languages"),
            (pb.UpdateNetworkRequest(languages=pb.Languages()), "languages"),
        ):
            with refused(Kind.INVALID) as answer:
                await membership.networks().UpdateNetwork(wrong)
            assert answer.field == field
    assert await facts(membership, network.id) == [(network.id, 2), (network.id, 3)]
    assert read == changed
    assert (changed.name, changed.look, changed.guests_welcome, changed.version) == ("Kring 🎉", look, True, 3)
    assert list(changed.languages) == list(network.languages)


async def test_a_token_of_one_network_changes_no_other(membership: RunningMembership):
    """A2: by metadata."""
    here, there = await membership.network(), await membership.network()
    (owner,) = await membership.add(here, [somebody_new(roles=frozenset({Role.OWNER}))])
    with membership.as_member(here.id, owner, called=there.id), refused(Kind.FORBIDDEN):
        await membership.networks().UpdateNetwork(pb.UpdateNetworkRequest(name="Taken over"))


async def test_a_seeded_system_has_five_networks_and_seeding_again_changes_nothing(membership: RunningMembership):
    await seed_networks(membership.uow)
    organiser = await find_sign_in(membership.uow, "voka", address("organiser"))
    await seed_networks(membership.uow)
    assert await find_sign_in(membership.uow, "voka.localhost", address("organiser")) == organiser
    for seed in SEEDS:
        caller = Caller(seed.network.id, None, frozenset({Role.OWNER}))
        people, _ = await list_members(membership.uow, caller, size=200, page_token="", role=None)
        moderators = [person for person in people if Role.MODERATOR in person.roles]
        assert len(moderators) == (17 if seed.network.id == VOKA else 3)
        assert all(person.staff for person in moderators)
        assert sum(person.is_owner for person in people) == 1
        members = [person for person in people if person.asks]
        assert len(members) == 5
        assert all(person.company and person.profession and person.offers for person in members)
    shared = await find_sign_in(membership.uow, "bedrijvenkring", SHARED_MAILBOX)
    assert shared.roles == {Role.MEMBER}


async def test_a_network_that_is_founded_twice_stays_as_it_was(membership: RunningMembership):
    network = await membership.network(name="First")
    again = await found_network(membership.uow, a_network(id=network.id, name="Second"))
    assert again.name == "First"
