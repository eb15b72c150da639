"""Starts membership: `python -m services.membership.main`."""

import asyncio
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack

from ontmoet.membership.v1.member_pb2_grpc import add_MemberServiceServicer_to_server
from ontmoet.membership.v1.network_pb2_grpc import add_NetworkServiceServicer_to_server
from ontmoet.membership.v1.sign_in_pb2_grpc import add_SignInServiceServicer_to_server

from services.common import telemetry
from services.common.idempotency import Idempotency
from services.common.identity.keys import FixedKeys, load_public_keys, public_keys
from services.common.identity.tokens import Verifier
from services.common.messaging.bus import Bus, connect
from services.common.messaging.relay import Relay
from services.common.rpc.lifecycle import Task, run_service
from services.common.rpc.server import AddressTaken, Registration, RpcServer
from services.common.settings import read
from services.common.storage.database import Database, WrongDatabaseRole
from services.membership import wire
from services.membership.adapters.letters import Letters
from services.membership.adapters.mail import Mailer
from services.membership.adapters.signing import SigningKeys
from services.membership.api.members import MemberApi
from services.membership.api.networks import NetworkApi
from services.membership.api.sign_in import SignInApi
from services.membership.jobs import mail_job, retention_jobs
from services.membership.settings import Settings
from services.membership.storage.uow import MembershipTransaction, Uow

_CONTRACTS = "ontmoet.membership.v1"


async def main(settings: Settings) -> None:
    """Serve until SIGTERM."""
    async with AsyncExitStack() as opened:
        opened.callback(telemetry.configure("membership", settings))
        keys = SigningKeys.load(settings.signing_keys_file)
        database = Database.connect(settings.database_url, service_role="membership_service")
        opened.push_async_callback(database.close)
        await database.verify_role()
        bus = await connect(settings.nats_url, "membership")
        opened.push_async_callback(bus.close)
        uow = Uow(database, MembershipTransaction, encode=wire.encode_fact)
        await run_service(_server(settings, uow, keys), _tasks(settings, uow, keys, bus))


def _server(settings: Settings, uow: Uow, keys: SigningKeys) -> RpcServer:
    own_keys = FixedKeys(public_keys(keys.public_json))
    return RpcServer(
        settings.grpc_address,
        registrations(uow, keys),
        verifier=Verifier(own_keys, FixedKeys(load_public_keys(settings.service_keys_file))),
        idempotency=Idempotency(uow),
        reflection=settings.development,
    )


def registrations(uow: Uow, keys: SigningKeys) -> list[Registration]:
    """The contracts that membership serves."""
    return [
        Registration(add_NetworkServiceServicer_to_server, NetworkApi(uow), f"{_CONTRACTS}.NetworkService"),
        Registration(add_MemberServiceServicer_to_server, MemberApi(uow), f"{_CONTRACTS}.MemberService"),
        Registration(add_SignInServiceServicer_to_server, SignInApi(uow, keys), f"{_CONTRACTS}.SignInService"),
    ]


def _tasks(settings: Settings, uow: Uow, keys: SigningKeys, bus: Bus) -> Mapping[str, Task]:
    mailer = Mailer(settings.smtp_address, settings.mail_sender)
    return {
        "relay": Relay(uow, bus, "membership").run,
        "mail": mail_job(uow, keys, Letters(), mailer).run,
        **{job.name: job.run for job in retention_jobs(uow)},
    }


if __name__ == "__main__":
    try:
        asyncio.run(main(read(Settings)))
    except (WrongDatabaseRole, AddressTaken, ValueError) as error:
        sys.exit(str(error))
