"""Answers are no longer than a message can be, and say what they leave out."""

from uuid import UUID

from ontmoet.matching.v1 import breakout_pb2, solve_pb2

from services.common.rpc.server import MESSAGE_LIMIT
from services.matching.domain.breakout import Move
from services.matching.domain.moving import Moved
from services.matching.engine import Schedule
from services.matching.engine.collisions.clash import Clash, Conflict
from services.matching.engine.replan.moves import Why
from services.matching.wire import MOST_MOVES, add_moves
from services.matching.wire.solving import Posed


def moved(number: int) -> Moved:
    return Moved(Move(1, UUID(int=number), 1, 2), Why.LATE)


def test_of_very_many_moves_the_first_are_listed_and_all_are_counted():
    response = breakout_pb2.ReplanBreakoutResponse()
    add_moves(response, [moved(number) for number in range(MOST_MOVES + 1)], str)
    assert (len(response.moves), response.moves_in_all) == (MOST_MOVES, MOST_MOVES + 1)
    assert response.moves[0].account_id == str(UUID(int=0))


def test_moves_leave_room_for_the_plan_itself():
    response = breakout_pb2.ReplanBreakoutResponse(breakout=breakout_pb2.Breakout(id="x" * (MESSAGE_LIMIT - 50_000)))
    add_moves(response, [moved(number) for number in range(1_000)], str)
    assert response.ByteSize() <= MESSAGE_LIMIT
    assert 0 < len(response.moves) < response.moves_in_all == 1_000


def test_collisions_of_very_many_people_leave_room_for_the_schedule_itself():
    people = [solve_pb2.SolvePerson(key=f"{number:0200}") for number in range(1_000)]
    posed = Posed(solve_pb2.SolveRequest(people=people, group_size=20, rounds=18))
    everybody = Conflict(Clash.COMPANY, 0, tuple(range(1_000)))
    answer = posed.answer(Schedule(rounds=((),) * 18, repeats=0, bound=0), [everybody] * 60)
    assert answer.ByteSize() <= MESSAGE_LIMIT
    assert 0 < len(answer.collisions) < answer.collisions_in_all == 60
