"""A search on its way: heard, told to stop, and over when its time is."""

import random
from dataclasses import replace
from itertools import combinations, product
from time import monotonic

import pytest

from services.matching.engine import Budget
from services.matching.engine.bounds import least_repeats
from services.matching.engine.problem import Problem, Progress, Round, Wishes
from services.matching.engine.solve import solve
from services.matching.engine.warm import warm
from tests.support.matching import a_problem
from tests.support.referee import verify

MIXED = Wishes(profession=tuple(person % 3 for person in range(12)))


@pytest.fixture(autouse=True, scope="module")
def compiled() -> None:
    """Loading the kernels takes a part of the first budget."""
    warm()


@pytest.mark.parametrize("wishes", [Wishes(), MIXED])
@pytest.mark.parametrize("cores", [1, 2])
def test_whoever_watches_hears_of_the_best_so_far_until_the_end(wishes: Wishes, cores: int):
    """Also while a second search, in which wishes weigh more, has found nothing as good as the first."""
    told: list[Progress] = []

    def watch(progress: Progress) -> bool:
        told.append(progress)
        return True

    solve(a_problem(12, 3, 5, wishes=wishes), Budget(seconds=2.0, cores=cores), watch=watch)
    assert told[-1].seconds > 1
    assert [progress.repeats for progress in told] == sorted((progress.repeats for progress in told), reverse=True)


@pytest.mark.parametrize("cores", [1, 2])
def test_a_search_that_is_told_to_stop_ends_at_once_with_a_whole_schedule(cores: int):
    problem = a_problem(12, 3, 5)
    told: list[float] = []

    def stop(progress: Progress) -> bool:
        told.append(monotonic())
        return False

    schedule = solve(problem, Budget(seconds=10.0, cores=cores), watch=stop)
    assert monotonic() - told[0] < 1
    assert len(told) == 1
    assert verify(problem, schedule.rounds).structure == 0


def test_a_search_stops_also_while_rounds_that_break_rules_are_seated_by_trying():
    rng, told = random.Random(1), list[float]()
    rounds = tuple(Round(tuple(sorted(rng.sample(range(40), 36)))) for _ in range(60))
    together, apart = ((2, 30, 31), (11, 32, 33, 34), (20, 35, 36)), product((27, 28, 29), range(31, 37))
    companies = tuple(person // 9 if person < 27 else -1 for person in range(40))
    problem = Problem(40, 5, rounds, company=companies, keep_apart=tuple(apart), keep_together=together)

    def stop(progress: Progress) -> bool:
        told.append(monotonic())
        return False

    solve(problem, Budget(seconds=30.0), watch=stop)
    assert monotonic() - told[0] < 2


@pytest.mark.parametrize("seed", range(4))
def test_among_rules_a_search_of_seconds_begins_anew_as_hot_as_one_of_steps(seed: int):
    """Else it stays with the ways of keeping the rules that it began with, and with 14 repeats."""
    everybody = Round(tuple(range(8)), (0, 1))
    apart = Problem(8, 5, (everybody,) * 3, moderators=2, keep_apart=((2, 5), (4, 5)), moderator_apart=((1, 3),))
    assert solve(replace(apart, smallest=3, largest=7), Budget(seconds=1.0), seed).repeats == 12


def test_a_thousand_people_of_seven_professions_are_seated_within_the_budget():
    """With a wide margin: what nobody needs must not be looked for, least of all for minutes."""
    began = monotonic()
    wishes = Wishes(profession=tuple(person % 7 for person in range(1000)))
    assert solve(a_problem(1000, 6, 5, wishes=wishes), Budget(seconds=12.0)).repeats == 0
    assert monotonic() - began < 30


def test_who_has_seen_enough_need_not_wait_for_the_proof():
    rng = random.Random(1)
    weeks = [rng.sample(range(102), 102) for _ in range(26)]
    met = {
        tuple(sorted(pair)) for week in weeks for n in range(17) for pair in combinations(week[6 * n : 6 * n + 6], 2)
    }
    problem = a_problem(102, 6, 4, history=tuple((a, b, 1.0) for a, b in sorted(met)))
    told: list[Progress] = []

    def watch(progress: Progress) -> bool:
        told.append(progress)
        return False

    schedule = solve(problem, Budget(seconds=20.0), watch=watch)
    assert schedule.bound < least_repeats(problem, {}).repeats
    assert len(told) == 1
    assert sorted(person for group in told[0].rounds()[0] for person in group.people) == [*range(102)]
