import asyncio
import time
from uuid import UUID

import pytest
from google.protobuf.message import Message
from grpc.aio import AioRpcError
from ontmoet.access.v1 import access_pb2
from ontmoet.membership.v1 import facts_pb2
from ontmoet.membership.v1 import member_pb2 as pb
from sqlalchemy import event

from services.common.caller import Role
from services.common.ids import new_id
from services.common.refusals import Kind
from services.common.rpc.channel import as_service
from services.common.rpc.refusals import refusal_from
from services.common.storage.database import plain_engine
from services.membership.domain.member import Member
from services.membership.domain.network import Network
from tests.support.membership import somebody_new
from tests.support.membership_service import RunningMembership
from tests.support.refusals import refused

FACTS: dict[str, type[Message]] = {
    message.DESCRIPTOR.full_name: message
    for message in (facts_pb2.MemberJoined, facts_pb2.ProfileChanged, facts_pb2.RolesChanged)
}


async def a_network_with(
    membership: RunningMembership, *roles: Role, others: int = 0
) -> tuple[Network, Member, list[Member]]:
    """A network, a member with these roles, and plain members."""
    network = await membership.network()
    caller = somebody_new("caller", roles=frozenset(roles))
    first, *rest = await membership.add(network, [caller, *(somebody_new(f"m{at}") for at in range(others))])
    return network, first, rest


async def facts(membership: RunningMembership, network: UUID, account: UUID) -> list[tuple[str, int]]:
    """What the outbox holds about a member: the kinds of facts, and the versions; and that they name nobody."""
    engine = plain_engine(membership.postgres.url("postgres", "membership"))
    async with engine.connect() as connection:
        rows = await connection.exec_driver_sql(
            "SELECT type, aggregate_version, payload FROM outbox "
            f"WHERE network_id = '{network}' AND aggregate_id = '{account}' ORDER BY position"
        )
        found = [(row.type, row.aggregate_version, FACTS[row.type].FromString(row.payload)) for row in rows]
    await engine.dispose()
    assert all("@" not in str(message) and str(account) in str(message) for _, _, message in found)
    return [(kind.rpartition(".")[2], version) for kind, version, _ in found]


async def test_an_organiser_adds_members_and_a_second_call_changes_nothing(membership: RunningMembership):
    network, organiser, _ = await a_network_with(membership, Role.ORGANISER)
    people = [
        pb.NewMember(email="Ann@Voka.example", name=" Ann ", company="Aerts", asks=["export"], offers=["drukwerk"]),
        pb.NewMember(email="bo@voka.example", name="Bo", roles=[access_pb2.ROLE_MODERATOR], staff=True),
        pb.NewMember(email="ann@voka.example", name="Ann again"),
    ]
    with membership.as_member(network.id, organiser):
        first = (await membership.members().AddMembers(pb.AddMembersRequest(members=people))).members
        second = (await membership.members().AddMembers(pb.AddMembersRequest(members=people[::-1]))).members
    ann, bo, again = first
    assert (ann.name, ann.email, ann.company, list(ann.asks)) == ("Ann", "ann@voka.example", "Aerts", ["export"])
    assert (ann.standing, ann.language, ann.version) == (pb.STANDING_ACTIVE, "nl-BE", 1)
    assert (list(bo.roles), bo.staff) == ([access_pb2.ROLE_MODERATOR], True)
    assert again == ann
    assert list(second) == [ann, bo, ann]
    assert await facts(membership, network.id, UUID(ann.account_id)) == [("MemberJoined", 1)]


async def test_an_account_id_does_not_tell_since_when_somebody_is_known_elsewhere(membership: RunningMembership):
    _, organiser, _ = await a_network_with(membership, Role.ORGANISER)
    assert organiser.account_id.version == 4  # random; version 7 would hold the time


async def test_five_hundred_members_are_added_in_one_call(membership: RunningMembership):
    network, owner, _ = await a_network_with(membership, Role.OWNER)
    people = [pb.NewMember(email=f"p{at}.{network.slug}@voka.example", name=f"Person {at}") for at in range(501)]
    with membership.as_member(network.id, owner):
        started = time.monotonic()
        added = await membership.members().AddMembers(pb.AddMembersRequest(members=people[:500]))
        assert time.monotonic() - started < 3
        assert [member.name for member in added.members] == [person.name for person in people[:500]]
        with refused(Kind.INVALID) as answer:
            await membership.members().AddMembers(pb.AddMembersRequest(members=people))
    assert answer.field == "members"


async def test_two_who_add_the_same_people_at_once_add_them_once(membership: RunningMembership):
    """One human being is one account: also when two networks meet somebody at the same moment."""
    networks = [await a_network_with(membership, Role.OWNER) for _ in range(2)]
    people = [pb.NewMember(email=f"p{at}.{networks[0][0].slug}@x.example", name=f"P {at}") for at in range(40)]

    async def add(network: Network, owner: Member, order: int) -> list[str]:
        with membership.as_member(network.id, owner):
            answer = await membership.members().AddMembers(pb.AddMembersRequest(members=people[::order]))
        return sorted(member.account_id for member in answer.members)

    calls = (add(network, owner, order) for network, owner, _ in networks for order in (1, -1))
    answers = await asyncio.gather(*calls)
    assert all(answer == answers[0] for answer in answers)
    assert len(set(answers[0])) == 40
    third, owner, _ = await a_network_with(membership, Role.OWNER)
    assert await asyncio.gather(*(add(third, owner, order) for order in (1, -1, 1, -1))) == [answers[0]] * 4


@pytest.mark.parametrize(
    ("person", "field"),
    [
        (pb.NewMember(email="ann", name="Ann"), "members[1].email"),
        (pb.NewMember(email="a@x.example", name=""), "members[1].name"),
        (pb.NewMember(email="a@x.example", name="n" * 300), "members[1].name"),
        (pb.NewMember(email="a@x.example", name="Ann", company="c" * 201), "members[1].company"),
        (pb.NewMember(email="a@x.example", name="Ann", asks=["x"] + [str(at) for at in range(10)]), "members[1].asks"),
        (pb.NewMember(email="a@x.example", name="Ann", language="de-DE"), "members[1].language"),
        (pb.NewMember(email="a@x.example", name="Ann", roles=[access_pb2.ROLE_UNSPECIFIED]), "members[1].roles"),
        (
            pb.NewMember(email="a@x.example", name="Ann", shared_fields=[pb.PROFILE_FIELD_UNSPECIFIED]),
            "members[1].shared_fields",
        ),
    ],
)
async def test_a_wrong_row_is_named_and_nobody_is_added(
    membership: RunningMembership, person: pb.NewMember, field: str
):
    network, owner, _ = await a_network_with(membership, Role.OWNER)
    good = pb.NewMember(email="good@x.example", name="Good")
    with membership.as_member(network.id, owner):
        with refused(Kind.INVALID) as answer:
            await membership.members().AddMembers(pb.AddMembersRequest(members=[good, person]))
        listed = await membership.members().ListMembers(pb.ListMembersRequest())
    assert answer.field == field
    assert [member.name for member in listed.members] == ["Caller"]


@pytest.mark.parametrize("name", ["Zoë 🎉", "שרה לוי", "محمد بن علي", "n" * 200])
async def test_names_of_all_scripts_arrive_as_they_were_given(membership: RunningMembership, name: str):
    network, owner, _ = await a_network_with(membership, Role.OWNER)
    with membership.as_member(network.id, owner):
        person = pb.NewMember(email="ann@x.example", name=name)
        added = await membership.members().AddMembers(pb.AddMembersRequest(members=[person]))
        found = await membership.members().GetMember(pb.GetMemberRequest(account_id=added.members[0].account_id))
    assert found.member.name == name


async def test_an_organiser_cannot_make_owners(membership: RunningMembership):
    network, organiser, _ = await a_network_with(membership, Role.ORGANISER)
    person = pb.NewMember(email="me@x.example", name="Me", roles=[access_pb2.ROLE_OWNER])
    with membership.as_member(network.id, organiser), refused(Kind.FORBIDDEN):
        await membership.members().AddMembers(pb.AddMembersRequest(members=[person]))


async def test_a_member_of_another_network_is_not_found_like_one_who_does_not_exist(membership: RunningMembership):
    """T7: a foreign id is indistinguishable from a missing one."""
    network, owner, _ = await a_network_with(membership, Role.OWNER)
    _, _, (stranger,) = await a_network_with(membership, Role.OWNER, others=1)
    answers: list[tuple[str, str]] = []
    for account_id in (str(stranger.account_id), str(new_id())):
        with membership.as_member(network.id, owner):
            with refused(Kind.NOT_FOUND) as got:
                await membership.members().GetMember(pb.GetMemberRequest(account_id=account_id))
            with refused(Kind.NOT_FOUND) as changed:
                roles = pb.ChangeRolesRequest(account_id=account_id, roles=[access_pb2.ROLE_MEMBER])
                await membership.members().ChangeRoles(roles)
            batch = await membership.members().BatchGetMembers(pb.BatchGetMembersRequest(account_ids=[account_id]))
        assert not batch.members
        answers.append((got.refusal.message, changed.refusal.message))
    assert answers[0] == answers[1]


async def test_an_address_is_for_the_person_and_for_who_runs_the_network(membership: RunningMembership):
    network, organiser, (ann, bo) = await a_network_with(membership, Role.ORGANISER, others=2)
    request = pb.BatchGetMembersRequest(account_ids=[str(ann.account_id)])

    async def seen_by(member: Member) -> str:
        with membership.as_member(network.id, member):
            return (await membership.members().BatchGetMembers(request)).members[0].email

    assert [await seen_by(organiser), await seen_by(ann), await seen_by(bo)] == [ann.email, ann.email, ""]
    with as_service(network.id):
        found = await membership.members("matching").BatchGetMembers(request)
    assert found.members[0].email == ann.email


async def test_many_members_are_read_in_one_query(membership: RunningMembership):
    network, _, others = await a_network_with(membership, Role.OWNER, others=100)
    ids = [str(member.account_id) for member in others] + [str(new_id())] * 2
    engine, statements = membership.uow.database.engine.sync_engine, list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    with as_service(network.id):
        found = await membership.members("events").BatchGetMembers(pb.BatchGetMembersRequest(account_ids=ids))
    event.remove(engine, "before_cursor_execute", note)
    assert len(found.members) == 100
    assert len([statement for statement in statements if "FROM members" in statement]) == 1


async def test_people_are_listed_by_name_page_by_page_and_by_role(membership: RunningMembership):
    network, organiser, _ = await a_network_with(membership, Role.ORGANISER)
    names = ["Zoë", "ann", "Émile", "Eva", "Émile"]
    moderator = frozenset({Role.MODERATOR})
    people = [somebody_new(f"p{at}", name=name) for at, name in enumerate(names)]
    await membership.add(network, [*people, somebody_new("mo", name="Mo", roles=moderator)])
    listed, token = list[str](), ""
    with membership.as_member(network.id, organiser):
        while True:
            page = await membership.members().ListMembers(pb.ListMembersRequest(page_size=2, page_token=token))
            listed += [member.name for member in page.members]
            if not (token := page.next_page_token):
                break
        by_role = await membership.members().ListMembers(pb.ListMembersRequest(role=access_pb2.ROLE_MODERATOR))
        with refused(Kind.INVALID) as answer:
            await membership.members().ListMembers(pb.ListMembersRequest(page_token="made up"))
    assert listed == ["ann", "Caller", "Émile", "Émile", "Eva", "Mo", "Zoë"]
    assert [member.name for member in by_role.members] == ["Mo"]
    assert answer.field == "page_token"


async def test_a_member_changes_their_own_profile_and_what_is_left_out_stays(membership: RunningMembership):
    network, ann, _ = await a_network_with(membership, Role.MEMBER)
    with membership.as_member(network.id, ann):
        first = await membership.members().UpdateProfile(
            pb.UpdateProfileRequest(name="Ann 🎉", company="Aerts", asks=pb.Topics(topics=["export"]))
        )
        second = await membership.members().UpdateProfile(pb.UpdateProfileRequest(language="fr-BE", asks=pb.Topics()))
        same = await membership.members().UpdateProfile(pb.UpdateProfileRequest(company=" Aerts "))
        own = await membership.members().GetMember(pb.GetMemberRequest())
        for change in (pb.UpdateProfileRequest(name=""), pb.UpdateProfileRequest(name="n" * 300)):
            with refused(Kind.INVALID) as answer:
                await membership.members().UpdateProfile(change)
            assert answer.field == "name"
    assert (first.member.name, first.member.version) == ("Ann 🎉", 2)
    assert (second.member.company, list(second.member.asks), second.member.language) == ("Aerts", [], "fr-BE")
    assert own.member == same.member == second.member
    known = await facts(membership, network.id, ann.account_id)
    assert known == [("MemberJoined", 1), ("ProfileChanged", 2), ("ProfileChanged", 3)]


async def test_an_owner_changes_roles_and_the_last_owner_stays(membership: RunningMembership):
    network, owner, (ann,) = await a_network_with(membership, Role.OWNER, others=1)

    def change(member: Member, *roles: access_pb2.Role.ValueType) -> pb.ChangeRolesRequest:
        return pb.ChangeRolesRequest(account_id=str(member.account_id), roles=roles)

    with membership.as_member(network.id, owner):
        with refused(Kind.RULE_BROKEN) as answer:
            await membership.members().ChangeRoles(change(owner, access_pb2.ROLE_MEMBER))
        await membership.members().ChangeRoles(change(ann, access_pb2.ROLE_OWNER, access_pb2.ROLE_TREASURER))
        stepped_down = await membership.members().ChangeRoles(change(owner, access_pb2.ROLE_MEMBER))
    assert answer.reason == "LAST_OWNER"
    assert list(stepped_down.member.roles) == [access_pb2.ROLE_MEMBER]
    assert await facts(membership, network.id, ann.account_id) == [("MemberJoined", 1), ("RolesChanged", 2)]


async def test_two_owners_who_step_down_at_once_leave_one(membership: RunningMembership):
    network = await membership.network()
    owner = frozenset({Role.OWNER})
    owners = await membership.add(network, [somebody_new("ann", roles=owner), somebody_new("bo", roles=owner)])

    async def step_down(member: Member) -> None:
        request = pb.ChangeRolesRequest(account_id=str(member.account_id), roles=[access_pb2.ROLE_MEMBER])
        with membership.as_member(network.id, member):
            await membership.members().ChangeRoles(request)

    answers = await asyncio.gather(*map(step_down, owners), return_exceptions=True)
    refusals = [refusal_from(answer) for answer in answers if isinstance(answer, AioRpcError)]
    assert [refusal.reason for refusal in refusals] == ["LAST_OWNER"]
    assert answers.count(None) == 1


async def test_only_an_owner_changes_roles(membership: RunningMembership):
    network, organiser, (ann,) = await a_network_with(membership, Role.ORGANISER, others=1)
    request = pb.ChangeRolesRequest(account_id=str(ann.account_id), roles=[access_pb2.ROLE_OWNER])
    with membership.as_member(network.id, organiser), refused(Kind.FORBIDDEN):
        await membership.members().ChangeRoles(request)
