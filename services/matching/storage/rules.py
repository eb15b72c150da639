"""Rules about who sits with whom. They leave this table for plans, for who stated them, and for organisers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, cast, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.refusals import NotFound
from services.matching.domain.rule import Rule, RuleKind
from services.matching.storage.tables import rules


class Rules:
    """The rules of the transaction's network."""

    def __init__(self, connection: AsyncConnection, network: UUID) -> None:
        self._connection = connection
        self._network = network
        self._mine = rules.c.network_id == network

    async def add(self, rule: Rule) -> Rule:
        """Stores a rule; the one that is there when the same was stated in the meantime."""
        row = {
            "network_id": self._network,
            "id": rule.id,
            "kind": rule.kind.value,
            "people": list(rule.people),
            "stated_by": rule.stated_by,
            "stated_at": rule.stated_at,
        }
        await self._connection.execute(insert(rules).values(row).on_conflict_do_nothing())
        stored = await self.same_as(rule)
        assert stored is not None
        return stored

    async def same_as(self, rule: Rule) -> Rule | None:
        """What the same person stated of the same people before."""
        same = (rules.c.stated_by == rule.stated_by, rules.c.kind == rule.kind.value)
        query = select(rules).where(self._mine, *same, rules.c.people == list(rule.people))
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else _rule(row)

    async def get(self, rule: UUID) -> Rule:
        """The rule; raises NotFound."""
        row = (await self._connection.execute(select(rules).where(self._mine, rules.c.id == rule))).one_or_none()
        if row is None:
            raise NotFound("rule", field="rule_id")
        return _rule(row)

    async def remove(self, rule: UUID) -> None:
        """Deletes a rule."""
        await self._connection.execute(delete(rules).where(self._mine, rules.c.id == rule))

    async def stated_by(self, account: UUID) -> int:
        """How many rules somebody stated."""
        query = select(func.count()).select_from(rules).where(self._mine, rules.c.stated_by == account)
        return (await self._connection.execute(query)).scalar_one()

    async def about(self, accounts: Collection[UUID]) -> list[Rule]:
        """Every rule that names at least one of these people, the oldest first."""
        people = cast(list(accounts), ARRAY(Uuid()))
        query = select(rules).where(self._mine, rules.c.people.overlap(people))
        rows = await self._connection.execute(query.order_by(rules.c.stated_at, rules.c.id))
        return [_rule(row) for row in rows]

    async def page(self, *, of: UUID | None, after: tuple[datetime, UUID] | None, size: int) -> Sequence[Rule]:
        """Up to `size` rules, the latest first, that follow `after`; only those that somebody stated, if named."""
        place = tuple_(rules.c.stated_at, rules.c.id)
        query = select(rules).where(self._mine)
        if of is not None:
            query = query.where(rules.c.stated_by == of)
        if after is not None:
            query = query.where(place < tuple_(*after))
        query = query.order_by(rules.c.stated_at.desc(), rules.c.id.desc()).limit(size)
        return [_rule(row) for row in await self._connection.execute(query)]


def _rule(row: Row[Any]) -> Rule:
    return Rule(row.id, RuleKind(row.kind), tuple(row.people), row.stated_by, row.stated_at)
