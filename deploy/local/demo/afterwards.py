"""Act three: everybody sees whom they met, and two of them agree to speak further."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.local.demo.cast import SignedIn
from deploy.local.demo.figures import met_by
from deploy.local.demo.report import print_encounters
from deploy.local.demo.stage import Stage, at_once

ENCOUNTERS = """query ($eventId: ID) { myEncounters(eventId: $eventId, first: 200) {
  edges { node { roundNumber member { accountId name } } } } }"""
INTRODUCTIONS = "{ introductions(first: 10) { edges { node { id state } } } }"


async def look_back(stage: Stage, present: Sequence[SignedIn]) -> None:
    """Each one's encounters are those whom they sat with, by name."""

    async def encounters(person: SignedIn) -> dict[str, str]:
        data = await person.client.ask(ENCOUNTERS, eventId=stage.event_id)
        members = [edge["node"]["member"] for edge in data["myEncounters"]["edges"]]
        return {member["accountId"]: member["name"] for member in members}

    seen = await at_once(present, encounters)
    right = sum(set(met) == met_by(person.account, stage.rounds) for person, met in zip(present, seen, strict=True))
    stage.figures.check("people who see whom they met", right, len(present))
    print_encounters(stage.names[present[0].account], list(seen[0].values()))


async def introduce_two(stage: Stage, present: Sequence[SignedIn]) -> None:
    """One asks, the other accepts, and both see it."""
    asker = present[0]
    asked = next(person for person in present if person.account in met_by(asker.account, stage.rounds))
    payload = await asker.client.change(
        "askIntroduction", "introduction { id state }", toAccountId=asked.account, message="Shall we have a coffee?"
    )
    introduction_id = payload["introduction"]["id"]
    await asked.client.change("acceptIntroduction", "introduction { state }", introductionId=introduction_id)
    for name, person in (("asker", asker), ("asked", asked)):
        data = await person.client.ask(INTRODUCTIONS)
        states = {edge["node"]["id"]: edge["node"]["state"] for edge in data["introductions"]["edges"]}
        stage.figures.check(f"the introduction, seen by the {name}", states.get(introduction_id), "ACCEPTED")
    stage.narrator.say(f"{stage.names[asker.account]} and {stage.names[asked.account]} will speak further")
