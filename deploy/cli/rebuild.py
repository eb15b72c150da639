"""Projections made anew from their source."""

import asyncio
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.databases import database_of
from deploy.local.failures import LocalFailure
from deploy.local.home import Home
from deploy.local.keys import Keys
from services.common.identity.service_identity import ServiceIdentity
from services.common.rpc.channel import open_channel
from services.matching.adapters.members import Members
from services.matching.storage.transaction import MatchingTransaction, Uow
from services.matching.usecases.profiles import rebuild_all_members
from services.matching.wire.facts import encode_fact

KEY_FILE = "ONTMOET_SERVICE_KEY_FILE"
MEMBERSHIP_ADDRESS = "ONTMOET_MEMBERSHIP_ADDRESS"


class Projection(StrEnum):
    """A copy that a service keeps of another's data."""

    MATCHING_MEMBERS = "matching-members"


def rebuild(projection: Annotated[Projection, typer.Argument(help="The copy to be made anew.")]) -> None:
    """Make a projection anew from its source, for all networks; the service goes on meanwhile.

    It works with the environment of the service that keeps the copy, or else with the running local system.
    """
    asyncio.run({Projection.MATCHING_MEMBERS: _matching_members}[projection]())


async def _matching_members() -> None:
    key_file, address = os.environ.get(KEY_FILE), os.environ.get(MEMBERSHIP_ADDRESS)
    if not (key_file and address):
        key_file, address = _local_identity()
    identity = ServiceIdentity.load("matching", Path(key_file))
    async with database_of("matching") as database, open_channel(address, identity=identity) as membership:
        uow = Uow(database, MatchingTransaction, encode=encode_fact)
        async for network, count in rebuild_all_members(uow, Members(membership)):
            print(f"network {network}: {count} members")


def _local_identity() -> tuple[str, str]:
    from deploy.local.ports import Ports  # a local system alone has it

    home = Home.from_environment()
    port = home.port
    if port is None:
        raise LocalFailure(f"no local system runs in {home.path}, and {KEY_FILE} or {MEMBERSHIP_ADDRESS} is not set")
    return str(Keys(home.keys).of("matching")), Ports(port).address("membership")
