"""When rounds are expected, and who is there to lead in them."""

from datetime import datetime, timedelta

import pytest

from services.matching.domain.breakout import Round, RoundState
from services.matching.domain.known import Known
from services.matching.domain.planning import Moderator, Planning, round_times
from services.matching.engine.solve import solve
from tests.support.matching import HOUR, NOON, a_group, a_roster, people

ANN, BO, MOD, SECOND, THIRD = people(5)
QUARTER = HOUR / 4
SECONDS = timedelta(seconds=1)


def rounds(opened: datetime | None = None, closed: datetime | None = None) -> list[Round]:
    """Four, of which the first may be open, or held."""
    groups = (a_group(1, ANN, BO, moderator=MOD),)
    state = RoundState.HELD if closed else RoundState.OPEN if opened else RoundState.PLANNED
    return [Round(1, groups, state, opened, closed), *(Round(number, groups) for number in (2, 3, 4))]


def led(moderator: Moderator, of: list[Round], now: datetime) -> list[int]:
    """The numbers of the rounds to come in which they can lead."""
    problem = Planning(of, a_roster([ANN, BO], [moderator]), Known(), group_size=3, now=now).problem
    return [each.number for each, posed in zip(of, problem.rounds, strict=True) if posed.moderators]


def test_the_rounds_to_come_share_the_rest_of_the_event():
    roster = a_roster([ANN, BO])
    one, two = Round(1), Round(2)
    assert round_times(roster, NOON + HOUR / 2, [one, two])[1] == (NOON + HOUR / 2, NOON + HOUR * 3 / 4)
    assert round_times(roster, NOON - HOUR, [one]) == {1: (NOON, NOON + HOUR)}
    assert round_times(roster, NOON + 2 * HOUR, [two]) == {2: (NOON + HOUR, NOON + HOUR)}
    assert round_times(roster, NOON, []) == {}


@pytest.mark.parametrize("opened", [NOON - timedelta(minutes=5), NOON])
def test_the_rounds_after_an_open_one_are_expected_when_they_were_as_it_began(opened: datetime):
    times = round_times(a_roster([ANN, BO]), NOON + QUARTER / 2, rounds(opened))
    assert times[1] == (NOON + QUARTER / 2, NOON + QUARTER / 2)
    assert [times[number] for number in (2, 3, 4)] == [
        (NOON + n * QUARTER, NOON + (n + 1) * QUARTER) for n in (1, 2, 3)
    ]


def test_when_an_open_round_takes_longer_the_others_share_what_is_left():
    times = round_times(a_roster([ANN, BO]), NOON + HOUR * 2 / 5, rounds(NOON))
    assert times[2] == (NOON + HOUR * 2 / 5, NOON + HOUR * 3 / 5)
    assert times[4][1] == NOON + HOUR


def test_a_moderator_leads_only_rounds_of_which_they_are_there_for_the_most_part():
    moderator = Moderator(MOD, available_until=NOON + HOUR / 2)
    planning = Planning([Round(1), Round(2)], a_roster([ANN, BO], [moderator]), Known(), group_size=3, now=NOON)
    assert [groups[0].moderator for groups in solve(planning.problem).rounds] == [0, None]
    begins, ends = NOON, NOON + 100 * SECONDS
    assert Moderator(MOD, NOON + 10 * SECONDS, NOON + 90 * SECONDS).can_lead(begins, ends)
    assert not Moderator(MOD, NOON + 10 * SECONDS, NOON + 89 * SECONDS).can_lead(begins, ends)
    assert not Moderator(MOD, NOON + 21 * SECONDS).can_lead(begins, ends)
    assert not Moderator(MOD, available_until=NOON + 79 * SECONDS).can_lead(begins, ends)


@pytest.mark.parametrize("late", [timedelta(0), 9 * SECONDS, QUARTER - SECONDS])
def test_a_moderator_keeps_the_running_round_and_those_to_come_until_they_are_gone(late: timedelta):
    """One leaves after the first of four rounds, one after the second, one comes to the third."""
    open_one, now = rounds(NOON), NOON + late
    assert led(Moderator(MOD, available_until=NOON + QUARTER), open_one, now) == [1]
    assert led(Moderator(SECOND, available_until=NOON + 2 * QUARTER), open_one, now) == [1, 2]
    assert led(Moderator(THIRD, available_from=NOON + 2 * QUARTER), open_one, now) == [3, 4]


def test_who_was_to_go_by_now_does_not_lead_the_running_round():
    assert led(Moderator(MOD, available_until=NOON + QUARTER), rounds(NOON), NOON + QUARTER + SECONDS) == []


@pytest.mark.parametrize("seconds", [-90, 90])
def test_a_moderator_loses_no_round_that_begins_a_little_later_or_earlier_than_planned(seconds: int):
    now = NOON + QUARTER + seconds * SECONDS
    assert led(Moderator(SECOND, available_until=NOON + 2 * QUARTER), rounds(NOON, now), now) == [2]
    assert led(Moderator(THIRD, available_from=NOON + 2 * QUARTER), rounds(NOON, now), now) == [3, 4]
