"""What it costs that two share a group: rules above repeats above wishes."""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations

import numpy as np

from services.matching.engine.apart import apart
from services.matching.engine.arrays import Ints, Prices, States
from services.matching.engine.problem import Group, Problem

BROKEN = 1_000_000
REPEAT = 10_000
WISH = REPEAT // 1000
"""A repeat is worth a wish of weight 1000, or several together that weigh as much."""
TIMID = 25
"""Wishes that may cost no repeat weigh so many times less: twenty of them together are less than one repeat."""
OFTEN = 50
"""A repeat costs more the more (and the more recent) the earlier meetings: this much for each, up to MOST_OFTEN."""
MOST_OFTEN = 20.0
LED_BEFORE = 300
TIMES = 64
"""So many meetings in free rounds are told apart."""
LEVELS = 20
"""The weights of earlier meetings are told apart in steps of 1/LEVELS."""

Kind = tuple[int, int, int, int]
"""(rule broken, weight of earlier meetings x LEVELS, wish against, wish for); with a leader it begins with LEADER."""
LEADER = 2
TOGETHER = -1
APART: Kind = (1, 0, 0, 0)


class Relations:
    """How each two entities stand to one another: people, then moderators, then hosts, then the empty seat.

    A "host" is a seat for each moderator that a round is short of, so that going without one also comes to different
    people each time.
    """

    def __init__(self, problem: Problem, decided: Iterable[tuple[Group, ...]], hosts: int) -> None:
        self.people = problem.people
        self.first_host = problem.people + problem.moderators
        self.size = self.first_host + hosts + 1
        self._pairs: dict[tuple[int, int], list[int]] = {}
        self._wishes(problem)
        self._meetings(problem, decided)
        self._apart = apart(problem)
        for moderator, person in problem.moderator_apart:
            self._of(person, problem.people + moderator)[0] = 1
        for a, b in problem.together_pairs():
            self._of(a, b)[:] = [TOGETHER, 0, 0, 0]

    def table(self, divided: int) -> tuple[States, Prices, Prices]:
        """The states of all pairs before any free round, and what a meeting more and a meeting less of each costs.

        Wishes weigh so many times less.
        """
        kinds: dict[tuple[int, ...], int] = {(0, 0, 0, 0): 0, (LEADER, 0, 0, 0): 1, (TOGETHER, 0, 0, 0): 2, APART: 3}
        state = np.zeros((self.size, self.size), dtype=np.uint16)
        if self._apart is not None:
            np.multiply(self._apart, np.uint16(kinds[APART] * TIMES), out=state[: self.people, : self.people])
        state[self.people :, :] = state[:, self.people :] = TIMES
        state[-1, :] = state[:, -1] = 2 * TIMES
        if self._pairs:
            ends: Ints = np.array(list(self._pairs), dtype=np.int64)
            found = [kinds.setdefault(self._kind(a, b, pair), len(kinds)) for (a, b), pair in self._pairs.items()]
            state[ends[:, 0], ends[:, 1]] = state[ends[:, 1], ends[:, 0]] = np.array(found, dtype=np.uint16) * TIMES
        more = np.stack([prices(kind, divided) for kind in kinds])
        less = np.roll(more, 1, axis=1)
        less[:, 0] = 0
        return state, more.ravel(), less.ravel()

    def most_saved(self, divided: int) -> int:
        """What it saves at most that wishes are met: each is, once."""
        wished = ((a, b, pair) for (a, b), pair in self._pairs.items() if pair[3] or pair[2] < 0)
        return -sum(min(0, price(self._kind(a, b, pair), 0, divided)) for a, b, pair in wished)

    def _of(self, a: int, b: int) -> list[int]:
        return self._pairs.setdefault((a, b) if a < b else (b, a), [0, 0, 0, 0])

    def _kind(self, a: int, b: int, pair: list[int]) -> tuple[int, ...]:
        rule, level, against, wanted = pair
        if max(a, b) >= self.people:
            return (LEADER + rule, level, against, wanted)
        return (rule or int(self._apart is not None and self._apart[a, b]), level, against, wanted)

    def _meetings(self, problem: Problem, decided: Iterable[tuple[Group, ...]]) -> None:
        weight: Counter[tuple[int, int]] = Counter()
        for a, b, times in problem.history:
            weight[min(a, b), max(a, b)] += max(1, round(times * LEVELS))
        for moderator, person, times in problem.moderator_history:
            weight[person, problem.people + moderator] += max(1, round(times * LEVELS))
        for groups in decided:
            for group in groups:
                for pair in combinations(sorted(group.people), 2):
                    weight[pair] += LEVELS
                leader = self.first_host if group.moderator is None else problem.people + group.moderator
                if leader < self.size - 1:
                    weight.update({(person, leader): LEVELS for person in group.people})
        coarse = max(1, len(set(weight.values())) // 200)
        for (a, b), level in weight.items():
            self._of(a, b)[1] = min(int(MOST_OFTEN * LEVELS), -(-level // coarse) * coarse)

    def _wishes(self, problem: Problem) -> None:
        wishes = problem.wishes
        for a, b in wishes.wants:
            self._of(a, b)[3] = wishes.wants_weight
        if wishes.profession and wishes.profession_weight:
            of_one: dict[int, list[int]] = {}
            for person, profession in enumerate(wishes.profession):
                if profession >= 0:
                    of_one.setdefault(profession, []).append(person)
            for people in of_one.values():
                for a, b in combinations(people, 2):
                    self._of(a, b)[2] += wishes.profession_weight
        if wishes.languages and wishes.language_weight:
            for a, b in combinations(range(problem.people), 2):
                if not wishes.languages[a] & wishes.languages[b]:
                    self._of(a, b)[2] += wishes.language_weight
        newcomers, experienced = set(wishes.newcomers), set(wishes.experienced)
        for a in newcomers:
            for b in experienced - newcomers:
                self._of(a, b)[2] -= wishes.newcomer_weight


@lru_cache(maxsize=4096)
def prices(kind: tuple[int, ...], divided: int) -> Prices:
    """What it costs two of that kind to meet once more, for each number of free rounds that they share already."""
    return np.array([price(kind, times, divided) for times in range(TIMES)], dtype=np.int64)


def price(kind: tuple[int, ...], times: int, divided: int) -> int:
    """What it costs two of that kind to meet once more, when they share so many free rounds already."""
    rule, level, against, wanted = kind
    if rule == TOGETHER:
        return 0
    before = level / LEVELS + times
    often = min(before, MOST_OFTEN)
    if rule >= LEADER:
        return round(LED_BEFORE * often) + (rule - LEADER) * BROKEN
    repeat = REPEAT + round(OFTEN * often) if before > 0 else 0
    return repeat + rule * BROKEN + WISH * (against - (wanted if before == 0 else 0)) // divided
