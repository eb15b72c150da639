"""The life of a break-out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from services.common.refusals import Invalid
from services.matching.adapters.phrases import LANGUAGES, phrases
from services.matching.domain.breakout import Breakout, Move, Plan, Round, RoundState, moves, pairs
from services.matching.domain.facts import RoundHeld, RoundPublished
from services.matching.domain.known import Known, Met
from services.matching.domain.moving import Became
from services.matching.domain.notice import Notice, NoticeCode
from services.matching.domain.planning import Moderator, Planning, Roster
from services.matching.domain.refusals import BreakoutOver, BreakoutStarted, NobodyPresent, RoundOutOfTurn
from services.matching.domain.rule import Rule, RuleKind
from services.matching.engine.collisions.conflicts import conflicts
from services.matching.engine.replan.moves import Why
from services.matching.engine.solve import solve
from tests.support.matching import HOUR, NOON, a_breakout, a_group, a_roster, people, working_at

ANN, BO, CAS, DEE, MOD = people(5)
EVERYBODY = (ANN, BO, CAS, DEE)


def held(breakout: Breakout, *numbers: int) -> Breakout:
    for number in numbers:
        breakout = breakout.published(number, NOON)[0].closed(number, NOON, EVERYBODY)[0]
    return breakout


def two_rounds() -> Breakout:
    return a_breakout(
        [a_group(1, ANN, BO, moderator=MOD), a_group(2, CAS, DEE, host=CAS)],
        [a_group(1, ANN, CAS, moderator=MOD), a_group(2, BO, DEE, host=DEE)],
    )


def a_plan(breakout: Breakout) -> Plan:
    return Plan(breakout.rounds, repeats=0, repeats_bound=0, notices=())


def out_of_turn(call: Callable[[], object]) -> dict[str, str]:
    """What is told of whose turn it is."""
    with pytest.raises(RoundOutOfTurn) as refused:
        call()
    assert refused.value.field == "round_number"
    return refused.value.details


def test_rounds_open_one_after_the_other_each_when_the_one_before_is_closed():
    breakout = two_rounds()
    assert out_of_turn(lambda: breakout.published(2, NOON)) == {"rule": "next", "round": "1"}
    opened, facts = breakout.published(1, NOON)
    assert facts == [RoundPublished(aggregate=breakout.id, version=2, event=breakout.event, round=1)]
    assert out_of_turn(lambda: opened.published(2, NOON)) == {"rule": "open", "round": "1"}
    closed, facts = opened.closed(1, NOON, EVERYBODY)
    assert facts == [RoundHeld(aggregate=breakout.id, version=3, event=breakout.event, round=1)]
    assert closed.published(2, NOON)[0].round(2).state is RoundState.OPEN


def test_opening_an_open_round_and_closing_a_held_one_change_nothing():
    opened, _ = two_rounds().published(1, NOON)
    assert opened.published(1, NOON + HOUR) == (opened, [])
    closed, _ = opened.closed(1, NOON, EVERYBODY)
    assert closed.closed(1, NOON + HOUR, EVERYBODY) == (closed, [])


def test_a_round_that_was_held_does_not_open_again_and_a_planned_one_is_not_closed():
    assert out_of_turn(lambda: held(two_rounds(), 1).published(1, NOON)) == {"rule": "next", "round": "2"}
    assert out_of_turn(lambda: held(two_rounds(), 1, 2).published(1, NOON)) == {"rule": "over"}
    assert out_of_turn(lambda: two_rounds().closed(1, NOON, EVERYBODY)) == {"rule": "unopened"}


@pytest.mark.parametrize("number", [-1, 0, 3])
def test_a_round_that_does_not_exist_is_refused_naming_the_field(number: int):
    with pytest.raises(Invalid) as refused:
        two_rounds().published(number, NOON)
    assert refused.value.field == "round_number"


def test_a_started_break_out_is_not_replaced_and_one_that_is_over_not_planned_anew():
    breakout = two_rounds()
    with pytest.raises(BreakoutStarted):
        breakout.published(1, NOON)[0].proposed(3, a_plan(breakout))
    with pytest.raises(BreakoutOver):
        held(breakout, 1, 2).replanned(a_plan(breakout))


def test_who_sat_together_has_met_and_moderators_have_not():
    assert set(pairs(two_rounds().rounds[0])) == {(ANN, BO), (CAS, DEE)}


def test_a_held_round_keeps_the_seats_of_those_who_were_there():
    closed, _ = two_rounds().published(1, NOON)[0].closed(1, NOON, {ANN, BO, DEE})
    assert [(set(group.seats), group.host) for group in closed.round(1).groups] == [({ANN, BO}, None), ({DEE}, None)]
    assert set(pairs(closed.round(1))) == {(ANN, BO)}
    assert {CAS, DEE} <= closed.round(2).seating().keys()


def test_who_left_after_a_moment_was_there_and_who_left_before_it_was_not():
    roster = replace(a_roster([ANN, MOD], [MOD]), left={BO: NOON - HOUR, CAS: NOON, DEE: NOON + HOUR})
    assert roster.there_after(NOON) == {ANN, MOD, DEE}


def test_who_became_a_moderator_during_a_round_keeps_the_seat_in_it():
    opened, _ = two_rounds().published(1, NOON)
    closed, _ = opened.closed(1, NOON, a_roster([BO, CAS, DEE], [ANN]).there_after(NOON))
    assert set(pairs(closed.round(1))) == {(ANN, BO), (CAS, DEE)}


def test_what_follows_a_round_in_which_nobody_was_left_in_a_group_is_planned():
    breakout = two_rounds().published(1, NOON)[0].closed(1, NOON, {ANN, BO})[0]
    planning = Planning(breakout.rounds, a_roster([ANN, BO], [MOD]), Known(), group_size=3, now=NOON)
    assert planned(planning).rounds[1].seating().keys() == {ANN, BO}


def test_moves_name_every_seat_that_changed():
    before = [Round(1, (a_group(1, ANN, BO), a_group(2, CAS)))]
    after = [Round(1, (a_group(1, ANN), a_group(2, BO, DEE)))]
    found = {(move.account, move.from_group, move.to_group) for move in moves(before, after)}
    assert found == {(BO, 1, 2), (CAS, 2, 0), (DEE, 0, 2)}


def planned(planning: Planning) -> Plan:
    return planning.plan(solve(planning.problem), uuid4)


def test_fewer_than_two_people_are_nobody():
    with pytest.raises(NobodyPresent):
        Planning([Round(1)], a_roster([ANN]), Known(), group_size=3, now=NOON)
    with pytest.raises(NobodyPresent):
        Planning([Round(1)], a_roster([ANN, MOD], [MOD]), Known(), group_size=3, now=NOON)


def test_a_moderator_who_withdrew_leads_nothing_and_may_take_part():
    roster = a_roster([ANN, BO, MOD], [Moderator(MOD, withdrawn=True)])
    plan = planned(Planning([Round(1)], roster, Known(), group_size=3, now=NOON))
    [group] = plan.rounds[0].groups
    assert (group.moderator, set(group.seats)) == (None, {ANN, BO, MOD})


def test_companies_are_the_same_whatever_their_case_and_spaces():
    known = Known(profiles=working_at({ANN: "Bakkerij  Peeters", BO: " bakkerij peeters", CAS: "", DEE: ""}))
    planning = Planning([Round(1)], a_roster([ANN, BO, CAS, DEE]), known, group_size=2, now=NOON)
    assert planning.problem.company == (0, 0, -1, -1)
    assert {BO} not in [{ANN} ^ set(group.seats) for group in planned(planning).rounds[0].groups]


def test_a_moderator_never_leads_whom_they_are_to_be_apart_from_whoever_is_named_first():
    rules = [Rule(uuid4(), RuleKind.APART, pair, ANN, NOON) for pair in ((ANN, MOD), (MOD, CAS), (ANN, BO))]
    planning = Planning([Round(1)], a_roster([ANN, BO, CAS], [MOD]), Known(rules=rules), group_size=3, now=NOON)
    assert (planning.problem.moderator_apart, planning.problem.keep_apart) == (((0, 0), (0, 2)), ((0, 1),))


def test_a_meeting_of_long_ago_weighs_less():
    met = [Met(ANN, BO, 1, NOON - timedelta(days=240)), Met(ANN, CAS, 1, NOON)]
    planning = Planning([Round(1)], a_roster([ANN, BO, CAS]), Known(met=met), group_size=2, now=NOON)
    assert planning.problem.history == ((0, 1, 0.25), (0, 2, 1.0))


def test_the_organiser_is_told_what_the_plan_could_not_give():
    known = Known(profiles=working_at(dict.fromkeys((ANN, BO, CAS), "Voka")), met=[Met(ANN, BO, 1, NOON)])
    planning = Planning([Round(1)], a_roster([ANN, BO, CAS], [MOD]), known, group_size=2, now=NOON)
    plan = planned(planning)
    codes = [notice.code for notice in plan.notices]
    assert NoticeCode.COMPANY_TOGETHER in codes
    short = a_roster(people(6), [MOD])
    hosted = planned(Planning([Round(1)], short, Known(), group_size=3, now=NOON)).notices[0]
    assert (hosted.code, hosted.details["moderators"], hosted.details["groups"]) == (NoticeCode.HOSTED, "1", "2")


def test_who_plans_without_moderators_is_not_told_that_rooms_have_none():
    with_none = planned(Planning([Round(1), Round(2)], a_roster(people(6)), Known(), group_size=3, now=NOON))
    assert NoticeCode.HOSTED not in [notice.code for notice in with_none.notices]
    withdrew = a_roster(people(6), [Moderator(MOD, withdrawn=True)])
    assert planned(Planning([Round(1)], withdrew, Known(), group_size=3, now=NOON)).notices[0].code is NoticeCode.HOSTED


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_few_meet_again_in_any_plan_is_said_when_some_must(language: str):
    said = {
        bound: phrases(language).word(Notice(NoticeCode.REPEATS, {"repeats": "135", "bound": bound}))
        for bound in ("0", "7")
    }
    assert (said["7"].startswith(said["0"]), "7" in said["7"].removeprefix(said["0"])) == (True, True)
    assert said["0"].endswith("135.")


def test_organisers_are_told_when_somebodys_own_company_leads_them_and_nobody_else_is():
    known = Known(profiles=working_at({ANN: "Voka", BO: "Voka", MOD: "VOKA"}))
    plan = planned(Planning([Round(1)], a_roster([ANN, BO, CAS], [MOD]), known, group_size=3, now=NOON))
    breakout = replace(a_breakout(*plan.rounds), notices=plan.notices)
    told = "Round 1: participants who could not be kept from a moderator of their own company: 2."
    assert told in [phrases("en").word(notice) for notice in breakout.notices]
    assert told not in [phrases("en").word(notice) for notice in breakout.without_rules().notices]


def test_the_organiser_is_told_how_a_running_round_was_mended():
    other = people(1)[0]
    running = Round(1, (a_group(1, ANN, BO, moderator=MOD), a_group(2, CAS, DEE)), RoundState.OPEN, NOON)
    roster = a_roster([ANN, BO, CAS], [Moderator(MOD, withdrawn=True), other])
    plan = planned(Planning([running], roster, Known(), group_size=2, now=NOON))
    assert [notice.code for notice in plan.notices] == [NoticeCode.TAKEN_OVER, NoticeCode.DISSOLVED]
    assert [(group.moderator, set(group.seats)) for group in plan.rounds[0].groups] == [(other, {ANN, BO, CAS})]


def test_a_group_keeps_its_id_in_a_new_plan():
    running = Round(1, (a_group(1, ANN, BO), a_group(2, CAS, DEE)), RoundState.OPEN, NOON)
    later = replace(running, number=2, state=RoundState.PLANNED, opened_at=None)
    plan = planned(Planning([running, later], a_roster([ANN, BO, CAS, DEE]), Known(), group_size=2, now=NOON))
    for before, after in zip((running, later), plan.rounds, strict=True):
        assert [group.id for group in after.groups] == [group.id for group in before.groups]


def test_rooms_of_a_round_that_nobody_has_seen_are_numbered_from_one_and_those_of_an_open_one_stay():
    everybody = people(12)
    trios = [everybody[start : start + 3] for start in range(0, 12, 3)]
    groups = tuple(a_group(number, *trio) for number, trio in enumerate(trios, 1))
    rounds = [Round(1, groups, RoundState.OPEN, NOON), Round(2, groups)]
    planning = Planning(rounds, a_roster(everybody[4:]), Known(), group_size=3, now=NOON)
    schedule = solve(planning.problem)
    plan = planning.plan(schedule, uuid4)
    assert [[group.number for group in each.groups] for each in plan.rounds] == [[2, 3, 4], [1, 2, 3]]
    seated = [(move.round, move.account, move.to_group) for move in (each.move for each in planning.moved(schedule))]
    assert {(n, account, plan.rounds[n - 1].seating().get(account, 0)) for n, account, _ in seated} == set(seated)


def test_each_seat_that_a_new_plan_changes_has_its_reason():
    late, gone = people(2)
    running = Round(1, (a_group(1, ANN, BO, gone), a_group(2, CAS, DEE)), RoundState.OPEN, NOON)
    roster = a_roster([ANN, BO, CAS, DEE, late])
    planning = Planning([running], roster, Known(), group_size=3, now=NOON)
    found = {each.move.account: each.why for each in planning.moved(solve(planning.problem))}
    assert found == {late: Why.LATE, gone: Why.ABSENT}


def test_each_change_of_who_leads_a_group_has_its_reason_as_well():
    new = people(1)[0]
    rounds = [Round(1, (a_group(1, ANN, BO, moderator=MOD),), RoundState.OPEN, NOON)]
    rounds += [Round(number, (a_group(1, ANN, BO, moderator=MOD),)) for number in (2, 3)]
    roster = a_roster([ANN, BO], [Moderator(MOD, withdrawn=True), new])
    planning = Planning(rounds, roster, Known(), group_size=2, now=NOON)
    found = planning.moved(solve(planning.problem))
    assert {(each.move, each.why) for each in found} == {
        (Move(number, *change, leads=True), Why.MODERATOR_GONE)
        for number in (1, 2, 3)
        for change in ((MOD, 1, 0), (new, 0, 1))
    }


def test_who_moderates_by_now_did_not_leave_and_who_moderated_did_not_come_late():
    running = Round(1, (a_group(1, ANN, BO, CAS), a_group(2, DEE, moderator=MOD)), RoundState.OPEN, NOON)
    roster = a_roster([*EVERYBODY, MOD], [ANN, Moderator(MOD, withdrawn=True)])
    planning = Planning([running], roster, Known(), group_size=2, now=NOON)
    found = {(each.move.account, each.move.leads): each.why for each in planning.moved(solve(planning.problem))}
    assert found[ANN, False] is Became.MODERATOR
    assert (found[MOD, False], found[MOD, True]) == (Became.PARTICIPANT, Became.PARTICIPANT)


def test_who_moderates_no_more_and_left_is_gone():
    running = Round(1, (a_group(1, ANN, BO, MOD), a_group(2, CAS, DEE)), RoundState.OPEN, NOON)
    roster = a_roster(EVERYBODY, [Moderator(MOD, withdrawn=True)])
    planning = Planning([running], roster, Known(), group_size=3, now=NOON)
    assert [each.why for each in planning.moved(solve(planning.problem))] == [Why.ABSENT]


def test_whatever_changes_is_explained_in_each_language():
    """But for a rule's work, which reads as that of a group that was too full."""
    for language in LANGUAGES:
        assert len({phrases(language).why_moved(why) for why in (*Why, *Became)}) == len(Why) + len(Became) - 1


def test_a_move_for_a_confidential_rule_reads_as_any_other():
    assert phrases("en").why_moved(Why.RULE) == phrases("en").why_moved(Why.EVENED_OUT)


def test_the_organiser_is_told_the_least_that_must_give_but_not_what_people_stated():
    roster = a_roster([ANN, BO, CAS, DEE], [MOD])
    rules = [Rule(uuid4(), RuleKind.APART, pair, ANN, NOON) for pair in ((ANN, BO), (ANN, CAS), (BO, CAS))]
    profiles = working_at(dict.fromkeys((ANN, BO, CAS), "Voka"))
    told = [told_of(roster, Known(profiles=profiles, rules=stated)) for stated in ((), rules)]
    unkept = "Round 1: cases in which a stated rule could not be kept: 1. See the list of rules."
    assert [*told[0], unkept] == told[1]
    assert "Round 1: 3 people of Voka and 2 rooms: at least 1 pair must share one." in told[0]
    assert "Round 1: with one room for each moderator, a room would have 4 people." in told[0]
    hosted, stated = told_of(roster, Known()), told_of(roster, Known(rules=rules))
    assert len(hosted) + 1 == len(stated)
    assert unkept in stated


def test_the_organiser_is_told_which_companies_have_more_people_than_there_are_rooms():
    names = {ANN: "Bakkerij  Peeters", BO: "bakkerij peeters ", CAS: "Voka", DEE: "Voka", MOD: "BAKKERIJ PEETERS"}
    told = [
        warning for warning in told_of(a_roster(names), Known(profiles=working_at(names))) if "people of" in warning
    ]
    assert told == ["Round 1: 3 people of Bakkerij Peeters and 2 rooms: at least 1 pair must share one."]


def told_of(roster: Roster, known: Known) -> list[str]:
    """The warnings of a plan of one round of pairs."""
    planning = Planning([Round(1)], roster, known, group_size=2, now=NOON)
    plan = planning.plan(solve(planning.problem), uuid4, conflicts(planning.problem))
    return [phrases("en").word(notice) for notice in plan.notices]
