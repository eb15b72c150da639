"""Two networks, each with at least one of every kind of thing that has an id; all their texts bear a mark."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from uuid import UUID
from zoneinfo import ZoneInfo

from nats.js import JetStreamContext
from nats.js.api import ConsumerInfo
from sqlalchemy import Table, text

from deploy.local.databases import AREAS, storage_package
from services.common.caller import Role
from services.common.messaging.bus import Bus, stream_name
from services.common.storage.database import plain_engine
from services.common.storage.tables import NETWORK
from services.membership.domain.network import Network
from tests.support.callers import Door
from tests.support.house import House, Person

PATIENCE = 20.0
NAMES = ("present", "partner", "confirmed", "gone", "offered", "waiting")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two networks."""

    network: Network
    mark: str
    people: dict[str, Person]
    """By what they are: owner, organiser, moderator, and the NAMES of who registered."""
    ids: dict[str, list[str]]
    """Some of each kind; the first is what a request holds where another of its ids is foreign."""


@dataclass(frozen=True)
class Two:
    """Two networks of a house, and the way in."""

    house: House
    door: Door
    here: Side
    there: Side
    before: dict[str, list[str]]
    """All that was there when the walks began."""
    hidden: frozenset[str]
    """What nobody here may be told."""

    def told(self, answer: str) -> list[str]:
        """What of it an answer tells, in plain or in base64."""
        told = answer.lower() + "".join(map(_decoded, _ENCODED.findall(answer)))
        return sorted(secret for secret in self.hidden if secret in told)


async def a_side(house: House) -> Side:
    """A network in which everything has happened once."""
    mark = f"mark{secrets.token_hex(6)}"
    network = await house.network(name=f"Network {mark}", words={"nl-BE/member": f"deelnemer {mark}"})
    people = await _people(house, network, mark)
    organiser = people["organiser"].client
    series = await organiser.do(
        "createSeries",
        "series { id }",
        **_about(mark),
        firstDate=(datetime.now() + timedelta(days=7)).date().isoformat(),
        startTime="09:00",
        durationSeconds=3600,
        capacity=9,
    )
    draft = await _an_event(network, people["organiser"], mark, timedelta(days=3))
    event = await _an_event(network, people["organiser"], mark, timedelta(minutes=5))
    registrations = await _places(people, event)
    breakout = await _groups(people, event, registrations)
    asked = await people["present"].client.do(
        "askIntroduction", "introduction { id }", toAccountId=people["partner"].id, message=f"Shall we {mark}?"
    )
    present = people["present"].client
    stated = await present.do(
        "stateRule", "rule { id }", kind="APART", accountIds=[people["present"].id, people["gone"].id]
    )
    ids = {
        "account": [people[name].id for name in ("moderator", "partner", "owner")],
        "event": [event, draft],
        "series": [series["series"]["id"]],
        "registration": [registrations[name] for name in ("confirmed", "offered", "waiting")],
        "breakout": [breakout],
        "introduction": [asked["introduction"]["id"]],
        "operation": [await _a_long_search(network, people, mark)],
        "rule": [stated["rule"]["id"]],
        "network": [organiser.global_id("Network", network.id)],
    }
    return Side(network, mark, people, {kind: [uuid_in(each) for each in found] for kind, found in ids.items()})


async def _people(house: House, network: Network, mark: str) -> dict[str, Person]:
    staff = {"owner": Role.OWNER, "organiser": Role.ORGANISER, "moderator": Role.MODERATOR}
    found = {
        name: (await house.people(network, f"{name} {mark}", roles=frozenset({role})))[0]
        for name, role in staff.items()
    }
    found |= dict(zip(NAMES, await house.people(network, *(f"{name} {mark}" for name in NAMES)), strict=True))
    about = {"company": f"Company {mark}", "profession": mark, "asks": [f"Who {mark}?"], "offers": [mark]}
    about |= {"sharedFields": ["COMPANY", "PROFESSION", "ASKS", "OFFERS"]}
    await found["present"].client.do("updateProfile", "member { id }", **about)
    mailbox = found["present"].email
    await found["present"].client.do("requestCode", "expiresAt", email=mailbox)
    code = await house.code_to(mailbox)
    await found["present"].client.do("redeemCode", "tokens { accountId }", email=mailbox, code=code)
    return found


async def _an_event(network: Network, organiser: Person, mark: str, starts_in: timedelta) -> str:
    local = (datetime.now(ZoneInfo(network.time_zone)) + starts_in).strftime("%Y-%m-%dT%H:%M")
    created = await organiser.client.do(
        "createEvent", "event { id }", **_about(mark), startsAtLocal=local, durationSeconds=7200, capacity=4
    )
    return created["event"]["id"]


def _about(mark: str) -> dict[str, str]:
    return {"title": f"Event {mark}", "description": f"About {mark}", "mode": "ONLINE"}


async def _places(people: dict[str, Person], event: str) -> dict[str, str]:
    """Somebody in each state; the ids of the registrations by name."""
    await people["organiser"].client.do("openRegistration", "event { state }", eventId=event)
    found: dict[str, str] = {}
    for name in NAMES:
        payload = await people[name].client.do("register", "registration { id }", eventId=event)
        found[name] = payload["registration"]["id"]
    await people["gone"].client.do("cancelRegistration", "registration { id }", registrationId=found["gone"])
    return found


async def _groups(people: dict[str, Person], event: str, registrations: dict[str, str]) -> str:
    """A break-out of which the first round was held and the second is open, with a room that was given to somebody."""
    organiser = people["organiser"].client
    moderators = [{"accountId": people["moderator"].id}]
    await organiser.do("assignModerators", "moderators { accountId }", eventId=event, moderators=moderators)
    for name in ("present", "partner"):
        await organiser.do("checkIn", "registration { id }", registrationId=registrations[name])
    pins = [{"accountId": people["present"].id, "roundNumber": 2, "groupNumber": 1}]
    proposed = await organiser.do("proposeBreakout", "breakout { id }", eventId=event, rounds=2, groupSize=2, pins=pins)
    breakout: str = proposed["breakout"]["id"]
    for name, number in (("publishRound", 1), ("closeRound", 1), ("publishRound", 2)):
        await organiser.do(name, "breakout { id }", breakoutId=breakout, roundNumber=number)
    return breakout


async def _a_long_search(network: Network, people: dict[str, Person], mark: str) -> str:
    """A search that is over, for an event of its own."""
    organiser = people["organiser"].client
    event = await _an_event(network, people["organiser"], mark, timedelta(minutes=6))
    await organiser.do("openRegistration", "event { state }", eventId=event)
    for name in ("present", "partner"):
        payload = await people[name].client.do("register", "registration { id }", eventId=event)
        await organiser.do("checkIn", "registration { id }", registrationId=payload["registration"]["id"])
    wanted = {"eventId": event, "rounds": 1, "groupSize": 2, "seconds": 6}
    operation: str = (await organiser.do("proposeBreakout", "operation { id }", **wanted))["operation"]["id"]
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await organiser.ask("query ($id: ID!) { operation(id: $id) { state } }", id=operation)
            if found["operation"]["state"] == "DONE":
                return operation
            await asyncio.sleep(0.1)


async def rows_of(house: House, network: UUID) -> dict[str, list[str]]:
    """All that the three databases hold of a network, by table."""
    found: dict[str, list[str]] = {}
    for area in AREAS:
        engine = plain_engine(house.system.postgres.url("postgres", area))
        async with engine.connect() as connection:
            for table in network_tables(area):
                # The relay marks what it has published whenever it comes to it.
                query = text(f"SELECT (to_jsonb(t) - 'published_at')::text FROM {table.name} t WHERE {NETWORK} = :it")
                rows = await connection.execute(query, {"it": network})
                found[f"{area}.{table.name}"] = sorted(rows.scalars())
        await engine.dispose()
    return found


def network_tables(area: str) -> list[Table]:
    """An area's tables that hold rows of networks."""
    metadata = import_module(f"{storage_package(area)}.tables").metadata
    return [table for table in metadata.sorted_tables if NETWORK in table.columns]


def secrets_of(side: Side, rows: dict[str, list[str]]) -> frozenset[str]:
    """What nobody outside the network may ever be told: every id in its rows, its names and texts."""
    ids = {found for table in rows.values() for row in table for found in _UUID.findall(row)}
    return frozenset({*ids, side.mark, side.network.slug})


async def settled(house: House, bus: Bus) -> None:
    """Every fact is published and every consumer has handled what there is."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if not (await _unpublished(house) or await _unhandled(bus)):
                return
            await asyncio.sleep(0.05)


async def _unpublished(house: House) -> int:
    count = 0
    for area in AREAS:
        engine = plain_engine(house.system.postgres.url("postgres", area))
        async with engine.connect() as connection:
            rows = await connection.execute(text("SELECT count(*) FROM outbox WHERE published_at IS NULL"))
            count += rows.scalar_one()
        await engine.dispose()
    return count


async def _unhandled(bus: Bus) -> int:
    return sum((each.num_pending or 0) + (each.num_ack_pending or 0) for each in await consumers(bus))


async def consumers(bus: Bus) -> list[ConsumerInfo]:
    """Everybody who reads a stream at the moment."""
    streams = JetStreamContext(bus.client)
    return [each for area in AREAS for each in await streams.consumers_info(stream_name(area))]


def uuid_in(global_id: str) -> str:
    """The uuid in a global id."""
    return base64.b64decode(global_id).decode().partition(":")[2]


def _decoded(encoded: str) -> str:
    try:
        plain = base64.b64decode(encoded.rstrip("=") + "==", altchars=b"-_" if set(encoded) & {*"-_"} else None)
        return plain.decode("latin-1").lower()
    except (ValueError, binascii.Error):
        return ""
