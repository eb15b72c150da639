"""What of their profile members let others be told."""

from typing import Any

import pytest
from ontmoet.membership.v1 import member_pb2 as pb

from services.common.caller import Role
from services.common.refusals import Kind
from services.common.rpc.channel import as_service
from services.membership.domain.member import Member
from services.membership.domain.network import Network
from tests.support.membership import somebody_new
from tests.support.membership_service import RunningMembership
from tests.support.refusals import refused

COMPANY, PROFESSION, ASKS = pb.PROFILE_FIELD_COMPANY, pb.PROFILE_FIELD_PROFESSION, pb.PROFILE_FIELD_ASKS


async def a_network(membership: RunningMembership) -> tuple[Network, list[Member]]:
    """A network with an organiser and two members."""
    network = await membership.network()
    organiser = somebody_new("organiser", roles=frozenset({Role.ORGANISER}))
    return network, await membership.add(network, [organiser, somebody_new("ann"), somebody_new("bo")])


async def change(membership: RunningMembership, network: Network, member: Member, **values: Any) -> pb.Member:
    with membership.as_member(network.id, member):
        return (await membership.members().UpdateProfile(pb.UpdateProfileRequest(**values))).member


async def test_who_is_added_shares_what_they_agreed_to_and_nothing_else(membership: RunningMembership):
    network, [organiser, *_] = await a_network(membership)
    people = [
        pb.NewMember(email="cas@x.example", name="Cas", shared_fields=[ASKS, COMPANY, ASKS]),
        pb.NewMember(email="dirk@x.example", name="Dirk", company="Aerts", asks=["export"]),
    ]
    with membership.as_member(network.id, organiser):
        added = (await membership.members().AddMembers(pb.AddMembersRequest(members=people))).members
    assert [list(member.shared_fields) for member in added] == [[COMPANY, ASKS], []]


async def test_what_is_shared_stays_when_it_is_left_out_and_is_taken_back_by_an_empty_list(
    membership: RunningMembership,
):
    network, [_, ann, _] = await a_network(membership)
    first = await change(membership, network, ann, shared_fields=pb.ProfileFields(fields=[ASKS, COMPANY]))
    renamed = await change(membership, network, ann, name="Ann A.")
    fewer = await change(membership, network, ann, shared_fields=pb.ProfileFields(fields=[ASKS]))
    same = await change(membership, network, ann, shared_fields=pb.ProfileFields(fields=[ASKS, ASKS]))
    none = await change(membership, network, ann, shared_fields=pb.ProfileFields())
    told = [(list(member.shared_fields), member.version) for member in (first, renamed, fewer, same, none)]
    assert told == [([COMPANY, ASKS], 2), ([COMPANY, ASKS], 3), ([ASKS], 4), ([ASKS], 4), ([], 5)]


@pytest.mark.parametrize("fields", [[pb.PROFILE_FIELD_UNSPECIFIED], [ASKS, 99]])
async def test_what_nobody_can_share_is_refused_and_what_was_shared_stays(
    membership: RunningMembership, fields: list[Any]
):
    network, [organiser, ann, _] = await a_network(membership)
    await change(membership, network, ann, shared_fields=pb.ProfileFields(fields=[COMPANY]))
    with refused(Kind.INVALID) as changed:
        await change(membership, network, ann, name="Ann A.", shared_fields=pb.ProfileFields(fields=fields))
    person = pb.NewMember(email="cas@x.example", name="Cas", shared_fields=fields)
    with membership.as_member(network.id, organiser), refused(Kind.INVALID) as added:
        await membership.members().AddMembers(pb.AddMembersRequest(members=[person]))
    assert (changed.field, added.field) == ("shared_fields", "members[0].shared_fields")
    assert changed.refusal.message == "Of a profile company, profession, asks and offers can be shared."
    assert list((await change(membership, network, ann)).shared_fields) == [COMPANY]


async def test_what_is_shared_is_for_the_person_for_who_runs_the_network_and_for_our_services(
    membership: RunningMembership,
):
    network, [organiser, ann, bo] = await a_network(membership)
    await change(membership, network, ann, shared_fields=pb.ProfileFields(fields=[PROFESSION]))
    one, account = pb.GetMemberRequest(account_id=str(ann.account_id)), str(ann.account_id)
    for member, seen in ((organiser, [PROFESSION]), (ann, [PROFESSION]), (bo, [])):
        with membership.as_member(network.id, member):
            assert list((await membership.members().GetMember(one)).member.shared_fields) == seen
            listed = (await membership.members().ListMembers(pb.ListMembersRequest())).members
        assert [list(each.shared_fields) for each in listed if each.account_id == account] == [seen]
    with as_service(network.id):
        request = pb.BatchGetMembersRequest(account_ids=[account])
        [found] = (await membership.members("matching").BatchGetMembers(request)).members
    assert list(found.shared_fields) == [PROFESSION]
