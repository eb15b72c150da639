"""The fewest moves that keep every rule of a running round, by looking at all ways to move so few."""

from dataclasses import dataclass
from enum import Enum

from services.matching.engine.replan.floor import OUT, Floor, Seats, Sizes
from services.matching.engine.replan.placing import Limits, too_small

NODES = 400
"""Seats tried in all before one gives up."""


@dataclass(frozen=True)
class Proof:
    """Nobody keeps every rule with fewer than `least` moves; `seats` is a way to do it, when one was found."""

    least: int
    seats: Seats | None


class _Answer(Enum):
    """Whether there is a way; unknown when there was too much to look at."""

    FOUND = 1
    NONE = 2
    UNKNOWN = 3


def fewest(floor: Floor, limits: Limits, at_least: int, below: int) -> Proof:
    """Looks for a way with `at_least` moves, then one more, as long as that is fewer than `below`."""
    nodes = NODES
    for moves in range(at_least, below):
        attempt = _Attempt(floor, limits, moves, nodes)
        answer = attempt.step()
        if answer is not _Answer.NONE:
            return Proof(moves, attempt.seats if answer is _Answer.FOUND else None)
        nodes = attempt.nodes
    return Proof(below, None)


class _Attempt:
    """One look for a way with so many moves at most. Who has no rule is seated last: where doesn't matter to any."""

    def __init__(self, floor: Floor, limits: Limits, moves: int, nodes: int) -> None:
        self.floor, self.limits, self.nodes = floor, limits, nodes
        self.seats = Seats(floor)
        self._left = moves - sum(floor.home.get(p, place) != place for p, place in floor.pinned.items())
        self._stays: set[int] = set(floor.pinned)
        self._ruled = {person for person in floor.present if floor.ruled(person)}
        for place in () if limits.sizes is not None else limits.without:
            for person in [*self.seats.at[place]]:
                self.seats.take(person)
                self._left -= 1

    def step(self) -> _Answer:
        """Whether there is a way from here; then `seats` is one."""
        self.nodes -= 1
        if self.nodes < 0:
            return _Answer.UNKNOWN
        if self._left < self.limits.excess(self.seats.counts()):
            return _Answer.NONE
        trouble = next(self.seats.disturbed(), None)
        if trouble is not None:
            return self._one_of_these_leaves(list(dict.fromkeys(trouble)))
        waiting = sorted(self.seats.out & self._ruled)
        if waiting:
            options = {person: self._options(person) for person in waiting}
            person = min(waiting, key=lambda person: len(options[person]))
            return self._try(person, options[person])
        answer = self._close()
        if answer is not _Answer.NONE:
            return answer
        least = min(self._sizes())
        full = [person for person, place in self.seats.where.items() if len(self.seats.at[place]) > least]
        return self._one_of_these_leaves(sorted(self._ruled.intersection(full)))

    def _sizes(self) -> Sizes:
        """How full places may be, the smaller first; 0 for one too many."""
        if self.limits.sizes is None:
            return sorted(self.limits.most)
        return sorted([*self.limits.sizes, *[0] * (len(self.seats.at) - len(self.limits.sizes))])

    def _targets(self, ruled: Sizes) -> Sizes:
        """How full each place gets, where so many sit who have rules; below that where they don't fit."""
        if self.limits.sizes is None:
            return self.limits.most
        at, targets = self.seats.at, [-1] * len(ruled)
        for size in self._sizes():
            fitting = [place for place, target in enumerate(targets) if target < 0 and ruled[place] <= size]
            if fitting:
                targets[min(fitting, key=lambda place: (len(at[place]), place))] = size
        return targets

    def _close(self) -> _Answer:
        """Seats those without rules; where too many sit, others without rules leave, if there are enough."""
        at = self.seats.at
        loose = [[p for p in people if p not in self._ruled] for people in at]
        ruled = [len(people) - len(free) for people, free in zip(at, loose, strict=True)]
        targets = self._targets(ruled)
        if any(count > target for count, target in zip(ruled, targets, strict=True)):
            return _Answer.NONE
        if sum(max(0, len(people) - size) for people, size in zip(at, targets, strict=True)) > self._left:
            return _Answer.NONE
        for place, size in enumerate(targets):
            for person in loose[place][: max(0, len(at[place]) - size)]:
                self.seats.take(person)
        return self._fill(targets)

    def _fill(self, targets: list[int]) -> _Answer:
        """Seats those who are left, first where too few sit; where too few still do another way may do better."""
        at, limits = self.seats.at, self.limits
        free = limits.sizes is None
        for person in sorted(self.seats.out):
            open_ = [place for place, size in enumerate(targets) if len(at[place]) < size]
            if free:
                open_ = [place for place in open_ if limits.open(place, len(at[place]))]
            if not open_:
                return _Answer.UNKNOWN
            self.seats.put(person, min(open_, key=lambda place: (len(at[place]) if free else 0, place)))
        return _Answer.UNKNOWN if free and too_small(self.seats, limits) else _Answer.FOUND

    def _one_of_these_leaves(self, people: list[int]) -> _Answer:
        """Looks at each leaving, those before it staying."""
        stays = self._stays
        answer = _Answer.NONE
        self._stays = set(stays)
        for person in people:
            if person in self._stays or person not in self.floor.home or self._left == 0:
                continue
            place = self.seats.take(person)
            self._left -= 1
            answer = self.step()
            if answer is not _Answer.NONE:
                return answer
            self._left += 1
            self.seats.put(person, place)
            self._stays.add(person)
        self._stays = stays
        return answer

    def _options(self, person: int) -> list[tuple[int, int, list[int]]]:
        """(cost, place, who leaves for it) for each place where this person can go."""
        floor, seats, home = self.floor, self.seats, self.floor.home.get(person, OUT)
        partners = [x for x in floor.partners.get(person, ()) if x in seats.where]
        given_up = self.limits.without if self.limits.sizes is None else ()
        found: list[tuple[int, int, list[int]]] = []
        for place, people in enumerate(seats.at):
            if place == home or place in given_up or not floor.allowed(person, place):
                continue
            leave = [x for x in people if floor.apart(person, x, place)]
            leave += [x for x in partners if floor.torn(person, place, x, seats.where[x])]
            if len(leave) <= self._left and not any(x in self._stays for x in leave):
                found.append((len(leave), place, sorted(leave)))
        return sorted(found)

    def _try(self, person: int, options: list[tuple[int, int, list[int]]]) -> _Answer:
        for cost, place, leave in options:
            answer = self._seat(person, place, leave, cost)
            if answer is not _Answer.NONE:
                return answer
        return _Answer.NONE

    def _seat(self, person: int, place: int, leave: list[int], cost: int) -> _Answer:
        came_from = [(x, self.seats.take(x)) for x in leave]
        self._left -= cost
        self.seats.put(person, place)
        self._stays.add(person)
        answer = self.step()
        if answer is not _Answer.NONE:
            return answer
        self._stays.discard(person)
        self.seats.take(person)
        for x, at in came_from:
            self.seats.put(x, at)
        self._left += cost
        return answer
