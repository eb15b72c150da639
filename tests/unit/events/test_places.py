"""Who gets a place at an event."""

from datetime import timedelta

import pytest

from services.events.domain.event import EventState
from services.events.domain.facts import (
    CapacityChanged,
    EventCancelled,
    OfferExpired,
    PlaceConfirmed,
    PlaceOffered,
    RegistrationCancelled,
    WaitingStarted,
)
from services.events.domain.refusals import (
    EventIsCancelled,
    EventIsPast,
    EventNotOpen,
    NoFreePlace,
    NoOffer,
    NoPlace,
    NotWaiting,
    OfferIsExpired,
)
from services.events.domain.registration import State
from tests.support.events import DAY, HOUR, NOON, Gathering, a_gathering, an_event, facts_of

MINUTE = timedelta(minutes=1)


def test_the_first_to_come_get_the_places_and_the_others_wait_in_order():
    event = Gathering(an_event(places=2))
    event.register("Ann", "Bo", "Cy", "Di")
    assert event.names(State.CONFIRMED) == ["Ann", "Bo"]
    assert [event.people[name].position for name in ("Ann", "Cy", "Di")] == [0, 1, 2]
    assert len(facts_of(PlaceConfirmed, event.facts)) == 2
    assert len(facts_of(WaitingStarted, event.facts)) == 2


def test_registering_twice_gives_the_same_registration_and_no_fact():
    event = a_gathering(places=1, registered=["Ann", "Bo"])
    before = event.people["Bo"].id, event.people["Bo"].version
    event.register("Bo", "Ann")
    assert (event.people["Bo"].id, event.people["Bo"].version) == before
    assert event.facts == []
    assert (event.event.confirmed, event.event.waiting) == (1, 1)


def test_the_first_to_wait_is_the_first_to_be_offered_a_freed_place():
    event = a_gathering(places=1, registered=["Cy", "Ann", "Bo"])
    event.cancel("Cy")
    assert [event.who(fact.account) for fact in facts_of(PlaceOffered, event.facts)] == ["Ann"]
    assert (event.event.confirmed, event.event.offered, event.event.waiting) == (0, 1, 1)


def test_a_place_that_nobody_waits_for_is_free_for_the_next_to_register():
    event = a_gathering(places=1, registered=["Ann"])
    event.cancel("Ann")
    event.register("Bo")
    assert event.names(State.CONFIRMED) == ["Bo"]


def test_nobody_overtakes_those_who_wait_even_when_a_place_is_free():
    event = a_gathering(places=1, registered=["Ann", "Bo"])
    event.now = event.event.starts_at
    event.cancel("Ann")
    event.register("Cy")
    assert event.event.free == 1
    assert event.names(State.WAITING) == ["Bo", "Cy"]


def test_accepting_an_offer_confirms_and_accepting_twice_answers_the_same():
    event = a_gathering(places=1, registered=["Ann", "Bo"])
    event.cancel("Ann")
    event.accept("Bo")
    version = event.people["Bo"].version
    event.accept("Bo")
    assert event.people["Bo"].version == version
    assert event.people["Bo"].offer_expires_at is None
    assert (event.event.confirmed, event.event.offered) == (1, 0)
    assert len(facts_of(PlaceConfirmed, event.facts)) == 1


def test_a_declined_place_goes_to_the_next():
    event = a_gathering(places=1, registered=["Ann", "Bo", "Cy"])
    event.cancel("Ann")
    event.decline("Bo")
    event.decline("Bo")
    assert event.names(State.OFFERED) == ["Cy"]


def test_an_expired_offer_goes_to_the_next():
    event = a_gathering(places=1, registered=["Ann", "Bo", "Cy"], offer_window=HOUR)
    event.cancel("Ann")
    event.pass_time(HOUR - MINUTE)
    assert event.names(State.OFFERED) == ["Bo"]
    event.pass_time(MINUTE)
    assert event.names(State.OFFERED) == ["Cy"]
    assert [event.who(fact.account) for fact in facts_of(OfferExpired, event.facts)] == ["Bo"]


def test_an_offer_cannot_be_accepted_or_declined_from_the_moment_it_expires():
    event = a_gathering(places=1, registered=["Ann", "Bo"], offer_window=HOUR)
    event.cancel("Ann")
    event.now += HOUR
    for act in (event.accept, event.decline):
        with pytest.raises(OfferIsExpired):
            act("Bo")
    event.pass_time(MINUTE)
    with pytest.raises(OfferIsExpired):
        event.accept("Bo")


def test_who_has_no_offer_has_none_to_accept():
    event = a_gathering(places=1, registered=["Ann", "Bo"])
    with pytest.raises(NoOffer):
        event.accept("Bo")
    with pytest.raises(NoOffer):
        event.decline("Ann")


@pytest.mark.parametrize("leave", ["cancel", "decline", "expire"])
def test_who_left_may_register_again_and_goes_to_the_end_of_the_queue(leave: str):
    event = a_gathering(places=1, registered=["Ann", "Bo", "Cy", "Di"])
    event.cancel("Ann")
    known = event.people["Bo"].id
    match leave:
        case "cancel":
            event.cancel("Bo")
        case "decline":
            event.decline("Bo")
        case _:
            event.pass_time(HOUR)
    event.register("Bo")
    assert event.names(State.WAITING) == ["Di", "Bo"]
    assert event.people["Bo"].id == known
    assert event.people["Bo"].position == 2


def test_who_gave_up_a_waiting_position_is_never_offered_a_place():
    event = a_gathering(places=1, registered=["Ann", "Bo", "Cy"])
    event.cancel("Bo")
    event.cancel("Ann")
    assert event.names(State.OFFERED) == ["Cy"]


def test_cancelling_twice_changes_nothing():
    event = a_gathering(places=1, registered=["Ann", "Bo", "Cy"])
    event.cancel("Ann")
    event.cancel("Ann")
    assert len(facts_of(RegistrationCancelled, event.facts)) == 1
    assert event.names(State.OFFERED) == ["Bo"]


def test_who_has_nothing_cannot_give_it_up():
    event = a_gathering(places=1, registered=["Ann", "Bo"])
    event.cancel("Ann")
    event.decline("Bo")
    with pytest.raises(NoPlace):
        event.cancel("Bo")


def test_raising_the_capacity_offers_the_new_places_at_once_in_order():
    event = a_gathering(places=1, registered=["Ann", "Bo", "Cy", "Di"])
    event.change_capacity(3)
    assert event.names(State.OFFERED) == ["Bo", "Cy"]
    assert facts_of(CapacityChanged, event.facts)[0].capacity == 3


def test_lowering_the_capacity_takes_nobodys_place_and_offers_none_until_there_is_room():
    event = a_gathering(places=3, registered=["Ann", "Bo", "Cy", "Di"])
    event.change_capacity(1)
    assert event.names(State.CONFIRMED) == ["Ann", "Bo", "Cy"]
    event.cancel("Ann")
    event.cancel("Bo")
    assert event.names(State.OFFERED) == []
    event.cancel("Cy")
    assert event.names(State.OFFERED) == ["Di"]


def test_an_unchanged_capacity_makes_no_fact():
    event = a_gathering(places=3)
    event.change_capacity(3)
    assert event.facts == []


def test_a_closed_event_takes_nobody_new_and_still_serves_those_who_wait():
    event = a_gathering(places=1, registered=["Ann", "Bo"])
    event.event.close_registration()
    with pytest.raises(EventNotOpen):
        event.register("Cy")
    event.register("Ann")
    event.cancel("Ann")
    assert event.names(State.OFFERED) == ["Bo"]


def test_an_offer_ends_at_the_start_at_the_latest_and_places_freed_later_are_offered_by_hand_only():
    event = a_gathering(places=1, registered=["Ann", "Bo", "Cy"], offer_window=2 * DAY)
    event.cancel("Ann")
    assert event.people["Bo"].offer_expires_at == event.event.starts_at
    event.pass_time(DAY)
    assert event.names(State.EXPIRED) == ["Bo"]
    assert event.names(State.OFFERED) == []
    event.offer_place("Cy")
    assert event.people["Cy"].offer_expires_at == event.event.ends_at
    event.accept("Cy")
    assert event.names(State.CONFIRMED) == ["Cy"]


def test_a_place_is_offered_out_of_turn_only_when_one_is_free():
    event = a_gathering(places=1, registered=["Ann", "Bo", "Cy"])
    with pytest.raises(NoFreePlace):
        event.offer_place("Cy")
    with pytest.raises(NotWaiting):
        event.offer_place("Ann")
    event.now = event.event.starts_at
    event.cancel("Ann")
    event.offer_place("Cy")
    event.offer_place("Cy")
    assert event.names(State.OFFERED) == ["Cy"]
    with pytest.raises(NoFreePlace):
        event.offer_place("Bo")


def test_people_join_an_open_event_while_it_runs_and_not_once_it_ended():
    event = a_gathering(places=2)
    event.now = event.event.starts_at + MINUTE
    event.register("Ann")
    assert event.names(State.CONFIRMED) == ["Ann"]
    event.now = event.event.ends_at
    with pytest.raises(EventIsPast):
        event.register("Bo")


def test_a_cancelled_event_ends_its_offers_and_refuses_everything():
    event = a_gathering(places=1, registered=["Ann", "Bo", "Cy"])
    event.cancel("Ann")
    event.facts += event.event.cancel("Ill", [event.people["Bo"]], event.now)
    assert len(facts_of(EventCancelled, event.facts)) == 1
    assert event.names(State.EXPIRED) == ["Bo"]
    assert event.event.offered == 0
    assert event.event.cancel("Again", [], event.now) == []
    assert event.event.cancel_reason == "Ill"
    for refused in (
        lambda: event.register("Di"),
        lambda: event.cancel("Cy"),
        lambda: event.accept("Bo"),
        lambda: event.change_capacity(9),
        lambda: event.event.open_registration(event.now),
        event.event.close_registration,
    ):
        with pytest.raises(EventIsCancelled):
            refused()


def test_opening_and_closing_twice_make_one_fact_each():
    event = an_event(state=EventState.DRAFT)
    with pytest.raises(EventNotOpen):
        event.close_registration()
    made = [*event.open_registration(NOON), *event.open_registration(NOON)]
    made += [*event.close_registration(), *event.close_registration()]
    assert [fact.version for fact in made] == [1, 2]


def test_each_fact_of_a_registration_has_the_next_version():
    event = a_gathering(places=1, registered=["Ann", "Bo"])
    event.cancel("Ann")
    event.decline("Bo")
    event.register("Bo")
    versions = [fact.version for fact in event.facts if fact.aggregate == event.people["Bo"].id]
    assert versions == [2, 3, 4]
