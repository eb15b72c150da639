"""The solver: numbers in, schedule out; no I/O. `solve` stands in its own module, for it loads the compiled code."""

from services.matching.engine.problem import (
    Broken,
    Budget,
    Freedom,
    Group,
    Problem,
    ProblemError,
    Round,
    Rule,
    Schedule,
)

__all__ = [
    "Broken",
    "Budget",
    "Freedom",
    "Group",
    "Problem",
    "ProblemError",
    "Round",
    "Rule",
    "Schedule",
]
