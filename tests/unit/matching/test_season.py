"""A season: everybody meets everybody equally often, though each week knows only the weeks before."""

import random

import pytest

from services.matching.engine import Budget, Group, Problem, solve
from services.matching.engine.instance import Instance, read_instance
from services.matching.engine.season import evenness, plan_season, weeks

Rounds = tuple[tuple[Group, ...], ...]


def a_season(seed: int, number: int = 10) -> Instance:
    rng = random.Random(seed)
    attendance = [present for present in [sorted(rng.sample(range(26), 20)) for _ in range(number)] for _ in range(3)]
    return read_instance({"n": 26, "group_size": 4, "rounds": 3 * number, "cls": "season", "attendance": attendance})


def seats(rounds: Rounds) -> list[list[tuple[int, ...]]]:
    return [[group.people for group in groups] for groups in rounds]


@pytest.mark.parametrize("seed", range(2))
def test_after_ten_weeks_no_two_are_far_from_their_share(seed: int):
    season = a_season(seed)
    rounds = plan_season(season, lambda problem: solve(problem, Budget(iterations=4000)).rounds)
    even = evenness(season, seats(rounds))
    assert even.deviation <= 0.5
    assert even.largest <= 1.8


def test_a_week_knows_nothing_of_the_weeks_to_come():
    asked: list[Problem] = []

    def as_they_come(problem: Problem) -> Rounds:
        asked.append(problem)
        people = problem.rounds[0].present
        return (tuple(Group(number + 1, people[4 * number : 4 * number + 4]) for number in range(5)),) * 3

    one, other = a_season(3, number=4), a_season(3, number=3)
    plan_season(other, as_they_come)
    shorter = list(asked)
    asked.clear()
    plan_season(one, as_they_come)
    assert asked[:3] == shorter
    assert len({problem.history for problem in asked}) == 4


def test_weeks_are_three_rounds_of_the_same_people():
    everybody = list(range(8))
    attendance = [everybody] * 4 + [everybody[:6]] * 2
    instance = read_instance({"n": 8, "group_size": 4, "rounds": 6, "attendance": attendance})
    assert list(weeks(instance)) == [range(3), range(3, 4), range(4, 6)]


def test_who_always_meets_is_beyond_their_share():
    instance = read_instance({"n": 4, "group_size": 2, "rounds": 3})
    even = evenness(instance, [[(0, 1), (2, 3)]] * 3)
    assert even.largest == pytest.approx(2.0)
    assert even.deviation == pytest.approx(2**0.5)
    assert evenness(instance, [[(0, 1), (2, 3)], [(0, 2), (1, 3)], [(0, 3), (1, 2)]]).largest == pytest.approx(0.0)
