"""How good a plan can be at best, and by which argument: told beside the plan, and kept with it."""

from dataclasses import replace

from ontmoet.matching.v1 import breakout_pb2 as pb

from services.common.caller import Role
from services.matching.adapters.solver import Solver
from services.matching.adapters.solver_process import EngineFailed
from services.matching.domain.operation import Operation
from services.matching.engine.problem import Argument
from services.matching.wire.breakouts import encode_best, encode_operation
from tests.support.matching_service import MatchingService
from tests.support.searches import TWO_GROUPS, ScriptedSolver, a_search

PROVEN = replace(TWO_GROUPS, repeats=3, bound=2, argument=Argument.PARTNERS)


async def test_an_organiser_is_told_by_which_argument_no_plan_has_fewer_repeats(matching: MatchingService):
    """Four people meet in three rounds of pairs; a fourth round repeats two pairs."""
    friday = await matching.friday(participants=4)
    breakout = await matching.propose(friday, rounds=4, group_size=2)
    assert (breakout.repeats, breakout.repeats_bound, breakout.repeats_argument) == (2, 2, "pairs")
    assert (await matching.replan(friday, breakout)).breakout.repeats_argument == "pairs"
    get = pb.GetBreakoutRequest(breakout_id=breakout.id)
    for role, said in ((Role.ORGANISER, "pairs"), (Role.MODERATOR, ""), (Role.ASSISTANT, "")):
        metadata = matching.bearing(friday.network, friday.organiser, role)
        assert (await matching.breakouts.GetBreakout(get, metadata=metadata)).breakout.repeats_argument == said
    short = await matching.propose(friday, rounds=1, group_size=2)
    assert (short.repeats_bound, short.repeats_argument) == (0, "none")


async def run(matching: MatchingService, solver: Solver) -> tuple[Operation, str]:
    """A search as it has ended, and the argument of the break-out that it became."""
    async with a_search(matching) as searching:
        ended = await searching.run(solver)
        async with matching.uow.begin(searching.friday.network) as tx:
            breakout = await tx.breakouts.of_event(searching.friday.event)
        assert breakout is not None
        return ended, breakout.repeats_argument or ""


async def test_a_search_that_has_ended_tells_the_argument_as_its_break_out_does(matching: MatchingService):
    ended, argument = await run(matching, ScriptedSolver(PROVEN))
    assert encode_operation(ended).repeats_argument == argument == "partners"


async def test_the_argument_of_a_search_that_broke_off_is_not_known_and_not_said_to_be_none(matching: MatchingService):
    ended, argument = await run(matching, ScriptedSolver(PROVEN, breaks_off=EngineFailed("a stack")))
    assert encode_operation(ended).repeats_bound == 2
    assert encode_operation(ended).repeats_argument == argument == ""


async def test_while_a_search_goes_on_there_is_no_argument_whatever_the_bound(matching: MatchingService):
    async with a_search(matching) as searching:
        seen: list[Operation] = []

        async def look() -> None:
            seen.append(await searching.now())

        await searching.run(ScriptedSolver(TWO_GROUPS, told=look))
    [running] = seen
    best = encode_best(running)
    assert best is not None
    assert (best.repeats_bound, best.repeats_argument, encode_operation(running).repeats_argument) == (0, "", "")
