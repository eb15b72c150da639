"""Why somebody sits where they sit: from what others share and from their own meetings, never from a rule."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.matching.domain.breakout import Breakout, Group, Round, RoundState
from services.matching.domain.profile import Profile, ProfileField, plain_name
from services.matching.domain.topics import met_by

MOST_TOPICS = 2
"""So many meetings of an ask and an offer are told; more would be a list."""


class ReasonCode(StrEnum):
    """What speaks for a seat."""

    NOT_MET = "not_met"
    OFFERS = "offers"
    ASKS = "asks"
    NO_COLLEAGUE = "no_colleague"
    NO_PEER = "no_peer"
    MET = "met"
    SITS_BEFORE = "sits_before"
    """In an earlier round of the same break-out that is still to be held."""
    NEW_MODERATOR = "new_moderator"
    HOSTS = "hosts"
    LEADS = "leads"
    ALONE = "alone"


@dataclass(frozen=True)
class Reason:
    """One of them: about these people, and about a topic where it has one."""

    code: ReasonCode
    people: tuple[UUID, ...] = ()
    topic: str = ""


@dataclass(frozen=True)
class SeatPlace:
    """A seat, or a moderator's lead, in one round."""

    breakout: UUID
    round: int
    account: UUID


@dataclass(frozen=True)
class Acquainted:
    """Who knew whom before an event: (account, other) of people who met, (moderator, account) of who led whom."""

    met: frozenset[tuple[UUID, UUID]] = frozenset()
    led: frozenset[tuple[UUID, UUID]] = frozenset()


def seat_of(breakout: Breakout, number: int, account: UUID) -> tuple[Round, Group] | None:
    """The group in which somebody sits, or which they lead, in a round; None when there is none."""
    found = next((each for each in breakout.rounds if each.number == number), None)
    group = next((group for group in found.groups if group.holds(account)), None) if found else None
    return (found, group) if found and group else None


def reasons(
    breakout: Breakout,
    number: int,
    account: UUID,
    group: Group,
    profiles: Mapping[UUID, Profile],
    acquainted: Acquainted,
) -> list[Reason]:
    """What speaks for this seat, the most telling first; at least one."""
    others = [other for other in group.seats if other != account]
    earlier = [each for each in breakout.rounds if each.number < number]
    if group.moderator == account:
        return [Reason(ReasonCode.LEADS, tuple(others))]
    here = others if group.moderator is None else [*others, group.moderator]
    found = [
        *_acquaintances(earlier, account, others, profiles, acquainted),
        *_topics(account, others, profiles),
        *_mixture(account, here, profiles),
    ]
    leaders = {past.moderator for each in earlier for past in each.sittings if account in past.seats}
    leader = group.moderator
    if leader is not None and leader not in leaders and (leader, account) not in acquainted.led:
        found.append(Reason(ReasonCode.NEW_MODERATOR, (leader,)))
    if group.host == account:
        found.append(Reason(ReasonCode.HOSTS))
    return found or [Reason(ReasonCode.ALONE)]


def _acquaintances(
    earlier: Sequence[Round],
    account: UUID,
    others: Sequence[UUID],
    profiles: Mapping[UUID, Profile],
    acquainted: Acquainted,
) -> Iterator[Reason]:
    """Whom they met and whom not; nothing of staff, who meet nobody."""
    staff = {each for each in (account, *others) if each in profiles and profiles[each].staff}
    if account in staff:
        return
    met = _beside(account, [each for each in earlier if each.state is RoundState.HELD])
    met.update(other for other in others if (account, other) in acquainted.met)
    sits = _beside(account, earlier) - met
    known = [other for other in others if other not in staff]
    for code, people in (
        (ReasonCode.NOT_MET, [other for other in known if other not in met | sits]),
        (ReasonCode.MET, [other for other in known if other in met]),
        (ReasonCode.SITS_BEFORE, [other for other in known if other in sits]),
    ):
        if people:
            yield Reason(code, tuple(people))


def _beside(account: UUID, rounds: Sequence[Round]) -> set[UUID]:
    return {seat for each in rounds for group in each.sittings if account in group.seats for seat in group.seats}


def _topics(account: UUID, others: Sequence[UUID], profiles: Mapping[UUID, Profile]) -> list[Reason]:
    """What others offer or ask, who share that."""
    me = profiles.get(account)
    known = [profiles[other] for other in others if other in profiles]
    if me is None:
        return []
    offering = [other for other in known if ProfileField.OFFERS in other.shared]
    asking = [other for other in known if ProfileField.ASKS in other.shared]
    offers = [Reason(ReasonCode.OFFERS, (o.account,), topic) for o in offering if (topic := met_by(me, o)) is not None]
    asks = [Reason(ReasonCode.ASKS, (o.account,), topic) for o in asking if (topic := met_by(o, me)) is not None]
    return [*offers[:MOST_TOPICS], *asks[:MOST_TOPICS]]


def _mixture(account: UUID, others: Sequence[UUID], profiles: Mapping[UUID, Profile]) -> Iterator[Reason]:
    """What can be said of everybody there, who leads them as well: so nothing, when one is unknown or keeps it back."""
    me = profiles.get(account)
    known = [profiles[other] for other in others if other in profiles]
    if me is None or not known or len(known) < len(others):
        return
    for code, field, mine, theirs in (
        (ReasonCode.NO_COLLEAGUE, ProfileField.COMPANY, me.company, [other.company for other in known]),
        (ReasonCode.NO_PEER, ProfileField.PROFESSION, me.profession, [other.profession for other in known]),
    ):
        told = all(field in other.shared for other in known)
        if told and mine and plain_name(mine) not in map(plain_name, theirs):
            yield Reason(code)
