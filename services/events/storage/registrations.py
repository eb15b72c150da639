"""Queries on registrations: one row per person and event, the queue in ticket order."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, bindparam, case, func, select, true, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.refusals import NotFound
from services.events.domain.registration import Registration, State
from services.events.storage.tables import events, moderators, registrations

WAITING_RANK = 2
_THE_REST = 3
_RANKS = {State.CONFIRMED: 0, State.OFFERED: 1, State.WAITING: WAITING_RANK}

_ahead = registrations.alias("ahead")
_POSITION = case(
    (
        registrations.c.rank == WAITING_RANK,
        select(func.count())
        .where(
            _ahead.c.network_id == registrations.c.network_id,
            _ahead.c.event_id == registrations.c.event_id,
            _ahead.c.rank == WAITING_RANK,
            _ahead.c.ticket <= registrations.c.ticket,
        )
        .scalar_subquery(),
    ),
    else_=0,
).label("position")
_BY_ID = select(registrations, _POSITION).where(
    registrations.c.network_id == bindparam("network"), registrations.c.id == bindparam("registration")
)
_BY_ACCOUNT = select(registrations, _POSITION).where(
    registrations.c.network_id == bindparam("network"),
    registrations.c.event_id == bindparam("event"),
    registrations.c.account_id == bindparam("account"),
)
CHANGING = (
    "state",
    "rank",
    "ticket",
    "registered_at",
    "offer_expires_at",
    "checked_in_at",
    "late",
    "checked_out_at",
    "version",
)
_SAVE = (
    update(registrations)
    .where(registrations.c.network_id == bindparam("network"), registrations.c.id == bindparam("registration"))
    .values({name: bindparam(f"new_{name}") for name in CHANGING})
)


class Registrations:
    """The registrations of one network."""

    def __init__(self, connection: AsyncConnection, network: UUID) -> None:
        self._connection = connection
        self._network = network

    async def get(self, registration_id: UUID) -> Registration:
        """The registration with its position."""
        row = await self._one(_BY_ID, registration=registration_id)
        if row is None:
            raise NotFound("registration", field="registration_id")
        return _registration(row)

    async def of(self, event_id: UUID, account: UUID) -> Registration | None:
        """Somebody's registration at an event, with its position."""
        row = await self._one(_BY_ACCOUNT, event=event_id, account=account)
        return None if row is None else _registration(row)

    async def get_of(self, event_id: UUID, account: UUID) -> Registration:
        """Somebody's registration at an event, where there must be one."""
        found = await self.of(event_id, account)
        if found is None:
            raise NotFound("registration", field="event_id")
        return found

    async def of_account(self, account: UUID, event_ids: Sequence[UUID]) -> list[Registration]:
        """Somebody's registrations at many events, with their positions."""
        return await self._many(
            select(registrations, _POSITION).where(
                registrations.c.network_id == self._network,
                registrations.c.event_id.in_(event_ids),
                registrations.c.account_id == account,
            )
        )

    async def first_waiting(self, event_id: UUID, count: int) -> list[Registration]:
        """The head of the queue."""
        if count == 0:
            return []
        query = self._of_event(event_id).where(registrations.c.rank == WAITING_RANK)
        return await self._many(query.order_by(registrations.c.ticket).limit(count))

    async def in_state(self, event_id: UUID, state: State) -> list[Registration]:
        """All of an event's registrations in one state, by account."""
        rank = _RANKS.get(state, _THE_REST)
        query = self._of_event(event_id).where(registrations.c.rank == rank, registrations.c.state == state)
        return await self._many(query.order_by(registrations.c.account_id))

    async def before_check_in(self, event_id: UUID, accounts: Sequence[UUID]) -> list[Registration]:
        """Which of these people have a place, an offer or a waiting position and did not check in yet."""
        query = self._of_event(event_id).where(
            registrations.c.rank < _THE_REST, registrations.c.account_id.in_(accounts)
        )
        return await self._many(query)

    async def here(self, event_ids: Sequence[UUID]) -> dict[UUID, list[Registration]]:
        """Who checked in, did not leave and does not moderate, by event and in the order of their accounts."""
        query = self._attended(event_ids).where(registrations.c.checked_out_at.is_(None))
        return _by_event(event_ids, await self._many(query))

    async def left(self, event_id: UUID) -> list[Registration]:
        """Who checked in, left and does not moderate, in the order of their accounts."""
        return await self._many(self._attended([event_id]).where(registrations.c.checked_out_at.is_not(None)))

    def _attended(self, event_ids: Sequence[UUID]) -> Select[Any]:
        moderating = select(moderators.c.account_id).where(
            moderators.c.network_id == self._network,
            moderators.c.event_id == registrations.c.event_id,
            moderators.c.account_id == registrations.c.account_id,
            moderators.c.withdrawn_at.is_(None),
        )
        query = select(registrations).where(
            registrations.c.network_id == self._network,
            registrations.c.event_id.in_(event_ids),
            registrations.c.rank == _THE_REST,
            registrations.c.state == State.ATTENDED,
            ~moderating.exists(),
        )
        return query.order_by(registrations.c.account_id)

    async def events_with_expired_offers(self) -> list[UUID]:
        """Events in which somebody's offer is over, by the database's clock."""
        query = (
            select(registrations.c.event_id)
            .where(
                registrations.c.network_id == self._network,
                registrations.c.offer_expires_at <= func.statement_timestamp(),
            )
            .distinct()
        )
        return list((await self._connection.execute(query)).scalars())

    async def page(
        self, event_id: UUID, *, size: int, after: tuple[int, int] | None, states: Collection[State]
    ) -> list[Registration]:
        """The next registrations of an event, after the one named by its rank and ticket: places by time, offers, the
        queue, the rest. Positions cost one count for the page, as those who wait follow each other in it."""
        query = self._of_event(event_id)
        if after is not None:
            query = query.where(tuple_(registrations.c.rank, registrations.c.ticket) > after)
        if states:
            query = query.where(registrations.c.state.in_(states))
        page = query.order_by(registrations.c.rank, registrations.c.ticket).limit(size).cte("page")
        first_ticket = select(func.min(page.c.ticket)).where(page.c.rank == WAITING_RANK).scalar_subquery()
        waiting_before = (
            select(func.count())
            .where(
                registrations.c.network_id == self._network,
                registrations.c.event_id == event_id,
                registrations.c.rank == WAITING_RANK,
                registrations.c.ticket < first_ticket,
            )
            .scalar_subquery()
        )
        place_in_page = func.row_number().over(partition_by=page.c.rank, order_by=page.c.ticket)
        position = case((page.c.rank == WAITING_RANK, waiting_before + place_in_page), else_=0).label("position")
        return await self._many(select(page, position).order_by(page.c.rank, page.c.ticket))

    async def first_pages(
        self, event_ids: Sequence[UUID], *, size: int, states: Collection[State]
    ) -> dict[UUID, list[Registration]]:
        """The first registrations of each of these events, in the order of `page`."""
        page = select(registrations).where(
            registrations.c.network_id == self._network, registrations.c.event_id == events.c.id
        )
        if states:
            page = page.where(registrations.c.state.in_(states))
        first = page.order_by(registrations.c.rank, registrations.c.ticket).limit(size).lateral("first")
        # The queue's head is in the first page, so that a place in the page is a place in the queue.
        place = func.row_number().over(partition_by=(first.c.event_id, first.c.rank), order_by=first.c.ticket)
        query = (
            select(first, case((first.c.rank == WAITING_RANK, place), else_=0).label("position"))
            .select_from(events.join(first, true()))
            .where(events.c.network_id == self._network, events.c.id.in_(event_ids))
            .order_by(first.c.rank, first.c.ticket)
        )
        return _by_event(event_ids, await self._many(query))

    async def save(self, *changed: Registration) -> None:
        """Store changed registrations; their event must be locked."""
        if changed:
            await self._connection.execute(_SAVE, [_changed_values(each, self._network) for each in changed])

    def _of_event(self, event_id: UUID) -> Select[Any]:
        return select(registrations).where(
            registrations.c.network_id == self._network, registrations.c.event_id == event_id
        )

    async def _many(self, query: Select[Any]) -> list[Registration]:
        return [_registration(row) for row in (await self._connection.execute(query)).mappings()]

    async def _one(self, query: Select[Any], **parameters: UUID) -> RowMapping | None:
        result = await self._connection.execute(query, {"network": self._network, **parameters})
        return result.mappings().one_or_none()


def cursor_of(registration: Registration) -> tuple[int, int]:
    """Where a registration stands in its event's list."""
    return _RANKS.get(registration.state, _THE_REST), registration.ticket


def _by_event(event_ids: Iterable[UUID], found: Iterable[Registration]) -> dict[UUID, list[Registration]]:
    by_event: dict[UUID, list[Registration]] = {event_id: [] for event_id in event_ids}
    for registration in found:
        by_event[registration.event].append(registration)
    return by_event


def _registration(row: RowMapping) -> Registration:
    return Registration(
        id=row["id"],
        event=row["event_id"],
        account=row["account_id"],
        state=State(row["state"]),
        ticket=row["ticket"],
        registered_at=row["registered_at"],
        offer_expires_at=row["offer_expires_at"],
        checked_in_at=row["checked_in_at"],
        late=row["late"],
        checked_out_at=row["checked_out_at"],
        version=row["version"],
        position=row.get("position", 0),
    )


def registration_values(registration: Registration, network: UUID) -> dict[str, object]:
    """The row of a registration."""
    return {
        "network_id": network,
        "id": registration.id,
        "event_id": registration.event,
        "account_id": registration.account,
        "state": registration.state,
        "rank": _RANKS.get(registration.state, _THE_REST),
        "ticket": registration.ticket,
        "registered_at": registration.registered_at,
        "offer_expires_at": registration.offer_expires_at,
        "checked_in_at": registration.checked_in_at,
        "late": registration.late,
        "checked_out_at": registration.checked_out_at,
        "version": registration.version,
    }


def _changed_values(registration: Registration, network: UUID) -> dict[str, object]:
    values = registration_values(registration, network)
    return {"network": network, "registration": registration.id, **{f"new_{name}": values[name] for name in CHANGING}}
