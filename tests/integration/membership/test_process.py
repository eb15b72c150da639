"""Membership as a process of its own, as a supervisor starts it."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from nats.js.api import ConsumerConfig
from ontmoet.membership.v1 import facts_pb2, member_pb2, sign_in_pb2
from ontmoet.membership.v1.member_pb2_grpc import MemberServiceStub
from ontmoet.membership.v1.sign_in_pb2_grpc import SignInServiceStub

from deploy.local.failures import LocalFailure
from deploy.local.keys import Keys
from deploy.local.programs import Program, serves_grpc
from services.common.identity.service_identity import ServiceIdentity
from services.common.messaging.bus import connect, ensure_streams
from services.common.rpc.channel import as_service, on_behalf_of, open_channel
from services.common.storage.database import Database
from services.membership import wire
from services.membership.storage.uow import MembershipTransaction, Uow
from services.membership.usecases.networks import found_network
from tests.support.mail import MailSink, mail_sink
from tests.support.membership import a_network
from tests.support.membership_service import SENDER
from tests.support.ports import free_port
from tests.support.postgres import TestPostgres

DATABASE = "membership_process"


@dataclass
class Process:
    """Membership, ready to be started; where it will answer; and everybody's keys."""

    program: Program
    address: str
    keys: Keys


def a_process(folder: Path, *, database_url: str, nats_url: str, sink: MailSink) -> Process:
    keys, port = Keys(folder), free_port()
    keys.prepare()
    address = f"127.0.0.1:{port}"
    environment = {
        "ONTMOET_ENVIRONMENT": "production",
        "ONTMOET_DATABASE_URL": database_url,
        "ONTMOET_NATS_URL": nats_url,
        "ONTMOET_GRPC_ADDRESS": address,
        "ONTMOET_SERVICE_KEY_FILE": str(keys.of("membership")),
        "ONTMOET_SERVICE_KEYS_FILE": str(keys.public),
        "ONTMOET_SIGNING_KEYS_FILE": str(keys.signing),
        "ONTMOET_SMTP_ADDRESS": f"127.0.0.1:{sink.port}",
        "ONTMOET_MAIL_SENDER": SENDER,
    }
    program = Program("membership", "services.membership.main", folder / "log", environment, serves_grpc(port))
    return Process(program, address, keys)


async def test_a_guest_signs_in_and_the_fact_of_it_is_published(postgres: TestPostgres, nats_url: str, tmp_path: Path):
    """From an empty database to a fact on the stream; at the end the process drains and stops by itself."""
    url = (await postgres.service_database("membership", database=DATABASE)).service_url
    database = Database.connect(url, service_role="membership_service", pool_size=1)
    uow = Uow(database, MembershipTransaction, encode=wire.encode_fact)
    network = await found_network(uow, a_network(guests_welcome=True))
    await database.close()
    bus = await connect(nats_url, "test")
    await ensure_streams(bus, ["membership"])
    subject = f"ontmoet.{network.id}.membership.v1.member_joined"
    await bus.js.add_consumer("MEMBERSHIP", ConsumerConfig(durable_name=network.slug, filter_subject=subject))
    joined = await bus.js.pull("MEMBERSHIP", network.slug)
    async with mail_sink() as sink:
        process = a_process(tmp_path, database_url=url, nats_url=nats_url, sink=sink)
        await process.program.start()
        identity = ServiceIdentity.load("gateway", process.keys.of("gateway"))
        async with open_channel(process.address, identity=identity) as channel:
            sign_in, members = SignInServiceStub(channel), MemberServiceStub(channel)
            with as_service(network.id):
                await sign_in.RequestCode(sign_in_pb2.RequestCodeRequest(email="ann@x.example"))
                code = await sink.code_to("ann@x.example")
                redeem = sign_in_pb2.RedeemCodeRequest(email="ann@x.example", code=code, name="Ann")
                tokens = (await sign_in.RedeemCode(redeem)).tokens
            with on_behalf_of(tokens.access_token, network=network.id, language="en"):
                me = (await members.GetMember(member_pb2.GetMemberRequest())).member
        [published] = await joined.fetch(1, 10)
        await process.program.stop()
    await bus.close()
    assert (me.name, me.standing) == ("Ann", member_pb2.STANDING_GUEST)
    fact = facts_pb2.MemberJoined.FromString(published.data)
    assert fact.account_id == me.account_id == tokens.account_id
    assert process.program.process.returncode == 0
    log = (tmp_path / "log").read_text()
    assert "ann@" not in log
    assert code not in log


async def test_membership_refuses_to_start_under_a_role_that_sees_all(
    postgres: TestPostgres, nats_url: str, tmp_path: Path
):
    """T1: with the embedded server's own URI it exits with a clear message."""
    await postgres.service_database("membership", database=DATABASE)
    superuser = postgres.url("postgres", DATABASE)
    async with mail_sink() as sink:
        process = a_process(tmp_path, database_url=superuser, nats_url=nats_url, sink=sink)
        with pytest.raises(LocalFailure, match="must sign in to PostgreSQL as membership_service"):
            await process.program.start()
    assert "Traceback" not in (tmp_path / "log").read_text()
