"""How codes are mailed when things go wrong. The mail job runs beside, as in production."""

import asyncio

from services.common.ids import new_id
from services.common.refusals import Kind
from services.membership.adapters.mail import Mailer
from services.membership.domain.network import Network
from services.membership.usecases.mail_codes import mail_codes
from tests.support.mail import mail_sink
from tests.support.membership import somebody_new
from tests.support.membership_service import SENDER, RunningMembership
from tests.support.refusals import refused


async def mail_states(membership: RunningMembership, network: Network) -> list[str]:
    async with membership.uow.begin(network.id) as tx:
        rows = await tx.connection.exec_driver_sql("SELECT mail FROM code_requests ORDER BY id")
        return [row[0] for row in rows]


async def test_a_mail_survives_a_server_that_is_away_or_asks_to_wait(membership: RunningMembership):
    """A mail is tried again until it arrives, and its last code is the good one."""
    ann = somebody_new(f"ann.{new_id().hex}")
    network = await membership.network(ann)
    membership.sink.replies = ["451 later"]
    await membership.request(network, ann.email)
    assert (await membership.redeem(network, ann.email, await membership.sink.code_to(ann.email))).tokens


async def test_a_mail_that_the_server_will_never_take_is_given_up(membership: RunningMembership):
    refused_one, ann = somebody_new(f"bo.{new_id().hex}"), somebody_new(f"ann.{new_id().hex}")
    network = await membership.network(refused_one, ann)
    membership.sink.replies = ["550 no such mailbox"]
    await membership.request(network, refused_one.email)
    while "pending" in await mail_states(membership, network):
        await mail_codes(membership.uow, membership.keys, membership.letters, membership.mailer)
    assert await mail_states(membership, network) == ["failed"]


async def test_a_sender_that_died_leaves_its_mail_to_others_and_the_last_code_counts(membership: RunningMembership):
    """A3: what was mailed before is void when the mail goes out again."""
    ann = somebody_new(f"ann.{new_id().hex}")
    network = await membership.network(ann)
    await membership.request(network, ann.email)
    first = await membership.sink.code_to(ann.email)
    while "pending" in await mail_states(membership, network):
        await mail_codes(membership.uow, membership.keys, membership.letters, membership.mailer)
    await membership.as_admin(
        f"UPDATE code_requests SET mail = 'pending', mail_due_at = clock_timestamp() WHERE network_id = '{network.id}'"
    )
    last = await membership.sink.code_to(ann.email)
    if first != last:
        with refused(Kind.UNAUTHENTICATED):
            await membership.redeem(network, ann.email, first)
    assert (await membership.redeem(network, ann.email, last)).tokens


async def test_several_senders_send_each_mail_once(membership: RunningMembership):
    people = [somebody_new(f"p{number}.{new_id().hex}") for number in range(60)]
    network = await membership.network(*people)
    async with mail_sink() as sink:
        mailers = [Mailer(f"127.0.0.1:{sink.port}", SENDER) for _ in range(4)]
        for person in people:
            await membership.request(network, person.email)
        await asyncio.gather(
            *(mail_codes(membership.uow, membership.keys, membership.letters, mailer) for mailer in mailers)
        )
        while "pending" in await mail_states(membership, network):
            await mail_codes(membership.uow, membership.keys, membership.letters, mailers[0])
        arrived = [sink.waiting(person.email) + membership.sink.waiting(person.email) for person in people]
    assert arrived == [1] * 60


async def test_nobody_is_mailed_who_may_not_sign_in(membership: RunningMembership):
    """A3: the mail job, not the request, looks who is known."""
    ann, left = somebody_new(f"ann.{new_id().hex}"), somebody_new(f"left.{new_id().hex}")
    network = await membership.network(ann, left)
    await membership.as_admin(f"UPDATE members SET standing = 'left' WHERE email = '{left.email}'")
    nobody = f"nobody.{new_id().hex}@voka.example"
    for mailbox in (left.email, nobody, ann.email):
        await membership.request(network, mailbox)
    await membership.sink.mail_to(ann.email)
    while "pending" in await mail_states(membership, network):
        await mail_codes(membership.uow, membership.keys, membership.letters, membership.mailer)
    assert await mail_states(membership, network) == ["unwanted", "unwanted", "sent"]
    assert membership.sink.waiting(left.email) == membership.sink.waiting(nobody) == 0
