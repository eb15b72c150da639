"""How many meet again once it is known who was there."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from services.matching.domain.breakout import Breakout, Group
from services.matching.domain.counting import counted_anew, repeats_in
from services.matching.domain.notice import Notice, NoticeCode
from services.matching.engine.problem import Argument
from tests.support.matching import NOON, a_breakout, a_group, people

ANN, BO, CAS, DEE = people(4)
EVERYBODY = {ANN, BO, CAS, DEE}
REPEATS = Notice(NoticeCode.REPEATS, {"repeats": "9", "bound": "9"})


def planned(*rounds: list[Group], bound: int) -> Breakout:
    breakout = a_breakout(*rounds)
    return replace(breakout, repeats=repeats_in(breakout.rounds, (), ()), repeats_bound=bound, notices=(REPEATS,))


def closed(
    breakout: Breakout, number: int, *gone: set[object], together: Collection[tuple[UUID, UUID]] = ()
) -> Breakout:
    opened, _ = breakout.published(number, NOON)
    after, _ = opened.closed(number, NOON, EVERYBODY.difference(*gone))
    return counted_anew(opened, after, (), together)


def test_who_was_not_there_meets_nobody_again_nor_had_to():
    twice = planned([a_group(1, ANN, BO, CAS)], [a_group(1, ANN, BO, CAS)], bound=3)
    assert (twice.repeats, twice.repeats_bound) == (3, 3)
    first = closed(twice, 1)
    assert (first.repeats, first.repeats_bound) == (3, 3)
    second = closed(first, 2, {CAS})
    assert (second.repeats, second.repeats_bound) == (1, 1)
    assert second.notices == (Notice(NoticeCode.REPEATS, {"repeats": "1", "bound": "1"}),)


def test_of_a_break_out_in_which_nobody_meets_again_any_more_nothing_is_told_of_it():
    pair = planned([a_group(1, ANN, BO)], [a_group(1, ANN, BO)], bound=1)
    after = closed(pair, 1, {ANN})
    assert (after.repeats, after.repeats_bound, after.notices) == (0, 0, ())


def test_who_met_at_another_event_meets_again_in_each_round_and_never_fewer_than_were_held():
    rounds = planned([a_group(1, ANN, BO), a_group(2, CAS, DEE)], [a_group(1, ANN, BO)], bound=0)
    opened, _ = rounds.published(1, NOON)
    held, _ = opened.closed(1, NOON, {ANN, BO, CAS})
    after = counted_anew(opened, held, {(ANN, BO), (CAS, DEE)}, ())
    assert (after.repeats, after.repeats_bound) == (2, 1)


def test_who_is_together_by_a_rule_does_not_meet_again_and_missing_it_takes_nothing_off():
    twice = planned([a_group(1, ANN, BO, CAS)], [a_group(1, ANN, BO, CAS)], bound=2)
    after = closed(closed(twice, 1, {DEE}, together={(ANN, BO)}), 2, {ANN}, together={(ANN, BO)})
    assert (after.repeats, after.repeats_bound) == (1, 1)


def test_the_argument_of_a_least_that_is_no_more_is_not_told_of_what_is_left():
    pair = replace(planned([a_group(1, ANN, BO)], [a_group(1, ANN, BO)], bound=1), repeats_argument=Argument.PAIRS)
    assert closed(pair, 1).repeats_argument is Argument.PAIRS
    assert closed(pair, 1, {ANN}).repeats_argument is Argument.NONE
    assert closed(closed(pair, 1), 2, {CAS}).repeats_argument is Argument.DECIDED
