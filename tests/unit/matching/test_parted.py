"""Who sat together while a round was open is remembered when it goes on without them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from uuid import UUID, uuid4

from services.matching.domain.breakout import Group, Plan, Round, RoundState, pairs
from services.matching.domain.known import Known
from services.matching.domain.planning import Moderator, Planning, Roster
from services.matching.domain.reasons import Acquainted, Reason, ReasonCode, reasons
from services.matching.engine.problem import Argument
from services.matching.engine.solve import solve
from tests.support.matching import HOUR, NOON, a_breakout, a_group, a_roster, people

ANN, BO, CAS, DEE, EVE, FAY, MOD, OTHER = people(8)
FIRST, SECOND = a_group(1, ANN, BO, CAS, moderator=MOD), a_group(2, DEE, EVE, FAY, moderator=OTHER)
BOTH = (MOD, OTHER)


def opened(*groups: Group) -> Round:
    return Round(1, groups, RoundState.OPEN, NOON)


def replanned(rounds: Sequence[Round], roster: Roster) -> Plan:
    planning = Planning(rounds, roster, Known(), group_size=3, now=NOON)
    return planning.plan(solve(planning.problem), uuid4)


def all_pairs(*accounts: UUID) -> set[tuple[UUID, UUID]]:
    return set(combinations(sorted(accounts), 2))


def test_who_left_during_an_open_round_met_those_beside_them_and_nobody_who_came_later():
    late = people(1)[0]
    roster = replace(a_roster([BO, CAS, DEE, EVE, FAY, late], BOTH), left={ANN: NOON + HOUR / 4})
    [after] = replanned([opened(FIRST, SECOND)], roster).rounds
    assert set(pairs(after)) == all_pairs(ANN, BO, CAS) | all_pairs(late, BO, CAS) | all_pairs(DEE, EVE, FAY)
    assert after.seating().keys() == {BO, CAS, DEE, EVE, FAY, late}


def test_who_had_left_before_the_round_was_opened_or_never_came_met_nobody_in_it():
    roster = replace(a_roster([CAS, DEE, EVE, FAY], BOTH), left={ANN: NOON, DEE: NOON + HOUR / 4})
    [after] = replanned([opened(FIRST, SECOND)], roster).rounds
    assert not {ANN, BO} & {account for pair in pairs(after) for account in pair}


def test_who_moved_to_another_room_or_moderates_by_now_met_those_whom_they_left():
    roster = a_roster([ANN, CAS, DEE, EVE, FAY], (*BOTH, BO))
    [after] = replanned([opened(a_group(1, ANN, BO), a_group(2, CAS, DEE, EVE, FAY))], roster).rounds
    assert set(pairs(after)) == all_pairs(ANN, BO) | all_pairs(ANN, CAS, DEE, EVE, FAY)


def test_a_re_plan_in_which_nobody_leaves_a_room_remembers_nothing():
    [after] = replanned([opened(FIRST, SECOND)], a_roster([ANN, BO, CAS, DEE, EVE, FAY, *people(1)], BOTH)).rounds
    assert after.parted == ()


def test_who_is_back_meets_again_whom_they_had_left():
    held = Round(1, (a_group(1, BO, CAS),), RoundState.HELD, NOON, NOON, parted=(a_group(1, ANN, BO, CAS),))
    plan = replanned([held, Round(2)], a_roster([ANN, BO, CAS]))
    assert (plan.repeats, plan.repeats_bound) == (3, 3)


def test_who_is_back_in_the_same_round_does_not_meet_anybody_twice_by_it():
    running = replace(opened(a_group(1, BO, CAS), SECOND), parted=(a_group(1, ANN, BO, CAS),))
    plan = replanned([running], a_roster([ANN, BO, CAS, DEE, EVE, FAY], BOTH))
    assert plan.rounds[0].seating()[ANN] == 1
    assert (plan.repeats, plan.repeats_bound, plan.repeats_argument) == (0, 0, Argument.NONE)
    assert not [notice for notice in plan.notices if "repeats" in notice.details]


def test_what_later_rounds_need_is_said_beside_who_is_back():
    """Two of each three sit together again."""
    running = replace(opened(a_group(1, BO, CAS), SECOND), parted=(a_group(1, ANN, BO, CAS),))
    plan = replanned([running, Round(2)], a_roster([ANN, BO, CAS, DEE, EVE, FAY], BOTH))
    assert (plan.repeats, plan.repeats_bound, plan.repeats_argument) == (2, 2, Argument.SPREAD)


def test_who_met_again_and_left_met_again_all_the_same():
    held = Round(1, (a_group(1, ANN, BO, CAS),), RoundState.HELD, NOON, NOON)
    roster = replace(a_roster([BO, CAS]), left={ANN: NOON + HOUR / 4})
    plan = replanned([held, replace(opened(a_group(1, ANN, BO, CAS)), number=2)], roster)
    assert (plan.repeats, plan.repeats_bound, plan.repeats_argument) == (3, 3, Argument.DECIDED)
    assert [notice.details["repeats"] for notice in plan.notices if "repeats" in notice.details] == ["3"]


def test_who_led_a_group_when_it_was_opened_has_led_those_in_it_though_another_took_over():
    roster = a_roster([ANN, BO, CAS], [Moderator(MOD, withdrawn=True), OTHER])
    [mended] = replanned([opened(FIRST)], roster).rounds
    assert mended.leading() == {OTHER: 1}
    breakout = a_breakout(replace(mended, state=RoundState.HELD), [a_group(1, ANN, BO, moderator=MOD)])
    found = reasons(breakout, 2, ANN, breakout.rounds[1].groups[0], {}, Acquainted())
    assert found == [Reason(ReasonCode.MET, (BO,))]


def test_who_left_in_an_earlier_round_is_known_to_those_who_sat_with_them():
    held = Round(1, (a_group(1, BO, CAS),), RoundState.HELD, parted=(a_group(1, ANN, BO, CAS),))
    breakout = a_breakout(held, [a_group(1, ANN, BO)])
    found = reasons(breakout, 2, BO, breakout.rounds[1].groups[0], {}, Acquainted())
    assert found == [Reason(ReasonCode.MET, (ANN,))]
