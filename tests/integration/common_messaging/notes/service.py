"""A service of a few lines: it writes notes, tells it, and acts on what it hears."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from ontmoet.events.v1.facts_pb2 import PlaceConfirmed
from sqlalchemy import insert, select

from services.common.facts import Fact
from services.common.messaging.consumer import InboxUow, Received
from services.common.storage.database import Database
from services.common.storage.uow import Transaction, UnitOfWork
from tests.integration.common_messaging.notes.storage.tables import effects, notes

AREA = "notes"


@dataclass(frozen=True, kw_only=True)
class NoteWritten(Fact):
    """A note exists, or has a new version."""


class NotesTransaction(Transaction):
    async def write(self, note: UUID) -> None:
        await self.connection.execute(insert(notes).values(network_id=self.network, id=note))
        self.outbox.add(NoteWritten(aggregate=note, version=1))

    async def act(self, consumer: str, received: Received[PlaceConfirmed]) -> None:
        await self.connection.execute(
            insert(effects).values(
                network_id=self.network,
                consumer=consumer,
                fact_id=received.id,
                aggregate=received.aggregate,
                version=received.version,
            )
        )

    async def effects_of(self, consumer: str) -> list[tuple[UUID, int]]:
        """Aggregate and version of each effect, in the order in which they were stored."""
        mine = (effects.c.network_id == self.network, effects.c.consumer == consumer)
        query = select(effects.c.aggregate, effects.c.version).where(*mine).order_by(effects.c.position)
        return [(row.aggregate, row.version) for row in await self.connection.execute(query)]


NotesUow = UnitOfWork[NotesTransaction]
NotesInbox = InboxUow[NotesTransaction]


def encode(fact: Fact) -> PlaceConfirmed:
    return PlaceConfirmed(registration_id=str(fact.aggregate))


def notes_uow(url: str, *, pool_size: int = 10) -> NotesUow:
    database = Database.connect(url, service_role="notes_service", pool_size=pool_size)
    return UnitOfWork(database, NotesTransaction, encode=encode)


async def write_note(uow: NotesUow, network: UUID) -> UUID:
    """Stores a note and its fact."""
    note = uuid4()
    async with uow.begin(network) as tx:
        await tx.write(note)
    return note


async def tell(uow: NotesUow, network: UUID, aggregate: UUID, versions: range) -> None:
    """Stores facts about one note, in one transaction."""
    async with uow.begin(network) as tx:
        tx.outbox.add(*(NoteWritten(aggregate=aggregate, version=version) for version in versions))
