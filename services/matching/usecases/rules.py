"""Who is to sit with whom or is not. No fact tells of it, for it is confidential."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.common.caller import Caller
from services.common.ids import new_id
from services.common.refusals import Invalid, NotFound
from services.common.storage.pagination import decode_cursor, encode_cursor, page_size
from services.matching.adapters.members import Members
from services.matching.domain.refusals import NotAModerator
from services.matching.domain.rule import (
    MOST_STATED,
    ORGANISING,
    Rule,
    RuleKind,
    people_of,
    refuse_unless_own,
)
from services.matching.storage.transaction import Uow

DEFAULT_PAGE, LARGEST_PAGE = 50, 200


async def state_rule(uow: Uow, members: Members, caller: Caller, kind: RuleKind, accounts: Sequence[UUID]) -> Rule:
    """Have all plans to come keep a rule. Stating it again gives the same one."""
    people = people_of(kind, accounts, caller)
    refuse_unless_own(caller, kind, people)
    moderating = await members.moderating(caller.network, people)
    if len(moderating) < len(people):
        unknown = (f"account_ids[{at}]" for at, account in enumerate(accounts) if account not in moderating)
        raise NotFound("member", field=next(unknown, "account_ids"))
    if kind is RuleKind.NOT_LED_BY and not moderating[people[0]]:
        raise NotAModerator(field="account_ids[0]")
    async with uow.begin(caller.network) as tx:
        rule = Rule(new_id(), kind, people, caller.account, await tx.now())
        if (known := await tx.rules.same_as(rule)) is not None:
            return known
        if not caller.has(*ORGANISING) and await tx.rules.stated_by(caller.account) >= MOST_STATED:
            most = str(MOST_STATED)
            raise Invalid("account_ids", f"Somebody states at most {most} rules.", rule="too_many", limit=most)
        return await tx.rules.add(rule)


async def withdraw_rule(uow: Uow, caller: Caller, rule: UUID) -> None:
    """Take a rule back. To whom it is not told, it does not exist."""
    async with uow.begin(caller.network) as tx:
        if not (await tx.rules.get(rule)).can_be_withdrawn_by(caller):
            raise NotFound("rule", field="rule_id")
        await tx.rules.remove(rule)


async def list_rules(uow: Uow, caller: Caller, *, size: int, token: str) -> tuple[Sequence[Rule], str]:
    """A page of the rules that the caller stated (organisers: of all), the latest first, and the next page's token."""
    after = decode_cursor("rules", token, datetime, UUID) if token else None
    size = page_size(size, DEFAULT_PAGE, LARGEST_PAGE)
    async with uow.begin(caller.network) as tx:
        of = None if caller.has(*ORGANISING) else caller.account
        found = await tx.rules.page(of=of, after=after, size=size + 1)
    page = found[:size]
    return page, encode_cursor("rules", page[-1].stated_at, page[-1].id) if len(found) > size else ""
