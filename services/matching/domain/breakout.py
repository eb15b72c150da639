"""An event's break-out: rounds in which everybody present sits in a group."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import combinations
from uuid import UUID

from services.common.caller import Caller, Role
from services.common.refusals import Invalid
from services.matching.domain.facts import BreakoutProposed, BreakoutReplanned, RoundHeld, RoundPublished
from services.matching.domain.notice import CONFIDENTIAL, Notice
from services.matching.domain.pins import PLANNING, Pin
from services.matching.domain.refusals import BreakoutOver, BreakoutStarted, RoundOutOfTurn
from services.matching.domain.rule import ORGANISING
from services.matching.engine.problem import Argument


class RoundState(StrEnum):
    """Where a round is in its life."""

    PLANNED = "planned"
    OPEN = "open"
    HELD = "held"


SEE_ALL = (Role.OWNER, Role.ORGANISER, Role.ASSISTANT, Role.MODERATOR)
"""Who sees everybody's groups, also of rounds that are to come."""


@dataclass(frozen=True)
class Group:
    """Some people and who leads them: a moderator, or a participant who hosts."""

    id: UUID
    number: int
    seats: tuple[UUID, ...]
    moderator: UUID | None = None
    host: UUID | None = None

    def holds(self, account: UUID) -> bool:
        """Whether somebody sits in it or leads it."""
        return account in self.seats or account == self.moderator

    def of_those(self, there: Collection[UUID]) -> "Group":
        """Without the seats, or the host, of who was not there."""
        seats = tuple(account for account in self.seats if account in there)
        return replace(self, seats=seats, host=self.host if self.host in seats else None)

    def parts(self, after: "Group | None") -> bool:
        """Whether somebody who sits in it does not do so after a re-plan, or who leads it leads it no more."""
        if after is None or not set(self.seats) <= set(after.seats):
            return bool(self.seats)
        return self.moderator not in (None, after.moderator)


@dataclass(frozen=True)
class Round:
    """One round of groups, numbered from 1."""

    number: int
    groups: tuple[Group, ...] = ()
    state: RoundState = RoundState.PLANNED
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    parted: tuple[Group, ...] = ()
    """Groups as they sat while it was open, of which somebody has left or moved since, or another leads them."""

    @property
    def sittings(self) -> tuple[Group, ...]:
        """All groups in which people sat together, at its end or before."""
        return (*self.groups, *self.parted)

    @property
    def people(self) -> set[UUID]:
        """Who has a seat, or had one while it was open."""
        return {account for group in self.sittings for account in group.seats}

    def regrouped(self, groups: tuple[Group, ...], there: Collection[UUID]) -> "Round":
        """With other groups. Of an open round is kept how those sat who were there, where they do so no more."""
        if self.state is not RoundState.OPEN:
            return replace(self, groups=groups)
        after = {group.number: group for group in groups}
        sat = (group.of_those(there) for group in self.groups)
        parted = tuple(group for group in sat if group.parts(after.get(group.number)))
        return replace(self, groups=groups, parted=(*self.parted, *parted))

    def seating(self) -> dict[UUID, int]:
        """The group's number of everybody seated."""
        return {account: group.number for group in self.groups for account in group.seats}

    def leading(self) -> dict[UUID, int]:
        """The group's number of every moderator."""
        return {group.moderator: group.number for group in self.groups if group.moderator is not None}


@dataclass(frozen=True)
class Move:
    """A seat that changed, or who leads a group; 0 stands for none."""

    round: int
    account: UUID
    from_group: int
    to_group: int
    leads: bool = False
    """Of a moderator, who leads the groups and has no seat there."""


@dataclass(frozen=True)
class Plan:
    """What was worked out for a break-out's rounds."""

    rounds: tuple[Round, ...]
    repeats: int
    repeats_bound: int
    notices: tuple[Notice, ...]
    repeats_argument: Argument | None = None
    """Why no plan has fewer; None where it is not known."""
    pins: tuple[Pin, ...] = ()
    """Who was given which group, in rounds that are not over."""


@dataclass(frozen=True)
class Breakout:
    """An event's break-out. Every change makes a new one with the next version."""

    id: UUID
    event: UUID
    group_size: int
    rounds: tuple[Round, ...] = ()
    repeats: int = 0
    repeats_bound: int = 0
    notices: tuple[Notice, ...] = ()
    version: int = 0
    repeats_argument: Argument | None = None
    """Why no plan has fewer; None where it is not known."""
    pins: tuple[Pin, ...] = ()
    """Who was given which group, in rounds that are not over."""

    def proposed(self, group_size: int, plan: Plan) -> tuple["Breakout", BreakoutProposed]:
        """With a plan in place of any earlier one. Raises BreakoutStarted."""
        self.refuse_if_started()
        changed = replace(self._with(plan), group_size=group_size)
        return changed, BreakoutProposed(aggregate=self.id, version=changed.version, event=self.event)

    def replanned(self, plan: Plan) -> tuple["Breakout", BreakoutReplanned]:
        """With the rounds that were not held planned anew. Raises BreakoutOver."""
        self.refuse_if_over()
        changed = self._with(plan)
        return changed, BreakoutReplanned(aggregate=self.id, version=changed.version, event=self.event)

    def published(self, number: int, now: datetime) -> tuple["Breakout", list[RoundPublished]]:
        """With a round open; unchanged when it is open already. Raises RoundOutOfTurn."""
        chosen = self.round(number)
        if chosen.state is RoundState.OPEN:
            return self, []
        if chosen is not (turn := self._turn):
            raise _out_of_turn(turn)
        changed = self._with_round(replace(chosen, state=RoundState.OPEN, opened_at=now))
        fact = RoundPublished(aggregate=self.id, version=changed.version, event=self.event, round=number)
        return changed, [fact]

    def closed(self, number: int, now: datetime, there: Collection[UUID]) -> tuple["Breakout", list[RoundHeld]]:
        """With an open round held by those who were there: nobody else keeps a seat in it.

        Unchanged when it was held already. Raises RoundOutOfTurn.
        """
        chosen = self.round(number)
        if chosen.state is RoundState.HELD:
            return self, []
        if chosen.state is RoundState.PLANNED:
            raise RoundOutOfTurn("This round was not opened yet.", field="round_number", rule="unopened")
        groups = tuple(group.of_those(there) for group in chosen.groups)
        changed = self._with_round(replace(chosen, state=RoundState.HELD, closed_at=now, groups=groups))
        changed = replace(changed, pins=tuple(pin for pin in self.pins if pin.round != number))
        fact = RoundHeld(aggregate=self.id, version=changed.version, event=self.event, round=number)
        return changed, [fact]

    @property
    def is_started(self) -> bool:
        """Whether a round was opened."""
        return any(each.state is not RoundState.PLANNED for each in self.rounds)

    def refuse_if_started(self) -> None:
        """Raises BreakoutStarted once a round was opened."""
        if self.is_started:
            raise BreakoutStarted(field="event_id")

    def refuse_if_over(self) -> None:
        """Raises BreakoutOver when every round was held."""
        if all(each.state is RoundState.HELD for each in self.rounds):
            raise BreakoutOver(field="breakout_id")

    def as_seen(self, by: Caller) -> "Breakout":
        """What the caller may see: all of it, or their own groups; and what was decided and what rules cost, or not."""
        seen = self if by.has(*SEE_ALL) else self.seen_by(by.account)
        told = seen if by.has(*ORGANISING) else seen.without_rules()
        return told if by.has(*PLANNING) else replace(told, pins=())

    def is_known_to(self, caller: Caller) -> bool:
        """Whether the caller may know that there is one: participants once a round was opened."""
        return self.is_started or caller.has(*SEE_ALL)

    def seen_by(self, account: UUID) -> "Breakout":
        """What a participant sees: rounds that are open or held, and of those only their own group."""
        rounds = tuple(
            replace(each, groups=tuple(group for group in each.groups if group.holds(account)), parted=())
            for each in self.rounds
            if each.state is not RoundState.PLANNED
        )
        return replace(self, rounds=rounds, notices=(), pins=())

    def without_rules(self) -> "Breakout":
        """What is told to those who may not read the rules: not even that there is one.

        Nor how many meet again, or must: among people who never met, a rule alone can be the cause. Nor whose company
        is too large: who works there need not have agreed to that.
        """
        told = tuple(each.without_company() for each in self.notices if each.code not in CONFIDENTIAL)
        return replace(self, notices=told, repeats=0, repeats_bound=0, repeats_argument=None)

    def round(self, number: int) -> Round:
        """The round of that number, from 1. Raises Invalid when there is none."""
        if not 1 <= number <= len(self.rounds):
            rounds = str(len(self.rounds))
            raise Invalid(
                "round_number", f"This break-out has rounds 1 to {rounds}.", rule="range", least="1", most=rounds
            )
        return self.rounds[number - 1]

    @property
    def _turn(self) -> Round | None:
        """The round that runs, or the next one; None when all were held."""
        return next((each for each in self.rounds if each.state is not RoundState.HELD), None)

    def _with(self, plan: Plan) -> "Breakout":
        return replace(
            self,
            rounds=plan.rounds,
            repeats=plan.repeats,
            repeats_bound=plan.repeats_bound,
            repeats_argument=plan.repeats_argument,
            notices=plan.notices,
            pins=plan.pins,
            version=self.version + 1,
        )

    def _with_round(self, changed: Round) -> "Breakout":
        rounds = tuple(changed if each.number == changed.number else each for each in self.rounds)
        return replace(self, rounds=rounds, version=self.version + 1)


def _out_of_turn(turn: Round | None) -> RoundOutOfTurn:
    if turn is None:
        return RoundOutOfTurn("All rounds of this break-out were held.", field="round_number", rule="over")
    number = str(turn.number)
    if turn.state is RoundState.OPEN:
        message = f"Round {number} is still open: close it first."
        return RoundOutOfTurn(message, field="round_number", rule="open", round=number)
    message = f"It is not this round's turn, but that of round {number}."
    return RoundOutOfTurn(message, field="round_number", rule="next", round=number)


def moves(before: Sequence[Round], after: Sequence[Round]) -> Iterator[Move]:
    """Every seat that differs, round by round."""
    for old, new in zip(before, after, strict=True):
        was, is_now = old.seating(), new.seating()
        for account in sorted(was.keys() | is_now.keys()):
            origin, goal = was.get(account, 0), is_now.get(account, 0)
            if origin != goal:
                yield Move(new.number, account, origin, goal)


def pairs(held: Round, staff: Collection[UUID] = ()) -> Iterator[tuple[UUID, UUID]]:
    """Everybody who met in a round, once, the lower id first. Staff meets nobody, nor do moderators, who are staff."""
    seats = (sorted(account for account in group.seats if account not in staff) for group in held.sittings)
    yield from dict.fromkeys(pair for group in seats for pair in combinations(group, 2))
