"""Solving a problem whose people are brought along: nothing of it is kept."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from services.common.caller import Caller
from services.common.refusals import Invalid
from services.matching.adapters.solver import Solver
from services.matching.domain.limits import USUAL_SECONDS, Limits
from services.matching.engine import Budget, ProblemError, Schedule
from services.matching.engine.collisions.clash import Conflict
from services.matching.storage.transaction import Uow
from services.matching.wire.solving import Posed

LONGEST = 10
"""Seconds: who waits longer plans an event's break-out, which goes on by itself."""
_FIELDS = {
    "history": "met",
    "company": "people",
    "sat_out": "people",
    "moderator_apart": "moderators",
    "moderator_history": "led",
}
"""What the engine calls a part, and what the request does."""


@dataclass(frozen=True)
class Asked:
    """How large a problem is, and how it is to be searched; 0 seconds or iterations mean as many as is usual."""

    people: int
    moderators: int
    rounds: int
    seconds: float
    iterations: int
    seed: int

    def budget(self, limits: Limits) -> Budget:
        """Within the network's limits."""
        return Budget(iterations=self.iterations or None, seconds=self.seconds or min(USUAL_SECONDS, limits.seconds))

    def refuse_beyond(self, limits: Limits) -> None:
        """Raises Invalid for what this network may not ask, or none may."""
        limits.refuse_people(self.people, "people")
        limits.refuse_people(self.moderators, "moderators")
        limits.refuse_rounds(self.rounds)
        replace(limits, seconds=min(limits.seconds, LONGEST)).refuse_seconds(self.seconds)
        if self.iterations < 0:
            most = str(2**31 - 1)
            raise Invalid("iterations", "There can't be fewer than no steps.", rule="range", least="0", most=most)
        if self.seed < 0:
            raise Invalid("seed", "A seed is not negative.", rule="range", least="0", most=str(2**63 - 1))


async def solve_problem(
    uow: Uow, solver: Solver, of_all: Limits, caller: Caller, asked: Asked, pose: Callable[[], Posed]
) -> tuple[Posed, Schedule, tuple[Conflict, ...]]:
    """The best schedule within the time, and what collides where it had to break a rule.

    The problem is posed once it is known to lie within the network's limits, and where no other call waits for that.
    """
    async with uow.begin(caller.network) as tx:
        limits = await tx.limits(of_all)
    asked.refuse_beyond(limits)
    try:
        posed = await asyncio.to_thread(pose)
        schedule = await solver.solve(posed.problem, asked.seed, asked.budget(limits), brought=True)
        return posed, schedule, await solver.collisions(posed.problem, schedule, brought=True)
    except ProblemError as error:
        why = str(error).partition(": ")[2]
        raise Invalid(_field(error.field), f"{why[0].upper()}{why[1:]}.", rule="problem") from None


def _field(name: str) -> str:
    """The request's field for a part of the problem that contradicts itself."""
    if name.endswith(".pinned"):
        return "pins"
    if name.startswith("wishes."):
        return "people"
    return _FIELDS.get(name, name)
