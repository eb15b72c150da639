"""Long searches whose solver goes no further, run by a solver that says what the test wants."""

from uuid import UUID, uuid4

import pytest

from services.common.refusals import Busy
from services.matching.adapters.solver_process import EngineFailed
from services.matching.domain.notice import NoticeCode
from services.matching.domain.operation import MOST_ATTEMPTS, Operation, OperationState
from services.matching.engine import ProblemError, Schedule
from services.matching.usecases.search import run_operation
from tests.support.matching_service import LIMITS, MatchingService
from tests.support.searches import OTHER_GROUPS, TWO_GROUPS, ScriptedSolver, Searching, a_search


async def broken_off_by_every_solver(searching: Searching, *found: Schedule) -> Operation:
    """The search once it was taken up as often as may be, and once more."""
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(Busy):
            await searching.run(ScriptedSolver(*found, breaks_off=Busy()))
    return await searching.run(ScriptedSolver(OTHER_GROUPS))


async def test_a_search_that_every_solver_broke_off_ends_with_the_best_plan_so_far(matching: MatchingService):
    async with a_search(matching) as searching:
        ended = await broken_off_by_every_solver(searching, TWO_GROUPS)
        assert (ended.state, ended.failure, ended.attempt) == (OperationState.DONE, "", MOST_ATTEMPTS + 1)
        assert await searching.seats() == {frozenset({0, 1, 2}), frozenset({3, 4, 5})}


async def test_a_search_that_every_solver_broke_off_has_failed_when_it_found_no_plan(matching: MatchingService):
    async with a_search(matching) as searching:
        ended = await broken_off_by_every_solver(searching)
        assert (ended.state, ended.failure) == (OperationState.FAILED, "SEARCH_GIVEN_UP")


async def test_a_search_that_another_plan_replaced_meanwhile_is_over_and_its_own_plan_is_not_kept(
    matching: MatchingService,
):
    async with a_search(matching) as searching:

        async def propose() -> None:
            await matching.propose(searching.friday, rounds=2)

        solver, network = ScriptedSolver(TWO_GROUPS, told=propose), searching.friday.network
        assert await run_operation(matching.uow, searching.events, solver, LIMITS, network, searching.operation.id)
        assert (await searching.now()).failure == "SEARCH_REPLACED"
        async with matching.uow.begin(network) as tx:
            breakout = await tx.breakouts.of_event(searching.friday.event)
        assert breakout is not None
        assert len(breakout.rounds) == 2


async def test_a_search_that_was_forgotten_is_over(matching: MatchingService):
    async with a_search(matching) as searching:
        solver, network = ScriptedSolver(), searching.friday.network
        assert await run_operation(matching.uow, searching.events, solver, LIMITS, network, uuid4())


@pytest.mark.parametrize("defect", [EngineFailed("a stack"), ProblemError("rounds", "there are 1 to 60 rounds")])
async def test_what_the_engine_cannot_solve_is_not_tried_again(matching: MatchingService, defect: Exception):
    async with a_search(matching) as searching:
        ended = await searching.run(ScriptedSolver(breaks_off=defect))
        assert (ended.state, ended.failure, ended.attempt) == (OperationState.FAILED, "SOLVER_FAILED", 1)


async def test_a_search_that_met_a_defect_ends_with_the_best_plan_so_far(matching: MatchingService):
    async with a_search(matching) as searching:
        ended = await searching.run(ScriptedSolver(OTHER_GROUPS, TWO_GROUPS, breaks_off=EngineFailed("a stack")))
        assert ended.state is OperationState.DONE
        assert await searching.seats() == {frozenset({0, 1, 2}), frozenset({3, 4, 5})}


async def test_what_the_best_plan_so_far_could_not_give_is_told_as_of_any_other(matching: MatchingService):
    async with a_search(matching, companies=["Voka"] * 3) as searching:
        await matching.copy_members(searching.friday)
        await searching.run(ScriptedSolver(TWO_GROUPS, breaks_off=EngineFailed("a stack")))
        async with matching.uow.begin(searching.friday.network) as tx:
            breakout = await tx.breakouts.of_event(searching.friday.event)
    assert breakout is not None
    assert NoticeCode.COMPANY_TOGETHER in {notice.code for notice in breakout.notices}


async def test_the_best_plan_stays_what_it_is_until_there_is_a_better_one(matching: MatchingService):
    async with a_search(matching) as searching:
        seen: list[tuple[float, list[UUID]]] = []

        async def look() -> None:
            now = await searching.now()
            assert now.best is not None
            seen.append((now.searched, [group.id for each in now.best.rounds for group in each.groups]))

        await searching.run(ScriptedSolver(TWO_GROUPS, TWO_GROUPS, OTHER_GROUPS, told=look))
        assert [searched for searched, _ in seen] == [1.0, 2.0, 3.0]
        assert seen[0][1] == seen[1][1] != seen[2][1]
