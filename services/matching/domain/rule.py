"""Who is to sit with whom or is not: stated by people for all plans to come, and told to nobody else."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.common.caller import Caller, Role
from services.common.refusals import Forbidden, Invalid

ORGANISING = (Role.OWNER, Role.ORGANISER)
MOST_TOGETHER = 20
MOST_STATED = 50
"""So many rules a person may state; an organiser states as many as it takes."""


class RuleKind(StrEnum):
    """What a rule says about its people."""

    APART = "apart"
    """The two never share a group; where one leads it, neither."""
    TOGETHER = "together"
    NOT_LED_BY = "not_led_by"
    """The first never leads the second."""


@dataclass(frozen=True)
class Rule:
    """One rule. Its people are in order where their order says nothing, so that the same rule is stated once."""

    id: UUID
    kind: RuleKind
    people: tuple[UUID, ...]
    stated_by: UUID
    stated_at: datetime

    def is_kept(self, seated: Mapping[UUID, int], led: Mapping[UUID, int]) -> bool:
        """Whether a round keeps it, by the group in which each sits or which each leads; who is absent breaks none."""
        if self.kind is RuleKind.NOT_LED_BY:
            leader, person = self.people
            return leader not in led or seated.get(person) != led[leader]
        if self.kind is RuleKind.APART:
            first, second = ({seated.get(account), led.get(account)} - {None} for account in self.people)
            return not first & second
        return len({seated[account] for account in self.people if account in seated}) <= 1

    def can_be_withdrawn_by(self, caller: Caller) -> bool:
        """Whether the caller stated it, or organises."""
        return caller.has(*ORGANISING) or caller.account == self.stated_by


def people_of(kind: RuleKind, accounts: Sequence[UUID], caller: Caller) -> tuple[UUID, ...]:
    """The people of a rule, as it keeps them; who names one person is kept apart from them. Raises Invalid."""
    if kind is RuleKind.APART and len(accounts) == 1:
        if accounts[0] == caller.account:
            raise Invalid("account_ids", "Nobody is kept apart from themselves.", rule="self")
        accounts = (caller.account, *accounts)
    if len(accounts) < 2:
        raise Invalid("account_ids", "Such a rule is about two people at least.", rule="empty")
    most = MOST_TOGETHER if kind is RuleKind.TOGETHER else 2
    if len(accounts) > most:
        raise Invalid("account_ids", f"Such a rule is about {most} people at most.", rule="too_many", limit=str(most))
    if len(set(accounts)) != len(accounts):
        raise Invalid("account_ids", "Somebody is named twice.", rule="twice")
    return tuple(accounts) if kind is RuleKind.NOT_LED_BY else tuple(sorted(accounts))


def refuse_unless_own(caller: Caller, kind: RuleKind, people: Collection[UUID]) -> None:
    """Raises Forbidden unless the caller may state this: for themselves, or about anybody as an organiser."""
    if caller.has(*ORGANISING):
        return
    match kind:
        case RuleKind.APART:
            own = caller.account in people
        case RuleKind.NOT_LED_BY:
            own = caller.has(Role.MODERATOR) and next(iter(people)) == caller.account
        case RuleKind.TOGETHER:
            own = False
    if not own:
        raise Forbidden("A rule about others is for organisers to state.")
