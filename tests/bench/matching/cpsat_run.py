"""CP-SAT with the textbook model, in its own environment: a task on stdin, each better plan as a line on stdout.

x[person, round, group] says who sits where, same[pair, round] that two share a group; a pair without history wastes its
meetings but the first, one with history all of them. Moderators and wishes are left out, which makes it easier. Where
nothing tells people apart the first round is given. Building the model takes none of its time.
"""

import json
import resource
import sys
import time
from importlib import import_module
from itertools import combinations
from typing import Any

LARGEST = 3_000_000
"""Constraints; larger models are not built."""
MOST_MEMORY = 8 * 2**30
"""Bytes that this process may have, so that a model too large ends this run and no other."""

Task = dict[str, Any]


class Model:
    """The model and its variables."""

    def __init__(self, task: Task) -> None:
        # Only the benchmark's own environment has it.
        self.cp: Any = import_module("ortools.sat.python.cp_model")
        self.model: Any = self.cp.CpModel()
        self.task = task
        self.present: list[list[int]] = task["attendance"]
        self.x: list[dict[int, list[Any]]] = []
        for r, people in enumerate(self.present):
            self._round(r, people)
        self._rules()
        self._waste()

    def groups(self, value: Any) -> list[list[list[int]]]:
        """Who sits where, as the solver has it."""
        return [
            [[i for i in seats if value(seats[i][g])] for g in range(len(self.task["sizes"][r]))]
            for r, seats in enumerate(self.x)
        ]

    def _round(self, r: int, people: list[int]) -> None:
        sizes = self.task["sizes"][r]
        seats = {i: [self.model.new_bool_var("") for _ in sizes] for i in people}
        for i in people:
            self.model.add_exactly_one(seats[i])
        for g, size in enumerate(sizes):
            self.model.add(sum(seats[i][g] for i in people) == size)
        if r == 0 and self._all_alike():
            order = iter(people)
            for g, size in enumerate(sizes):
                for _ in range(size):
                    self.model.add(seats[next(order)][g] == 1)
        self.x.append(seats)

    def _all_alike(self) -> bool:
        """Whether any names may be exchanged, so that one round is as good as another."""
        told_apart = ("company", "keep_apart", "keep_together", "history")
        always_there = all(people == self.present[0] for people in self.present)
        return always_there and not any(self.task[what] for what in told_apart)

    def _rules(self) -> None:
        companies: dict[int, list[int]] = {}
        for person, company in enumerate(self.task["company"] or []):
            companies.setdefault(company, []).append(person)
        companies.pop(-1, None)
        for seats in self.x:
            for apart in [*companies.values(), *self.task["keep_apart"]]:
                there = [i for i in apart if i in seats]
                for g in range(len(next(iter(seats.values())))):
                    self.model.add_at_most_one(seats[i][g] for i in there)
            for first, *rest in self.task["keep_together"]:
                for other in rest:
                    if first in seats and other in seats:
                        for a, b in zip(seats[first], seats[other], strict=True):
                            self.model.add(a == b)

    def _waste(self) -> None:
        together = {tuple(sorted(pair)) for pair in self.task["keep_together"]}
        known = {tuple(sorted(entry[:2])) for entry in self.task["history"]}
        wasted: list[Any] = []
        for pair in combinations(range(self.task["n"]), 2):
            same = [self._same(seats[pair[0]], seats[pair[1]]) for seats in self.x if all(i in seats for i in pair)]
            if not same or pair in together:
                continue
            if pair in known:
                wasted.extend(same)
            elif len(same) > 1:
                more = self.model.new_int_var(0, len(same) - 1, "")
                self.model.add(more >= sum(same) - 1)
                wasted.append(more)
        self.model.minimize(sum(wasted))

    def _same(self, first: list[Any], second: list[Any]) -> Any:
        same = self.model.new_bool_var("")
        for a, b in zip(first, second, strict=True):
            self.model.add_bool_or(a.negated(), b.negated(), same)
        return same


def main() -> None:
    """Solves the task on stdin."""
    task: Task = json.load(sys.stdin)
    pairs = sum(
        len(people) ** 2 // 2 * len(sizes) for people, sizes in zip(task["attendance"], task["sizes"], strict=True)
    )
    if pairs > LARGEST:
        print(json.dumps({"failed": f"the model would have {pairs:,} constraints"}))
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        model = Model(task)
    except MemoryError:
        print(json.dumps({"failed": "the model did not fit into memory"}))
        return
    solver: Any = model.cp.CpSolver()
    solver.parameters.max_time_in_seconds = task["seconds"]
    solver.parameters.num_workers = task["cores"]
    solver.parameters.random_seed = task["seed"]
    began = time.perf_counter()

    class Listener(model.cp.CpSolverSolutionCallback):
        """Tells of each better plan."""

        def on_solution_callback(self) -> None:
            seconds = time.perf_counter() - began
            print(json.dumps({"seconds": seconds, "wasted": round(self.objective_value)}), flush=True)

    status = solver.solve(model.model, Listener())
    if status in (model.cp.OPTIMAL, model.cp.FEASIBLE):
        print(json.dumps({"rounds": model.groups(solver.value), "bound": round(solver.best_objective_bound)}))
    else:
        print(json.dumps({"failed": "no plan was found"}))


if __name__ == "__main__":
    main()
