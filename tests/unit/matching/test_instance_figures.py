"""The referee's figures, against a slow count of every pair in every round; seats may be as wrong as they like."""

import random
from itertools import combinations
from typing import Any, cast

import pytest

from services.matching.engine.files.figures import figures
from services.matching.engine.files.instance import read_instance
from services.matching.engine.files.seating import read_seats

Data = dict[str, Any]


def counted(instance: Data, rounds: list[Data]) -> Data:
    """The same figures, written as the definitions read: one pair, one round at a time."""
    n, pairs = instance["n"], list(combinations(range(instance["n"]), 2))
    room = [[{k for k, group in enumerate(r["groups"]) if i in group} for i in range(n)] for r in rounds]
    times = {(a, b): sum(len(where[a] & where[b]) for where in room) for a, b in pairs}
    known = {(min(a, b), max(a, b)) for a, b, _ in instance["history"]}
    together = {(min(a, b), max(a, b)) for a, b in instance["keep_together"]}
    slots = sum(len(seated) * (len(seated) - 1) // 2 for r in rounds for seated in _ids(r, n))
    forced = sum(max(0, times[pair] - 1) for pair in together)
    distinct = [pair for pair in pairs if times[pair]]
    new = [pair for pair in distinct if pair not in known]
    free = [pair for pair in pairs if pair not in together]
    company = instance["company"] or [-1] * n
    professions = instance["profession"] or list(range(n))
    return {
        "slots": slots,
        "distinct_pairs": len(distinct),
        "new_pairs": len(new),
        "repeat_meetings": slots - len(distinct) - forced,
        "history_meetings": sum(times[pair] for pair in free if pair in known),
        "wasted": slots - forced - len(new) - sum(1 for pair in together if pair in known and times[pair]),
        "max_meets": max(times[pair] for pair in free),
        "company": sum(times[a, b] for a, b in pairs if company[a] == company[b] >= 0),
        "keep_apart": sum(times[min(a, b), max(a, b)] for a, b in instance["keep_apart"]),
        "same_profession_meetings": sum(times[a, b] for a, b in free if professions[a] == professions[b]),
        "wants_met": sum(1 for a, b in instance["wants"] if times[min(a, b), max(a, b)]),
    }


def _ids(round_: Data, n: int) -> list[list[int]]:
    return [[i for i in group if isinstance(i, int) and 0 <= i < n] for group in round_["groups"]]


def an_instance(rng: random.Random) -> Data:
    n, rounds = rng.randrange(8, 24), rng.randrange(1, 5)
    pairs = [list(pair) for pair in rng.sample(list(combinations(range(n), 2)), 20)]
    return {
        "n": n,
        "group_size": rng.randrange(2, 6),
        "rounds": rounds,
        "history": [[*pair, rng.randrange(1, 4)] for pair in pairs[2:14]],
        "company": [rng.randrange(-1, 4) for _ in range(n)],
        "keep_apart": pairs[14:17],
        "keep_together": [],
        "profession": [rng.randrange(3) for _ in range(n)],
        "wants": pairs[10:18],
        "moderators": rng.randrange(0, 6),
    }


def some_seats(rng: random.Random, instance: Data) -> list[Data]:
    """Random groups of the right sizes."""
    rounds: list[Data] = []
    for sizes in read_instance(instance).sizes:
        people = rng.sample(range(instance["n"]), instance["n"])
        groups = [[people.pop() for _ in range(size)] for size in sizes]
        leading = [*range(instance["moderators"]), *[None] * len(groups)][: len(groups)]
        rng.shuffle(leading)
        rounds.append({"groups": groups, "moderators": leading})
    return rounds


@pytest.mark.parametrize("seed", range(40))
def test_the_figures_are_those_of_a_slow_count_of_every_pair(seed: int):
    rng = random.Random(seed)
    instance = an_instance(rng)
    if seed % 2:
        instance |= {"company": None, "keep_together": [instance["history"][0][:2], instance["wants"][0]]}
        instance["keep_apart"] = instance["keep_apart"][1:]
    rounds = some_seats(rng, instance)
    found = figures(read_instance(instance), read_seats({"rounds": rounds}), 0)
    hard = cast(dict[str, int], found["hard"])
    soft = cast(dict[str, int], found["soft"])
    for name, value in counted(instance, rounds).items():
        assert {**found, **hard, **soft}[name] == value, name
    assert (hard["structure"], hard["sizes"], hard["moderators"]) == (0, 0, 0)
    assert found["ok"] == (not sum(hard.values()))


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
