"""Seats for those who need one in a running round: first by greed, then better by exchanging a few."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.matching.engine.replan.floor import CROWDED, OUT, Floor, Seats, Sizes, excess

ROUNDS = 50
"""Times all exchanges are looked through before one is content."""


@dataclass(frozen=True)
class Limits:
    """How full groups may be: of exactly these sizes, or, without, each between a least and a most."""

    sizes: Sizes | None
    least: int
    most: int
    without: frozenset[int] = frozenset()
    """Places that are given up."""

    def excess(self, counts: Sizes) -> int:
        """How many must leave at least."""
        if self.sizes is not None:
            return excess(counts, self.sizes)
        return sum(count if place in self.without else max(0, count - self.most) for place, count in enumerate(counts))

    def targets(self, seats: Seats) -> Sizes:
        """How full each place gets: the fullest the largest size."""
        counts = seats.counts()
        if self.sizes is None:
            return [0 if place in self.without else self.most for place in range(len(counts))]
        chosen = sorted(set(range(len(counts))) - self.without, key=lambda place: (-counts[place], place))
        targets = [0] * len(counts)
        for place, size in zip(chosen, sorted(self.sizes, reverse=True), strict=True):
            targets[place] = size
        return targets


def place_everyone(floor: Floor, limits: Limits) -> Seats:
    """Everybody keeps the seat they had where rules and sizes let them; the others get the least harmful one left."""
    seats = Seats(floor)
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
    while trouble := list(seats.disturbed()):
        times: dict[int, int] = {}
        for a, b in trouble:
            for person in (a, b):
                times[person] = times.get(person, 0) + 1
        pinned = seats.floor.pinned
        loose = {person: count for person, count in times.items() if person not in pinned}
        if not loose:
            return
        seats.take(max(loose, key=lambda person: (loose[person], -person)))


def _thin_out(seats: Seats, place: int, target: int) -> None:
    floor = seats.floor
    while len(seats.at[place]) > target:
        loose = [person for person in seats.at[place] if person not in floor.pinned] or seats.at[place]
        seats.take(min(loose, key=lambda person: (person in floor.partners, floor.ruled(person), person)))


def polish(seats: Seats, limits: Limits, content: int) -> None:
    """Exchanges seats while that costs less, until no more than `content` must move and nobody meets again."""
    for _ in range(ROUNDS):
        trouble = bool(next(seats.disturbed(), None))
        restless = _restless(seats, wide=trouble or seats.moved() > content)
        if not any(_better(seats, limits, person, trouble) for person in restless):
            return


def _restless(seats: Seats, wide: bool) -> list[int]:
    """Who may be sitting badly: those who came or moved, and those whom a rule disturbs."""
    floor = seats.floor
    found = {person for person, place in seats.where.items() if floor.home.get(person, OUT) != place} | seats.out
    if wide:
        found |= {person for pair in seats.disturbed() for person in pair}
    return sorted(found)


def _better(seats: Seats, limits: Limits, person: int, trouble: bool) -> bool:
    """Takes the best exchange of this person's seat, if one costs less than none."""
    here = seats.where.get(person, OUT)
    stays = seats.pull(person, here)
    if not trouble and stays == 0:
        return False
    best: tuple[int, int, int] = (0, OUT, OUT)
    for other in _others(seats, person, trouble):
        cost = _exchange(seats, person, other)
        best = min(best, (cost, 0, other))
    for place in _open(seats, limits, here):
        cost = seats.pull(person, place) - stays
        if limits.sizes is None:
            cost += 2 * CROWDED * (len(seats.at[place]) + 1 - len(seats.at[here]))
        best = min(best, (cost, 1, place))
    cost, way, target = best
    if cost >= 0:
        return False
    if way == 0:
        _swap(seats, person, target)
    else:
        seats.take(person)
        seats.put(person, target)
    return True


def _others(seats: Seats, person: int, trouble: bool) -> Iterator[int]:
    """With whom to exchange: anybody while a rule is broken, else who came, who moved, and who sat with the person."""
    here = seats.where.get(person, OUT)
    if trouble:
        who: Iterable[int] = seats.floor.present
    else:
        home = seats.floor.home.get(person, OUT)
        who = sorted({*_restless(seats, wide=False), *(seats.at[home] if home != OUT else ())})
    return (other for other in who if other != person and seats.where.get(other, OUT) != here)


def _open(seats: Seats, limits: Limits, here: int) -> list[int]:
    """Where one can go while nobody comes in return, and the sizes stay as they should be."""
    if here == OUT:
        return []
    counts = seats.counts()
    if limits.sizes is not None:
        return [place for place, count in enumerate(counts) if count + 1 == counts[here] and count > 0]
    if counts[here] - 1 < limits.least:
        return []
    return [p for p, n in enumerate(counts) if p != here and p not in limits.without and n < limits.most]


def _exchange(seats: Seats, a: int, b: int) -> int:
    """What it costs to exchange the seats of these two."""
    at_a, at_b = seats.where.get(a, OUT), seats.where.get(b, OUT)
    cost = seats.pull(a, at_b) + seats.pull(b, at_a) - seats.pull(a, at_a) - seats.pull(b, at_b)
    both = seats.floor.between(a, b)
    return cost - both * ((at_a != OUT) + (at_b != OUT))


def _swap(seats: Seats, a: int, b: int) -> None:
    places = [seats.where.get(person, OUT) for person in (b, a)]
    for person in (a, b):
        if person in seats.where:
            seats.take(person)
    for person, place in zip((a, b), places, strict=True):
        if place != OUT:
            seats.put(person, place)
