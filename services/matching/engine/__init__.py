"""The solver: numbers in, schedule out. numpy, no I/O, the same answer for the same seed and iterations."""

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
from services.matching.engine.solve import solve

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
    "solve",
]
