"""Projections made anew from their source."""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from deploy.cli.databases import database_of
from deploy.cli.membership import membership
from services.matching.adapters.members import Members
from services.matching.storage.transaction import MatchingTransaction, Uow
from services.matching.usecases.profiles import rebuild_all_members
from services.matching.wire.facts import encode_fact


class Projection(StrEnum):
    """A copy that a service keeps of another's data."""

    MATCHING_MEMBERS = "matching-members"


def rebuild(projection: Annotated[Projection, typer.Argument(help="The copy to be made anew.")]) -> None:
    """Make a projection anew from its source, for all networks; the service goes on meanwhile.

    It works with the environment of the service that keeps the copy, or else with the running local system.
    """
    asyncio.run({Projection.MATCHING_MEMBERS: _matching_members}[projection]())


async def _matching_members() -> None:
    async with membership() as channel, database_of("matching") as database:
        uow = Uow(database, MatchingTransaction, encode=encode_fact)
        async for network, count in rebuild_all_members(uow, Members(channel)):
            print(f"network {network}: {count} members")
