"""Who may ask what at the public endpoint: what an RPC refuses to a role, its GraphQL field refuses as well."""

from __future__ import annotations

from uuid import UUID, uuid4

import httpx
import pytest

from services.common.caller import Role
from services.membership.domain.network import Network
from tests.support.asking import codes_in, executed, global_id
from tests.support.contracts import Rpc, rpcs
from tests.support.documents import Operation, object_fields, operations
from tests.support.graphql import Client, Json
from tests.support.house import House
from tests.support.two_networks import Two

pytestmark = pytest.mark.xdist_group("networks apart")

RPCS = {rpc.name: rpc for rpc in rpcs()}
OPEN_TO_ALL = None
QUERIES: dict[str, str | None] = {
    "network": OPEN_TO_ALL,
    # Null, for who has no token.
    "me": OPEN_TO_ALL,
    "node": "BatchGetSeries",
    "member": "BatchGetMembers",
    "members": "ListMembers",
    "event": "BatchGetEvents",
    "events": "ListEvents",
    "series": "BatchGetSeries",
    "registration": "GetRegistration",
    "breakout": "GetBreakout",
    "exportBreakout": "ExportBreakout",
    "operation": "GetOperation",
    "rules": "ListRules",
    "myEncounters": "ListMyEncounters",
    "introduction": "GetIntroduction",
    "introductions": "ListMyIntroductions",
}
"""The RPC behind each query. A mutation is called as its RPC is."""
OF_AN_EVENT = {
    "series": "BatchGetSeries",
    "myRegistration": "BatchGetMyRegistrations",
    "registrations": "BatchListRegistrations",
    "roster": "BatchGetRosters",
    "moderators": "BatchListModerators",
    "breakout": "BatchGetEventBreakouts",
    "myGroup": "BatchGetMyGroups",
}
"""The RPC behind each field of an event that takes one."""
ASKED = {**operations("query"), **operations("mutation")}


@pytest.mark.parametrize("operation", ASKED.values(), ids=list(ASKED))
async def test_a_field_is_refused_to_whom_its_rpc_is_refused(
    two: Two, http: httpx.AsyncClient, operation: Operation
) -> None:
    """The ids are of things that are missing, so that who is admitted changes nothing."""
    rpc = rpc_behind(operation)
    everybody: list[tuple[Role, ...]] = [(role,) for role in Role]
    for roles in [*everybody, ()]:
        account = uuid4()
        client = somebody(two, account, *roles)
        ids = {slot: missing_id(operation.types_at(slot)[-1], account) for slot in operation.slots}
        variables = operation.variables(ids)
        document = operation.document(variables, plain=True)
        if operation.kind == "mutation":
            document = document.replace("{ __typename }", "{ errors { code } }")
        refused = "PERMISSION_DENIED" in codes_in(await executed(http, client, document, variables), operation.name)
        assert refused is (rpc is not None and not admits(rpc, *roles)), roles
        if rpc is not None:
            nobody = Client(client.host, client.port)
            answer = await executed(http, nobody, document, variables)
            assert "UNAUTHENTICATED" in codes_in(answer, operation.name), answer


@pytest.mark.parametrize(("field", "name"), OF_AN_EVENT.items())
async def test_a_field_of_an_event_is_refused_to_whom_its_rpc_is_refused(
    two: Two, http: httpx.AsyncClient, field: str, name: str
) -> None:
    """An open event, which everybody sees."""
    document = f"query ($id: ID!) {{ event(id: $id) {{ id {field} {{ __typename }} }} }}"
    variables = {"id": global_id("Event", two.here.ids["event"][0])}
    for role in Role:
        answer = await executed(http, somebody(two, uuid4(), role), document, variables)
        errors: list[Json] = answer.get("errors") or []
        refused = {error["path"][-1] for error in errors if error["extensions"]["code"] == "PERMISSION_DENIED"}
        assert refused == (set() if admits(RPCS[name], role) else {field}), role


def test_every_field_of_an_event_that_asks_a_service_is_walked() -> None:
    """A new one is put into the table above."""
    assert object_fields("Event") == {*OF_AN_EVENT}


async def test_a2_a_token_of_one_network_is_refused_on_another_by_host_and_by_header(
    two: Two, http: httpx.AsyncClient
) -> None:
    """A2: a token for network A used on B by host or header is refused; so is a header that contradicts the host."""
    owner = two.here.people["owner"].client
    other = two.there.network
    public = Client("localhost", owner.port, owner.token)
    own = await executed(http, public.with_headers(ontmoet_network=str(two.here.network.id)), ME, {})
    assert own["data"]["me"]["id"] == two.here.people["owner"].id
    for client in (
        Client(other.hosts[0], owner.port, owner.token),
        public.with_headers(ontmoet_network=str(other.id)),
        public.with_headers(ontmoet_network=other.slug),
        owner.with_headers(ontmoet_network=str(other.id)),
        Client(other.hosts[0], owner.port, owner.token).with_headers(ontmoet_network=str(two.here.network.id)),
    ):
        answer = await executed(http, client, ME, {})
        assert answer.get("data") is None, answer
        assert "UNAUTHENTICATED" in str(answer) or "NETWORK_CONTRADICTED" in str(answer), answer


async def test_a2_who_owns_one_network_has_in_another_the_roles_of_that_one(house: House) -> None:
    """A2: roles are per network: one human being, who signs in to both."""
    [owned, joined] = [await house.network(), await house.network()]
    [owner] = await house.people(owned, "Ann Owner", roles=frozenset({Role.OWNER}))
    await (await house.organiser(joined)).client.do(
        "addMembers", "members { id }", members=[{"email": owner.email, "name": owner.name}]
    )
    there = await sign_in(house, joined, owner.email)
    for client, refused in ((there, ["PERMISSION_DENIED"]), (owner.client, [])):
        answer = await client.change("updateNetwork", "network { id }", guestsWelcome=True)
        assert [error["code"] for error in answer["errors"]] == refused


ME = "{ me { id } }"


async def sign_in(house: House, network: Network, email: str) -> Client:
    """The client of whoever reads this mailbox."""
    client = house.client(network)
    await client.do("requestCode", "expiresAt", email=email)
    code = await house.code_to(email)
    payload = await client.do("redeemCode", "tokens { accessToken }", email=email, code=code)
    return house.client(network, payload["tokens"]["accessToken"])


def rpc_behind(operation: Operation) -> Rpc | None:
    """The RPC that a field calls for its caller; None when everybody may ask it. KeyError for a field without one."""
    name = QUERIES[operation.name] if operation.kind == "query" else operation.name[0].upper() + operation.name[1:]
    if name is None:
        return None
    rpc = RPCS[name]
    return None if list(rpc.access.services) == ["gateway"] else rpc


def admits(rpc: Rpc, *roles: Role) -> bool:
    return rpc.access.signed_in or not rpc.roles.isdisjoint(roles)


def somebody(two: Two, account: UUID, *roles: Role) -> Client:
    """Somebody here, with just these roles."""
    network = two.here.network
    return two.house.client(network, two.door.token(network.id, *roles, account=account))


def missing_id(type_name: str, account: UUID) -> str:
    """A global id of nothing; of a member, the caller's own, which stands in no list of members."""
    return global_id(type_name, str(account if type_name == "Member" else uuid4()))
