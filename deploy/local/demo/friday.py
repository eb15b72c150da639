"""One network's Friday, from the organiser's first click to an introduction that both sides want."""

from __future__ import annotations

import secrets

import httpx

from deploy.local.demo.afterwards import introduce_two, look_back
from deploy.local.demo.applying import APPLICANTS, apply_in_a_burst, free_some_places, open_the_series
from deploy.local.demo.cast import AT_ONCE, SignedIn, sign_in, sign_in_all
from deploy.local.demo.client import Address
from deploy.local.demo.figures import Figures
from deploy.local.demo.people import Person, people
from deploy.local.demo.report import Narrator, print_table
from deploy.local.demo.rounds import hold_the_rounds
from deploy.local.demo.stage import Stage

NETWORK, MODERATORS = "voka", 17


async def play(address: Address) -> Figures:
    """Play the Friday against the system at `address` and answer what was measured."""
    async with httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=AT_ONCE)) as http:
        stage = await gather_the_cast(address, http)
        await play_acts(stage)
    print_table(stage.figures)
    return stage.figures


async def play_acts(stage: Stage) -> None:
    """From the organiser's first click to an introduction that both sides want."""
    await open_the_series(stage)
    await apply_in_a_burst(stage)
    await free_some_places(stage)
    present = await hold_the_rounds(stage)
    await look_back(stage, present)
    await introduce_two(stage, present)


async def gather_the_cast(address: Address, http: httpx.AsyncClient) -> Stage:
    """Organiser, moderators and 152 people sign in with codes from their mail."""
    narrator = Narrator()
    organiser = await sign_in(address, http, f"organiser@{NETWORK}.example")
    narrator.say(f"the organiser of {NETWORK} has signed in")
    everybody = people(APPLICANTS, run=secrets.token_hex(4))
    names = await add_members(organiser, everybody)
    moderators = await sign_in_all(
        address, http, [f"moderator{number}@{NETWORK}.example" for number in range(1, MODERATORS + 1)]
    )
    for moderator in moderators:
        names[moderator.account] = (await moderator.client.ask("{ me { name } }"))["me"]["name"]
    participants = await sign_in_all(address, http, [person.email for person in everybody])
    narrator.say(f"{len(participants)} people and {len(moderators)} moderators have signed in with a code by mail")
    return Stage(narrator, Figures(), organiser, moderators, participants, names)


async def add_members(organiser: SignedIn, everybody: list[Person]) -> dict[str, str]:
    """Put the people into the network, with what they do, ask and offer, which all share; answers names by account."""
    members = [
        {
            "email": person.email,
            "name": person.name,
            "company": person.company,
            "profession": person.profession,
            "asks": [person.ask],
            "offers": [person.offer],
            "sharedFields": ["COMPANY", "PROFESSION", "ASKS", "OFFERS"],
        }
        for person in everybody
    ]
    payload = await organiser.client.change("addMembers", "members { accountId name }", members=members)
    return {member["accountId"]: member["name"] for member in payload["members"]}
