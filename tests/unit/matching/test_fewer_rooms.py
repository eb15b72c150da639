"""Rooms of a round to come that are there no more."""

from uuid import uuid4

from services.matching.domain.breakout import Round
from services.matching.domain.known import Known
from services.matching.domain.planning import Planning
from services.matching.engine.replan.moves import Why
from services.matching.engine.solve import solve
from tests.support.matching import NOON, a_group, a_roster, people


def test_who_loses_a_room_of_a_round_to_come_is_told_that_fewer_are_needed_and_not_that_it_had_emptied():
    """Two of each of three rooms left, and nobody of the fourth."""
    everybody, leaders = people(12), people(4)
    trios = [everybody[start : start + 3] for start in range(0, 12, 3)]
    groups = tuple(a_group(n, *trio, moderator=leaders[n - 1]) for n, trio in enumerate(trios, 1))
    there = [*everybody[2:9:3], *trios[3]]
    planning = Planning([Round(1, groups)], a_roster(there, leaders), Known(), group_size=3, now=NOON)
    whys = {each.move.account: each.why for each in planning.moved(solve(planning.problem))}
    assert Why.GROUP_DISSOLVED not in whys.values()
    assert {whys[each] for each in (*trios[3], leaders[3]) if each in whys} == {Why.FEWER_GROUPS}


def test_who_has_a_room_whose_number_alone_is_gone_is_not_told_that_fewer_are_needed():
    """Those of a round that nobody has seen are numbered from one: of rooms 1 and 5 the second is room 2."""
    everybody = people(6)
    rounds = [Round(1, (a_group(1, *everybody[:3]), a_group(5, *everybody[3:])))]
    planning = Planning(rounds, a_roster(everybody), Known(), group_size=3, now=NOON)
    schedule = solve(planning.problem)
    assert [group.number for group in planning.plan(schedule, uuid4).rounds[0].groups] == [1, 2]
    assert {each.why for each in planning.moved(schedule)} == {Why.REOPTIMISED}
