"""Who came to an event, who did not, and who left."""

from datetime import timedelta

import pytest

from services.events.domain.facts import NoShowMarked, ParticipantCheckedIn, ParticipantCheckedOut
from services.events.domain.refusals import EventIsPast, NoPlace, NotCheckedIn, TooEarly
from services.events.domain.registration import State
from tests.support.events import a_gathering, facts_of

MINUTE = timedelta(minutes=1)


def test_people_check_themselves_in_from_half_an_hour_before_the_start():
    event = a_gathering(places=2, registered=["Ann"])
    event.now = event.event.starts_at - 31 * MINUTE
    with pytest.raises(TooEarly):
        event.check_in("Ann")
    event.now += MINUTE
    event.check_in("Ann")
    assert event.people["Ann"].state is State.ATTENDED
    assert event.people["Ann"].checked_in_at == event.now
    assert not event.people["Ann"].late


def test_the_desk_checks_people_in_at_any_time_before_the_end():
    event = a_gathering(places=2, registered=["Ann", "Bo"])
    event.check_in("Ann", at_the_desk=True)
    event.now = event.event.ends_at
    with pytest.raises(EventIsPast):
        event.check_in("Bo", at_the_desk=True)


def test_who_comes_after_the_start_is_late():
    event = a_gathering(places=2, registered=["Ann", "Bo"])
    event.now = event.event.starts_at
    event.check_in("Ann")
    event.now += MINUTE
    event.check_in("Bo")
    assert [fact.late for fact in facts_of(ParticipantCheckedIn, event.facts)] == [False, True]


def test_checking_in_twice_changes_nothing():
    event = a_gathering(places=2, registered=["Ann"])
    event.now = event.event.starts_at
    event.check_in("Ann")
    event.now += MINUTE
    event.check_in("Ann")
    assert len(event.facts) == 1
    assert not event.people["Ann"].late


def test_who_has_no_place_cannot_check_in():
    event = a_gathering(places=1, registered=["Ann", "Bo"])
    event.now = event.event.starts_at
    with pytest.raises(NoPlace):
        event.check_in("Bo")


def test_a_no_show_who_comes_after_all_is_late_and_still_has_the_place():
    event = a_gathering(places=2, registered=["Ann", "Bo", "Cy"])
    event.now = event.event.starts_at
    event.check_in("Ann")
    event.mark_no_shows()
    assert [event.who(fact.account) for fact in facts_of(NoShowMarked, event.facts)] == ["Bo"]
    assert event.event.free == 0
    event.check_in("Bo")
    assert event.people["Bo"].state is State.ATTENDED
    assert event.people["Bo"].late
    assert event.event.confirmed == 2


def test_nobody_is_a_no_show_before_the_start():
    event = a_gathering(places=1, registered=["Ann"])
    with pytest.raises(TooEarly):
        event.mark_no_shows()


def test_marking_no_shows_twice_marks_nobody_again():
    event = a_gathering(places=1, registered=["Ann"])
    event.now = event.event.ends_at + MINUTE
    event.mark_no_shows()
    event.mark_no_shows()
    assert len(event.facts) == 1


def test_who_left_is_no_longer_here_and_keeps_the_place():
    event = a_gathering(places=1, registered=["Ann"])
    event.now = event.event.starts_at
    event.check_in("Ann")
    event.now += MINUTE
    event.check_out("Ann")
    ann = event.people["Ann"]
    assert (ann.state, ann.checked_out_at, ann.is_here) == (State.ATTENDED, event.now, False)
    assert event.event.confirmed == 1
    assert [event.who(fact.account) for fact in facts_of(ParticipantCheckedOut, event.facts)] == ["Ann"]


def test_leaving_twice_changes_nothing():
    event = a_gathering(places=1, registered=["Ann"])
    event.now = event.event.starts_at
    event.check_in("Ann")
    event.check_out("Ann")
    event.now += MINUTE
    event.check_out("Ann")
    assert event.people["Ann"].checked_out_at == event.event.starts_at
    assert len(event.facts) == 2


def test_who_left_and_is_back_came_when_they_came_first():
    event = a_gathering(places=1, registered=["Ann"])
    event.now = event.event.starts_at
    event.check_in("Ann")
    event.check_out("Ann")
    event.now += MINUTE
    event.check_in("Ann")
    ann = event.people["Ann"]
    assert ann.is_here
    assert (ann.checked_in_at, ann.late) == (event.event.starts_at, False)
    assert [fact.version for fact in event.facts] == [2, 3, 4]


def test_who_did_not_check_in_cannot_leave():
    event = a_gathering(places=1, registered=["Ann", "Bo"])
    event.now = event.event.starts_at
    for name in ("Ann", "Bo"):
        with pytest.raises(NotCheckedIn):
            event.check_out(name)


def test_nobody_leaves_an_event_that_is_over():
    event = a_gathering(places=1, registered=["Ann"])
    event.now = event.event.starts_at
    event.check_in("Ann")
    event.now = event.event.ends_at
    with pytest.raises(EventIsPast):
        event.check_out("Ann")
