"""Solving a problem whose people are brought along: nothing of it is kept."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from services.common.caller import Caller
from services.common.refusals import Invalid
from services.matching.adapters.solver import Solver
from services.matching.domain.limits import Limits
from services.matching.engine import Budget, Problem, ProblemError, Schedule
from services.matching.engine.collisions.clash import Conflict
from services.matching.storage.transaction import Uow

LONGEST = 10
"""Seconds: who waits longer plans an event's break-out, which goes on by itself."""
USUAL = 2.0
_FIELDS = {
    "history": "met",
    "company": "people",
    "sat_out": "people",
    "moderator_apart": "moderators",
    "moderator_history": "led",
}
"""What the engine calls a part, and what the request does."""


async def solve_problem(
    uow: Uow,
    solver: Solver,
    usual: Limits,
    caller: Caller,
    *,
    people: int,
    moderators: int,
    rounds: int,
    seconds: float,
    iterations: int,
    seed: int,
    problem: Callable[[], Problem],
) -> tuple[Schedule, tuple[Conflict, ...]]:
    """The best schedule within the time, and what collides where it had to break a rule.

    The problem is made once it is known to lie within the network's limits, and where no other call waits for that.
    """
    async with uow.begin(caller.network) as tx:
        limits = await tx.limits(usual)
    limits.refuse_people(people, "people")
    limits.refuse_people(moderators, "moderators")
    limits.refuse_rounds(rounds)
    replace(limits, seconds=min(limits.seconds, LONGEST)).refuse_seconds(seconds)
    if iterations < 0:
        raise Invalid("iterations", "There can't be fewer than no steps.", rule="range", least="0", most="2147483647")
    if seed < 0:
        raise Invalid("seed", "A seed is not negative.", rule="range", least="0", most=str(2**63 - 1))
    budget = Budget(iterations=iterations or None, seconds=seconds or min(USUAL, limits.seconds))
    try:
        posed = await asyncio.to_thread(problem)
        schedule = await solver.solve(posed, seed, budget)
    except ProblemError as error:
        raise Invalid(_field(error.field), str(error).partition(": ")[2], rule="problem") from None
    return schedule, await solver.collisions(posed, schedule)


def _field(name: str) -> str:
    """The request's field for a part of the problem that contradicts itself."""
    if name.endswith(".pinned"):
        return "pins"
    if name.startswith("wishes."):
        return "people"
    return _FIELDS.get(name, name)
