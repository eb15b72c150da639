"""The solver's one door: a problem, a budget and a seed in, a schedule and its bound out."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

from services.matching.engine.arrays import Seats
from services.matching.engine.bounds import NODES, least_repeats
from services.matching.engine.check import check
from services.matching.engine.exact.fewest import can_be_tried, fewest_repeats
from services.matching.engine.exact.patience import Patience
from services.matching.engine.problem import (
    Argument,
    Bound,
    Broken,
    Budget,
    Freedom,
    Group,
    Problem,
    Progress,
    Schedule,
    Watch,
    Wishes,
    ordered,
)
from services.matching.engine.replan.running import reseated
from services.matching.engine.replan.stand_ins import with_stand_ins
from services.matching.engine.rooms import number_rooms
from services.matching.engine.search.board import Board
from services.matching.engine.search.packing import constructed
from services.matching.engine.search.prices import OFTEN, REPEAT, TIMID
from services.matching.engine.search.searching import STEPS_UNSAID, Search
from services.matching.engine.search.turns import in_turn
from services.matching.engine.tally import broken_rules, meetings, repeats

TIMID_PART = 0.1
"""For this part of the budget wishes may cost no repeat; where repeats remain, they then weigh what they should."""
NODES_A_SECOND = 400_000
"""Groups that the proof of a bound looks at, for each second of the budget."""
SEARCHED, TRIED = 0.35, 0.6
"""Parts of the budget, where all rounds can be tried: the search has the first and what trying, the second, leaves."""
TELL_EVERY = 0.1
"""Seconds between two words of one search to who watches."""


def solve(problem: Problem, budget: Budget | None = None, seed: int = 0, *, watch: Watch | None = None) -> Schedule:
    """The best schedule found, with the fewest repeats that any could have. Raises ProblemError when it makes no sense.

    Held rounds stay as they are, running ones change the fewest seats, free ones are searched. Without seconds the same
    problem, iterations, cores and seed give the same schedule. Rules that can't be kept are broken as little as
    possible and named in `broken`.
    """
    check(problem)
    return _Solving(problem, budget or Budget(), seed, watch).solve()


class Found(NamedTuple):
    """What one search found."""

    seats: Seats
    rounds: tuple[tuple[Group, ...], ...]
    broken: tuple[Broken, ...]
    repeats: int
    cost: int


class _Solving:
    """One problem on its way: what is decided, what bounds it, and the searches of its free rounds."""

    def __init__(self, problem: Problem, budget: Budget, seed: int, watch: Watch | None) -> None:
        self._budget = budget
        self._seed = seed
        self._watch = watch
        self._began = time.monotonic()
        self._decided, self._least_moves = _decide(problem)
        self._problem = with_stand_ins(problem, self._decided)
        self._free = [r for r, round_ in enumerate(problem.rounds) if round_.freedom is Freedom.FREE and round_.present]
        self._lock = threading.Lock()
        self._shown: Found | None = None
        self._bound = Bound(0, Argument.NONE)
        self._stopped = False

    def solve(self) -> Schedule:
        """Runs as many searches as there are cores, each with its own seed, and keeps the cheapest."""
        cores = max(1, self._budget.cores)
        boards = [Board(self._problem, self._decided, self._free, self._seed * cores + core) for core in range(cores)]
        given = constructed(boards[0])
        self._bound = self._least_repeats(self._problem)
        whole = _rest(self._budget, time.monotonic() - self._began)
        tries = can_be_tried(self._problem, self._decided, self._free)
        self._budget = _part(whole, SEARCHED) if tries else whole
        starts: list[Seats | None] = [given, *[None] * (cores - 1)]
        if cores == 1:
            found = [self._search(boards[0], given)]
        else:
            with ThreadPoolExecutor(cores) as pool:
                found = list(pool.map(self._search, boards, starts))
            for board in boards:  # one may have found enough while wishes weighed little
                board.wishes_divided = 1
            found = [each._replace(cost=board.cost(each.seats)) for board, each in zip(boards, found, strict=True)]
        best = min(found, key=self._order)
        if tries and best.cost > self._goal(boards[0]) and not self._stopped:
            best = self._tried(best, boards[0], whole)
        return self._schedule(best)

    def _tried(self, found: Found, board: Board, budget: Budget) -> Found:
        """What was found, or better: all rounds are tried that may have fewer repeats, then the search goes on."""
        patience = Patience(_part(budget, TRIED), self._stopping())
        given: Seats | None = None
        if found.repeats > self._bound.repeats and not found.broken:
            span = self._bound.repeats, found.repeats
            fewest = fewest_repeats(self._problem, self._decided, self._free, span, patience.more)
            if fewest.least > self._bound.repeats:
                self._bound = Bound(fewest.least, Argument.TRIED)
            pinned = any(self._problem.rounds[r].pinned for r in self._free)  # of which those rounds know nothing
            if fewest.rounds and not pinned and all(len(people) > 1 for groups in fewest.rounds for people in groups):
                given = board.unseated()
                for row, groups in enumerate(fewest.rounds):
                    given[row] = board.seated(row, [(None, tuple(people), None) for people in groups])
        clean = given is not None or (found.repeats <= self._bound.repeats and not found.broken)
        board.wishes_divided = TIMID if clean and self._problem.wishes != Wishes() else 1
        better = self._searched(board, given, _part(budget, 1 - SEARCHED - TRIED * patience.spent))
        return min(found._replace(cost=board.cost(found.seats)), better, key=self._order)

    def _least_repeats(self, problem: Problem) -> Bound:
        """What is proven of the problem."""
        return least_repeats(problem, self._decided, _nodes(self._budget), self._stopping())

    def _stopping(self) -> Callable[[], bool]:
        """Says whether proving is to stop, which who watches says; they are told of the best plan, or one by greed."""
        told = 0.0

        def stop() -> bool:
            nonlocal told
            seconds = time.monotonic() - self._began
            if self._watch is not None and not self._stopped and seconds >= told + TELL_EVERY:
                told = seconds
                self._tell(self._watch, self._shown or self._by_greed(), seconds)
            return self._stopped

        return stop

    def _by_greed(self) -> Found:
        """A plan before there was any search; its chance is its own."""
        board = Board(self._problem, self._decided, self._free, self._seed)
        cost = board.start()
        return self._found(board, board.seats, cost)

    def _search(self, board: Board, given: Seats | None) -> Found:
        """At first no wish may cost a repeat. The rest of the time begins anew, from greed.

        A construction gives no wish a way in: of 60 asks of 102 people it met 17, and a search from greed meets all.
        Where no repeat is left that can be avoided, wishes go on to cost none; else they weigh what they should.
        """
        if self._problem.wishes == Wishes():
            return self._searched(board, given, self._budget)
        board.wishes_divided = TIMID
        timid = self._searched(board, given, _part(self._budget, TIMID_PART))
        rest = _part(self._budget, 1 - TIMID_PART)
        if timid.cost <= self._goal(board):
            return timid
        if timid.repeats <= self._bound.repeats and not timid.broken:
            return min(timid, self._searched(board, None, rest), key=self._order)
        board.wishes_divided = 1
        timid = timid._replace(cost=board.cost(timid.seats))
        return min(timid, self._searched(board, None, rest), key=self._order)

    def _order(self, found: Found) -> tuple[int, bool, int]:
        """The better first: with fewer broken rules, then without a repeat beyond the bound, then cheaper."""
        return len(found.broken), found.repeats > self._bound.repeats, found.cost

    def _searched(self, board: Board, given: Seats | None, budget: Budget) -> Found:
        goal = self._goal(board)
        search = Search(board, budget, goal, self._report(board, goal))
        search.run(given)
        return self._found(board, search.best, search.cost)

    def _report(self, board: Board, goal: int) -> Callable[[Seats, int], bool]:
        """Tells who watches of the best of all searches, and ends those of seconds when one has reached the goal."""
        told = -TELL_EVERY

        def report(seats: Seats, cost: int) -> bool:
            nonlocal told
            seconds = time.monotonic() - self._began
            with self._lock:
                if cost <= goal:
                    self._stopped = self._stopped or bool(self._budget.seconds)  # else the clock would choose the core
                elif self._watch is not None and seconds >= told + TELL_EVERY:
                    told = seconds
                    self._tell(self._watch, self._found(board, seats, cost), seconds)
                return not self._stopped

        return report

    def _tell(self, watch: Watch, found: Found, seconds: float) -> None:
        """Tells of the best plan so far: of the one told before while a search with other prices has none as good."""
        shown = self._shown or found
        if (len(found.broken), found.repeats) <= (len(shown.broken), shown.repeats):
            shown = found
        self._shown = shown
        progress = Progress(shown.repeats, min(shown.repeats, self._bound.repeats), seconds, lambda: shown.rounds)
        self._stopped = self._stopped or not watch(progress)

    def _found(self, board: Board, seats: Seats, cost: int) -> Found:
        rounds = self._rounds(board, seats)
        return Found(seats, rounds, tuple(broken_rules(self._problem, rounds)), repeats(self._problem, rounds), cost)

    def _rounds(self, board: Board, seats: Seats) -> tuple[tuple[Group, ...], ...]:
        found = in_turn(self._problem, self._decided | board.groups(seats), self._free)
        numbered = number_rooms([found.get(r, ()) for r in range(len(self._problem.rounds))])
        return tuple(
            round_.groups if round_.freedom is Freedom.HELD else groups
            for round_, groups in zip(self._problem.rounds, numbered, strict=True)
        )

    def _goal(self, board: Board) -> int:
        """A cost that no seats are below; a search that has reached it ends."""
        unavoidable = self._bound.repeats - repeats(self._problem, self._decided.values())
        saved = 0 if self._problem.wishes == Wishes() else board.relations.most_saved(board.wishes_divided)
        return unavoidable * (REPEAT if self._problem.history else REPEAT + OFTEN) - saved

    def _schedule(self, found: Found) -> Schedule:
        bound = self._bound
        if found.broken:
            freed = replace(self._problem, company=(), keep_apart=())
            bound = self._least_repeats(freed)
        least = min(found.repeats, bound.repeats)
        broken = tuple(each for each in found.broken if self._problem.rounds[each.round].freedom is not Freedom.HELD)
        return Schedule(found.rounds, found.repeats, least, broken, bound.argument, self._least_moves)


def _nodes(budget: Budget) -> int:
    """How many groups the proof of a bound may look at: about a tenth of the seconds, or one for ten steps."""
    nodes = int(budget.seconds * NODES_A_SECOND) if budget.seconds else NODES
    if budget.iterations or not budget.seconds:
        nodes = min(nodes, (budget.iterations or STEPS_UNSAID) // 10)
    return max(1, nodes)


def _rest(budget: Budget, spent: float) -> Budget:
    """What the search has left of it, at least half. Where steps are given, the clock must not decide how they go."""
    if budget.iterations or not budget.seconds:
        return budget
    return replace(budget, seconds=max(budget.seconds / 2, budget.seconds - spent))


def _part(budget: Budget, part: float) -> Budget:
    steps = budget.iterations if budget.iterations or budget.seconds else STEPS_UNSAID
    return replace(
        budget, iterations=steps and max(1, int(steps * part)), seconds=budget.seconds and budget.seconds * part
    )


def _decide(problem: Problem) -> tuple[dict[int, tuple[Group, ...]], int]:
    """The rounds that aren't searched, and how many must change seats in those that run."""
    decided = {r: round_.groups for r, round_ in enumerate(problem.rounds) if round_.freedom is Freedom.HELD}
    running = [r for r, round_ in enumerate(problem.rounds) if round_.freedom is Freedom.RUNNING]
    if not running:
        return decided, 0
    met = meetings(decided.values())
    met.update(ordered(a, b) for a, b, _ in problem.history)
    hosted = Counter(g.host for groups in decided.values() for g in groups if g.host is not None)
    problem = replace(problem, sat_out=_sat_out(problem, decided))
    least_moves = 0
    for r in running:
        found = reseated(problem, r, met, hosted)
        decided[r] = found.groups
        least_moves += found.least_moves
    return dict(sorted(decided.items())), least_moves


def _sat_out(problem: Problem, decided: Mapping[int, tuple[Group, ...]]) -> tuple[int, ...]:
    """How often each went without a seat before, in those rounds too."""
    times = Counter(dict(enumerate(problem.sat_out)))
    for r, groups in decided.items():
        times.update(set(problem.rounds[r].present).difference(*(group.people for group in groups)))
    return tuple(times[person] for person in range(problem.people))
