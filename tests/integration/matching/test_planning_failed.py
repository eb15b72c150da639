"""Plans that are not made because the engine fails."""

from uuid import UUID

import pytest

from services.matching.adapters.solver import Solver
from services.matching.adapters.solver_process import EngineFailed
from services.matching.domain.limits import USUAL
from services.matching.domain.refusals import SolverFailed
from services.matching.engine import Budget, Problem, ProblemError, Schedule
from services.matching.usecases.plan import Wanted, propose_breakout, replan_breakout
from tests.support.matching_service import LIMITS, MatchingService


class FailingSolver(Solver):
    """Fails at whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        super().__init__(workers=0)
        self._error = error

    async def solve(self, problem: Problem, seed: int, budget: Budget = USUAL, *, brought: bool = False) -> Schedule:
        raise self._error


@pytest.mark.parametrize("error", [EngineFailed("a stack"), ProblemError("rounds", "there are 1 to 60 rounds")])
async def test_where_the_engine_fails_it_is_refused_without_a_word_of_the_engines(
    matching: MatchingService, error: Exception
):
    friday = await matching.friday(participants=6)
    breakout = await matching.propose(friday)
    failing, caller = FailingSolver(error), matching.organiser(friday)
    async with matching.events() as events:
        with pytest.raises(SolverFailed) as again:
            await replan_breakout(matching.uow, events, failing, LIMITS, caller, UUID(breakout.id))
        with pytest.raises(SolverFailed) as first:
            wanted = Wanted(rounds=1, group_size=3)
            await propose_breakout(matching.uow, events, failing, LIMITS, caller, friday.event, wanted)
    assert not any(word in each.value.message for each in (again, first) for word in ("stack", "60"))
