"""From people to the solver's numbers, and back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from uuid import UUID

from services.matching import engine
from services.matching.domain.breakout import Group, Plan, Round, RoundState
from services.matching.domain.counting import parted_pairs, with_parted
from services.matching.domain.known import Known, Met, Numbered
from services.matching.domain.moving import Became, Moved, moved
from services.matching.domain.notices import notices_of
from services.matching.domain.pins import Pin, Pinning
from services.matching.domain.refusals import EventIsCancelled, NobodyPresent
from services.matching.engine.collisions.clash import Conflict
from services.matching.engine.tally import broken_rules

MOST_OF_IT = 0.8
"""Who is there for this part of a round can lead in it."""


@dataclass(frozen=True)
class Moderator:
    """Who leads groups at an event, and when."""

    account: UUID
    available_from: datetime | None = None
    available_until: datetime | None = None
    withdrawn: bool = False

    def can_lead(self, begins: datetime, ends: datetime) -> bool:
        """Whether they are there for MOST_OF_IT at least: rounds are expected then, and begin a little off."""
        comes = begins if self.available_from is None else max(begins, self.available_from)
        goes = ends if self.available_until is None else min(ends, self.available_until)
        return not self.withdrawn and goes - comes >= MOST_OF_IT * (ends - begins)


@dataclass(frozen=True)
class Roster:
    """Who is at an event now, and who was."""

    participants: tuple[UUID, ...]
    moderators: tuple[Moderator, ...]
    starts_at: datetime
    ends_at: datetime
    left: Mapping[UUID, datetime] = field(default_factory=dict[UUID, datetime])
    """Who was there, and when they left."""
    cancelled: bool = False
    """The event was called off."""

    @property
    def present(self) -> tuple[UUID, ...]:
        """The participants; who moderates sits nowhere."""
        moderating = {moderator.account for moderator in self.moderators if not moderator.withdrawn}
        return tuple(sorted(set(self.participants) - moderating))

    def there_after(self, moment: datetime) -> frozenset[UUID]:
        """Who is there, and who left after that moment only: who moderates by now may have sat somewhere till then."""
        moderating = {moderator.account for moderator in self.moderators if not moderator.withdrawn}
        return frozenset(self.participants) | moderating | {account for account, at in self.left.items() if at > moment}

    def during(self, moment: datetime) -> datetime:
        """The moment, or the start or the end of the event for one before or after it."""
        return min(max(moment, self.starts_at), self.ends_at)

    def refuse_if_cancelled(self) -> None:
        """Raises EventIsCancelled."""
        if self.cancelled:
            raise EventIsCancelled

    def refuse_if_nobody(self, field: str | None = None) -> None:
        """Raises NobodyPresent when fewer than two people are there."""
        if len(self.present) < 2:
            raise NobodyPresent(field=field)


def everybody(rounds: Iterable[Round], roster: Roster) -> tuple[set[UUID], set[UUID]]:
    """People and moderators: of the event now, and of the rounds as they are."""
    groups = [group for each in rounds for group in each.sittings]
    people = {account for group in groups for account in group.seats}
    moderators = {group.moderator for group in groups if group.moderator is not None}
    return people | set(roster.present), moderators | {moderator.account for moderator in roster.moderators}


class Planning:
    """One problem: the rounds as they are, who is there, what is known of them, and who has which group.

    Pins of who is not there, or of groups that there are not, are kept and wait. Raises NobodyPresent when fewer than
    two people are there.
    """

    def __init__(
        self,
        rounds: Sequence[Round],
        roster: Roster,
        known: Known,
        *,
        group_size: int,
        now: datetime,
        pins: Sequence[Pin] = (),
    ) -> None:
        roster.refuse_if_nobody()
        self._rounds = rounds
        self._roster = roster
        self._group_size = group_size
        self._now = now
        self._pins = tuple(pins)
        people, moderators = everybody(rounds, roster)
        self._people, self._moderators = sorted(people), sorted(moderators)
        self._person = {account: i for i, account in enumerate(self._people)}
        self._moderator = {account: i for i, account in enumerate(self._moderators)}
        self._rules = known.rules
        self._met = {(met.first, met.second) for met in known.met}
        parted = (Met(*pair, 1, now) for pair in sorted(parted_pairs(rounds) - self._met))
        known = replace(known, met=(*known.met, *parted))
        self._known = Numbered(known, self._people, self._moderators, now)

    @cached_property
    def problem(self) -> engine.Problem:
        """The problem in numbers: of thousands of people, a second's work the first time."""
        pinning = self._pinning()
        pinning.take_all(self._pins)
        return replace(self._unpinned, rounds=pinning.rounds())

    @cached_property
    def _unpinned(self) -> engine.Problem:
        to_come = [each for each in self._rounds if each.state is not RoundState.HELD]
        times = round_times(self._roster, self._now, to_come)
        return engine.Problem(
            people=len(self._people),
            group_size=self._group_size,
            rounds=tuple(self._round(each, times.get(each.number)) for each in self._rounds),
            moderators=len(self._moderators),
            history=tuple(self._known.history()),
            company=self._known.companies(),
            keep_apart=self._known.apart(),
            keep_together=self._known.together(self._roster.present),
            moderator_apart=self._known.moderator_apart(),
            moderator_history=tuple(self._known.moderator_history()),
            wishes=self._known.wishes(),
        )

    def refuse_pins(self, asked: Sequence[Pin]) -> None:
        """Raises Invalid for the first that can't be kept beside the others; of the others nothing is refused."""
        pinning = self._pinning()
        anew = set(asked)
        pinning.take_all(pin for pin in self._pins if pin not in anew)
        for at, pin in enumerate(asked):
            if pin.group:
                pinning.take(pin, f"pins[{at}]")

    def moved(self, schedule: engine.Schedule) -> list[Moved]:
        """The seats and moderators that the solver's answer changes, each with its reason."""
        present = set(self._roster.present)
        became = {account: Became.PARTICIPANT for account in self._moderators if account in present}
        became |= {each.account: Became.MODERATOR for each in self._roster.moderators if not each.withdrawn}
        schedule = self._from_one(schedule)
        return list(moved(self.problem, schedule, self._people, self._moderators, became))

    def as_it_is(self, repeats: int, bound: int) -> engine.Schedule:
        """The rounds as they are, in the solver's numbers; their repeats, and the least, are known."""
        return engine.Schedule(tuple(each.groups for each in self.problem.rounds), repeats, bound)

    def plan(self, schedule: engine.Schedule, new_id: Callable[[], UUID], collisions: Sequence[Conflict] = ()) -> Plan:
        """The solver's answer in accounts. Groups keep their ids as long as round and number stay."""
        schedule = self._from_one(schedule)
        schedule = replace(schedule, broken=tuple(broken_rules(self.problem, schedule.rounds)))
        rounds = tuple(
            self._named(old, groups, new_id) for old, groups in zip(self._rounds, schedule.rounds, strict=True)
        )
        if any(each.parted for each in rounds):
            together = self._known.together_pairs(self._roster.present)
            schedule = with_parted(schedule, rounds, self._met, together)
        notices = notices_of(
            self._rounds,
            rounds,
            schedule,
            collisions,
            self._rules,
            self._known.company_names(),
            list(filter(self._pinning().is_there, self._pins)),
            {(self._moderators[leads], self._people[led]) for leads, led in self._known.colleagues()},
            moderated=bool(self._moderators),
        )
        return Plan(
            rounds=rounds,
            repeats=schedule.repeats,
            repeats_bound=schedule.bound,
            repeats_argument=schedule.argument,
            notices=tuple(notices),
            pins=self._pins,
        )

    def _pinning(self) -> Pinning:
        return Pinning(self._unpinned, [each.number for each in self._rounds], self._person, self._moderator)

    def _from_one(self, schedule: engine.Schedule) -> engine.Schedule:
        """With the rounds that nobody has seen numbered from 1: of an earlier plan's groups the solver keeps numbers.

        Where people are pinned the numbers are those that were named.
        """
        rounds = tuple(
            _without_gaps(groups) if each.state is RoundState.PLANNED and not posed.pinned else groups
            for each, posed, groups in zip(self._rounds, self.problem.rounds, schedule.rounds, strict=True)
        )
        return replace(schedule, rounds=rounds)

    def _round(self, each: Round, time: tuple[datetime, datetime] | None) -> engine.Round:
        groups = tuple(self._numbered(group) for group in each.groups)
        if time is None:
            present = tuple(sorted(person for group in groups for person in group.people))
            return engine.Round(present=present, groups=groups, freedom=engine.Freedom.HELD)
        return engine.Round(
            present=tuple(self._person[account] for account in self._roster.present),
            moderators=tuple(sorted(self._moderator[m.account] for m in self._roster.moderators if m.can_lead(*time))),
            groups=groups,
            freedom=engine.Freedom.RUNNING if each.state is RoundState.OPEN else engine.Freedom.FREE,
        )

    def _numbered(self, group: Group) -> engine.Group:
        return engine.Group(
            number=group.number,
            people=tuple(self._person[account] for account in group.seats),
            moderator=None if group.moderator is None else self._moderator[group.moderator],
            host=None if group.host is None else self._person[group.host],
        )

    def _named(self, old: Round, groups: Iterable[engine.Group], new_id: Callable[[], UUID]) -> Round:
        if old.state is RoundState.HELD:
            return old
        ids = {group.number: group.id for group in old.groups}
        named = tuple(
            Group(
                id=ids.get(group.number) or new_id(),
                number=group.number,
                seats=tuple(self._people[person] for person in group.people),
                moderator=None if group.moderator is None else self._moderators[group.moderator],
                host=None if group.host is None else self._people[group.host],
            )
            for group in groups
        )
        return old.regrouped(named, self._roster.there_after(old.opened_at or self._now))


def _without_gaps(groups: Sequence[engine.Group]) -> tuple[engine.Group, ...]:
    """The groups, of which those that have too high a number take the ones that are free; the others keep theirs."""
    taken = {group.number for group in groups}
    free = (number for number in range(1, len(groups) + 1) if number not in taken)
    named = (group if group.number <= len(groups) else group._replace(number=next(free)) for group in groups)
    return tuple(sorted(named, key=lambda group: group.number))


def round_times(roster: Roster, now: datetime, to_come: Sequence[Round]) -> dict[int, tuple[datetime, datetime]]:
    """When the rounds that were not held are expected, by their numbers: the rest of the event in equal parts.

    An open one has its part from when it was opened on; who leads in it is decided for this very moment.
    """
    now = roster.during(now)
    if not to_come or (opened := to_come[0].opened_at) is None:
        return _parts(now, roster.ends_at, to_come)
    _, ends = _parts(roster.during(opened), roster.ends_at, to_come)[to_come[0].number]
    return {to_come[0].number: (now, now), **_parts(max(now, ends), roster.ends_at, to_come[1:])}


def _parts(begins: datetime, ends: datetime, rounds: Sequence[Round]) -> dict[int, tuple[datetime, datetime]]:
    length = (ends - begins) / max(len(rounds), 1)
    return {each.number: (begins + length * i, begins + length * (i + 1)) for i, each in enumerate(rounds)}
