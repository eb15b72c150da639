"""Answers are no longer than a message can be, and say what they leave out."""

from uuid import UUID

import pytest
from ontmoet.matching.v1 import breakout_pb2, solve_pb2

from services.common.refusals import Invalid
from services.common.rpc.server import MESSAGE_LIMIT
from services.matching.domain.breakout import Breakout, Move, Round, RoundState
from services.matching.domain.moving import Moved, Replanned
from services.matching.engine import Schedule
from services.matching.engine.collisions.clash import Clash, Conflict
from services.matching.engine.replan.moves import Why
from services.matching.wire.breakouts import MOST_MOVES, add_moves
from services.matching.wire.lists import decode_ids
from services.matching.wire.solving import Posed

MINE = UUID(int=1)


def replanned(*moves: Move, least: int = 0) -> Replanned:
    """One round is over, the second one is open, the third to come."""
    states = enumerate((RoundState.HELD, RoundState.OPEN, RoundState.PLANNED), 1)
    rounds = tuple(Round(number, (), state) for number, state in states)
    return Replanned(Breakout(MINE, MINE, 6, rounds), [Moved(move, Why.LATE) for move in moves], least)


def moves(count: int) -> list[Move]:
    return [Move(1, UUID(int=number), 1, 2) for number in range(count)]


def test_of_the_open_round_it_is_said_how_many_moved_and_how_many_had_to():
    """Who came, who left, who leads and whoever moves in a later round are none of them."""
    response = breakout_pb2.ReplanBreakoutResponse()
    here, came, left, later = Move(2, MINE, 1, 2), Move(2, MINE, 0, 2), Move(2, MINE, 1, 0), Move(3, MINE, 1, 2)
    leads = Move(2, MINE, 1, 2, leads=True)
    add_moves(response, replanned(here, here, came, left, later, leads, least=1), str)
    assert (response.moves_in_open_round, response.least_moves_in_open_round) == (2, 1)


def test_of_very_many_moves_the_first_are_listed_and_all_are_counted():
    response = breakout_pb2.ReplanBreakoutResponse()
    add_moves(response, replanned(*moves(MOST_MOVES + 1)), str)
    assert (len(response.moves), response.moves_in_all) == (MOST_MOVES, MOST_MOVES + 1)
    assert response.moves[0].account_id == str(UUID(int=0))


def test_moves_leave_room_for_the_plan_itself():
    response = breakout_pb2.ReplanBreakoutResponse(breakout=breakout_pb2.Breakout(id="x" * (MESSAGE_LIMIT - 50_000)))
    add_moves(response, replanned(*moves(1_000)), str)
    assert response.ByteSize() <= MESSAGE_LIMIT
    assert 0 < len(response.moves) < response.moves_in_all == 1_000


def test_collisions_of_very_many_people_leave_room_for_the_schedule_itself():
    people = [solve_pb2.SolvePerson(key=f"{number:0200}") for number in range(1_000)]
    posed = Posed(solve_pb2.SolveRequest(people=people, group_size=20, rounds=18))
    everybody = Conflict(Clash.COMPANY, 0, tuple(range(1_000)))
    answer = posed.answer(Schedule(rounds=((),) * 18, repeats=0, bound=0), [everybody] * 60)
    assert answer.ByteSize() <= MESSAGE_LIMIT
    assert 0 < len(answer.collisions) < answer.collisions_in_all == 60


def test_more_than_is_taken_at_once_is_refused_before_it_is_read():
    with pytest.raises(Invalid) as refused:
        decode_ids(["no id"] * 3, "event_ids", 2)
    assert refused.value.field == "event_ids"
