"""A running round: who sits where, what each seat costs, and how many must move whatever one does."""

from collections import Counter
from collections.abc import Collection, Iterator
from functools import cached_property
from itertools import chain

import numpy as np

from services.matching.engine.arrays import Bools, Ints
from services.matching.engine.problem import Group, Problem, ordered
from services.matching.engine.rooms import new_numbers

PINNED = 10**17
BROKEN = 10**14
SETTLED = 10**12
SMALL = 10**10
UNLED = 10**8
MOVED = 10**6
CROWDED = 10**2
"""A seat elsewhere than where one is pinned, a broken rule, a person who leaves a group that is large enough, a group
that is too small, one that nobody can lead, a person who moves, and unevenness; a repeat costs 1. What ten thousand
people in one group cost fits into 64 bits."""
OUT = -1
"""Where somebody is who has no seat."""

Sizes = list[int]


class Floor:
    """Who is present, where they sat, and what may be; groups are places from 0, `numbers` says which group each is."""

    def __init__(self, problem: Problem, r: int, met: Counter[tuple[int, int]]) -> None:
        round_ = problem.rounds[r]
        self.problem, self.round, self.met = problem, round_, met
        self.present = sorted(round_.present)
        self.index = {person: i for i, person in enumerate(self.present)}
        self.strict = bool(round_.sizes)
        self.groups = [*round_.groups, *(Group(number, ()) for number in new_numbers(problem, r))]
        self.numbers = [group.number for group in self.groups]
        there, place = set(self.present), {number: place for place, number in enumerate(self.numbers)}
        self.home = {p: place[group.number] for group in round_.groups for p in group.people if p in there}
        self.pinned = {p: place[group.number] for group in round_.pinned for p in group.people if p in there}
        self.kept = {place[group.number] for group in round_.pinned}
        """Places that must have a group, for somebody is pinned there."""
        self.enemies = _enemies(problem, there)
        self.partners = _partners(problem, there)
        self.pinned_leaders = {
            place[group.number]: group.moderator for group in round_.pinned if group.moderator in set(round_.moderators)
        }
        self.leaders: dict[int, int] = {}
        self._enemies_at: dict[int, Ints] = {}
        never: dict[int, set[int]] = {}
        for moderator, person in problem.moderator_apart:
            never.setdefault(moderator, set()).add(person)
        self.never = never

    def apart(self, a: int, b: int, place: int) -> bool:
        """These two may not share this place; without prescribed sizes those who sat there together already may."""
        return b in self.enemies.get(a, ()) and (self.strict or not self.home.get(a) == place == self.home.get(b))

    def torn(self, a: int, here: int, b: int, there: int) -> bool:
        """These two must share a group and don't; without prescribed sizes both may stay where they sit apart."""
        if here == there or b not in self.partners.get(a, ()):
            return False
        return self.strict or self.home.get(a) != here or self.home.get(b) != there

    def allowed(self, person: int, place: int) -> bool:
        """Neither a pin nor the group's moderator keeps this person from this place."""
        return self.pinned.get(person, place) == place and not self.led_by_whom_not(person, place)

    def led_by_whom_not(self, person: int, place: int) -> bool:
        """The moderator of this place may not lead this person; without prescribed sizes who sits there stays."""
        if not self.never or person not in self.never.get(self.leaders.get(place, OUT), ()):
            return False
        return self.strict or self.home.get(person) != place

    def ruled(self, person: int) -> bool:
        """A rule says something about this person; the others can sit anywhere."""
        if person in self.enemies or person in self.partners or person in self.pinned:
            return True
        return any(person in self.never.get(leader, ()) for leader in self.leaders.values())

    def between(self, a: int, b: int, place: int) -> int:
        """What it costs that these two share this place; those to be together who sat apart may go on so."""
        if self.apart(a, b, place):
            return BROKEN
        if self._sought(a, b, place):
            return -BROKEN
        return 0 if self._together_now(a, b) else self.met[ordered(a, b)]

    def seat(self, person: int, place: int) -> int:
        """What it costs that this person sits there, whoever else does."""
        moves = MOVED if self.home.get(person, place) != place else 0
        if place == OUT:
            before = self.problem.sat_out[person] if self.problem.sat_out else 0
            return moves + before + (PINNED if person in self.pinned else 0)
        elsewhere = PINNED if self.pinned.get(person, place) != place else 0
        return moves + elsewhere + (BROKEN if self.led_by_whom_not(person, place) else 0)

    def alone(self, place: int) -> Ints:
        """What it costs that each of those present, in their order, sits there, whoever else does: `seat`."""
        if place == OUT:
            return np.array([self.seat(person, OUT) for person in self.present], dtype=np.int64)
        found = self._elsewhere.copy()
        known = [person for person, pin in self.pinned.items() if pin == place]
        known += [person for person in self.never.get(self.leaders.get(place, OUT), ()) if person in self.index]
        for i in {self.index[person] for person in known}.union(np.flatnonzero(self._homes == place).tolist()):
            found[i] = self.seat(self.present[i], place)
        return found

    def beside(self, person: int, places: int | Ints) -> Ints:
        """What it costs each of those present, in their order, to share this place, or theirs, with this person.

        As `between` says.
        """
        i, homes, (met, times) = self.index[person], self._homes, self._met
        at = np.broadcast_to(places, len(self.present))
        found: Ints = np.zeros(len(self.present), dtype=np.int64)
        known = slice(*np.searchsorted(met[0], (i, i + 1)).tolist())
        found[met[1, known]] = times[known]
        now: Bools = (homes == homes[i]) & (homes != OUT)
        found[now] = 0
        partners = [self.index[x] for x in self.partners.get(person, ())]
        found[[j for j in partners if self._sought(person, self.present[j], int(at[j]))]] = -BROKEN
        enemies = self._enemies_of(person)
        found[enemies if self.strict else enemies[~(now & (at == homes[i]))[enemies]]] = BROKEN
        found[i] = 0
        return found

    def _enemies_of(self, person: int) -> Ints:
        """Where in `present` they are; looked up once for all companions, who share a set."""
        enemies = self.enemies.get(person, set[int]())
        if id(enemies) not in self._enemies_at:
            self._enemies_at[id(enemies)] = np.array([self.index[x] for x in enemies], dtype=np.int64)
        return self._enemies_at[id(enemies)]

    @cached_property
    def concerned(self) -> list[int]:
        """Those present of whom a rule says something, whoever leads."""
        ruled = {*self.enemies, *self.partners, *self.pinned}.union(*self.never.values())
        return [person for person in self.present if person in ruled]

    @cached_property
    def _homes(self) -> Ints:
        return np.array([self.home.get(person, OUT) for person in self.present], dtype=np.int64)

    @cached_property
    def _elsewhere(self) -> Ints:
        """`seat` for each at a place that nobody has to do with."""
        return np.array([self.seat(person, len(self.numbers)) for person in self.present], dtype=np.int64)

    @cached_property
    def _met(self) -> tuple[Ints, Ints]:
        """Each two of those present who met, both ways and ordered by the first, and how often."""
        index: Ints = np.full(self.problem.people, -1, dtype=np.int64)
        index[self.present] = np.arange(len(self.present))
        ends = index[np.fromiter(chain.from_iterable(self.met), np.int64, 2 * len(self.met)).reshape(-1, 2).T]
        times = np.fromiter(self.met.values(), np.int64, len(self.met))
        there = (ends[0] >= 0) & (ends[1] >= 0)
        both, twice = np.hstack([ends[:, there], ends[::-1, there]]), np.tile(times[there], 2)
        order = np.argsort(both[0], kind="stable")
        return both[:, order], twice[order]

    def _sought(self, a: int, b: int, place: int) -> bool:
        """These two must share a group, and sharing this place keeps that rule."""
        if b not in self.partners.get(a, ()):
            return False
        apart = a in self.home and b in self.home and not self._together_now(a, b)
        return self.strict or not (apart and place in (self.home[a], self.home[b]))

    def _together_now(self, a: int, b: int) -> bool:
        return self.home.get(a, -1) == self.home.get(b, -2)


class Seats:
    """Who sits at each place; those in `out` have no seat."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.at: list[list[int]] = [[] for _ in floor.numbers]
        self.where: dict[int, int] = {}
        self.out: set[int] = set(floor.present)
        for person in floor.present:
            place = floor.pinned.get(person, floor.home.get(person, OUT))
            if place != OUT:
                self.put(person, place)

    def put(self, person: int, place: int) -> None:
        """Seats somebody who has no seat."""
        self.at[place].append(person)
        self.where[person] = place
        self.out.discard(person)

    def take(self, person: int) -> int:
        """Takes somebody's seat away and says where it was."""
        place = self.where.pop(person)
        self.at[place].remove(person)
        self.out.add(person)
        return place

    def copy(self) -> "Seats":
        """The same seats, to be changed apart from these."""
        other = Seats(self.floor)
        other.at, other.where, other.out = [[*people] for people in self.at], {**self.where}, {*self.out}
        return other

    def counts(self) -> Sizes:
        """How many sit at each place."""
        return [len(people) for people in self.at]

    def pull(self, person: int, place: int) -> int:
        """What this person costs at this place, beside those who sit there."""
        if place == OUT:
            return self.floor.seat(person, place)
        between = self.floor.between
        return self.floor.seat(person, place) + sum(between(person, x, place) for x in self.at[place] if x != person)

    def moved(self) -> int:
        """How many sat before and sit elsewhere, or nowhere."""
        return sum(self.where.get(person, OUT) != place for person, place in self.floor.home.items())

    def repeats(self) -> int:
        """How often people meet again who met before and didn't sit together already."""
        met, home = self.floor.met, self.floor.home
        came = [person for person, place in self.where.items() if home.get(person, OUT) != place]
        pairs = {ordered(a, b) for a in came for b in self.at[self.where[a]] if a != b}
        return sum(met[pair] for pair in pairs if home.get(pair[0], -1) != home.get(pair[1], -2))

    def disturbed(self) -> Iterator[tuple[int, int]]:
        """Everything that breaks a rule: two people, or one person twice who may not sit where they do."""
        yield from ((person, person) for person in sorted(self.out & self.floor.pinned.keys()))
        for person in self.floor.concerned:
            if person in self.where:
                yield from ((person, x) for x in self.against(person) if person <= x)

    def against(self, person: int) -> Iterator[int]:
        """With whom this person, who has a seat, breaks a rule; with themselves if they may not sit there."""
        floor, place = self.floor, self.where[person]
        if floor.pinned.get(person, place) != place:
            yield person
        if floor.led_by_whom_not(person, place):
            yield person
        enemies = floor.enemies.get(person)
        if enemies:
            yield from (x for x in self.at[place] if x in enemies and x != person and floor.apart(person, x, place))
        for x in sorted(floor.partners.get(person, ())):
            if floor.torn(person, place, x, self.where.get(x, place)):
                yield x


def _enemies(problem: Problem, there: set[int]) -> dict[int, set[int]]:
    """For each person those whom they may not sit with; companions share one set."""
    companies: dict[int, set[int]] = {}
    for person in there if problem.company else ():
        if problem.company[person] >= 0:
            companies.setdefault(problem.company[person], set()).add(person)
    found = {person: members for members in companies.values() if len(members) > 1 for person in members}
    for a, b in problem.keep_apart:
        if a in there and b in there:
            found[a] = found.get(a, set()) | {b}
            found[b] = found.get(b, set()) | {a}
    return found


def _partners(problem: Problem, there: Collection[int]) -> dict[int, frozenset[int]]:
    """For each person those whom they must sit with."""
    found: dict[int, frozenset[int]] = {}
    for block in problem.keep_together:
        here = frozenset(block).intersection(there)
        for person in here if len(here) > 1 else ():
            found[person] = found.get(person, frozenset()) | here - {person}
    return found
