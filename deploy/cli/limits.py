"""What one network may ask of the solver."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer
from ontmoet.membership.v1.network_pb2 import Network

from deploy.cli.databases import database_of
from deploy.cli.membership import find_network, membership
from services.matching.domain.limits import OwnLimits
from services.matching.engine.check import MOST_PEOPLE, MOST_ROUNDS
from services.matching.storage.transaction import MatchingTransaction, Uow
from services.matching.wire.facts import encode_fact


def limits(
    network: Annotated[str, typer.Argument(help="The network's slug, host name or id, such as voka.")],
    people: Annotated[int | None, typer.Option(min=2, max=MOST_PEOPLE, help="The most people in one plan.")] = None,
    rounds: Annotated[int | None, typer.Option(min=1, max=MOST_ROUNDS, help="The most rounds of one plan.")] = None,
    seconds: Annotated[int | None, typer.Option(min=1, help="The longest search.")] = None,
    searches: Annotated[int | None, typer.Option(min=1, help="The most long searches under way.")] = None,
) -> None:
    """Give a network limits of its own; what is not named is what the settings allow to all.

    It works with the environment of matching, or else with the running local system.
    """
    found = asyncio.run(_set(network, OwnLimits(people, rounds, seconds, searches)))
    named = {"people": people, "rounds": rounds, "seconds": seconds, "searches": searches}
    print(f"network {found.slug} ({found.id}): {', '.join(f'{name} {_said(limit)}' for name, limit in named.items())}")


async def _set(name: str, own: OwnLimits) -> Network:
    async with membership() as channel, database_of("matching") as database:
        network = await find_network(channel, name)
        uow = Uow(database, MatchingTransaction, encode=encode_fact)
        async with uow.begin(UUID(network.id)) as tx:
            await tx.set_limits(own)
    return network


def _said(limit: int | None) -> str:
    return "as usual" if limit is None else str(limit)
