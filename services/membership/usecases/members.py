"""People of a network: adding, reading and changing them."""

from collections.abc import Sequence
from uuid import UUID

from services.common.caller import Caller, Role
from services.common.refusals import Invalid
from services.common.storage.pagination import decode_cursor, encode_cursor, page_size
from services.membership.domain.facts import MemberJoined
from services.membership.domain.joining import reader_meant
from services.membership.domain.member import Member, NewMember, ProfileChange
from services.membership.domain.sign_in import Account
from services.membership.domain.texts import sort_key
from services.membership.storage.accounts import open_account, open_accounts
from services.membership.storage.system_paths import ACCOUNTS
from services.membership.storage.uow import Uow

PEOPLE_PER_CALL = 500


async def add_members(uow: Uow, caller: Caller, people: Sequence[NewMember]) -> list[Member]:
    """Add up to 500 members, in the order given. Somebody already there is returned as is."""
    _check_count(people, "members")
    async with uow.begin(caller.network) as tx:
        await tx.members.lock_joining()
        network = await tx.networks.get()
        checked = [person.checked(network, caller, f"members[{at}].") for at, person in enumerate(people)]
        async with uow.system(ACCOUNTS) as connection:
            readers = await open_accounts(connection, {person.email: person.name for person in reversed(checked)})
        here = await tx.members.by_account([account.id for accounts in readers.values() for account in accounts])
        now, result = await tx.now(), list[Member]()
        joining: list[tuple[Member, MemberJoined]] = []
        for person in checked:
            account = reader_meant(person.name, readers[person.email], here)
            if account.id not in here:
                joining.append(person.join(account.id, now=now))
                here[account.id] = joining[-1][0]
            result.append(here[account.id])
        await tx.members.add(*(member for member, _ in joining))
        tx.outbox.add(*(fact for _, fact in joining))
    return result


async def add_reader(uow: Uow, caller: Caller, account_id: UUID, person: NewMember) -> Member:
    """Add a member who reads a mailbox that others may read too, under a known account id. Twice changes nothing."""
    async with uow.begin(caller.network) as tx:
        await tx.members.lock_joining()
        checked = person.checked(await tx.networks.get(), caller, "")
        async with uow.system(ACCOUNTS) as connection:
            await open_account(connection, Account(account_id, checked.name), checked.email)
        if existing := (await tx.members.by_account([account_id])).get(account_id):
            return existing
        member, joined = checked.join(account_id, now=await tx.now())
        await tx.members.add(member)
        tx.outbox.add(joined)
    return member


async def get_member(uow: Uow, caller: Caller, account_id: UUID | None) -> Member:
    """Somebody of the caller's network, or the caller; raises NotFound."""
    async with uow.begin(caller.network) as tx:
        return await tx.members.get(account_id or caller.account)


async def batch_get_members(uow: Uow, caller: Caller, account_ids: Sequence[UUID]) -> list[Member]:
    """Those of up to 500 accounts that are members of the caller's network, in one query."""
    _check_count(account_ids, "account_ids")
    async with uow.begin(caller.network) as tx:
        return list((await tx.members.by_account(set(account_ids))).values())


async def list_members(
    uow: Uow, caller: Caller, *, size: int, page_token: str, role: Role | None
) -> tuple[list[Member], str]:
    """A page of people by name, and the token of the next page, which is empty after the last."""
    wanted = page_size(size, default=50, maximum=200)
    after = decode_cursor("members", page_token, str, UUID) if page_token else None
    async with uow.begin(caller.network) as tx:
        found = await tx.members.page(after=after, size=wanted + 1, role=role)
    page = list(found[:wanted])
    more = len(found) > wanted
    return page, encode_cursor("members", sort_key(page[-1].name), page[-1].account_id) if more else ""


async def update_profile(uow: Uow, caller: Caller, change: ProfileChange) -> Member:
    """Change the caller's own profile; what is not given stays."""
    async with uow.begin(caller.network) as tx:
        network = await tx.networks.get()
        member = await tx.members.get(caller.account, lock=True)
        changed, facts = member.change_profile(change, network)
        if facts:
            await tx.members.save(changed)
            tx.outbox.add(*facts)
    return changed


async def change_roles(uow: Uow, caller: Caller, account_id: UUID, roles: frozenset[Role], *, staff: bool) -> Member:
    """Give somebody just these roles. The last owner stays one."""
    async with uow.begin(caller.network) as tx:
        owners = await tx.members.lock_owners()
        member = await tx.members.get(account_id, lock=True)
        changed, facts = member.change_roles(roles, staff=staff, owners=owners)
        if facts:
            await tx.members.save(changed)
            tx.outbox.add(*facts)
    return changed


def _check_count(items: Sequence[object], field: str) -> None:
    if len(items) > PEOPLE_PER_CALL:
        raise Invalid(field, f"At most {PEOPLE_PER_CALL} fit in one call.", rule="too_many", limit=str(PEOPLE_PER_CALL))
