"""How many meet again once it is known who was there."""

from dataclasses import replace

from services.matching.domain.breakout import Breakout, Group, Notice, NoticeCode
from services.matching.domain.counting import counted_anew, repeats_in
from tests.support.matching import NOON, a_breakout, a_group, people

ANN, BO, CAS, DEE = people(4)
EVERYBODY = {ANN, BO, CAS, DEE}
REPEATS = Notice(NoticeCode.REPEATS, {"repeats": "9", "bound": "9"})


def planned(*rounds: list[Group], bound: int) -> Breakout:
    breakout = a_breakout(*rounds)
    return replace(breakout, repeats=repeats_in(breakout.rounds, ()), repeats_bound=bound, notices=(REPEATS,))


def closed(breakout: Breakout, number: int, *gone: set[object]) -> Breakout:
    opened, _ = breakout.published(number, NOON)
    after, _ = opened.closed(number, NOON, EVERYBODY.difference(*gone))
    return counted_anew(opened, after, ())


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
    after = counted_anew(opened, held, {(ANN, BO), (CAS, DEE)})
    assert (after.repeats, after.repeats_bound) == (2, 1)
