"""What all acts of the play share: who is there, which event it is, and the questions that an organiser asks."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from deploy.local.demo.cast import AT_ONCE, SignedIn
from deploy.local.demo.client import Json
from deploy.local.demo.figures import Figures, SeenGroup
from deploy.local.demo.report import Narrator

T = TypeVar("T")


@dataclass
class Stage:
    """The state of the play."""

    narrator: Narrator
    figures: Figures
    organiser: SignedIn
    moderators: list[SignedIn]
    participants: list[SignedIn]
    names: dict[str, str]  # account -> name
    event_id: str = ""
    starts_at: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    registrations: dict[str, str] = field(default_factory=dict[str, str])  # account -> registration id
    rounds: list[dict[str, SeenGroup]] = field(default_factory=list[dict[str, SeenGroup]])

    async def event(self) -> Json:
        """The event's counters as the organiser sees them."""
        document = "query ($id: ID!) { event(id: $id) { confirmed waiting offered } }"
        return (await self.organiser.client.ask(document, id=self.event_id))["event"]

    async def accounts(self, state: str) -> list[str]:
        """Who stands in `state`, in the order of the list."""
        document = """query ($id: ID!, $states: [RegistrationState!]) {
          event(id: $id) { registrations(first: 200, states: $states) { edges { node { accountId } } } } }"""
        data = await self.organiser.client.ask(document, id=self.event_id, states=[state])
        return [edge["node"]["accountId"] for edge in data["event"]["registrations"]["edges"]]

    def people(self, accounts: Sequence[str]) -> list[SignedIn]:
        """Those participants, in the order asked."""
        by_account = {person.account: person for person in self.participants}
        return [by_account[account] for account in accounts]

    async def answer(self, mutation: str, people: Sequence[SignedIn]) -> None:
        """Let each of `people` do something with their own registration."""

        async def call(person: SignedIn) -> Json:
            registration_id = self.registrations[person.account]
            return await person.client.change(mutation, "registration { state }", registrationId=registration_id)

        await at_once(people, call)


async def at_once(people: Sequence[SignedIn], action: Callable[[SignedIn], Awaitable[T]]) -> list[T]:
    """Do it for all, 32 at a time; answers in the order of `people`."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(person: SignedIn) -> T:
        async with limit:
            return await action(person)

    return list(await asyncio.gather(*(one(person) for person in people)))
