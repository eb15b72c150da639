"""Break-outs with their rounds, groups and seats."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Table,
    Uuid,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    text,
    true,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.refusals import NotFound
from services.matching.domain.breakout import Breakout, Group, Round, RoundState
from services.matching.domain.known import Met
from services.matching.domain.notice import Notice, NoticeCode
from services.matching.engine.problem import Argument
from services.matching.storage import pins
from services.matching.storage.groups import read, written
from services.matching.storage.tables import breakouts, groups, rounds, seats

MANY_SEATS = 500
"""Before so many are stored the connection plans anew how it looks up the group of each: it may have planned to go
through all groups when there were few."""


class Breakouts:
    """The break-outs of the transaction's network."""

    def __init__(self, connection: AsyncConnection, network: UUID) -> None:
        self._connection = connection
        self._network = network

    async def get(self, breakout: UUID, *, lock: bool = False) -> Breakout:
        """The break-out; raises NotFound. With `lock` nobody else changes it until the transaction ends."""
        found = await self._read(breakouts.c.id == breakout, lock=lock)
        if not found:
            raise NotFound("break-out", field="breakout_id")
        return found[0]

    async def of_event(self, event: UUID, *, lock: bool = False) -> Breakout | None:
        """The event's break-out, if it has one."""
        found = await self._read(breakouts.c.event_id == event, lock=lock)
        return found[0] if found else None

    async def of_events(self, events: Collection[UUID], *, holding: UUID | None = None) -> list[Breakout]:
        """Those of the events' break-outs that exist, in one query however many there are.

        With `holding` they have only the groups in which that person sits or which they lead.
        """
        return await self._read(breakouts.c.event_id.in_(events), holding=holding)

    async def of_ids(self, ids: Collection[UUID], *, holding: UUID | None = None) -> list[Breakout]:
        """Those of the break-outs that exist; `holding` as in of_events."""
        return await self._read(breakouts.c.id.in_(ids), holding=holding)

    async def open_groups_of(self, events: Collection[UUID], account: UUID) -> list[tuple[Breakout, Round, Group]]:
        """Where somebody sits or leads in the events' open rounds; each break-out holds that group only."""
        opened = (breakouts.c.event_id.in_(events), rounds.c.state == RoundState.OPEN.value)
        found = await self._read(*opened, groups.c.id.is_not(None), holding=account)
        return [(breakout, breakout.rounds[0], breakout.rounds[0].groups[0]) for breakout in found]

    async def led(
        self, moderators: Collection[UUID], accounts: Collection[UUID], *, besides: UUID, before: datetime
    ) -> list[Met]:
        """Who of the moderators led whom of the people in rounds held before that time, at other events than one.

        To its end or not: who led a group that another took over while its round was open led it too.
        """
        held = (rounds.c.network_id == self._network, rounds.c.state == RoundState.HELD.value)
        earlier = (*held, rounds.c.closed_at < before, breakouts.c.event_id != besides)
        which = (rounds.c.breakout_id, rounds.c.number, rounds.c.closed_at)
        its_breakout = _same(breakouts, rounds, id="breakout_id")
        seat = _same(seats, groups, breakout_id="breakout_id", round="round", group_number="number")
        to_the_end = (
            select(groups.c.moderator_id.label("moderator"), seats.c.account_id.label("account"), *which)
            .join_from(groups, rounds, _same(rounds, groups, breakout_id="breakout_id", number="round"))
            .join(seats, seat)
            .join(breakouts, its_breakout)
            .where(groups.c.moderator_id.in_(list(moderators)), seats.c.account_id.in_(list(accounts)), *earlier)
        )
        group = func.jsonb_array_elements(rounds.c.parted, type_=JSONB).column_valued(
            "parted_group", joins_implicitly=True
        )
        account = func.jsonb_array_elements_text(group["seats"]).column_valued("parted_seat", joins_implicitly=True)
        till_then = (
            select(cast(group["moderator"].astext, Uuid), cast(account, Uuid), *which)
            .join_from(rounds, breakouts, its_breakout)
            .where(group["moderator"].astext.in_(list(map(str, moderators))))
            .where(account.in_(list(map(str, accounts))), *earlier)
        )
        led = union(to_the_end, till_then).subquery()
        query = select(led.c.moderator, led.c.account, func.count(), func.max(led.c.closed_at))
        query = query.group_by(led.c.moderator, led.c.account)
        return [Met(*row) for row in await self._connection.execute(query)]

    async def add(self, breakout: Breakout) -> None:
        """Stores a new break-out without its plan, unless the event has one."""
        row = {"network_id": self._network, "id": breakout.id, "event_id": breakout.event, **_values(breakout)}
        await self._connection.execute(insert(breakouts).values(row).on_conflict_do_nothing())

    async def save_states(self, breakout: Breakout) -> None:
        """Stores the break-out's own values and the states of its rounds, with who parted; groups and seats stay."""
        await self._connection.execute(
            breakouts.update()
            .where(breakouts.c.network_id == self._network, breakouts.c.id == breakout.id)
            .values(_values(breakout))
        )
        statement = insert(rounds).values([self._round_row(breakout, each) for each in breakout.rounds])
        changed = {name: statement.excluded[name] for name in ("state", "opened_at", "closed_at", "parted")}
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=list(rounds.primary_key.columns), set_=changed)
        )

    async def save_seats_held(self, breakout: Breakout, number: int) -> None:
        """Takes away the seats and hosts of a round that it had and that were not held."""
        held = breakout.round(number)
        gone = (seats.c.round == number, seats.c.account_id.not_in(list(held.seating())))
        mine = (seats.c.network_id == self._network, seats.c.breakout_id == breakout.id)
        await self._connection.execute(delete(seats).where(*mine, *gone))
        hostless = [group.number for group in held.groups if group.host is None]
        its = (groups.c.network_id == self._network, groups.c.breakout_id == breakout.id, groups.c.round == number)
        await self._connection.execute(groups.update().where(*its, groups.c.number.in_(hostless)).values(host_id=None))

    async def save_plan(self, breakout: Breakout, before: Breakout | None = None) -> None:
        """Stores the break-out with its plan; of one that is stored `before` only the groups that changed are."""
        known = _groups_of(before) if before else {}
        planned = _groups_of(breakout)
        for number in sorted({number for number, _ in known}):
            gone = [room for (at, room), group in known.items() if at == number and planned.get((at, room)) != group]
            for table, room in ((seats, seats.c.group_number), (groups, groups.c.number)) if gone else ():
                mine = (table.c.network_id == self._network, table.c.breakout_id == breakout.id)
                await self._connection.execute(delete(table).where(*mine, table.c.round == number, room.in_(gone)))
        extra = rounds.c.number.not_in([each.number for each in breakout.rounds])
        mine = (rounds.c.network_id == self._network, rounds.c.breakout_id == breakout.id)
        await self._connection.execute(delete(rounds).where(*mine, extra))
        await self.save_states(breakout)
        new = [(at, group) for (at, room), group in planned.items() if known.get((at, room)) != group]
        await self._insert(
            groups,
            breakout,
            round=[at for at, _ in new],
            number=[group.number for _, group in new],
            id=[group.id for _, group in new],
            moderator_id=[group.moderator for _, group in new],
            host_id=[group.host for _, group in new],
        )
        seated = [(at, account, group.number) for at, group in new for account in group.seats]
        if len(seated) > MANY_SEATS:
            await self._connection.execute(text("DISCARD PLANS"))
        at, accounts, numbers = zip(*seated, strict=True) if seated else ((), (), ())
        await self._insert(seats, breakout, round=at, account_id=accounts, group_number=numbers)

    async def _insert(self, table: Table, breakout: Breakout, **columns: Sequence[Any]) -> None:
        """Many rows of a break-out in one statement, for which the server's timeout holds; each column is one value."""
        key = {name: literal(value, table.c[name].type) for name, value in self._key(breakout).items()}
        each = {name: func.unnest(literal(list(those), ARRAY(table.c[name].type))) for name, those in columns.items()}
        await self._connection.execute(table.insert().from_select([*key, *each], select(*key.values(), *each.values())))

    async def _read(
        self, *which: ColumnElement[bool], lock: bool = False, holding: UUID | None = None
    ) -> list[Breakout]:
        """All of them from one moment: one statement reads them, for each statement sees what was committed before it.

        A locked one is locked by a statement before that, which may have to wait. Notices and pins come with the first
        of a break-out's rows alone, and who parted with the first of a round's: a hundred kilobytes of them beside each
        of fifteen thousand groups are gigabytes. The seats of a round come with the first of its rows too, for group by
        group they may be looked for in all of the round; where one group of a round is wanted, with that.
        """
        mine = (breakouts.c.network_id == self._network, *which)
        if lock:
            await self._connection.execute(
                select(breakouts.c.id).where(*mine).order_by(breakouts.c.id).with_for_update()
            )
        its_seat = _same(seats, rounds, breakout_id="breakout_id", round="number")
        in_round = func.row_number().over(partition_by=(breakouts.c.id, rounds.c.number), order_by=groups.c.number)
        begins: ColumnElement[bool] = in_round == 1
        if holding is not None:
            its_seat, begins = and_(its_seat, seats.c.group_number == groups.c.number), true()
        once = {"notices", "pins"}
        place = func.row_number().over(partition_by=breakouts.c.id, order_by=(rounds.c.number, groups.c.number))
        its_group = _same(groups, rounds, breakout_id="breakout_id", round="number")
        query = (
            select(
                *(case((place == 1, each)).label(each.name) if each.name in once else each for each in breakouts.c),
                rounds.c.number.label("round"),
                *(rounds.c.state, rounds.c.opened_at, rounds.c.closed_at),
                case((in_round == 1, rounds.c.parted)).label("parted"),
                *(groups.c.id.label("group_id"), groups.c.number, groups.c.moderator_id, groups.c.host_id),
                case((begins, _by_account(seats.c.account_id, its_seat))).label("seated"),
                case((begins, _by_account(seats.c.group_number, its_seat))).label("seated_in"),
            )
            .outerjoin(rounds, _same(rounds, breakouts, breakout_id="id"))
            .outerjoin(groups, its_group if holding is None else and_(its_group, _holds(holding)))
            .where(*mine)
            .order_by(breakouts.c.id, rounds.c.number, groups.c.number)
        )
        rows = (await self._connection.execute(query)).all()
        return [_breakout(list(its_rows)) for _, its_rows in groupby(rows, key=attrgetter("id"))]

    def _key(self, breakout: Breakout) -> dict[str, Any]:
        return {"network_id": self._network, "breakout_id": breakout.id}

    def _round_row(self, breakout: Breakout, each: Round) -> dict[str, Any]:
        times = {"opened_at": each.opened_at, "closed_at": each.closed_at}
        parted = written(each.parted)
        return {**self._key(breakout), "number": each.number, "state": each.state.value, **times, "parted": parted}


def _groups_of(breakout: Breakout) -> dict[tuple[int, int], Group]:
    """The groups by the numbers of their round and their own."""
    return {(each.number, group.number): group for each in breakout.rounds for group in each.groups}


def _same(part: Any, whole: Any, **columns: str) -> ColumnElement[bool]:
    """That a row belongs to another one, in the same network."""
    pairs = [part.c[mine] == whole.c[theirs] for mine, theirs in columns.items()]
    return and_(part.c.network_id == whole.c.network_id, *pairs)


def _by_account(column: Any, which: ColumnElement[bool]) -> Any:
    """A column of these seats as one value, in the order of their accounts."""
    found = select(column).where(which).order_by(seats.c.account_id).correlate_except(seats)
    return func.array(found.scalar_subquery(), type_=ARRAY(column.type))


def _holds(account: UUID) -> ColumnElement[bool]:
    """That somebody sits in a group or leads it."""
    seat = _same(seats, groups, breakout_id="breakout_id", round="round")
    place = select(seats.c.group_number).where(seat, seats.c.account_id == account)
    return or_(groups.c.moderator_id == account, groups.c.number == place.correlate(groups).scalar_subquery())


def _values(breakout: Breakout) -> dict[str, Any]:
    return {
        "group_size": breakout.group_size,
        "repeats": breakout.repeats,
        "repeats_bound": breakout.repeats_bound,
        "repeats_argument": breakout.repeats_argument or "",
        "pins": pins.written(breakout.pins),
        "notices": [{"code": notice.code.value, "details": notice.details} for notice in breakout.notices],
        "version": breakout.version,
    }


def _breakout(rows: Sequence[Row[Any]]) -> Breakout:
    """A break-out from its groups, in order."""
    row = rows[0]
    return Breakout(
        id=row.id,
        event=row.event_id,
        group_size=row.group_size,
        rounds=tuple(_round(list(its_rows)) for number, its_rows in groupby(rows, key=attrgetter("round")) if number),
        repeats=row.repeats,
        repeats_bound=row.repeats_bound,
        notices=tuple(Notice(NoticeCode(notice["code"]), notice["details"]) for notice in row.notices),
        version=row.version,
        repeats_argument=Argument(row.repeats_argument) if row.repeats_argument else None,
        pins=pins.read(row.pins),
    )


def _round(rows: Sequence[Row[Any]]) -> Round:
    row = rows[0]
    seated: dict[int, list[UUID]] = {}
    for each in rows:
        for account, number in zip(each.seated or (), each.seated_in or (), strict=True):
            seated.setdefault(number, []).append(account)
    its_groups = tuple(
        Group(each.group_id, each.number, tuple(seated.get(each.number, ())), each.moderator_id, each.host_id)
        for each in rows
        if each.number
    )
    return Round(row.round, its_groups, RoundState(row.state), row.opened_at, row.closed_at, read(row.parted))
