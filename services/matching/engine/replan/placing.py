"""Seats for those who need one in a running round: first by greed, then better by exchanging a few."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from services.matching.engine.problem import excess
from services.matching.engine.replan.floor import CROWDED, OUT, Floor, Seats, Sizes
from services.matching.engine.replan.pulls import Pulls

ROUNDS = 100
"""Exchanges before one is content."""


@dataclass(frozen=True)
class Limits:
    """How full groups may be: of exactly these sizes, or, without, each between a least and a most of its own."""

    sizes: Sizes | None
    least: int
    most: Sizes
    without: frozenset[int] = frozenset()
    """Places that are given up."""
    shut: frozenset[int] = frozenset()
    """Empty places that nobody opens but for a rule."""

    def excess(self, counts: Sizes) -> int:
        """How many must leave at least."""
        if self.sizes is not None:
            return excess(counts, self.sizes)
        return sum(
            count if place in self.without else max(0, count - self.most[place]) for place, count in enumerate(counts)
        )

    def open(self, place: int, count: int) -> bool:
        """Somebody may come to this place, where so many sit."""
        return place not in self.without and (count > 0 or place not in self.shut)

    def targets(self, seats: Seats) -> Sizes:
        """How full each place gets: the fullest the largest size."""
        counts = seats.counts()
        if self.sizes is None:
            return [self.most[place] if self.open(place, count) else 0 for place, count in enumerate(counts)]
        chosen = sorted(set(range(len(counts))) - self.without, key=lambda place: (-counts[place], place))
        targets = [0] * len(counts)
        for place, size in zip(chosen, sorted(self.sizes, reverse=True), strict=True):
            targets[place] = size
        return targets


def too_small(seats: Seats, limits: Limits) -> bool:
    """Some group has too few people, although there are others."""
    places = [place for place, people in enumerate(seats.at) if people]
    kept = seats.floor.kept
    return len(places) > 1 and any(len(seats.at[place]) < limits.least and place not in kept for place in places)


def place_everyone(floor: Floor, limits: Limits, *, apart: bool) -> Seats:
    """Everybody keeps the seat they had where sizes, and rules if `apart`, let them; the others get the best left."""
    seats = Seats(floor)
    if apart:
        _part(seats)
    targets = limits.targets(seats)
    for place, target in enumerate(targets):
        _thin_out(seats, place, target)
    waiting = sorted(seats.out, key=lambda person: (person in floor.home, person))
    for person in sorted(waiting[max(0, len(floor.present) - sum(targets)) :], key=lambda p: (not floor.ruled(p), p)):
        open_ = [place for place, target in enumerate(targets) if len(seats.at[place]) < target]
        crowded = 0 if limits.sizes is not None else 2 * CROWDED
        costs = ((seats.pull(person, place) + crowded * len(seats.at[place]), place) for place in open_)
        seats.put(person, min(costs)[1])
    return seats


def _part(seats: Seats) -> None:
    """Takes seats away until nobody sits against a rule; the fewest that greed finds."""
    against: dict[int, list[int]] = {}
    for a, b in seats.disturbed():
        against.setdefault(a, []).append(b)
        against.setdefault(b, []).append(a)
    most = [(-len(others), person) for person, others in against.items() if person not in seats.floor.pinned]
    heapify(most)
    left = {person: -count for count, person in most}
    while most:
        count, person = heappop(most)
        if not count or -count != left[person]:
            continue
        left[person] = 0
        seats.take(person)
        for other in against[person]:
            if left.get(other, 0):
                left[other] -= 1
                heappush(most, (-left[other], other))


def _thin_out(seats: Seats, place: int, target: int) -> None:
    floor = seats.floor
    while len(seats.at[place]) > target:
        loose = [person for person in seats.at[place] if person not in floor.pinned] or seats.at[place]
        seats.take(min(loose, key=lambda person: (person in floor.partners, floor.ruled(person), person)))


def polish(seats: Seats, limits: Limits, content: int) -> None:
    """Exchanges seats while that costs less, until no more than `content` must move and nobody meets again."""
    exchanges = Exchanges(seats, limits)
    for _ in range(ROUNDS):
        trouble = bool(next(seats.disturbed(), None))
        people = restless(seats, wide=trouble or seats.moved() > content)
        if not any(exchanges.better(person, trouble) for person in people):
            return


def restless(seats: Seats, wide: bool) -> Iterator[int]:
    """Who may be sitting badly: those who came or moved, and, if `wide`, those whom a rule disturbs."""
    floor = seats.floor
    for person in floor.present:
        place = seats.where.get(person, OUT)
        if place == OUT or floor.home.get(person, OUT) != place or (wide and any(True for _ in seats.against(person))):
            yield person


class Exchanges:
    """Exchanges of one person's seat at a time. What was looked at in vain is not looked at again until it changed."""

    def __init__(self, seats: Seats, limits: Limits) -> None:
        self._seats, self._limits, self._pulls = seats, limits, Pulls(seats)
        self._counts = seats.counts()
        self._changed: list[int] = []
        """The places of all exchanges so far."""
        self._vain: dict[int, int] = {}
        """How many those were when nobody at all was found to exchange seats with this person."""

    def better(self, person: int, trouble: bool) -> bool:
        """Takes the best exchange of this person's seat, if one costs less than none."""
        here = self._seats.where.get(person, OUT)
        if not trouble and self._pulls.pull(person, here) == 0:
            return False
        cost, way, target = self._best(person, here, trouble)
        if cost >= 0:
            if trouble:
                self._vain[person] = len(self._changed)
            return False
        self.take(person, way, target)
        return True

    def take(self, person: int, way: int, target: int) -> None:
        """Exchanges this person's seat with the target (way 0), or seats them there (way 1)."""
        here, there = self._seats.where.get(person, OUT), target
        if way == 0:
            there = self._seats.where.get(target, OUT)
            self._pulls.move(target, here)
        self._pulls.move(person, there)
        self._changed += [here, there]
        self._counts = self._seats.counts()

    def ways(self, person: int) -> Iterator[tuple[int, int]]:
        """Each way to exchange this person's seat while no rule is broken, as `take` has it."""
        here = self._seats.where.get(person, OUT)
        for other in self._others(person, trouble=False):
            if self._seats.where.get(other, OUT) != here:
                yield 0, other
        for place in self._open(here, range(len(self._counts))):
            yield 1, place

    def cost(self, person: int, way: int, target: int) -> int:
        """What it costs to `take` this way."""
        if way == 0:
            return self._pulls.exchange(person, target)
        return self._costs_there(person, self._seats.where.get(person, OUT), target)

    def _best(self, person: int, here: int, trouble: bool) -> tuple[int, int, int]:
        """(cost, 0, with whom to exchange) or (cost, 1, where to go instead); of several, the first."""
        since = set(self._changed[self._vain[person] :]) if trouble and person in self._vain else {here}
        if here in since:
            others, places = self._others(person, trouble), range(len(self._counts))
        else:
            others, places = sorted(x for place in since for x in self._at(place)), sorted(since - {OUT})
        cost, other = self._pulls.best_exchange(person, others)
        alone = ((self._costs_there(person, here, place), 1, place) for place in self._open(here, places))
        return min((0, OUT, OUT), (cost, 0, other), *alone)

    def _costs_there(self, person: int, here: int, place: int) -> int:
        """What it costs more that this person sits there instead."""
        cost = self._pulls.pull(person, place) - self._pulls.pull(person, here)
        if self._limits.sizes is None:
            cost += 2 * CROWDED * (self._counts[place] + 1 - self._counts[here])
        return cost

    def _others(self, person: int, trouble: bool) -> list[int]:
        """With whom to exchange: anybody while a rule is broken, else who came or moved, or sits where they sat."""
        if trouble:
            return self._seats.floor.present
        home = self._seats.floor.home.get(person, OUT)
        return sorted({*restless(self._seats, wide=False), *(self._at(home) if home != OUT else ())})

    def _at(self, place: int) -> Iterable[int]:
        return self._seats.out if place == OUT else self._seats.at[place]

    def _open(self, here: int, places: Sequence[int]) -> list[int]:
        """Where of these one can go while nobody comes in return, and the sizes stay as they should be."""
        counts, limits = self._counts, self._limits
        if here == OUT:
            return []
        if limits.sizes is not None:
            return [place for place in places if counts[place] + 1 == counts[here] and counts[place] > 0]
        if counts[here] - 1 < limits.least:
            return []
        return [p for p in places if p != here and limits.open(p, counts[p]) and counts[p] < limits.most[p]]
