"""Whether a round can be seated by all rules."""

from services.matching.engine import Problem
from services.matching.engine.collisions.seatable import rules_of, seatable


def feasible(problem: Problem, r: int, nodes: int = 20_000) -> bool | None:
    """Whether everybody present can be seated by all rules, each group led where there are moderators.

    None when more than `nodes` seats would have to be tried.
    """
    return seatable(rules_of(problem, r), nodes)
