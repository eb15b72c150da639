"""Storing one person's registration together with the event's counters.

Each sign-up locks a hot event in turn, and every statement under the lock costs all who wait for it; so this is one.
"""

from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.events.domain.event import Event
from services.events.domain.registration import Registration
from services.events.storage.events import THE_EVENT, changed_counters, set_counters
from services.events.storage.registrations import CHANGING, registration_values
from services.events.storage.tables import events, registrations

_PREFIX = "registration_"
_new = insert(registrations).values({column: bindparam(f"{_PREFIX}{column.name}") for column in registrations.c})
_stored = (
    _new.on_conflict_do_update(
        index_elements=["network_id", "event_id", "account_id"],
        set_={name: _new.excluded[name] for name in CHANGING},
        where=registrations.c.version < _new.excluded.version,
    )
    .returning(registrations.c.id)
    .cte("stored")
)
_SIGN_UP = update(events).where(*THE_EVENT, select(_stored.c.id).exists()).values(set_counters)


async def store_sign_up(connection: AsyncConnection, network: UUID, event: Event, registration: Registration) -> bool:
    """Store both; False, and nothing is stored, when the same person's registration came in between.

    The event must be locked.
    """
    values = {f"{_PREFIX}{name}": value for name, value in registration_values(registration, network).items()}
    result = await connection.execute(
        _SIGN_UP, {"network": network, "event": event.id, **changed_counters(event), **values}
    )
    return result.rowcount == 1
