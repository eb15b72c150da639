"""Act one: a weekly series opens, 152 apply, some cancel, and the freed places find the next in line."""

from __future__ import annotations

import asyncio
import datetime as dt
from zoneinfo import ZoneInfo

from deploy.local.demo.cast import SignedIn
from deploy.local.demo.client import Json
from deploy.local.demo.live import offered
from deploy.local.demo.stage import Stage, at_once

APPLICANTS, PLACES = 152, 102
WAITING = APPLICANTS - PLACES
CANCELLING, EXPIRING, DECLINING = 8, 2, 1
OFFER_WINDOW_SECONDS = 12
LEAD = dt.timedelta(seconds=45)  # what the applications and offers need at the most, before it begins


async def open_the_series(stage: Stage) -> None:
    """A weekly series whose first occurrence begins in a minute or two."""
    organiser = stage.organiser.client
    network = (await organiser.ask("{ network { timeZone } }"))["network"]
    start = dt.datetime.now(ZoneInfo(network["timeZone"])) + LEAD + dt.timedelta(minutes=1)
    payload = await organiser.change(
        "createSeries",
        "occurrences { id startsAt }",
        title="Virtuele vrijdag",
        description="Meet other entrepreneurs in small groups",
        mode="ONLINE",
        firstDate=start.date().isoformat(),
        startTime=start.strftime("%H:%M"),
        durationSeconds=2 * 3600,
        capacity=PLACES,
        offerWindowSeconds=OFFER_WINDOW_SECONDS,
    )
    first = payload["occurrences"][0]
    stage.event_id, stage.starts_at = first["id"], dt.datetime.fromisoformat(first["startsAt"])
    await organiser.change("openRegistration", "event { state }", eventId=stage.event_id)
    moderators = [{"accountId": moderator.account} for moderator in stage.moderators]
    await organiser.change(
        "assignModerators", "moderators { accountId }", eventId=stage.event_id, moderators=moderators
    )
    stage.narrator.say(f"Virtuele vrijdag is open: {PLACES} places, {len(moderators)} moderators, every week")


async def apply_in_a_burst(stage: Stage) -> None:
    """152 people, 32 at a time: 102 are confirmed and 50 wait, in order."""

    async def register(person: SignedIn) -> Json:
        payload = await person.client.change("register", "registration { id state }", eventId=stage.event_id)
        stage.registrations[person.account] = payload["registration"]["id"]
        return payload["registration"]

    answers = await at_once(stage.participants, register)
    positions = await at_once(stage.participants, lambda person: _position(stage, person))
    event = await stage.event()
    check = stage.figures.check
    check("applied", len(answers), APPLICANTS)
    check("confirmed after the burst", event["confirmed"], PLACES)
    check("waiting after the burst", event["waiting"], WAITING)
    check("positions from 1 without a gap", sorted(filter(None, positions)) == list(range(1, WAITING + 1)), True)
    stage.narrator.say(f"{len(answers)} applied: {event['confirmed']} confirmed, {event['waiting']} wait")


async def _position(stage: Stage, person: SignedIn) -> int:
    document = "query ($id: ID!) { event(id: $id) { myRegistration { position } } }"
    data = await person.client.ask(document, id=stage.event_id)
    return data["event"]["myRegistration"]["position"] or 0


async def free_some_places(stage: Stage) -> None:
    """Some cancel; the places are offered in order, accepted, declined, or expire and go to the next."""
    check = stage.figures.check
    confirmed, queue = await stage.accounts("CONFIRMED"), await stage.accounts("WAITING")
    await stage.answer("cancelRegistration", stage.people(confirmed[:CANCELLING]))
    first, second = queue[:CANCELLING], queue[CANCELLING : CANCELLING + DECLINING + EXPIRING]
    check("offers after the cancellations", len(await stage.accounts("OFFERED")), CANCELLING)
    check("offered to the first in line", set(await stage.accounts("OFFERED")) == set(first), True)

    silent, declining, accepting = first[:EXPIRING], first[EXPIRING:][:DECLINING], first[EXPIRING + DECLINING :]
    await stage.answer("acceptOffer", stage.people(accepting))
    await stage.answer("declineOffer", stage.people(declining))
    stage.narrator.say(
        f"{CANCELLING} cancelled; of the next in line {len(accepting)} accepted, {len(declining)} declined, "
        f"{len(silent)} let the {OFFER_WINDOW_SECONDS} s pass"
    )
    wait = OFFER_WINDOW_SECONDS + 15
    await asyncio.gather(*(_accept_when_offered(stage, person, wait) for person in stage.people(second)))

    event = await stage.event()
    check("offers that expired", set(await stage.accounts("EXPIRED")) == set(silent), True)
    check("confirmed after the offers", event["confirmed"], PLACES)
    check("waiting after the offers", event["waiting"], WAITING - len(first) - len(second))
    stage.narrator.say(f"every freed place is taken: {event['confirmed']} confirmed, {event['waiting']} still wait")


async def _accept_when_offered(stage: Stage, person: SignedIn, within: float) -> None:
    await offered(person, stage.event_id, within=within)
    await stage.answer("acceptOffer", [person])
