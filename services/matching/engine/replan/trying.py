"""A small running round: every way to seat it is looked at, as far as it may cost less than the best so far."""

from services.matching.engine.replan.floor import (
    BROKEN,
    CROWDED,
    MOVED,
    OUT,
    PINNED,
    SETTLED,
    SMALL,
    UNLED,
    Floor,
    Seats,
)
from services.matching.engine.replan.leading import lead
from services.matching.engine.replan.placing import Limits, restless
from services.matching.engine.replan.wishing import Wished

NODES = 60_000
"""Seats tried in all before one gives up, times the people: about a tenth of a second."""
EASY = 6
"""So many times fewer where nothing but repeats, wishes and even sizes can be bettered."""
WISHED = 10**12
"""Everything else costs so much more than wishes, which come last."""


def cheapest(
    floor: Floor, limits: Limits, seats: Seats, least: int, wished: Wished | None, *, led: bool
) -> tuple[Seats, int]:
    """The seats that cost least, and how many must move for that; of several, those that meet the most wishes.

    Where there was too much to look at to be sure, the cheapest found, and `least` as it was known. Who leads whom they
    may not, and groups that nobody leads, cost something if `led`.
    """
    trial = _Trial(floor, limits, seats, wished, led)
    if trial.nothing_broken(least):
        return seats, least
    trial.step(0, trial.saved[0])
    return trial.best, trial.best.moved() if trial.nodes >= 0 else least


def bettered(floor: Floor, limits: Limits, seats: Seats, wished: Wished | None) -> Seats:
    """Seats where fewer meet again and more wishes are met, if no rule is broken; as few move, and who leads stays."""
    trial, moved = _Trial(floor, limits, seats, wished, led=bool(floor.never)), seats.moved()
    if trial.nothing_broken(moved) and not trial.content(moved):
        trial.nodes //= EASY
        trial.step(0, trial.saved[0])
    return trial.best


class _Trial:
    """Seats one person after the other, those with the most rules first, each where it costs least first.

    Then those who sat before, for they mostly stay. A cost counts the wishes that can be met and aren't.
    """

    def __init__(self, floor: Floor, limits: Limits, given: Seats, wished: Wished | None, led: bool) -> None:
        self.floor, self.limits, self.best, self.nodes = floor, limits, given, NODES // max(1, len(floor.present))
        self._wished = wished
        self._order = sorted(floor.present, key=self._rank)
        self.saved = self._most_saved()
        """What wishes save at most once so many have a seat."""
        self._spare = len(given.out)
        self._seats = Seats(floor)
        self._stay = {person: floor.pinned.get(person, place) for person, place in floor.home.items()}
        self._settled = self._large_enough() if limits.sizes is None else set[int]()
        self._leads = self._most_led() if led else 0
        self._sat_at = {*floor.home.values(), *floor.kept}
        for person in [*self._seats.where]:
            self._seats.take(person)
        self.cost = self._judge()

    def nothing_broken(self, least: int) -> bool:
        """The given seats keep every rule with no more moves than these."""
        return self.cost < WISHED * MOVED * (least + 1)

    def content(self, least: int) -> bool:
        """Nobody came or moved, or nothing is lost but that the least move."""
        if not any(True for _ in restless(self.best, wide=False)):
            return True
        return self._wished is None and self.cost == WISHED * MOVED * least

    def _most_saved(self) -> list[int]:
        """What wishes save at most when so many of the order have a seat, and the others none."""
        wished = self._wished
        if wished is None:
            return [0] * (len(self._order) + 1)
        saved = [0]
        for i, person in reversed([*enumerate(self._order)]):
            saved.append(saved[-1] + sum(max(0, -wished.between(person, other)) for other in self._order[:i]))
        return saved[::-1]

    def _rank(self, person: int) -> tuple[bool, int, bool]:
        return person not in self.floor.pinned, -self._rules(person), person not in self.floor.home

    def _large_enough(self) -> set[int]:
        """Who sits in a group that nobody need leave for its size."""
        kept, at = self.floor.kept, self._seats.at
        settled = {place for place, people in enumerate(at) if place in kept or len(people) >= self.limits.least}
        return {p for p, place in self.floor.home.items() if place in settled and p not in self.floor.pinned}

    def _most_led(self) -> int:
        """So many groups shall be led: those there are moderators for, or that are led before anybody comes or goes."""
        floor = self.floor
        if floor.strict:
            return len(floor.round.moderators)
        return len(lead(floor, self._seats, [place for place, people in enumerate(self._seats.at) if people]))

    def _judge(self) -> int:
        """What the given seats cost."""
        cost = self.saved[0]
        for person in self._order:
            place = self.best.where.get(person, OUT)
            cost += self._adds(person, place)
            if place != OUT:
                self._seats.put(person, place)
        cost += WISHED * self._groups()
        for person in self.best.where:
            self._seats.take(person)
        return cost

    def step(self, seated: int, cost: int) -> None:
        """Looks at every way on from here, where so many have a seat or none and that costs so much."""
        self.nodes -= 1
        if self.nodes < 0 or cost - self.saved[seated] + WISHED * self._rest(seated) >= self.cost:
            return
        if seated == len(self._order):
            cost += WISHED * self._groups()
            if cost < self.cost:
                self.cost, self.best = cost, self._seats.copy()
            return
        person = self._order[seated]
        for adds, place in sorted((self._adds(person, place), place) for place in self._open(seated)):
            if place == OUT:
                self.step(seated + 1, cost + adds)
            else:
                self._seats.put(person, place)
                self.step(seated + 1, cost + adds)
                self._seats.take(person)

    def _rules(self, person: int) -> int:
        return len(self.floor.enemies.get(person, ())) + len(self.floor.partners.get(person, ()))

    def _open(self, seated: int) -> list[int]:
        counts = self._seats.counts()
        found = [OUT] if seated - sum(counts) < self._spare else []
        blank = False
        for place, count in enumerate([*counts]):
            if not count and place not in self._sat_at:
                if blank:  # of places to be opened one is like another
                    continue
                blank = True
            counts[place] += 1
            if not self.limits.excess(counts):
                found.append(place)
            counts[place] -= 1
        return found

    def _rest(self, seated: int) -> int:
        """What those cost at least who have no seat yet: too many of them sat in one group."""
        counts = self._seats.counts()
        for person in self._order[seated:]:
            if person in self._stay:
                counts[self._stay[person]] += 1
        return MOVED * self.limits.excess(counts)

    def _adds(self, person: int, place: int) -> int:
        """What this person costs there, beside those who have a seat."""
        wish = 0 if self._wished is None else self._wished.pull(self._seats, person, place)
        return WISHED * self._adds_but_wishes(person, place) + wish

    def _adds_but_wishes(self, person: int, place: int) -> int:
        floor, seats = self.floor, self._seats
        cost = floor.seat(person, place)
        if person in self._settled and floor.home[person] != place:
            cost += SETTLED
        if place == OUT:
            return cost
        if self.limits.sizes is None:
            opened = not seats.at[place] and place not in self._sat_at
            cost += CROWDED * (floor.problem.group_size**2 if opened else 2 * len(seats.at[place]))
        cost += sum(max(0, floor.between(person, other, place)) for other in seats.at[place])
        partners = floor.partners.get(person, ())
        return cost + sum(BROKEN for x in partners if floor.torn(person, place, x, seats.where.get(x, place)))

    def _groups(self) -> int:
        """What it costs that groups are too small, or badly led or by nobody, and that one who is pinned leads none."""
        floor, at = self.floor, self._seats.at
        places = [place for place, people in enumerate(at) if people]
        cost = PINNED * len(floor.pinned_leaders.keys() - set(places))
        if len(places) > 1:
            cost += SMALL * sum(len(at[place]) < self.limits.least and place not in floor.kept for place in places)
        return cost + (self._leading(places) if self._leads else 0)

    def _leading(self, places: list[int]) -> int:
        """What it costs who leads, beside those who are pinned: that some may not have them, and groups without."""
        floor, pinned, at = self.floor, self.floor.leaders, self._seats.at
        leaders = lead(floor, self._seats, places)
        floor.leaders = {place: leader for place, leader in leaders.items() if place not in pinned}
        badly = sum(floor.led_by_whom_not(person, place) for place in floor.leaders for person in at[place])
        floor.leaders = pinned
        return BROKEN * badly + UNLED * max(0, min(len(places), self._leads) - len(leaders))
