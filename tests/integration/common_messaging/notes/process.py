"""The service as a process that can be killed: `python -m ...process writer|relay|consumer NETWORK NAME`."""

import asyncio
import os
import sys
from uuid import UUID

from ontmoet.events.v1.facts_pb2 import PlaceConfirmed

from services.common.messaging.bus import connect
from services.common.messaging.consumer import Consumer, Received
from services.common.messaging.relay import Relay
from tests.integration.common_messaging.notes.service import AREA, NotesInbox, NotesUow, notes_uow, write_note

WRITERS = 8


async def write_on(uow: NotesUow, network: UUID) -> None:
    while True:
        print(await write_note(uow, network), flush=True)


async def main(part: str, network: UUID, name: str) -> None:
    uow = notes_uow(os.environ["ONTMOET_DATABASE_URL"])
    bus = await connect(os.environ["ONTMOET_NATS_URL"], f"{part} {name}")

    async def act(received: Received[PlaceConfirmed], inbox: NotesInbox) -> None:
        async with inbox.begin(received.network) as tx:
            await tx.act(name, received)

    async with asyncio.TaskGroup() as group:
        if part == "consumer":
            group.create_task(Consumer(name=name, area=AREA, handlers={PlaceConfirmed: act}, uow=uow, bus=bus).run())
        else:
            group.create_task(Relay(uow, bus, AREA).run())
        if part == "writer":
            for _ in range(WRITERS):
                group.create_task(write_on(uow, network))
        print("ready", flush=True)


asyncio.run(main(sys.argv[1], UUID(sys.argv[2]), sys.argv[3]))
