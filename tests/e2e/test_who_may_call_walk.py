"""Who may call what: every RPC and every GraphQL field, walked as everybody, against the option beside each RPC."""

from __future__ import annotations

from collections.abc import AsyncIterator

import grpc
import pytest

from services.common.caller import Role
from tests.support.callers import SERVICES, Door, opened
from tests.support.contracts import Rpc, rpcs
from tests.support.house import House

REFUSED = {grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAUTHENTICATED}
RPCS = {rpc.path: rpc for rpc in rpcs()}


@pytest.fixture(scope="module")
async def door(house: House) -> AsyncIterator[Door]:
    async with opened(house) as door:
        yield door


@pytest.mark.parametrize("rpc", RPCS.values(), ids=list(RPCS))
async def test_each_rpc_admits_the_roles_and_services_that_its_option_names_and_nobody_else(
    house: House, door: Door, rpc: Rpc
) -> None:
    """The request names nothing, so that who is admitted changes nothing."""
    network = (await house.network()).id
    empty = type(rpc.request({}))()
    denied = grpc.StatusCode.PERMISSION_DENIED
    for role in Role:
        answer = await door.as_account(rpc, empty, door.token(network, role))
        assert (answer.code is not denied) is (role in rpc.roles), (role, answer)
    without_role = await door.as_account(rpc, empty, door.token(network))
    assert (without_role.code is not denied) is (rpc.access.signed_in or rpc.access.anyone), without_role
    for service in SERVICES:
        answer = await door.as_service(rpc, empty, service, network)
        assert (answer.code is not denied) is (service in rpc.access.services or rpc.access.anyone), (service, answer)
    nobody = await door.as_account(rpc, empty, None)
    assert (nobody.code is not grpc.StatusCode.UNAUTHENTICATED) is rpc.access.anyone, nobody


@pytest.mark.parametrize("rpc", RPCS.values(), ids=list(RPCS))
async def test_a2_a_token_for_one_network_is_refused_where_the_call_names_another(
    house: House, door: Door, rpc: Rpc
) -> None:
    """A2: a token for network A used on B by metadata is refused, whatever its roles."""
    own, other = (await house.network()).id, (await house.network()).id
    empty = type(rpc.request({}))()
    answer = await door.as_account(rpc, empty, door.token(own, *Role), network=other)
    assert answer.code is grpc.StatusCode.PERMISSION_DENIED
    assert "This token is for another network." in answer.text
