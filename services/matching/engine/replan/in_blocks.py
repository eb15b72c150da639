"""Seats in a running round such that people who stay together leave, and come, as one."""

from collections.abc import Iterator

from services.matching.engine.replan.floor import OUT, Floor, Seats
from services.matching.engine.replan.placing import Limits

Unit = tuple[int, ...]
TRIES = 4
"""So often as there are people somebody is seated; then who waits gets any seat."""


def place_in_blocks(floor: Floor, limits: Limits) -> Seats | None:
    """Everybody keeps the seat they had where sizes and pins let them; None where sizes don't let them.

    Whole blocks go where one of them is pinned. Of a group that is too full single people leave if they are enough,
    else a block. Those look for the group in which they move the fewest, the largest block first.
    """
    blocks = _Blocks(floor, limits)
    return blocks.placed() if sum(blocks.targets) >= len(floor.present) else None


class _Blocks:
    def __init__(self, floor: Floor, limits: Limits) -> None:
        self._floor = floor
        self._seats = Seats(floor)
        self.targets = limits.targets(self._seats)
        self._block = {person: block for block in floor.problem.blocks_of(floor.present) for person in block}
        self._stays = set(floor.pinned)
        self._strict = limits.sizes is not None

    def placed(self) -> Seats | None:
        self._follow_pins()
        for place, target in enumerate(self.targets):
            while (too_many := len(self._seats.at[place]) - target) > 0:
                if not self._leave(place, too_many):
                    return None
        for _ in range(TRIES * len(self._floor.present)):
            unit = min(self._waiting(), key=lambda unit: (-len(unit), not self._floor.ruled(unit[0]), unit), default=())
            if not unit or not self._seat(unit):
                break
        for person in sorted(self._seats.out):
            open_ = (place for place, target in enumerate(self.targets) if len(self._seats.at[place]) < target)
            self._seats.put(person, min((self._seats.pull(person, place), place) for place in open_)[1])
        return self._seats

    def _follow_pins(self) -> None:
        for block in sorted(set(self._block.values())):
            pins = {self._floor.pinned[person] for person in block if person in self._floor.pinned}
            if len(pins) == 1:
                self._stays.update(block)
                self._move(block, *pins)

    def _leave(self, place: int, too_many: int) -> bool:
        """Lets a block or single people leave, so many at least if that can be; says whether anybody could."""
        here = {
            tuple(x for x in self._block.get(person, (person,)) if self._seats.where.get(x) == place)
            for person in self._seats.at[place]
        }
        units = sorted(unit for unit in here if self._stays.isdisjoint(unit))
        single = sorted((unit for unit in units if len(unit) == 1), key=lambda unit: self._floor.ruled(unit[0]))
        if len(single) >= too_many:
            units = single[:too_many]
        else:
            units = sorted(units, key=lambda unit: (len(unit) < too_many, abs(len(unit) - too_many)))[:1]
        for person in (person for unit in units for person in unit):
            self._seats.take(person)
        return bool(units)

    def _waiting(self) -> Iterator[Unit]:
        """Who has no seat, those of a block as one."""
        for person in self._seats.out:
            unit = tuple(x for x in self._block.get(person, (person,)) if x in self._seats.out)
            if person == unit[0]:
                yield unit

    def _seat(self, unit: Unit) -> bool:
        """Seats them where the fewest must move for it; says whether there is such a place."""
        ways = (self._way(unit, place) for place in range(len(self.targets)))
        found = min((way for way in ways if way is not None), default=None)
        if found is None:
            return False
        *_, place, other, leave = found
        self.targets[place], self.targets[other] = self.targets[other], self.targets[place]
        for person in leave:
            self._seats.take(person)
        self._move(unit, place)
        return True

    def _way(self, unit: Unit, place: int) -> tuple[int, int, int, int, int, Unit] | None:
        """What it costs that they sit there, beginning with how many move; None where they can't.

        Then the place, one with which it changes sizes, which may be itself, and who leaves.
        """
        floor, here = self._floor, self._seats.at[place]
        home = floor.home
        if not self.targets[place] or any(not floor.allowed(person, place) for person in unit):
            return None
        loose = {person for person in here if person not in self._block and person not in self._stays}
        foes = {x for x in here if any(floor.apart(person, x, place) for person in unit)}
        other = self._larger(place, len(here) + len(unit))
        more = len(here) + len(unit) - self.targets[other] - len(foes)
        if not foes <= loose or more > len(loose - foes):
            return None
        others = sorted(loose - foes, key=lambda x: (home.get(x) == place, floor.ruled(x), x))
        leave = (*sorted(foes), *others[: max(0, more)])
        moves = sum(home.get(x) == place for x in leave) + sum(home.get(x, place) != place for x in unit)
        return moves, len(leave), sum(self._seats.pull(person, place) for person in unit), place, other, leave

    def _larger(self, place: int, wanted: int) -> int:
        """The place itself, or one that can change sizes with it such that so many find room."""
        size, counts = self.targets[place], self._seats.counts()
        if size >= wanted or not self._strict:
            return place
        fitting = (q for q, target in enumerate(self.targets) if target >= wanted and counts[q] <= size)
        return next(fitting, place)

    def _move(self, unit: Unit, place: int) -> None:
        for person in unit:
            if self._seats.where.get(person, OUT) not in (OUT, place):
                self._seats.take(person)
            if person in self._seats.out:
                self._seats.put(person, place)
