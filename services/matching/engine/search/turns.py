"""Who leads in turn: where there are more moderators than groups, whoever led least takes over from who led most."""

import math
from collections import Counter
from collections.abc import Collection

from services.matching.engine.problem import Group, Problem

Rounds = dict[int, tuple[Group, ...]]


def in_turn(problem: Problem, rounds: Rounds, free: Collection[int]) -> Rounds:
    """The same seats, in those free rounds led more evenly where nobody need be led again for it.

    Who is pinned, and rounds that were planned before, stay as they are.
    """
    open_ = [r for r in free if len(problem.rounds[r].moderators) > len(rounds[r]) and not problem.rounds[r].groups]
    if not open_:
        return rounds
    turns = _Turns(problem, rounds, open_)
    while turns.evened():
        pass
    return {r: tuple(groups) for r, groups in turns.rounds.items()}


class _Turns:
    """Who leads whom, and how often each."""

    def __init__(self, problem: Problem, rounds: Rounds, free: list[int]) -> None:
        self.rounds = {r: list(groups) for r, groups in rounds.items()}
        self._problem = problem
        self._free = free
        self._never = set(problem.moderator_apart)
        self._led: Counter[tuple[int, int]] = Counter()
        self._load = Counter(dict.fromkeys(range(problem.moderators), 0))
        for moderator, person, weight in problem.moderator_history:
            self._led[moderator, person] += 1 if weight else 0
        for groups in rounds.values():
            for group in groups:
                self._count(group, 1)

    def evened(self) -> bool:
        """Whether somebody who waits and led less took over, somehow, from somebody who led at least two more."""
        rounds: dict[int, list[int]] = {}
        for r in self._free:
            for moderator in self._waiting(r):
                rounds.setdefault(moderator, []).append(r)
        turns = sorted(rounds.items(), key=lambda turn: (self._load[turn[0]], turn[0]))
        at_once = [any(self._at_once(moderator, r) for r in there) for moderator, there in turns]
        return any(at_once) or any(self._by_way_of_another(moderator, r) for moderator, there in turns for r in there)

    def _at_once(self, moderator: int, r: int) -> bool:
        for place in self._of_who_led_more(moderator, r):
            if self._more_again(moderator, r, place) <= 0:
                self._lead(r, place, moderator)
                return True
        return False

    def _by_way_of_another(self, moderator: int, r: int) -> bool:
        """Takes over from somebody in between, who takes over from who led more."""
        for place in self._of_who_led_more(moderator, r):
            for between in self._places(r):
                other = self._leader(r, between)
                again = self._more_again(other, r, place) + self._more_again(moderator, r, between)
                if between != place and again <= 0:
                    self._lead(r, place, other)
                    self._lead(r, between, moderator)
                    return True
        return False

    def _waiting(self, r: int) -> set[int]:
        leading = {self._leader(r, place) for place in self._places(r)}
        return set(self._problem.rounds[r].moderators) - leading - self._pinned(r)

    def _of_who_led_more(self, moderator: int, r: int) -> list[int]:
        """The places of those who led at least two rounds more, who led most first."""
        load = {place: self._load[self._leader(r, place)] for place in self._places(r)}
        return sorted((p for p in load if load[p] >= self._load[moderator] + 2), key=lambda place: -load[place])

    def _places(self, r: int) -> list[int]:
        """Of the groups whose leader isn't pinned."""
        fixed = {None, *self._pinned(r)}
        return [place for place, group in enumerate(self.rounds[r]) if group.moderator not in fixed]

    def _pinned(self, r: int) -> set[int]:
        return {group.moderator for group in self._problem.rounds[r].pinned if group.moderator is not None}

    def _leader(self, r: int, place: int) -> int:
        moderator = self.rounds[r][place].moderator
        return -1 if moderator is None else moderator

    def _more_again(self, moderator: int, r: int, place: int) -> float:
        """How many more are led again when this one leads that group; without end where they never may."""
        people, leader = self.rounds[r][place].people, self._leader(r, place)
        if any((moderator, person) in self._never for person in people):
            return math.inf
        now = sum(self._led[leader, person] > 1 for person in people)
        return sum(self._led[moderator, person] > 0 for person in people) - now

    def _lead(self, r: int, place: int, moderator: int) -> None:
        self._count(self.rounds[r][place], -1)
        self.rounds[r][place] = self.rounds[r][place]._replace(moderator=moderator)
        self._count(self.rounds[r][place], 1)

    def _count(self, group: Group, times: int) -> None:
        if group.moderator is not None:
            self._load[group.moderator] += times
            for person in group.people:
                self._led[group.moderator, person] += times
