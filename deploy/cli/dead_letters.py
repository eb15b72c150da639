"""Facts that a service could not handle: what they are, and another try once the cause is mended."""

import asyncio
import json
from typing import Annotated
from uuid import UUID

import typer
from google.protobuf.json_format import MessageToDict

from deploy.cli.databases import Area, AreaArgument, database_of
from deploy.local.failures import LocalFailure
from services.common.messaging.dead_letters import DeadLetter, DeadLetters
from services.common.messaging.envelope import Undecodable

app = typer.Typer(no_args_is_help=True, help=__doc__)

LetterArgument = Annotated[UUID, typer.Argument(help="The letter's id, as list shows it.")]


@app.command("list")
def list_(area: AreaArgument) -> None:
    """List the letters of a service that were not replayed yet, oldest first."""
    for letter in asyncio.run(_all_open(area)):
        state = "waits behind an earlier one" if letter.parked else letter.reason
        print(f"{letter.id}  {letter.first_seen_at:%Y-%m-%d %H:%M:%S}  {letter.envelope.type or 'unknown'}  {state}")


@app.command()
def show(area: AreaArgument, letter: LetterArgument) -> None:
    """Show one letter with its headers and its content, as JSON."""
    print(json.dumps(_described(asyncio.run(_get(area, letter))), indent=2))


@app.command()
def replay(area: AreaArgument, letter: LetterArgument) -> None:
    """Ask the running service to handle a letter again, and then those that wait behind it."""
    count = asyncio.run(_replay(area, letter))
    if not count:
        raise LocalFailure(f"{area} has no open letter {letter}")
    print(f"{count} to be handled again; list shows what stays behind")


async def _all_open(area: Area) -> list[DeadLetter]:
    async with database_of(area) as database:
        return await DeadLetters(database, area).all_open()


async def _get(area: Area, letter: UUID) -> DeadLetter:
    async with database_of(area) as database:
        found = await DeadLetters(database, area).get(letter)
    if found is None:
        raise LocalFailure(f"{area} has no letter {letter}")
    return found


async def _replay(area: Area, letter: UUID) -> int:
    async with database_of(area) as database:
        return await DeadLetters(database, area).replay(letter)


def _described(letter: DeadLetter) -> dict[str, object]:
    try:
        content: object = MessageToDict(letter.envelope.decode().message)
    except Undecodable as error:
        content = f"cannot be decoded ({error}): {letter.envelope.payload.hex()}"
    return {
        "id": str(letter.id),
        "consumer": letter.consumer,
        "network": str(letter.network),
        "aggregate": str(letter.aggregate) if letter.aggregate else None,
        "reason": letter.reason,
        "attempts": letter.attempts,
        "waits": letter.parked,
        "first_seen_at": letter.first_seen_at.isoformat(),
        "replayed_at": letter.replayed_at.isoformat() if letter.replayed_at else None,
        "subject": letter.envelope.subject,
        "headers": letter.envelope.headers,
        "content": content,
    }
