"""A schedule as arrays: who shares a group with whom, and what it costs that they do."""

import numpy as np

from services.matching.engine.arrays import Floats
from services.matching.engine.problem import Group, Problem, blocks, even_sizes, group_count
from services.matching.engine.tabu import Table

BROKEN = 1_000_000.0
REPEAT = 1_000.0
OFTEN = 100.0
"""A repeat costs more the more (and the more recent) the earlier meetings: this much for each, ten at most."""
LED_BEFORE = 10.0

PERSON = 1
MODERATOR = 0
"""Kinds of entities: a block of n people has kind n, and an empty chair is a person whom nobody minds."""


class Meetings:
    """Who met whom in which round, and from that what a further meeting costs.

    Entities are the people, then the moderators, then the "hosts": a seat for each moderator that a round is short of,
    so that going without one also comes to different people each time.
    """

    def __init__(self, problem: Problem, hosts: int) -> None:
        self.problem = problem
        self.people = problem.people
        self.first_host = problem.people + problem.moderators
        self.size = self.first_host + hosts
        self._history = np.zeros((self.people, self.people))
        for a, b, weight in problem.history:
            self._history[a, b] = self._history[b, a] = max(weight, 0.01)
        self._rules = np.zeros((self.size, self.size))
        for a, b in problem.apart_pairs():
            self._rules[a, b] = self._rules[b, a] = BROKEN
        for moderator, person in problem.moderator_apart:
            row = self.people + moderator
            self._rules[row, person] = self._rules[person, row] = BROKEN
        self._decided = np.zeros((self.size, self.size))
        self._met: dict[int, Floats] = {}
        self._free = np.zeros((self.size, self.size))
        self._together = sorted(problem.together_pairs())

    def decide(self, groups: list[list[int]]) -> None:
        """Says who sat together in a round that is not searched."""
        self._decided += self._sharing(groups)

    def seat(self, r: int, groups: list[list[int]]) -> None:
        """Says who sits where in the free round `r`, in place of what was said before."""
        met = self._sharing(groups)
        self._free += met - self._met.get(r, 0.0)
        self._met[r] = met

    def weights(self, r: int) -> Floats:
        """What it costs that two share a group in round `r`, given all other rounds."""
        return self._rules + self._next(self._free - self._met.get(r, 0.0))

    def cost(self) -> float:
        """What all free rounds cost together: the sum of each meeting's cost given those before it."""
        total = (self._rules * self._free).sum()
        for times in range(int(self._free.max(initial=0.0))):
            total += (self._next(np.full_like(self._free, times)) * (self._free > times)).sum()
        return float(total) / 2

    def least_cost_of_a_repeat(self) -> float:
        """No meeting of two who met before costs less."""
        known = self._history[self._history > 0]
        return REPEAT + OFTEN * min(1.0, float(known.min(initial=1.0).round(2)))

    def _sharing(self, groups: list[list[int]]) -> Floats:
        met = np.zeros((self.size, self.size))
        for group in groups:
            met[np.ix_(group, group)] = 1.0
        np.fill_diagonal(met, 0.0)
        return met

    def _next(self, free: Floats) -> Floats:
        """What one more meeting of each pair costs when they met so often in the free rounds."""
        people, hosts = self.people, self.first_host
        met = free + self._decided
        result = np.zeros_like(met)
        between = self._history + met[:people, :people]
        result[:people, :people] = np.where(between > 0, REPEAT + OFTEN * np.minimum(between, 10.0).round(2), 0.0)
        result[people:hosts, :people] = LED_BEFORE * met[people:hosts, :people]
        result[hosts:, :people] = LED_BEFORE * met[hosts:, :people].sum(axis=0)
        result[:people, people:] = result[people:, :people].T
        for a, b in self._together:
            result[a, b] = result[b, a] = 0.0
        return result


class Layout:
    """One free round: its entities, and the way between groups of numbers and the search's table.

    Entities stand in this order: blocks and people, an empty chair for each group that is one smaller than the others,
    moderators, hosts.
    """

    def __init__(self, problem: Problem, r: int, hosts: int) -> None:
        present = set(problem.rounds[r].present)
        self.groups = group_count(len(present), problem.group_size, problem.smallest)
        self.sizes = even_sizes(len(present), self.groups)
        kept = _blocks_that_fit(problem, present, self.sizes)
        bound = {person for block in kept for person in block}
        people = [*kept, *((person,) for person in sorted(present - bound))]
        self.chairs = self.sizes.count(self.sizes[-1]) % self.groups
        self.first_chair = len(people)
        self.first_leader = len(people) + self.chairs
        first_host = problem.people + problem.moderators
        self.members: list[tuple[int, ...]] = [
            *people,
            *[()] * self.chairs,
            *((problem.people + moderator,) for moderator in sorted(problem.rounds[r].moderators)),
            *((first_host + host,) for host in range(hosts)),
        ]
        kinds = [len(member) or PERSON for member in self.members[: self.first_leader]]
        self.kinds = np.array(kinds + [MODERATOR] * (len(self.members) - self.first_leader), dtype=np.int64)

    def weights(self, weights: Floats) -> Floats:
        """The weights between this round's entities; a block's is the sum over its people."""
        filled = [entity for entity, member in enumerate(self.members) if member]
        numbers = [number for member in self.members for number in member]
        starts = np.cumsum([0, *(len(self.members[entity]) for entity in filled[:-1])])
        between = weights[np.ix_(numbers, numbers)]
        result = np.zeros((len(self.members), len(self.members)))
        result[np.ix_(filled, filled)] = np.add.reduceat(np.add.reduceat(between, starts, axis=0), starts, axis=1)
        chairs = slice(self.first_chair, self.first_leader)
        result[chairs, chairs] = BROKEN
        np.fill_diagonal(result, 0.0)
        return result

    def seated(self, table: Table) -> list[list[int]]:
        """The entities' numbers group by group."""
        groups: list[list[int]] = [[] for _ in range(self.groups)]
        for entity, group in enumerate(table.where):
            if group < self.groups:
                groups[int(group)].extend(self.members[entity])
        return groups


def _blocks_that_fit(problem: Problem, present: set[int], sizes: list[int]) -> list[tuple[int, ...]]:
    """The blocks to keep whole, larger ones first; one that fits into no group is left out and falls apart."""
    whole = [tuple(sorted(present & set(block))) for block in blocks(problem.keep_together)]
    room = list(sizes)
    fit: list[tuple[int, ...]] = []
    for block in sorted((block for block in whole if len(block) > 1), key=len, reverse=True):
        roomiest = max(range(len(room)), key=room.__getitem__)
        if room[roomiest] >= len(block):
            room[roomiest] -= len(block)
            fit.append(block)
    return fit


def as_entities(problem: Problem, groups: tuple[Group, ...]) -> list[list[int]]:
    """A decided round's groups as entities' numbers; all groups without a moderator are the first host's."""
    first_host = problem.people + problem.moderators
    if not problem.moderators:
        return [list(group.people) for group in groups]
    return [
        [*group.people, first_host if group.moderator is None else problem.people + group.moderator] for group in groups
    ]
