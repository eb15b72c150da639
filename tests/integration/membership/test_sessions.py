from ontmoet.membership.v1 import sign_in_pb2

from services.common.caller import Role
from services.common.ids import new_id
from services.common.refusals import Kind
from services.common.rpc.channel import as_service
from services.membership.domain.network import Network
from services.membership.usecases.forget import forget_sign_ins
from services.membership.usecases.members import change_roles
from tests.support.membership import caller_with, somebody_new
from tests.support.membership_service import RunningMembership
from tests.support.refusals import refused


async def a_session(membership: RunningMembership, *roles: Role) -> tuple[Network, sign_in_pb2.Tokens]:
    ann = somebody_new(f"ann.{new_id().hex}", roles=frozenset(roles))
    network = await membership.network(ann)
    return network, await membership.signed_in(network, ann.email)


async def test_a_refresh_token_brings_new_tokens_with_the_roles_of_this_moment(membership: RunningMembership):
    network, tokens = await a_session(membership)
    account = await membership.verifier.verify(tokens.access_token)
    founder = caller_with(Role.OWNER, network=network.id)
    await change_roles(membership.uow, founder, account.account, frozenset({Role.TREASURER}), staff=False)
    renewed = await membership.refresh(network, tokens.refresh_token)
    assert renewed.refresh_token != tokens.refresh_token
    assert (await membership.verifier.verify(renewed.access_token)).roles == {Role.TREASURER}


async def test_a_refresh_token_used_twice_ends_the_session(membership: RunningMembership):
    network, tokens = await a_session(membership)
    renewed = await membership.refresh(network, tokens.refresh_token)
    with refused(Kind.UNAUTHENTICATED):
        await membership.refresh(network, tokens.refresh_token)
    with refused(Kind.UNAUTHENTICATED):
        await membership.refresh(network, renewed.refresh_token)


async def test_who_signed_out_cannot_go_on(membership: RunningMembership):
    network, tokens = await a_session(membership)
    with as_service(network.id):
        for token in (tokens.refresh_token, tokens.refresh_token, "unknown"):
            await membership.sign_in().SignOut(sign_in_pb2.SignOutRequest(refresh_token=token))
    with refused(Kind.UNAUTHENTICATED):
        await membership.refresh(network, tokens.refresh_token)


async def test_a_refresh_token_of_one_network_is_unknown_in_another(membership: RunningMembership):
    """A2: and trying it there leaves the session as it is."""
    network, tokens = await a_session(membership)
    other = await membership.network()
    with refused(Kind.UNAUTHENTICATED):
        await membership.refresh(other, tokens.refresh_token)
    assert (await membership.refresh(network, tokens.refresh_token)).access_token


async def test_who_left_the_network_cannot_go_on(membership: RunningMembership):
    network, tokens = await a_session(membership)
    await membership.as_admin(f"UPDATE members SET standing = 'left' WHERE network_id = '{network.id}'")
    with refused(Kind.UNAUTHENTICATED):
        await membership.refresh(network, tokens.refresh_token)


async def test_refresh_tokens_are_stored_hashed(membership: RunningMembership):
    network, tokens = await a_session(membership)
    async with membership.uow.begin(network.id) as tx:
        rows = await tx.connection.exec_driver_sql("SELECT encode(digest, 'escape') FROM refresh_tokens")
        stored = [row[0] for row in rows]
    assert len(stored) == 1
    assert tokens.refresh_token not in stored[0]


async def test_codes_and_sessions_that_are_long_over_are_forgotten(membership: RunningMembership):
    old, _ = await a_session(membership)
    young, young_tokens = await a_session(membership)
    for table in ("code_requests", "sessions", "refresh_tokens"):
        await membership.as_admin(
            f"UPDATE {table} SET expires_at = expires_at - interval '60 days' WHERE network_id = '{old.id}'"
        )
    await forget_sign_ins(membership.uow)
    for network, left in ((old, 0), (young, 1)):
        async with membership.uow.begin(network.id) as tx:
            for table in ("code_requests", "sessions", "refresh_tokens"):
                rows = await tx.connection.exec_driver_sql(f"SELECT count(*) FROM {table}")
                assert rows.scalar_one() == left, table
    assert (await membership.refresh(young, young_tokens.refresh_token)).access_token
