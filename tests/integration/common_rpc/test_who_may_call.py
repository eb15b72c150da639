"""The option beside each RPC decides who may call it, before anything else happens."""

from collections.abc import AsyncGenerator
from uuid import UUID, uuid4

import grpc
import pytest
from ontmoet.membership.v1 import network_pb2, sign_in_pb2
from ontmoet.membership.v1.network_pb2_grpc import NetworkServiceStub
from ontmoet.membership.v1.sign_in_pb2_grpc import SignInServiceStub

from services.common.caller import Caller, Role, current_caller
from services.common.rpc.access import find_method
from tests.support.rpc import Metadata, Running, TestIdentity, running
from tests.support.scripted import Context, Networks, key_sets, networks

IDENTITY = TestIdentity()
OURS, THEIRS, ACCOUNT = uuid4(), uuid4(), uuid4()


class Seen:
    """The caller that a servicer saw."""

    caller: Caller | None = None

    async def see(self, context: Context) -> None:
        self.caller = current_caller()


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
async def server(seen: Seen) -> AsyncGenerator[Running]:
    async with running([*networks(Networks(seen.see)), *key_sets()], identity=IDENTITY) as server:
        yield server


def as_user(*roles: Role, network: UUID = OURS) -> Metadata:
    return IDENTITY.user_metadata(network, ACCOUNT, roles, language="nl-BE")


async def get(server: Running, metadata: Metadata) -> grpc.StatusCode:
    return (
        await NetworkServiceStub(server.channel).GetNetwork(network_pb2.GetNetworkRequest(), metadata=metadata).code()
    )


async def update(server: Running, metadata: Metadata) -> grpc.StatusCode:
    stub = NetworkServiceStub(server.channel)
    return await stub.UpdateNetwork(network_pb2.UpdateNetworkRequest(), metadata=metadata).code()


async def resolve(server: Running, metadata: Metadata) -> grpc.StatusCode:
    stub = NetworkServiceStub(server.channel)
    return await stub.ResolveNetwork(network_pb2.ResolveNetworkRequest(), metadata=metadata).code()


async def test_a_servicer_sees_who_calls_for_which_network_and_in_which_language(server: Running, seen: Seen):
    assert await get(server, as_user(Role.MEMBER, Role.TREASURER)) is grpc.StatusCode.OK
    roles = frozenset({Role.MEMBER, Role.TREASURER})
    assert seen.caller == Caller(OURS, ACCOUNT, roles, service=None, language="nl-BE")


async def test_a_servicer_sees_which_service_calls(server: Running, seen: Seen):
    assert await get(server, IDENTITY.service_metadata("events", OURS, to="membership")) is grpc.StatusCode.OK
    assert seen.caller == Caller(OURS, None, frozenset(), service="events")


async def test_nobody_is_served_without_a_token_where_one_is_needed(server: Running, seen: Seen):
    assert await get(server, ()) is grpc.StatusCode.UNAUTHENTICATED
    assert await update(server, (("ontmoet-network", str(OURS)),)) is grpc.StatusCode.UNAUTHENTICATED
    assert seen.caller is None


async def test_everybody_is_served_where_the_option_says_anyone(server: Running):
    call = SignInServiceStub(server.channel).GetKeySet(sign_in_pb2.GetKeySetRequest())
    assert (await call).jwks_json == "{}"


async def test_a_role_that_the_option_does_not_name_is_refused(server: Running, seen: Seen):
    others = [role for role in Role if role is not Role.OWNER]
    assert await update(server, as_user(*others)) is grpc.StatusCode.PERMISSION_DENIED
    assert seen.caller is None
    assert await update(server, as_user(Role.OWNER)) is grpc.StatusCode.OK


async def test_whoever_is_signed_in_may_do_what_needs_no_role(server: Running):
    assert await get(server, as_user()) is grpc.StatusCode.OK


async def test_a_service_that_the_option_does_not_name_is_refused(server: Running):
    assert await resolve(server, IDENTITY.service_metadata("gateway", None, to="membership")) is grpc.StatusCode.OK
    other = IDENTITY.service_metadata("events", None, to="membership")
    assert await resolve(server, other) is grpc.StatusCode.PERMISSION_DENIED


async def test_an_account_is_no_service_and_a_service_is_no_account(server: Running):
    assert await resolve(server, as_user(*Role)) is grpc.StatusCode.PERMISSION_DENIED
    service = IDENTITY.service_metadata("gateway", OURS, to="membership")
    assert await update(server, service) is grpc.StatusCode.PERMISSION_DENIED


async def test_a_token_for_one_network_is_refused_for_another(server: Running, seen: Seen):
    """A2: by metadata."""
    token, _, language = as_user(Role.OWNER)
    crossed = (token, ("ontmoet-network", str(THEIRS)), language)
    assert await get(server, crossed) is grpc.StatusCode.PERMISSION_DENIED
    assert await update(server, crossed) is grpc.StatusCode.PERMISSION_DENIED
    assert seen.caller is None


async def test_roles_hold_in_the_network_of_the_token_alone(server: Running, seen: Seen):
    """A2: an owner of one network is whatever the other one's token says there."""
    assert await update(server, as_user(Role.OWNER, network=OURS)) is grpc.StatusCode.OK
    assert await update(server, as_user(Role.MEMBER, network=THEIRS)) is grpc.StatusCode.PERMISSION_DENIED


async def test_a_network_that_is_no_id_is_refused(server: Running):
    token = as_user(Role.OWNER)[0]
    assert await get(server, (token, ("ontmoet-network", "voka"))) is grpc.StatusCode.INVALID_ARGUMENT


async def test_an_rpc_without_the_option_admits_nobody():
    method = find_method("/grpc.health.v1.Health/Check")
    assert method is not None
    everybody = [None, Caller(OURS, ACCOUNT, frozenset(Role)), Caller(OURS, None, service="gateway")]
    for caller in everybody:
        with pytest.raises(Exception, match=r"(token is needed|do not allow)"):
            method.admit(caller)
