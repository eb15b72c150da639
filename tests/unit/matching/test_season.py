"""A season: everybody meets everybody equally often, though each week knows only the weeks before."""

import random
from typing import Any

import pytest

from services.matching.engine import Group, Problem, ProblemError
from services.matching.engine.files.instance import Instance, read_instance
from services.matching.engine.files.season import evenness, plan_season, weeks

Rounds = tuple[tuple[Group, ...], ...]


def a_season(seed: int, number: int = 10, **fields: Any) -> Instance:
    rng = random.Random(seed)
    attendance = [present for present in [sorted(rng.sample(range(26), 20)) for _ in range(number)] for _ in range(3)]
    return read_instance({"n": 26, "group_size": 4, "rounds": 3 * number, "attendance": attendance, **fields})


def in_order(problem: Problem) -> Rounds:
    """The same groups in each round of a week, as bad as can be."""
    people = problem.rounds[0].present
    return (tuple(Group(number + 1, people[4 * number : 4 * number + 4], number) for number in range(5)),) * 3


def seats(rounds: Rounds) -> list[list[tuple[int, ...]]]:
    return [[group.people for group in groups] for groups in rounds]


@pytest.mark.parametrize("seed", range(2))
def test_after_ten_weeks_no_two_are_far_from_their_share(seed: int):
    season = a_season(seed)
    even = evenness(season, seats(plan_season(season, in_order)))
    assert even.deviation <= 0.46
    assert even.largest <= 1.5


def test_the_same_seed_gives_the_same_season():
    season = a_season(1, number=3)
    assert plan_season(season, in_order, 5) == plan_season(season, in_order, 5)
    assert plan_season(season, in_order, 5) != plan_season(season, in_order, 6)


def test_everybody_present_keeps_having_one_seat_and_rooms_keep_their_moderators():
    season = a_season(1, number=2)
    for r, groups in enumerate(plan_season(season, in_order)):
        assert sorted(person for group in groups for person in group.people) == list(season.attendance[r])
        assert [(group.number, group.moderator) for group in groups] == [(g + 1, g) for g in range(5)]


def test_rules_that_the_weeks_keep_are_kept():
    everybody = list(range(20))
    company = [person % 4 for person in everybody]
    season = a_season(1, 2, attendance=[everybody] * 6, company=company + [-1] * 6, keep_apart=[[0, 5]])
    for groups in plan_season(season, in_order):
        assert all({person % 4 for person in group.people} == {0, 1, 2, 3} for group in groups)
        assert not any({0, 5} <= set(group.people) for group in groups)
    together = a_season(1, 2, attendance=[everybody] * 6, keep_together=[[0, 1]], pins=[[19, 4, 4]])
    rounds = plan_season(together, in_order)
    assert all(any({0, 1} <= set(group.people) for group in groups) for groups in rounds)
    assert 19 in rounds[4][4].people


def test_a_week_knows_nothing_of_the_weeks_to_come():
    asked: list[Problem] = []

    def noted(problem: Problem) -> Rounds:
        asked.append(problem)
        return in_order(problem)

    plan_season(a_season(3, number=3), noted)
    first = list(asked)
    asked.clear()
    longer = plan_season(a_season(3, number=4), noted)
    assert asked[:3] == first
    assert longer[:9] == plan_season(a_season(3, number=3), in_order)
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


def test_who_meets_by_a_rule_says_nothing_of_how_even_a_season_is():
    """0 and 1 always sit together, so 2 and 3 do: of the other pairs nobody meets, and each misses a share of one."""
    rounds = [[(0, 1), (2, 3)]] * 3
    even = evenness(read_instance({"n": 4, "group_size": 2, "rounds": 3, "keep_together": [[0, 1], [2, 3]]}), rounds)
    assert (even.deviation, even.largest) == (pytest.approx(0.0), pytest.approx(1.0))
    company = {"n": 4, "group_size": 2, "rounds": 3, "company": [7, -1, 7, -1], "keep_apart": [[1, 3], [0, 3]]}
    even = evenness(read_instance(company), rounds)
    assert (even.deviation, even.largest) == (pytest.approx(2**0.5), pytest.approx(2.0))
    all_together = read_instance({"n": 3, "group_size": 3, "rounds": 1, "keep_together": [[0, 1], [1, 2]]})
    assert evenness(all_together, [[(0, 1, 2)]]).largest == 0.0


def test_thousands_have_no_season():
    with pytest.raises(ProblemError) as refused:
        plan_season(read_instance({"n": 3000, "group_size": 6, "rounds": 3}), in_order)
    assert refused.value.field == "n"
