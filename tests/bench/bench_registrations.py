"""C3: how many registrations a second one hot event takes, beside the bare transactions of the same pool.

People register for the same event, 32 at a time, through the use case, on a PostgreSQL that writes to disk. The
baseline inserts one row in a transaction of its own. Figures of shared machines wander, so the rounds alternate and the
medians count.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median
from uuid import UUID, uuid4

from sqlalchemy import insert

from deploy.local.home import temporary_home
from deploy.local.postgres import Postgres
from services.common.storage.database import Database
from services.events.storage.tables import platform
from services.events.storage.transaction import EventsTransaction, Uow
from services.events.usecases.places import register
from services.events.wire import encode_fact
from tests.support.events_network import a_member, an_open_event
from tests.support.postgres import TestPostgres

ROUNDS = 5
PEOPLE = 600
AT_ONCE = 32
PLACES = 102
POOL = 10


async def registrations(uow: Uow) -> float:
    """Registrations a second on one event."""
    network = uuid4()
    event = await an_open_event(uow, network, places=PLACES)
    callers = iter([a_member(network) for _ in range(PEOPLE)])
    return await rate(lambda: register(uow, next(callers), event.id))


async def bare_inserts(uow: Uow) -> float:
    """Transactions a second that insert one row each."""
    network = uuid4()
    return await rate(lambda: bare_insert(uow, network))


async def bare_insert(uow: Uow, network: UUID) -> None:
    async with uow.begin(network) as tx:
        await tx.connection.execute(
            insert(platform.inbox).values(network_id=network, consumer="bench", fact_id=uuid4())
        )


async def rate(act: Callable[[], Awaitable[object]]) -> float:
    """How often a second, 32 at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with gate:
            await act()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(PEOPLE)))
    return PEOPLE / (time.perf_counter() - began)


async def main() -> None:
    """Print the medians and their ratio."""
    with temporary_home() as home:
        server = Postgres(home)
        await server.start()
        try:
            database_url = (await TestPostgres(server).service_database("events")).service_url
            database = Database.connect(database_url, service_role="events_service", pool_size=POOL)
            uow = Uow(database, EventsTransaction, encode=encode_fact)
            rounds = [(await registrations(uow), await bare_inserts(uow)) for _ in range(ROUNDS)]
            await database.close()
        finally:
            await server.stop()
    hot, bare = median(hot for hot, _ in rounds), median(bare for _, bare in rounds)
    print(f"registrations on one hot event: {hot:.0f}/s; bare inserts: {bare:.0f}/s; ratio {hot / bare:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
