"""A season: weeks of rounds, planned one after the other, such that everybody meets everybody equally often.

Each week knows only the weeks before. What a meeting costs grows with how often these two met beyond their share, so
that the least cost is the least sum of squares: the share is what a random seating gives two who are present together.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.matching.engine.apart import apart
from services.matching.engine.arrays import Bools, Floats
from services.matching.engine.files.even_out import even_out
from services.matching.engine.files.instance import MOST_IN_SEASON, Instance, Known, problem_of
from services.matching.engine.problem import Group, Problem, ProblemError

WEEK = 3
"""Rounds of a week, as long as the same people are there."""
SOME = 1.0
"""Every two have met for the search: it's how often that counts."""

STEPS = 2_000_000
"""Changes of seats that are tried in a week; more make it no better."""
FAR = 0.6
"""Beside the squares, what a cube of the meetings beyond the share costs: so that no two get very far from it."""
NEVER = 1e6
"""No meeting is worth breaking a rule."""

Rounds = tuple[tuple[Group, ...], ...]
Solve = Callable[[Problem], Rounds]


@dataclass(frozen=True)
class Evenness:
    """How far the meetings of two are from their share."""

    deviation: float
    """The standard deviation over all pairs."""
    largest: float


def plan_season(
    instance: Instance,
    solve_week: Solve,
    seed: int = 0,
    *,
    done: Rounds = (),
    steps: int = STEPS,
    ended: Callable[[], bool] = lambda: False,
) -> Rounds:
    """The rounds of all weeks, the first ones as they are `done`.

    `solve_week` is asked for each week that is left, in turn, and until `ended` what it says is evened out.
    """
    check_people(instance)
    tally = _Tally(instance)
    rounds = list(done)
    for r, groups in enumerate(done):
        tally.seat(instance, r, [group.people for group in groups])
    for week in weeks(instance, len(done)):
        beyond = tally.beyond()
        problem = problem_of(replace(part(instance, week), history=_past(beyond, instance.attendance[week.start])))
        found = solve_week(problem)
        if not ended():
            found = _evened(problem, found, beyond, steps, seed)
        for r, groups in zip(week, found, strict=True):
            tally.seat(instance, r, [group.people for group in groups])
            rounds.append(groups)
    return tuple(rounds)


def check_people(instance: Instance) -> None:
    """Raises ProblemError when there are too many for a season."""
    if instance.people > MOST_IN_SEASON:
        raise ProblemError(
            "n",
            f"is {instance.people}, and a season is planned for {MOST_IN_SEASON} at most; "
            f'leave out "cls" and its rounds are planned as those of one event',
        )


def warm_season() -> None:
    """Returns when no later season waits for the compiler."""
    even_out(np.full((1, 2, 2), -1, dtype=np.int32), np.zeros((1, 2), dtype=bool), np.zeros((2, 2)), 1, 0)


def evenness(instance: Instance, rounds: Sequence[Sequence[Sequence[int]]]) -> Evenness:
    """How evenly the people of these groups met, pairs who are never there together included.

    Pairs that rules keep together or apart are left out: of them nobody chooses how often they meet.
    """
    tally = _Tally(replace(instance, history=()))
    for r, groups in enumerate(rounds):
        tally.seat(instance, r, groups)
    beyond = tally.beyond()[np.triu(~_ruled(instance), 1)]
    return Evenness(float(beyond.std()), float(np.abs(beyond).max())) if beyond.size else Evenness(0.0, 0.0)


def weeks(instance: Instance, first: int = 0) -> Iterator[range]:
    """The rounds of each week, from round `first` on."""
    while first < instance.rounds:
        last = first + 1
        while last < min(first + WEEK, instance.rounds) and instance.attendance[last] == instance.attendance[first]:
            last += 1
        yield range(first, last)
        first = last


def part(instance: Instance, week: range) -> Instance:
    """These rounds alone."""
    rounds = slice(week.start, week.stop)
    return replace(
        instance,
        attendance=instance.attendance[rounds],
        sizes=instance.sizes[rounds],
        moderator_attendance=instance.moderator_attendance[rounds],
        pins=tuple((person, r - week.start, group) for person, r, group in instance.pins if r in week),
    )


def _ruled(instance: Instance) -> Bools:
    """For each two whether a rule decides if they share a group, in some round at least."""
    problem = problem_of(instance)
    never = apart(problem)
    found: Bools = np.zeros((instance.people, instance.people), dtype=np.bool_) if never is None else never
    for present in instance.attendance:
        for block in problem.blocks_of(present):
            found[np.ix_(block, block)] = True
    return found


class _Tally:
    """How often each two met, and their share."""

    def __init__(self, instance: Instance) -> None:
        self._met: Floats = np.zeros((instance.people, instance.people))
        self._share: Floats = np.zeros((instance.people, instance.people))
        for a, b, times in instance.history:
            self._met[a, b] = self._met[b, a] = times

    def seat(self, instance: Instance, r: int, groups: Sequence[Sequence[int]]) -> None:
        """Counts a round."""
        for group in groups:
            self._met[np.ix_(group, group)] += 1
        present = instance.attendance[r]
        self._share[np.ix_(present, present)] += _share(instance.sizes[r])

    def beyond(self) -> Floats:
        """Meetings beyond the share."""
        return self._met - self._share


def _share(sizes: Sequence[int]) -> float:
    """How often two who are present meet in a random round."""
    present = sum(sizes)
    return sum(size * (size - 1) for size in sizes) / (present * (present - 1))


def _past(beyond: Floats, present: Sequence[int]) -> Known:
    """What counts of the past for those present."""
    pairs = [(a, b) for index, a in enumerate(present) for b in present[index + 1 :]]
    least = min((float(beyond[pair]) for pair in pairs), default=0.0)
    return tuple((a, b, float(beyond[a, b]) - least + SOME) for a, b in pairs)


def _evened(problem: Problem, rounds: Rounds, beyond: Floats, steps: int, seed: int) -> Rounds:
    """The week with its people changed round; rules, pins and rooms stay as they are kept."""
    places = max(len(group.people) for groups in rounds for group in groups)
    seats = np.full((len(rounds), max(map(len, rounds)), places), -1, dtype=np.int32)
    fixed = np.zeros((len(rounds), problem.people), dtype=bool)
    staying = [person for block in problem.keep_together for person in block]
    staying += [person for _, person in problem.moderator_apart]
    for r, groups in enumerate(rounds):
        fixed[r, staying + [person for group in problem.rounds[r].pinned for person in group.people]] = True
        for g, group in enumerate(groups):
            seats[r, g, : len(group.people)] = group.people
    halfway = beyond - _share(problem.rounds[0].sizes) * len(rounds) + 0.5
    price = 2.0 * halfway + FAR * halfway**3
    never = apart(problem)
    if never is not None:
        price[never] = NEVER
    found = even_out(seats, fixed, price, steps, seed)
    return tuple(
        tuple(
            group._replace(people=tuple(sorted(int(person) for person in found[r, g] if person >= 0)), host=None)
            for g, group in enumerate(groups)
        )
        for r, groups in enumerate(rounds)
    )
