"""Whether the people of one round can be seated by all the rules: decided by trying, as far as that is practical."""

import math
import time
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from services.matching.engine.problem import Freedom, Problem, group_sizes, ordered
from services.matching.engine.rooms import new_numbers

DEPTH = 400
"""People beyond whom nothing is tried."""

Seating = list[tuple[int | None, tuple[int, ...], int | None]]
"""Each group's number when somebody is pinned to it, its people, and who leads it where rules bind that."""


@dataclass(frozen=True)
class Rules:
    """What must hold in one round. Each entry can be left out by itself."""

    people: tuple[int, ...]
    sizes: tuple[int, ...]
    """The larger first. With more people than seats some sit out; with fewer, seats stay empty."""
    smallest: int = 1
    """No group has fewer people."""
    company: tuple[tuple[int, int], ...] = ()
    """(person, company)"""
    apart: tuple[tuple[int, int], ...] = ()
    together: tuple[tuple[int, int], ...] = ()
    """Every two of a link."""
    links: tuple[tuple[int, ...], ...] = ()
    """What was asked for, and made the blocks."""
    pins: tuple[tuple[int, int], ...] = ()
    """(person, number of the group)"""
    leads: tuple[tuple[int, int], ...] = ()
    """(moderator, number of the group)"""
    never: tuple[tuple[int, int], ...] = ()
    """(moderator, person)"""
    moderators: tuple[int, ...] = ()
    led: int = 0
    """So many groups need a moderator of their own."""

    @property
    def bench(self) -> int:
        """So many sit out."""
        return max(0, len(self.people) - sum(self.sizes))

    def chain(self, start: int, end: int) -> list[int]:
        """Two of a block, and between them those through whom they are bound."""
        before, queue = {start: start}, deque([start])
        while queue and end not in before:
            person = queue.popleft()
            for other in sorted({x for link in self.links if person in link for x in link} - before.keys()):
                before[other] = person
                queue.append(other)
        path = [end]
        while path[-1] != start:
            path.append(before[path[-1]])
        return path[::-1]

    def crowds(self) -> dict[int, list[int]]:
        """The people of each company that has more than there are groups."""
        members: dict[int, list[int]] = {}
        for person, company in self.company:
            members.setdefault(company, []).append(person)
        most = len(self.sizes) + self.bench
        return {company: people for company, people in sorted(members.items()) if len(people) > most}

    def enemies(self, crowds: Collection[int] = ()) -> dict[int, set[int]]:
        """For each person those with whom they may not share a group.

        But not two of one of these companies of whom neither is pinned or kept together with somebody.
        """
        found: dict[int, set[int]] = {person: set() for person in self.people}
        members: dict[int, set[int]] = {}
        for person, company in self.company:
            members.setdefault(company, set()).add(person)
        bound = {person for pair in self.together for person in pair} | {person for person, _ in self.pins}
        few = {company: members[company] & bound for company in crowds}
        for person, company in self.company:
            others = members[company] if person in bound else few.get(company, members[company])
            found[person] |= others - {person}
        for a, b in self.apart:
            found[a].add(b)
            found[b].add(a)
        return found

    def partners(self) -> dict[int, set[int]]:
        """For each person those with whom they must share a group."""
        found: dict[int, set[int]] = {person: set() for person in self.people}
        for a, b in self.together:
            found[a].add(b)
            found[b].add(a)
        return found


def rules_of(problem: Problem, r: int) -> Rules:
    """The rules of one round, for those who are there; a running round has groups, and may get more, of any size."""
    round_ = problem.rounds[r]
    there, leading = set(round_.present), set(round_.moderators)
    as_it_is = round_.freedom is Freedom.RUNNING and not round_.sizes
    numbers = {group.number for group in (*round_.groups, *round_.pinned)}
    links = tuple(tuple(sorted(there.intersection(members))) for members in problem.keep_together)
    largest = min(len(there), problem.largest or len(there))
    sizes = group_sizes(problem, r)
    if as_it_is:
        sizes = [largest] * len(numbers.union(new_numbers(problem, r)))
    return Rules(
        people=tuple(sorted(there)),
        sizes=tuple(sizes),
        smallest=1 if as_it_is else min(sizes, default=0),
        company=tuple((p, problem.company[p]) for p in sorted(there) if problem.company and problem.company[p] >= 0),
        apart=tuple(sorted({ordered(a, b) for a, b in problem.keep_apart if a in there and b in there})),
        together=tuple(sorted({pair for link in links for pair in combinations(link, 2)})),
        links=links,
        pins=tuple((p, group.number) for group in round_.pinned for p in group.people if p in there),
        leads=tuple(
            (g.moderator, g.number) for g in round_.pinned if g.moderator is not None and g.moderator in leading
        ),
        never=tuple(sorted({(m, p) for m, p in problem.moderator_apart if m in leading and p in there})),
        moderators=tuple(sorted(leading)),
        led=(len(numbers) if as_it_is else len(sizes)) if problem.moderators else 0,
    )


def seatable(rules: Rules, nodes: int) -> bool | None:
    """Whether there is a way to seat everybody; None when more than `nodes` seats would have to be tried."""
    return _attempted(rules, nodes)[0]


def seating(rules: Rules, nodes: int) -> Seating | None:
    """A way to seat everybody, found within so many seats tried; or None."""
    answer, attempt = _attempted(rules, nodes)
    if attempt is None or not answer:
        return None
    return attempt.seating()


def _attempted(rules: Rules, nodes: int) -> tuple[bool | None, "_Attempt | None"]:
    if rules.led > len(rules.moderators) or len({number for _, number in (*rules.pins, *rules.leads)}) > len(
        rules.sizes
    ):
        return False, None
    if len(rules.people) > DEPTH:
        return None, None
    attempt = _Attempt(rules, nodes)
    return attempt.seat(0), attempt


def needed(rules: Rules, nodes: int, until: float = math.inf) -> Rules:
    """As few of these rules as can't be kept either; the rules given can't. More of them when time is over."""
    for field in ("never", "leads", "together", "pins", "apart", "company"):
        for entry in getattr(rules, field):
            if time.monotonic() > until:
                return rules
            fewer = replace(rules, **{field: tuple(x for x in getattr(rules, field) if x != entry)})
            if seatable(fewer, nodes) is False:
                rules = fewer
    if rules.led and seatable(replace(rules, led=0), nodes) is False:
        rules = replace(rules, led=0)
    return rules


def leaders(options: Sequence[Iterable[int]]) -> dict[int, int]:
    """The group of each moderator, when as many groups as can be have one of their possible ones."""
    leads: dict[int, int] = {}

    def find(group: int, seen: set[int]) -> bool:
        for moderator in options[group]:
            if moderator not in seen:
                seen.add(moderator)
                if moderator not in leads or find(leads[moderator], seen):
                    leads[moderator] = group
                    return True
        return False

    for group in range(len(options)):
        find(group, set())
    return leads


class _Attempt:
    """Seats one person after the other; of groups that are empty and not named by a pin only the first is tried."""

    def __init__(self, rules: Rules, nodes: int) -> None:
        self._rules, self._nodes = rules, nodes
        self._enemies, self._partners = rules.enemies(), rules.partners()
        self._pin = dict(rules.pins)
        numbers = sorted({number for _, number in (*rules.pins, *rules.leads)})
        self._place = {number: place for place, number in enumerate(numbers)}
        self._lead = {self._place[number]: moderator for moderator, number in rules.leads}
        self._at: list[set[int]] = [set() for _ in rules.sizes]
        self._where: dict[int, int] = {}
        self._bench = rules.bench
        never: dict[int, set[int]] = {}
        for moderator, person in rules.never:
            never.setdefault(moderator, set()).add(person)
        self._never = never
        self._order = self._most_bound_first()

    def seating(self) -> Seating:
        """Who sits in each group, when all are seated."""
        numbers = {place: number for number, place in self._place.items()}
        led = {place: moderator for moderator, place in self._leaders().items()} if self._never else {}
        return [(numbers.get(place), tuple(sorted(people)), led.get(place)) for place, people in enumerate(self._at)]

    def seat(self, index: int) -> bool | None:
        """Whether this person of the order, and all after, can be seated; if so, they stay there."""
        self._nodes -= 1
        if self._nodes < 0:
            return None
        if not self._led():
            return False
        if index == len(self._order):
            return True
        person = self._order[index]
        for place in self._places(person):
            self._at[place].add(person)
            self._where[person] = place
            answer = self.seat(index + 1) if self._fits() else False
            if answer is not False:
                return answer
            self._at[place].discard(person)
            del self._where[person]
        if self._bench and person not in self._pin:
            self._bench -= 1
            answer = self.seat(index + 1)
            self._bench += 1
            return answer
        return False

    def _places(self, person: int) -> list[int]:
        partners = {self._where[x] for x in self._partners[person] if x in self._where}
        if person in self._pin:
            partners.add(self._place[self._pin[person]])
        found: list[int] = []
        blank = False
        for place, people in enumerate(self._at):
            named = place < len(self._place)
            if partners - {place} or people & self._enemies[person] or (blank and not people and not named):
                continue
            blank = blank or (not people and not named)
            found.append(place)
        return found

    def _fits(self) -> bool:
        counts = sorted((len(people) for people in self._at), reverse=True)
        return all(count <= size for count, size in zip(counts, self._rules.sizes, strict=True))

    def _led(self) -> bool:
        """Whether enough groups can still be led; a pinned moderator must be able to lead theirs."""
        for place, moderator in self._lead.items():
            if self._never.get(moderator, set()) & self._at[place]:
                return False
        if not self._never or not self._rules.led:
            return True
        return len(self._leaders()) >= self._rules.led

    def _leaders(self) -> dict[int, int]:
        """The place of each moderator, when as many groups as can be are led by who may lead all who sit there."""
        free = set(self._rules.moderators) - set(self._lead.values())
        options = [
            [m for m in free if not self._never.get(m, set()) & people] if place not in self._lead else []
            for place, people in enumerate(self._at)
        ]
        return leaders(options) | {moderator: place for place, moderator in self._lead.items()}

    def _most_bound_first(self) -> list[int]:
        """Those who are pinned, then whoever is most bound by those before them."""
        left = sorted(self._rules.people, key=lambda person: (person not in self._pin, person))
        order: list[int] = []
        tied = dict.fromkeys(left, 0)
        while left:
            person = max(left, key=lambda p: (p in self._pin, tied[p], len(self._enemies[p] | self._partners[p]), -p))
            left.remove(person)
            order.append(person)
            for other in self._enemies[person] | self._partners[person]:
                tied[other] += 1
        return order
