"""Why people sit where they sit: told to themselves, and to organisers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.common.caller import Caller, Role
from services.common.refusals import NotFound
from services.matching.adapters.members import Members
from services.matching.domain.breakout import Breakout, Group, RoundState
from services.matching.domain.profile import Profile
from services.matching.domain.reasons import Acquainted, Place, Reason, reasons, seat_of
from services.matching.domain.rule import ORGANISING
from services.matching.storage.transaction import MatchingTransaction, Uow


@dataclass(frozen=True)
class Explained:
    """A place and what speaks for it."""

    place: Place
    reasons: Sequence[Reason]


async def explain_seat(uow: Uow, members: Members, caller: Caller, place: Place) -> tuple[Explained, dict[UUID, str]]:
    """One place, and the names in it. Raises NotFound for one that is not there or that the caller may not see."""
    found, names = await batch_explain_seats(uow, members, caller, [place])
    if not found:
        raise NotFound("seat", field="breakout_id")
    return found[0], names


async def batch_explain_seats(
    uow: Uow, members: Members, caller: Caller, places: Sequence[Place]
) -> tuple[list[Explained], dict[UUID, str]]:
    """Those of the places that exist and that the caller may ask about, and the names of the people in them.

    In a few queries for each break-out, however many places are asked about.
    """
    wanted = [place for place in places if place.account == caller.account or caller.has(*ORGANISING)]
    own = None if caller.has(*ORGANISING) else caller.account
    explained: list[Explained] = []
    async with uow.begin(caller.network) as tx:
        for breakout in await tx.breakouts.of_ids({place.breakout for place in wanted}, holding=own):
            here = [place for place in wanted if place.breakout == breakout.id]
            explained += await _explained(tx, caller, breakout, here)
    people = {account for each in explained for reason in each.reasons for account in reason.people}
    contacts = await members.contacts(caller.network, people) if people else {}
    return explained, {account: contact.name for account, contact in contacts.items()}


async def _explained(
    tx: MatchingTransaction, caller: Caller, breakout: Breakout, places: Sequence[Place]
) -> list[Explained]:
    seats: dict[Place, Group] = {}
    for place in places:
        found = seat_of(breakout, place.round, place.account)
        if found and (found[0].state is not RoundState.PLANNED or caller.has(*ORGANISING, Role.MODERATOR)):
            seats[place] = found[1]
    people = {account for group in seats.values() for account in group.seats}
    moderators = {group.moderator for group in seats.values() if group.moderator is not None}
    if not seats:
        return []
    profiles: Mapping[UUID, Profile] = await tx.profiles.of(people | moderators)
    here, began = breakout.event, breakout.rounds[0].closed_at or await tx.now()
    acquainted = Acquainted(
        met=await tx.encounters.met({place.account for place in seats}, people, besides=here, before=began),
        led=frozenset(
            (led.first, led.second) for led in await tx.breakouts.led(moderators, people, besides=here, before=began)
        ),
    )
    return [
        Explained(place, reasons(breakout, place.round, place.account, group, profiles, acquainted))
        for place, group in seats.items()
    ]
