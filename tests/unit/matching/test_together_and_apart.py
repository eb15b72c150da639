"""Who is to sit together and apart: a problem and a file refuse it alike, and only what nobody can plan."""

from collections.abc import Callable

import pytest
from ontmoet.matching.v1 import solve_pb2 as pb

from services.common.refusals import Invalid
from services.matching.engine.files.instance import read_instance
from services.matching.engine.problem import ProblemError
from services.matching.wire.solving import Posed

TOGETHER, APART = [[0, 1], [1, 2]], [[0, 2]]


def read(missing: int | None) -> None:
    """As a file; who is missing misses the second round."""
    second = [person for person in range(6) if person != missing]
    read_instance(
        {"n": 6, "group_size": 3, "rounds": 2, "attendance": [list(range(6)), second]}
        | {"keep_together": TOGETHER, "keep_apart": APART}
    )


def pose(missing: int | None) -> None:
    """As an integration does."""
    Posed(
        pb.SolveRequest(
            people=[pb.SolvePerson(key=str(n), rounds=[1] if n == missing else []) for n in range(6)],
            group_size=3,
            rounds=2,
            keep_together=[pb.SolvePeople(keys=map(str, pair)) for pair in TOGETHER],
            keep_apart=[pb.SolvePeople(keys=map(str, pair)) for pair in APART],
        )
    )


@pytest.mark.parametrize("door", [read, pose])
def test_two_kept_apart_are_not_to_sit_together_by_way_of_a_third_who_is_always_there(
    door: Callable[[int | None], None],
):
    door(1)
    with pytest.raises((ProblemError, Invalid)) as refused:
        door(None)
    assert refused.value.field == "keep_together"
