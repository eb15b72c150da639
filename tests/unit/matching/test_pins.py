"""Who plans gives somebody a room in a round: which pins make sense, and what becomes of those that are kept."""

from dataclasses import replace
from time import process_time
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.common.refusals import Invalid, NotFound
from services.matching.domain.breakout import Plan, Round, RoundState
from services.matching.domain.known import Known
from services.matching.domain.limits import MOST_PINS_KEPT
from services.matching.domain.notice import NoticeCode
from services.matching.domain.pins import Pin, changed, refuse_without_group
from services.matching.domain.planning import Moderator, Planning, Roster
from services.matching.domain.rule import Rule, RuleKind
from services.matching.engine import Budget
from services.matching.engine.collisions.conflicts import conflicts
from services.matching.engine.solve import solve
from tests.support.matching import HOUR, NOON, a_breakout, a_group, a_roster, people

ANN, BO, CAS, DEE, EVE, FAY = SIX = people(6)
MOD, OTHER = people(2)
GONE = uuid4()
ROSTER = replace(
    a_roster(SIX, (MOD, OTHER, Moderator(GONE, available_until=NOON))), ends_at=NOON + 3 * HOUR, left={uuid4(): NOON}
)
FREE = (Round(1), Round(2), Round(3))


def a_planning(*pins: Pin, rounds: tuple[Round, ...] = FREE, roster: Roster = ROSTER, **known: Any) -> Planning:
    """Six people in threes."""
    return Planning(rounds, roster, Known(**known), group_size=3, now=NOON, pins=pins)


def planned(planning: Planning) -> Plan:
    schedule = solve(planning.problem, Budget(iterations=2_000))
    return planning.plan(schedule, uuid4, conflicts(planning.problem))


def given_up(plan: Plan) -> list[dict[str, str]]:
    return [notice.details for notice in plan.notices if notice.code is NoticeCode.PINS_GIVEN_UP]


def test_a_participant_sits_and_a_moderator_leads_where_they_are_pinned():
    pins = (Pin(ANN, 1, 2), Pin(ANN, 2, 1), Pin(BO, 2, 1), Pin(MOD, 3, 2))
    plan = planned(a_planning(*pins))
    first, second, third = plan.rounds
    assert (first.seating()[ANN], second.seating()[ANN], second.seating()[BO], third.leading()[MOD]) == (2, 1, 1, 2)
    assert (plan.pins, given_up(plan)) == (pins, [])


@pytest.mark.parametrize("account", [uuid4(), next(iter(ROSTER.left))])
def test_who_is_not_on_the_roster_or_left_is_not_found(account: UUID):
    pins = [Pin(ANN, 1, 1), Pin(account, 1, 1)]
    with pytest.raises(NotFound) as refused:
        a_planning(*pins).refuse_pins(pins)
    assert refused.value.field == "pins[1].account_id"


@pytest.mark.parametrize(
    ("pins", "field", "rule"),
    [
        ([Pin(GONE, 1, 1)], "pins[0].account_id", "absent"),
        ([Pin(ANN, 0, 1)], "pins[0].round_number", "range"),
        ([Pin(ANN, 4, 1)], "pins[0].round_number", "range"),
        ([Pin(ANN, 1, 3)], "pins[0].group_number", "rooms"),
        ([Pin(ANN, 1, -1)], "pins[0].group_number", "rooms"),
        ([Pin(ANN, 1, 1), Pin(ANN, 1, 2)], "pins[1].account_id", "twice"),
        ([Pin(ANN, 1, 1), Pin(ANN, 1, 1)], "pins[1].account_id", "twice"),
        ([Pin(MOD, 2, 1), Pin(OTHER, 2, 1)], "pins[1].group_number", "both"),
        ([Pin(each, 1, 2) for each in (ANN, BO, CAS, DEE)], "pins[3].group_number", "too_many"),
    ],
)
def test_a_pin_that_makes_no_sense_is_refused_by_its_field(pins: list[Pin], field: str, rule: str):
    with pytest.raises(Invalid) as refused:
        a_planning(*pins).refuse_pins(pins)
    assert (refused.value.field, refused.value.details["rule"]) == (field, rule)


def test_where_no_pin_is_kept_yet_each_says_which_room():
    refuse_without_group([Pin(ANN, 1, 1)])
    with pytest.raises(Invalid) as refused:
        refuse_without_group([Pin(ANN, 1, 1), Pin(BO, 1, 0)])
    assert refused.value.field == "pins[1].group_number"


def running() -> tuple[Round, ...]:
    """The first round is over, the second runs, the third is to come."""
    groups = [(a_group(1, ANN, BO, CAS), a_group(2, DEE, EVE, FAY)) for _ in range(3)]
    states = (RoundState.HELD, RoundState.OPEN, RoundState.PLANNED)
    return tuple(
        Round(number, each, state, NOON)
        for number, (each, state) in enumerate(zip(groups, states, strict=True), start=1)
    )


def test_nobody_is_pinned_in_a_round_that_is_over_and_somebody_may_be_in_the_one_that_runs():
    with pytest.raises(Invalid) as refused:
        a_planning(Pin(ANN, 1, 1), rounds=running()).refuse_pins([Pin(ANN, 1, 1)])
    assert (refused.value.field, refused.value.details["least"]) == ("pins[0].round_number", "2")
    plan = planned(a_planning(Pin(ANN, 2, 2), Pin(BO, 3, 2), rounds=running()))
    assert (plan.rounds[1].seating()[ANN], plan.rounds[2].seating()[BO]) == (2, 2)
    assert plan.rounds[0].seating() == running()[0].seating()


def test_pins_that_are_kept_give_way_to_who_left_and_hold_again_for_who_is_back():
    pins = (Pin(ANN, 2, 2), Pin(GONE, 3, 1), Pin(BO, 3, 1))
    without = replace(ROSTER, participants=SIX[1:])
    plan = planned(a_planning(*pins, rounds=running(), roster=without))
    assert (plan.pins, plan.rounds[2].seating()[BO], given_up(plan)) == (pins, 1, [])
    assert planned(a_planning(*pins, rounds=running())).rounds[1].seating()[ANN] == 2


def test_a_pin_to_a_room_that_is_no_longer_needed_is_given_up_and_told():
    """Three people need one room: the second is gone, and with it what was said of it."""
    pins = (Pin(ANN, 1, 1), Pin(BO, 1, 2))
    plan = planned(a_planning(*pins, rounds=FREE[:1], roster=replace(ROSTER, participants=SIX[:3])))
    assert (len(plan.rounds[0].groups), plan.pins) == (1, pins)
    assert given_up(plan) == [{"round": "1", "pins": "1"}]


@pytest.mark.parametrize("rounds", [FREE[:1], running()[2:]])
def test_of_rooms_with_gaps_in_their_numbers_those_can_be_named_that_there_will_be(rounds: tuple[Round, ...]):
    if rounds[0].groups:
        one, two = rounds[0].groups
        rounds = (replace(rounds[0], number=1, groups=(replace(one, number=2), replace(two, number=5))),)
    there = [group.number for group in rounds[0].groups] or [1, 2]
    for number in range(1, 7):
        pin = Pin(ANN, 1, number)
        planning = a_planning(pin, rounds=rounds)
        if number in there:
            planning.refuse_pins([pin])
            assert planned(planning).rounds[0].seating()[ANN] == number
        else:
            rooms = "1-2" if there == [1, 2] else f"{there[0]}, {there[1]}"
            with pytest.raises(Invalid, match=f"Rooms of round 1: {rooms}."):
                planning.refuse_pins([pin])
            assert given_up(planned(planning)) == [{"round": "1", "pins": "1"}]


def test_a_pin_comes_before_a_rule_so_that_no_pin_that_is_given_up_tells_of_one():
    rules = [Rule(uuid4(), RuleKind.APART, pair, ANN, NOON) for pair in ((ANN, BO), (ANN, MOD))]
    pins = (Pin(ANN, 1, 1), Pin(BO, 1, 1), Pin(MOD, 1, 1))
    for rounds in (FREE, running()[1:2]):
        here = tuple(replace(pin, round=rounds[0].number) for pin in pins)
        plan = planned(a_planning(*here, rounds=rounds, rules=rules))
        assert (given_up(plan), plan.rounds[0].leading()[MOD], plan.rounds[0].seating()[BO]) == ([], 1, 1)


def test_what_is_asked_replaces_the_pin_of_the_same_person_and_round_and_no_room_takes_it_away():
    kept = (Pin(ANN, 1, 1), Pin(ANN, 2, 1), Pin(BO, 1, 2))
    assert changed(kept, ()) == kept
    assert changed(kept, [Pin(ANN, 1, 3)]) == (Pin(ANN, 2, 1), Pin(BO, 1, 2), Pin(ANN, 1, 3))
    assert changed(kept, [Pin(ANN, 1, 0)]) == kept[1:]
    with pytest.raises(NotFound) as refused:
        changed(kept, [Pin(ANN, 1, 0), Pin(CAS, 1, 0)])
    assert refused.value.field == "pins[1]"


def test_no_more_pins_are_kept_than_a_message_holds_beside_the_largest_plan():
    kept = [Pin(each, 1, 1) for each in people(MOST_PINS_KEPT)]
    assert changed(kept, [replace(kept[0], group=2)])
    with pytest.raises(Invalid) as refused:
        changed(kept, [Pin(ANN, 1, 2)])
    assert (refused.value.field, refused.value.details["limit"]) == ("pins", str(MOST_PINS_KEPT))
    assert len(changed(kept, [Pin(ANN, 1, 2), replace(kept[0], group=0)])) == MOST_PINS_KEPT


def test_a_pin_that_does_not_fit_beside_those_that_are_kept_is_the_one_that_is_refused():
    kept, asked = [Pin(each, 1, 2) for each in (ANN, BO, CAS)], Pin(DEE, 1, 2)
    with pytest.raises(Invalid) as refused:
        a_planning(*kept, asked).refuse_pins([Pin(EVE, 1, 0), asked])
    assert refused.value.field == "pins[1].group_number"
    a_planning(*changed(kept, [Pin(ANN, 1, 0), asked])).refuse_pins([Pin(ANN, 1, 0), asked])


def test_that_all_of_a_large_crowd_are_pinned_in_many_rounds_is_looked_through_in_no_time():
    """It took eight seconds when each pin was held against all others."""
    crowd = people(1_500)
    pins = [Pin(account, number, 1 + at // 3) for number in range(1, 7) for at, account in enumerate(crowd)]
    rounds = tuple(Round(number) for number in range(1, 8))
    before = process_time()
    planning = a_planning(*pins, rounds=rounds, roster=a_roster(crowd))
    planning.refuse_pins(pins[-1_000:])
    assert [len(each.pinned) for each in planning.problem.rounds] == [*[500] * 6, 0]
    assert process_time() - before < 2


def test_pins_are_forgotten_with_their_round_and_no_participant_sees_one():
    first, second = Pin(ANN, 1, 1), Pin(ANN, 2, 1)
    groups = [a_group(1, ANN, BO)]
    breakout = replace(a_breakout(groups, groups), pins=(first, second))
    opened, _ = breakout.published(1, NOON)
    closed, _ = opened.closed(1, NOON, [ANN, BO])
    assert (opened.pins, closed.pins, opened.seen_by(ANN).pins) == ((first, second), (second,), ())
