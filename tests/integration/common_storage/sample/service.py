"""The small service's transaction, and a fact that it tells."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from google.protobuf.wrappers_pb2 import StringValue
from sqlalchemy import insert, select

from services.common.facts import Fact
from services.common.storage.uow import Transaction, UnitOfWork
from tests.integration.common_storage.sample.storage.tables import halls, tickets


@dataclass(frozen=True, kw_only=True)
class TicketSold(Fact):
    holder: str


class SampleTransaction(Transaction):
    async def hall_codes(self) -> list[tuple[UUID, str]]:
        """Every hall that can be seen, without a word about the network: what shows is up to the database."""
        rows = await self.connection.execute(select(halls.c.network_id, halls.c.code))
        return [(row.network_id, row.code) for row in rows]

    async def sell(self, hall: UUID, holder: str) -> None:
        ticket = uuid4()
        await self.connection.execute(
            insert(tickets).values(network_id=self.network, id=ticket, hall_id=hall, holder=holder)
        )
        self.outbox.add(TicketSold(aggregate=ticket, version=1, holder=holder))

    async def hall(self) -> UUID:
        """The network's first hall."""
        found = await self.connection.execute(select(halls.c.id).where(halls.c.network_id == self.network))
        return found.scalars().first() or UUID(int=0)

    async def holders(self) -> list[str]:
        found = await self.connection.execute(select(tickets.c.holder).where(tickets.c.network_id == self.network))
        return sorted(found.scalars())


SampleUow = UnitOfWork[SampleTransaction]


def encode(fact: TicketSold) -> StringValue:
    return StringValue(value=fact.holder)


def a_hall(network: UUID, *, code: str = "Aula") -> dict[str, object]:
    return {"network_id": network, "id": uuid4(), "code": code, "free": 50}
