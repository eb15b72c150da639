"""The solver's one door: a problem, a budget and a seed in, a schedule and its bound out."""

import math
import time
from collections import Counter
from dataclasses import replace

import numpy as np

from services.matching.engine.arrays import Ints
from services.matching.engine.bounds import least_repeats
from services.matching.engine.check import check
from services.matching.engine.entities import Layout, Meetings, as_entities
from services.matching.engine.problem import Budget, Freedom, Group, Problem, Schedule, group_count
from services.matching.engine.rooms import number_rooms
from services.matching.engine.running import reseat
from services.matching.engine.start import algebraic, from_plan, greedy
from services.matching.engine.tabu import Table, settle
from services.matching.engine.verify import broken_rules, meetings, repeats

STEPS_AT_ONCE = 250
STEPS_PER_ENTITY = 4
"""How long the search stays with one round before it looks at another: so many steps, fewer in a small round."""
PATIENCE = 4
"""Times through all rounds without gain after which the search starts over from the best, with one round reseated."""
RESTARTS = 8
"""Starts without gain after which the search ends."""


def solve(problem: Problem, budget: Budget | None = None, seed: int = 0) -> Schedule:
    """The best schedule found, with the fewest repeats that any could have. Raises ProblemError when it makes no sense.

    Held rounds stay as they are, running ones change the fewest seats, free ones are searched. The same problem,
    iterations and seed give the same schedule. Rules that can't be kept are broken as little as possible and named in
    `broken`.
    """
    check(problem)
    decided = _decide(problem)
    search = _Search(problem, decided, seed)
    search.run(budget or Budget(), unavoidable=least_repeats(problem, decided) - repeats(problem, decided.values()))
    rounds = number_rooms(search.groups())
    broken = tuple(broken_rules(problem, rounds))
    found = repeats(problem, rounds)
    if broken:
        bound = min(found, least_repeats(replace(problem, company=(), keep_apart=()), decided))
    else:
        bound = least_repeats(problem, decided)
    return Schedule(rounds=rounds, repeats=found, bound=bound, broken=broken)


def _decide(problem: Problem) -> dict[int, tuple[Group, ...]]:
    decided = {r: round_.groups for r, round_ in enumerate(problem.rounds) if round_.freedom is Freedom.HELD}
    met = meetings(decided.values())
    for a, b, _ in problem.history:
        met[min(a, b), max(a, b)] += 1
    hosted = Counter(g.host for groups in decided.values() for g in groups if g.host is not None)
    for r, round_ in enumerate(problem.rounds):
        if round_.freedom is Freedom.RUNNING:
            decided[r] = reseat(problem, r, met, hosted)
    return dict(sorted(decided.items()))


class _Search:
    """All free rounds at once: each is searched in turn, given the others."""

    def __init__(self, problem: Problem, decided: dict[int, tuple[Group, ...]], seed: int) -> None:
        self._problem = problem
        self._decided = decided
        self._rng = np.random.default_rng(seed)
        self._free = [r for r, round_ in enumerate(problem.rounds) if round_.freedom is Freedom.FREE and round_.present]
        short = {r: self._short_of(r) for r in self._free}
        hosts = max([*short.values(), int(bool(decided) and bool(problem.moderators))], default=0)
        self._meetings = Meetings(problem, hosts)
        self._layouts = {r: Layout(problem, r, short[r]) for r in self._free}
        for groups in decided.values():
            self._meetings.decide(as_entities(problem, groups))
        self._tables: dict[int, Table] = {}
        self._kept: dict[int, list[int]] = {}
        self._start()

    def groups(self) -> tuple[tuple[Group, ...], ...]:
        """The groups of every round; where a plan was given they keep its numbers, else they have none yet (0)."""
        return tuple(
            self._decided[r] if r in self._decided else self._named(r) if r in self._tables else ()
            for r in range(len(self._problem.rounds))
        )

    def run(self, budget: Budget, unavoidable: int) -> None:
        """Searches until nothing can be gained, nothing was for long, or the budget is spent."""
        deadline = time.monotonic() + (budget.seconds if budget.seconds is not None else math.inf)
        left, idle = budget.iterations or 12_000, 0
        best, best_cost = self._snapshot(), self._meetings.cost()
        least_cost = unavoidable * self._meetings.least_cost_of_a_repeat()
        while self._free and best_cost > least_cost and idle < PATIENCE * RESTARTS:
            for r in self._free:
                left -= 1 + self._settle(r, min(self._steps(r), left))
                if left <= 0 or time.monotonic() > deadline:
                    break
            cost = self._meetings.cost()
            if cost < best_cost:
                best, best_cost, idle = self._snapshot(), cost, 0
            else:
                idle += 1
            if left <= 0 or time.monotonic() > deadline:
                break
            if idle and idle % PATIENCE == 0:
                self._restore(best)
                self._reseat(int(self._rng.choice(self._free)))
        self._restore(best)

    def _steps(self, r: int) -> int:
        return min(STEPS_AT_ONCE, STEPS_PER_ENTITY * len(self._layouts[r].members))

    def _short_of(self, r: int) -> int:
        round_ = self._problem.rounds[r]
        groups = group_count(len(round_.present), self._problem.group_size, self._problem.smallest)
        return max(0, groups - len(round_.moderators)) if self._problem.moderators else 0

    def _start(self) -> None:
        layouts = [self._layouts[r] for r in self._free]
        if layouts and not self._decided and not self._problem.history:
            seats = algebraic(self._problem, layouts[0].groups, self._rng)
            if seats is not None:
                for r, groups in zip(self._free, seats, strict=True):
                    self._tables[r] = self._table_of(r, groups)
                    self._meetings.seat(r, self._layouts[r].seated(self._tables[r]))
                return
        for r in self._free:
            self._reseat(r)

    def _table_of(self, r: int, groups: list[list[int]]) -> Table:
        layout = self._layouts[r]
        group_of = {number: group for group, numbers in enumerate(groups) for number in numbers}
        given = {e: group_of[member[0]] for e, member in enumerate(layout.members) if member and member[0] in group_of}
        weights = layout.weights(self._meetings.weights(r))
        return Table(weights, layout.kinds, greedy(layout, weights, self._rng, given), layout.groups)

    def _reseat(self, r: int) -> None:
        """Seats a round anew: close to the plan there was, or by greed; then improves it."""
        layout = self._layouts[r]
        weights = layout.weights(self._meetings.weights(r))
        given: dict[int, int] | None = None
        plan = self._problem.rounds[r].groups
        if plan and r not in self._tables:
            kept = self._fit(plan, layout.groups, set(self._problem.rounds[r].present))
            self._kept[r] = [group.number for group in kept]
            given = from_plan(layout, weights, kept, self._problem.people)
        self._tables[r] = Table(weights, layout.kinds, greedy(layout, weights, self._rng, given), layout.groups)
        self._settle(r, self._steps(r))

    def _fit(self, plan: tuple[Group, ...], groups: int, present: set[int]) -> list[Group]:
        """As many groups as there should be: the smallest of the plan are given up, or new ones are added."""
        numbers = {group.number for group in plan}
        fullest = sorted(plan, key=lambda group: -len(present & set(group.people)))[:groups]
        unused = (number for number in range(1, len(plan) + groups + 1) if number not in numbers)
        added = [Group(next(unused), ()) for _ in range(groups - len(fullest))]
        return sorted([*fullest, *added], key=lambda group: group.number)

    def _settle(self, r: int, steps: int) -> int:
        table, layout = self._tables[r], self._layouts[r]
        table.weights = layout.weights(self._meetings.weights(r))
        taken = settle(table, steps, self._rng)
        self._meetings.seat(r, layout.seated(table))
        return taken

    def _snapshot(self) -> dict[int, Ints]:
        return {r: table.where.copy() for r, table in self._tables.items()}

    def _restore(self, snapshot: dict[int, Ints]) -> None:
        for r, where in snapshot.items():
            self._tables[r].where[:] = where
            self._meetings.seat(r, self._layouts[r].seated(self._tables[r]))

    def _named(self, r: int) -> tuple[Group, ...]:
        people, first_host = self._problem.people, self._problem.people + self._problem.moderators
        numbers = self._kept.get(r)
        groups: list[Group] = []
        for position, entities in enumerate(self._layouts[r].seated(self._tables[r])):
            leaders = [entity - people for entity in entities if people <= entity < first_host]
            members = tuple(sorted(entity for entity in entities if entity < people))
            number = numbers[position] if numbers else 0
            groups.append(Group(number, members, leaders[0] if leaders else None))
        return tuple(groups)
