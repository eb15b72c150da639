"""What each sees of a break-out."""

from dataclasses import replace
from uuid import uuid4

import pytest

from services.common.caller import Caller, Role
from services.matching.domain.breakout import Breakout, Round, RoundState
from services.matching.domain.notice import Notice, NoticeCode
from services.matching.domain.pins import Pin
from tests.support.matching import a_breakout, a_group, people

ANN, BO, CAS, DEE, MOD = people(5)


def a_breakout_of_which_one_round_was_held() -> Breakout:
    groups = (a_group(1, ANN, BO, moderator=MOD), a_group(2, CAS, DEE, host=CAS))
    return a_breakout(Round(1, groups, RoundState.HELD), [a_group(1, ANN, CAS), a_group(2, BO, DEE)])


def test_a_participant_sees_open_and_held_rounds_and_only_the_own_group():
    breakout = a_breakout_of_which_one_round_was_held()
    seen = breakout.seen_by(ANN)
    assert [[group.seats for group in each.groups] for each in seen.rounds] == [[tuple(sorted((ANN, BO)))]]
    assert [len(each.groups) for each in breakout.seen_by(MOD).rounds] == [1]
    assert [each.groups for each in breakout.seen_by(people(1)[0]).rounds] == [()]


@pytest.mark.parametrize(
    ("role", "groups", "notices", "repeats", "pins"),
    [
        (Role.OWNER, 4, 2, 3, 1),
        (Role.ORGANISER, 4, 2, 3, 1),
        (Role.MODERATOR, 4, 1, 0, 1),
        (Role.ASSISTANT, 4, 1, 0, 0),
        (Role.MEMBER, 1, 0, 0, 0),
    ],
)
def test_each_role_sees_what_is_for_it(role: Role, groups: int, notices: int, repeats: int, pins: int):
    breakout = replace(
        a_breakout_of_which_one_round_was_held(),
        notices=(Notice(NoticeCode.HOSTED), Notice(NoticeCode.RULES_BROKEN)),
        repeats=3,
        pins=(Pin(ANN, 2, 1),),
    )
    seen = breakout.as_seen(Caller(uuid4(), ANN, frozenset({role})))
    assert sum(len(each.groups) for each in seen.rounds) == groups
    assert (len(seen.notices), seen.repeats, len(seen.pins)) == (notices, repeats, pins)
