"""What one network may ask of the solver."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer

from deploy.cli.databases import database_of
from services.matching.domain.limits import OwnLimits
from services.matching.engine.check import MOST_PEOPLE, MOST_ROUNDS
from services.matching.storage.transaction import MatchingTransaction, Uow
from services.matching.wire.facts import encode_fact


def limits(
    network: Annotated[UUID, typer.Argument(help="The network's id.")],
    people: Annotated[int | None, typer.Option(min=2, max=MOST_PEOPLE, help="The most people in one plan.")] = None,
    rounds: Annotated[int | None, typer.Option(min=1, max=MOST_ROUNDS, help="The most rounds of one plan.")] = None,
    seconds: Annotated[int | None, typer.Option(min=1, help="The longest search.")] = None,
    searches: Annotated[int | None, typer.Option(min=1, help="The most long searches under way.")] = None,
) -> None:
    """Give a network limits of its own; what is not named is what the settings allow to all.

    It works with the environment of matching, or else with the running local system.
    """
    asyncio.run(_set(network, OwnLimits(people, rounds, seconds, searches)))
    named = {"people": people, "rounds": rounds, "seconds": seconds, "searches": searches}
    print(f"network {network}: {', '.join(f'{name} {_said(limit)}' for name, limit in named.items())}")


async def _set(network: UUID, own: OwnLimits) -> None:
    async with database_of("matching") as database:
        uow = Uow(database, MatchingTransaction, encode=encode_fact)
        async with uow.begin(network) as tx:
            await tx.set_limits(own)


def _said(limit: int | None) -> str:
    return "as usual" if limit is None else str(limit)
