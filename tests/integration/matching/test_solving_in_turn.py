"""Networks solve in turn: what one of them floods the solver with is its own to wait for."""

import asyncio
from collections.abc import Awaitable
from uuid import UUID, uuid4

from ontmoet.matching.v1 import solve_pb2 as pb

from services.common.caller import Role
from tests.support.matching_service import MatchingService

LONG = 60.0


async def test_others_are_answered_after_one_turn_of_a_network_that_asks_for_very_much(matching: MatchingService):
    friday = await matching.friday(6)
    breakout = await matching.propose(friday)
    answered: list[str] = []

    async def note(name: str, call: Awaitable[object]) -> None:
        await call
        answered.append(name)

    def ask(network: UUID, people: int, rounds: int) -> Awaitable[object]:
        everybody = [pb.SolvePerson(key=f"person {number}") for number in range(people)]
        request = pb.SolveRequest(people=everybody, group_size=3, rounds=rounds, seconds=1)
        metadata = matching.bearing(network, uuid4(), Role.INTEGRATION)
        return matching.solving.Solve(request, metadata=metadata, timeout=LONG)

    async with asyncio.TaskGroup() as calls:
        flooding = uuid4()
        for _ in range(6):
            calls.create_task(note("flood", ask(flooding, 12, 5)))  # takes all of its second
        await asyncio.sleep(0.5)
        calls.create_task(note("break-out", matching.replan(friday, breakout)))
        calls.create_task(note("small", ask(uuid4(), 6, 2)))
    assert answered.count("flood") == 6
    assert max(answered.index("break-out"), answered.index("small")) < 4
