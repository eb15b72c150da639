"""People who are bound to share a group, by a rule or because they are pinned to it, and what collides among them."""

from collections import deque
from collections.abc import Iterator, Set
from itertools import combinations, pairwise

from services.matching.engine.collisions.clash import Clash, Conflict
from services.matching.engine.collisions.seatable import Rules
from services.matching.engine.problem import blocks, excess


class Bonds:
    """Everybody is in one unit, most are alone in theirs; a unit's number is its first person."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._enemies, self._partners = rules.enemies(rules.crowds()), rules.partners()
        self._pin = dict(rules.pins)
        self._pinned: dict[int, list[int]] = {number: [] for _, number in (*rules.pins, *rules.leads)}
        for person, number in rules.pins:
            self._pinned[number].append(person)
        self.numbers = sorted(self._pinned)
        """The groups to which somebody is pinned."""
        self.members: dict[int, list[int]] = {}
        self.of: dict[int, int] = {}
        for person in rules.people:
            if person not in self.of:
                reached = sorted(self._paths(person))
                self.members[person] = reached
                self.of |= dict.fromkeys(reached, person)

    def enemies(self) -> dict[int, set[int]]:
        """For each unit those that can't share its group; alone when somebody may sit out, for blocks may part then."""
        found: dict[int, set[int]] = {unit: set() for unit in self.members}
        for person, others in self._enemies.items():
            found[self.of[person]] |= {self.of[other] for other in others}
        for unit, others in found.items():
            others.discard(unit)
        if self._rules.bench:
            alone = {unit for unit, members in self.members.items() if len(members) == 1}
            return {unit: others & alone for unit, others in found.items() if unit in alone}
        return found

    def involved(self, unit: int, clique: Set[int]) -> list[int]:
        """Those of the unit because of whom it can't share a group with the others, and who bind them."""
        if len(self.members[unit]) == 1:
            return self.members[unit]
        others = {person for each in clique if each != unit for person in self.members[each]}
        hostile = [person for person in self.members[unit] if self._enemies[person] & others]
        return sorted({x for person in hostile for x in self.path(hostile[0], person)})

    def pinned_with(self, number: int) -> set[int]:
        """Who is sure to sit in the group of that number."""
        found = set(self._pinned[number])
        bound = {x for person in found for x in self.members[self.of[person]]}
        return found if self._rules.bench or len(self._numbers(sorted(bound))) > 1 else bound

    def why_with(self, person: int, number: int) -> list[int]:
        """Those because of whom a person is sure to sit in the group of that number."""
        return min((self.path(pinned, person) for pinned in self._pinned[number]), key=len)

    def clashes(self) -> Iterator[Conflict]:
        """What collides within a unit, or between the pins."""
        yield from self._full()
        yield from self._hostile()
        yield from self._torn()
        yield from self._led_by_whom_not()
        yield from self._without_seat()

    def _full(self) -> Iterator[Conflict]:
        """Units larger than the largest group, and more pinned than the groups hold."""
        sizes = self._rules.sizes
        fullest = sorted(self._pinned, key=lambda number: -len(self._pinned[number]))
        counts = [len(self._pinned[number]) for number in fullest]
        room = [*sizes, *[0] * len(counts)]
        over = next((index for index, count in enumerate(counts) if count > room[index]), None)
        if over is not None:
            numbers = fullest[: over + 1]
            people = sorted(person for number in numbers for person in self._pinned[number])
            yield Conflict(
                Clash.PINNED, 0, tuple(people), (), excess(counts[: over + 1], [*sizes][: over + 1]), tuple(numbers)
            )
        elif len(counts) > len(sizes):
            leads = tuple(sorted(moderator for moderator, _ in self._rules.leads))
            yield Conflict(
                Clash.PINNED, 0, tuple(sorted(self._pin)), leads, len(counts) - len(sizes), tuple(self.numbers)
            )
        for members in self.members.values():
            if len(members) - self._rules.bench > max(sizes, default=0) and not self._only_pinned(members):
                together = any(set(members).issubset(block) for block in blocks(self._rules.links))
                each = all(b in self._partners[a] for a, b in combinations(members, 2))
                if together and (each or not self._rules.bench):  # else who binds the others may sit out
                    least = self._parted(len(members)) if each else 1
                    yield Conflict(Clash.TOGETHER, 0, tuple(members), least=least)
                elif not self._rules.bench and len(self._numbers(members)) < 2:
                    yield Conflict(Clash.RULES, 0, tuple(members), groups=self._numbers(members))

    def _hostile(self) -> Iterator[Conflict]:
        """Two who are to be kept apart in one unit, and those through whom they are bound together."""
        for person, others in self._enemies.items():
            for other in sorted(others.intersection(self.members[self.of[person]])):
                if person > other:
                    continue
                steps = self._steps(person, other)
                pins = sum(b not in self._partners[a] for a, b in pairwise(steps))
                if len(self._numbers(steps)) > 1 or (self._rules.bench and not (pins == 1 and len(steps) == 2)):
                    continue
                kind = Clash.CONTRADICTION if not pins else Clash.PINNED if len(steps) == 2 else Clash.RULES
                path = self.path(person, other)
                yield Conflict(kind, 0, tuple(path), groups=self._numbers(path) if pins else ())

    def _torn(self) -> Iterator[Conflict]:
        """Two who are to be kept together and pinned to different groups."""
        for a, b in self._rules.together:
            if a in self._pin and b in self._pin and self._pin[a] != self._pin[b]:
                yield Conflict(Clash.PINNED, 0, tuple(self._rules.chain(a, b)), groups=self._numbers([a, b]))

    def _led_by_whom_not(self) -> Iterator[Conflict]:
        """A moderator and one of their group, both pinned, who are to be kept apart."""
        leads = dict(self._rules.leads)
        for moderator, person in self._rules.never:
            if moderator in leads and self._pin.get(person) == leads[moderator]:
                yield Conflict(Clash.PINNED, 0, (person,), (moderator,), groups=(leads[moderator],))

    def _without_seat(self) -> Iterator[Conflict]:
        """Somebody for whom each group has one pinned there with whom they may not sit."""
        if len(self.numbers) < len(self._rules.sizes) or self._rules.bench:
            return
        for person in self._rules.people:
            blocking = [self._enemies[person].intersection(self._pinned[number]) for number in self.numbers]
            if person not in self._pin and blocking and all(blocking):
                yield Conflict(
                    Clash.NO_SEAT, 0, (person, *(min(each) for each in blocking)), groups=tuple(self.numbers)
                )

    def _parted(self, people: int) -> int:
        """The fewest pairs that part when so many must: the largest groups are filled first."""
        left, kept = people - self._rules.bench, 0
        for size in self._rules.sizes:
            here = min(left, size)
            kept += here * (here - 1) // 2
            left -= here
        whole = people - self._rules.bench
        return whole * (whole - 1) // 2 - kept

    def _only_pinned(self, members: list[int]) -> bool:
        return all(person in self._pin for person in members)

    def _numbers(self, people: list[int]) -> tuple[int, ...]:
        return tuple(sorted({self._pin[person] for person in people if person in self._pin}))

    def _next(self, person: int) -> list[int]:
        pinned = self._pinned[self._pin[person]] if person in self._pin else []
        return [*sorted(self._partners[person]), *pinned]

    def _paths(self, start: int) -> dict[int, int]:
        """For everybody who is bound to this person, who comes before them on the shortest way."""
        before, queue = {start: start}, deque([start])
        while queue:
            person = queue.popleft()
            for other in self._next(person):
                if other not in before:
                    before[other] = person
                    queue.append(other)
        return before

    def path(self, start: int, end: int) -> list[int]:
        """Two of a unit, and between them those through whom they are bound."""
        steps = self._steps(start, end)
        path = [start]
        for a, b in pairwise(steps):
            path.extend(self._rules.chain(a, b)[1:] if b in self._partners[a] else [b])
        return path

    def _steps(self, start: int, end: int) -> list[int]:
        before, path = self._paths(start), [end]
        while path[-1] != start:
            path.append(before[path[-1]])
        return path[::-1]
