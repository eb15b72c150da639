"""The referee's figures, against a slow count of every pair in every round; seats may be as wrong as they like."""

from itertools import combinations
from typing import Any, cast

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from services.matching.engine.files.figures import figures
from services.matching.engine.files.instance import read_instance
from services.matching.engine.files.seating import read_seats
from services.matching.engine.problem import ProblemError
from tests.support.slow_count import counted

Data = dict[str, Any]
WRONG = st.sampled_from([None, "5", 2.0, -1, 99, True])


@st.composite
def instances(draw: st.DrawFn) -> Data:
    """Up to 12 people who come and go, with all that a file may say of them."""
    n, rounds, moderators = draw(st.integers(3, 12)), draw(st.integers(1, 3)), draw(st.integers(0, 4))
    pairs = st.lists(st.sampled_from([list(pair) for pair in combinations(range(n), 2)]), max_size=6, unique_by=tuple)
    there = st.sets(st.integers(0, n - 1), min_size=2).map(sorted)
    led = [[m, i] for m in range(moderators) for i in range(n)]
    some_led = st.lists(st.sampled_from(led), max_size=6, unique_by=tuple) if led else st.just(list[list[int]]())
    leading = st.sets(st.integers(0, moderators - 1)).map(sorted) if moderators else st.just(list[int]())
    times = st.integers(1, 3)
    return {
        "n": n,
        "group_size": draw(st.integers(2, 5)),
        "rounds": rounds,
        "attendance": draw(st.lists(st.just([*range(n)]) | there, min_size=rounds, max_size=rounds)),
        "history": [[*pair, draw(times)] for pair in draw(pairs)],
        "company": draw(st.none() | st.lists(st.integers(-1, 3), min_size=n, max_size=n)),
        "keep_apart": draw(pairs),
        "keep_together": draw(st.just(list[list[int]]()) | pairs.map(lambda found: found[:2])),
        "profession": draw(st.none() | st.lists(st.integers(-1, 2), min_size=n, max_size=n)),
        "wants": draw(pairs),
        "moderators": moderators,
        "moderator_attendance": draw(st.lists(leading, min_size=rounds, max_size=rounds)),
        "moderator_history": [[*pair, draw(times)] for pair in draw(some_led)],
        "moderator_apart": draw(some_led),
        "pins": [[i, draw(st.integers(0, rounds - 1)), 0] for i in draw(st.sets(st.integers(0, n - 1), max_size=1))],
    }


def makes_sense(instance: Data) -> bool:
    try:
        instance["sizes"] = [list(sizes) for sizes in read_instance(instance).sizes]
    except ProblemError:
        return False
    return True


@st.composite
def judged(draw: st.DrawFn) -> tuple[Data, list[Data]]:
    """An instance, and seats of the right sizes of which some were spoilt."""
    instance = draw(instances().filter(makes_sense))
    rounds: list[Data] = []
    for present, sizes in zip(instance["attendance"], instance["sizes"], strict=True):
        people: list[Any] = draw(st.permutations(present))
        anybody = WRONG | st.integers(0, instance["n"])
        for place in draw(st.sets(st.integers(0, len(people) - 1), max_size=2)) if draw(st.booleans()) else ():
            people[place] = draw(anybody)
        groups = [[people.pop() for _ in range(size)] for size in sizes]
        if draw(st.integers(0, 4)) == 0:
            groups[0].append(draw(anybody))
        leading: list[Any] = [*range(instance["moderators"]), *[None] * len(groups)][: len(groups)]
        rounds.append({"groups": groups, "moderators": draw(st.permutations(leading) | st.lists(anybody, max_size=5))})
    return instance, draw(st.sampled_from([rounds, rounds, rounds[:-1], [*rounds, rounds[0]]]))


@given(of=judged())
@settings(max_examples=400, deadline=None)
def test_the_figures_are_those_of_a_slow_count_of_every_pair(of: tuple[Data, list[Data]]):
    instance, rounds = of
    found, expected = figures(read_instance(instance), read_seats({"rounds": rounds}), 0), counted(instance, rounds)
    event("sound" if expected["ok"] else "spoilt")
    assert {name: found.get(name) for name in expected} == expected


SIX: Data = {"n": 6, "group_size": 3, "rounds": 1, "moderators": 2}
GOOD: Data = {"groups": [[0, 1, 2], [3, 4, 5]], "moderators": [0, 1]}


@pytest.mark.parametrize(
    ("rule", "count", "instance", "rounds"),
    [
        ("structure", 0, SIX, [GOOD]),
        ("structure", 1, SIX, []),
        ("structure", 1, SIX, [GOOD, GOOD]),
        ("structure", 1, SIX, [GOOD | {"groups": [[0, 1, 2], [3, 4]]}]),
        ("structure", 2, SIX, [GOOD | {"groups": [[0, 1, 2], [3, 4, 0]]}]),
        ("structure", 2, SIX, [GOOD | {"groups": [[0, 1, 2], [3, 4, 77]]}]),
        ("structure", 2, SIX, [GOOD | {"groups": [[0, 1, 2], [3, 4, "5"]]}]),
        ("structure", 1, SIX, [GOOD | {"groups": [[0, 1, 2], [3, 4, 5.0]]}]),
        ("structure", 0, SIX, [GOOD | {"groups": [[0, True, 2], [3, 4, 5]]}]),
        ("structure", 3, SIX, [GOOD | {"groups": [[0, 1, 2, None], [3, 4, 5, None]]}]),
        ("sizes", 1, SIX, [GOOD | {"groups": [[0, 1], [2, 3, 4, 5]]}]),
        ("moderators", 1, SIX, [GOOD | {"moderators": [0, None]}]),
        ("moderators", 1, SIX, [GOOD | {"moderators": [0, 7, 1]}]),
        ("moderators", 1, SIX, [GOOD | {"moderators": [1, 1]}]),
        ("moderators", 2, SIX, [{"groups": GOOD["groups"]}]),
        ("moderators", 0, SIX | {"moderators": 1}, [GOOD | {"moderators": [0, None]}]),
        ("moderators", 0, SIX | {"moderators": 0}, [GOOD | {"moderators": [0, None]}]),
        ("moderators", 1, SIX | {"moderator_attendance": [[0]]}, [GOOD]),
        ("moderators", 1, SIX | {"moderator_apart": [[1, 4]]}, [GOOD]),
        ("keep_together", 1, SIX | {"keep_together": [[2, 3]]}, [GOOD]),
        ("keep_together", 2, SIX | {"keep_together": [[1, 2, 3]]}, [GOOD]),
        ("pins", 1, SIX | {"pins": [[0, 0, 1], [3, 0, 1]]}, [GOOD]),
    ],
)
def test_what_breaks_a_rule_is_counted(rule: str, count: int, instance: Data, rounds: list[Data]):
    hard = cast(dict[str, int], figures(read_instance(instance), read_seats(rounds), 0)["hard"])
    others = {"structure", "sizes", "moderators"} if rule in ("structure", "sizes") else {rule}
    assert {name: times for name, times in hard.items() if times and name not in others - {rule}} == (
        {rule: count} if count else {}
    )


def test_moderators_are_counted_as_well():
    instance = read_instance(SIX | {"rounds": 2, "moderator_history": [[0, 5, 1]]})
    found = figures(instance, read_seats([GOOD, GOOD]), 0)
    assert found["moderators"] == {
        "rooms_without": 0,
        "double_booked": 0,
        "repeat_participant_meetings": 6,
        "history_participant_meetings": 0,
        "max_participant_meets": 2,
        "load_min": 2,
        "load_max": 2,
    }
    assert (found["wasted"], found["max_meets"], found["conflict_free"]) == (6, 2, False)
