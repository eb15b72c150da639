"""Somebody who checked in leaves."""

from __future__ import annotations

from tests.support.gatherings import a_break_out
from tests.support.house import House


async def test_who_left_is_shown_as_gone_and_has_no_seat_in_the_rounds_that_are_planned_anew(house: House) -> None:
    gathering, breakout_id = await a_break_out(house, "Ann", "Bo", "Cas", "Dirk")
    ann, organiser = gathering.people[0], gathering.organiser.client
    document = """subscription ($e: ID!) { myRegistration(eventId: $e) { registration { state checkedOutAt } } }"""
    async with ann.client.subscribe(document, e=gathering.event_id) as live:
        assert (await live.next())["myRegistration"]["registration"]["checkedOutAt"] is None
        mine = gathering.registrations[ann.id]
        left = await ann.client.do("checkOut", "registration { state checkedOutAt }", registrationId=mine)
        assert left["registration"]["state"] == "ATTENDED"
        assert (await live.next())["myRegistration"]["registration"] == left["registration"]
    seats, moves = "rounds { groups { seats { accountId } } }", "moves { member { name } leads toGroup reason }"
    replanned = await organiser.do("replanBreakout", f"breakout {{ {seats} }} {moves}", breakoutId=breakout_id)
    assert {"member": {"name": "Ann"}, "leads": False, "toGroup": None, "reason": "Niet meer aanwezig."} in replanned[
        "moves"
    ]
    assert all(move["member"]["name"].startswith("Mo ") is move["leads"] for move in replanned["moves"])
    assert any(move["leads"] for move in replanned["moves"])
    rounds = replanned["breakout"]["rounds"]
    seated = [{seat["accountId"] for group in each["groups"] for seat in group["seats"]} for each in rounds]
    assert seated == [{person.id for person in gathering.people[1:]}] * 2
    back = await organiser.do("checkIn", "registration { checkedOutAt }", registrationId=mine)
    assert back["registration"]["checkedOutAt"] is None
