"""How many people are planned for, in how many rounds and for how long."""

from uuid import UUID

import grpc
import pytest

from services.common.refusals import Invalid
from services.matching.adapters.solver import Solver
from services.matching.domain import limits
from services.matching.domain.limits import USUAL, OwnLimits
from services.matching.domain.operation import OperationState
from services.matching.engine import Budget, Problem, Schedule
from services.matching.usecases.plan import Wanted, propose_breakout, replan_breakout
from tests.support.events_place import refusal_of
from tests.support.matching_service import LIMITS, MatchingService
from tests.support.searches import TWO_GROUPS, ScriptedSolver, a_search


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
    async with matching.events() as events:
        caller = matching.organiser(friday)
        planning = replan_breakout(matching.uow, events, matching.solver, LIMITS, caller, UUID(breakout.id))
        with pytest.raises(Invalid) as refused:
            await planning
    assert (refused.value.field, refused.value.details["limit"]) == ("breakout_id", "5")


async def test_rooms_that_emptied_in_a_round_that_was_held_are_in_the_message_all_the_same(
    matching: MatchingService, monkeypatch: pytest.MonkeyPatch
):
    friday = await matching.friday(participants=9)
    breakout = await matching.propose(friday, rounds=2)
    await matching.check_out(friday, *friday.participants[:6])
    await matching.publish(friday, breakout, 1)
    held = (await matching.close(friday, breakout, 1)).rounds[0]
    most = limits.bytes_of(3, len(held.groups)) + limits.bytes_of_round(3, 3)
    async with matching.events() as events:
        caller, which = matching.organiser(friday), UUID(breakout.id)
        monkeypatch.setattr(limits, "MOST_BYTES", most - 1)
        with pytest.raises(Invalid, match="At most 2 people"):
            await replan_breakout(matching.uow, events, matching.solver, LIMITS, caller, which)
        monkeypatch.setattr(limits, "MOST_BYTES", most)
        assert await replan_breakout(matching.uow, events, matching.solver, LIMITS, caller, which)


async def test_a_search_that_was_queued_does_not_plan_for_more_people_than_the_limit_either(matching: MatchingService):
    async with a_search(matching) as searching:
        async with matching.uow.begin(searching.friday.network) as tx:
            await tx.set_limits(OwnLimits(people=5))
        ended = await searching.run(ScriptedSolver(TWO_GROUPS))
    assert (ended.state, ended.failure) == (OperationState.FAILED, "TOO_MANY_PEOPLE")


async def test_a_search_that_was_queued_does_not_plan_what_no_message_would_hold(
    matching: MatchingService, monkeypatch: pytest.MonkeyPatch
):
    async with a_search(matching) as searching:
        monkeypatch.setattr(limits, "MOST_BYTES", limits.bytes_of_round(5, 3))
        ended = await searching.run(ScriptedSolver(TWO_GROUPS))
    assert (ended.state, ended.failure) == (OperationState.FAILED, "TOO_MANY_PEOPLE")


class ClockedSolver(Solver):
    """Notes how many seconds each search may take."""

    def __init__(self) -> None:
        super().__init__(workers=1)
        self.seconds: list[float | None] = []

    async def solve(self, problem: Problem, seed: int, budget: Budget = USUAL, *, brought: bool = False) -> Schedule:
        self.seconds.append(budget.seconds)
        return await super().solve(problem, seed, budget, brought=brought)


async def test_a_search_takes_no_longer_than_the_network_may_search_when_nobody_says_how_long(
    matching: MatchingService,
):
    friday = await matching.friday(participants=6)
    caller = matching.organiser(friday)
    async with matching.uow.begin(friday.network) as tx:
        await tx.set_limits(OwnLimits(seconds=1))
    async with ClockedSolver() as solver, matching.events() as events:
        wanted = Wanted(rounds=1, group_size=3)
        breakout = await propose_breakout(matching.uow, events, solver, LIMITS, caller, friday.event, wanted)
        await replan_breakout(matching.uow, events, solver, LIMITS, caller, breakout.id)
    assert solver.seconds == [1, 1]
