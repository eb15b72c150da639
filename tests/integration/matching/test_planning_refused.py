"""Plans that are not made: beyond the limits, or where the engine fails."""

from uuid import UUID

import grpc
import pytest

from services.common.caller import Caller, Role
from services.common.refusals import Invalid
from services.matching.adapters.solver import USUAL, Solver
from services.matching.adapters.solver_process import EngineFailed
from services.matching.domain import limits
from services.matching.domain.limits import OwnLimits
from services.matching.domain.refusals import SolverFailed
from services.matching.engine import Budget, Problem, ProblemError, Schedule
from services.matching.usecases.plan import Wanted, propose_breakout, replan_breakout
from tests.integration.matching.test_planning_meanwhile import beside
from tests.support.events_place import refusal_of
from tests.support.matching_service import LIMITS, Friday, MatchingService


class FailingSolver(Solver):
    """Fails at whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        super().__init__(workers=0)
        self._error = error

    async def solve(self, problem: Problem, seed: int, budget: Budget = USUAL) -> Schedule:
        raise self._error


def organising(friday: Friday) -> Caller:
    return Caller(friday.network, friday.organiser, frozenset({Role.ORGANISER}))


async def test_a_break_out_is_not_planned_anew_for_more_people_than_the_limit(matching: MatchingService):
    friday = await matching.friday(participants=6)
    breakout = await matching.propose(friday)
    async with matching.uow.begin(friday.network) as tx:
        await tx.set_limits(OwnLimits(people=5))
    answer = await refusal_of(matching.replan(friday, breakout))
    assert (answer.code, answer.field) == (grpc.StatusCode.INVALID_ARGUMENT, "breakout_id")
    await matching.leave(friday, friday.participants[0])
    assert (await matching.replan(friday, breakout)).breakout.version == breakout.version + 1


async def test_a_break_out_is_not_planned_anew_when_no_message_would_hold_it(
    matching: MatchingService, monkeypatch: pytest.MonkeyPatch
):
    friday = await matching.friday(participants=6)
    breakout = await matching.propose(friday)
    monkeypatch.setattr(limits, "MOST_BYTES", 3 * limits.bytes_of_round(5, 3))
    async with beside(matching) as events:
        planning = replan_breakout(matching.uow, events, matching.solver, LIMITS, organising(friday), UUID(breakout.id))
        with pytest.raises(Invalid) as refused:
            await planning
    assert (refused.value.field, refused.value.details["limit"]) == ("breakout_id", "5")


@pytest.mark.parametrize("error", [EngineFailed("a stack"), ProblemError("rounds", "there are 1 to 60 rounds")])
async def test_where_the_engine_fails_it_is_refused_without_a_word_of_the_engines(
    matching: MatchingService, error: Exception
):
    friday = await matching.friday(participants=6)
    breakout = await matching.propose(friday)
    failing, caller = FailingSolver(error), organising(friday)
    async with beside(matching) as events:
        with pytest.raises(SolverFailed) as again:
            await replan_breakout(matching.uow, events, failing, LIMITS, caller, UUID(breakout.id))
        with pytest.raises(SolverFailed) as first:
            wanted = Wanted(rounds=1, group_size=3)
            await propose_breakout(matching.uow, events, failing, LIMITS, caller, friday.event, wanted)
    assert not any(word in each.value.message for each in (again, first) for word in ("stack", "60"))
