"""Accounts and their mailboxes, across networks. Everything here needs the accounts path."""

from collections.abc import Mapping, Sequence
from uuid import uuid4

from sqlalchemy import Text, bindparam, func, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.membership.domain.sign_in import Account
from services.membership.domain.texts import EmailAddress
from services.membership.storage.tables import account_emails, accounts

_LOCK_MAILBOXES = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(mailbox, 0)) FROM unnest(:mailboxes) AS mailbox"
).bindparams(bindparam("mailboxes", type_=ARRAY(Text())))


async def accounts_of(
    connection: AsyncConnection, mailboxes: Sequence[EmailAddress]
) -> dict[EmailAddress, list[Account]]:
    """The accounts that read each mailbox, the oldest first; a mailbox of nobody has an empty list."""
    found: dict[EmailAddress, list[Account]] = {mailbox: [] for mailbox in mailboxes}
    query = (
        select(account_emails.c.email, accounts.c.id, accounts.c.name)
        .join(accounts, accounts.c.id == account_emails.c.account_id)
        .where(account_emails.c.email == func.any(bindparam("mailboxes", list(found), type_=ARRAY(Text()))))
        .order_by(accounts.c.id)
    )
    for row in await connection.execute(query):
        found[row.email].append(Account(row.id, row.name))
    return found


async def open_accounts(
    connection: AsyncConnection, names: Mapping[EmailAddress, str]
) -> dict[EmailAddress, list[Account]]:
    """The accounts that read each mailbox; a mailbox of nobody gets an account of the name given.

    Two at the same time open one account: the second waits for the first's transaction.
    """
    found = await accounts_of(connection, list(names))
    missing = sorted(mailbox for mailbox, readers in found.items() if not readers)
    if not missing:
        return found
    await connection.execute(_LOCK_MAILBOXES, {"mailboxes": missing})
    found |= await accounts_of(connection, missing)
    # Random, not by time: another network must not read off an id how long somebody has been known elsewhere.
    opened = {mailbox: Account(uuid4(), names[mailbox]) for mailbox in missing if not found[mailbox]}
    if opened:
        await connection.execute(insert(accounts), [{"id": each.id, "name": each.name} for each in opened.values()])
        rows = [{"email": mailbox, "account_id": each.id} for mailbox, each in opened.items()]
        await connection.execute(insert(account_emails), rows)
    return found | {mailbox: [account] for mailbox, account in opened.items()}


async def open_account(connection: AsyncConnection, account: Account, mailbox: EmailAddress) -> None:
    """Give the account this mailbox, beside whoever reads it already. A second time changes nothing."""
    values = {"id": account.id, "name": account.name}
    await connection.execute(upsert(accounts).values(values).on_conflict_do_nothing())
    share = {"email": mailbox, "account_id": account.id}
    await connection.execute(upsert(account_emails).values(share).on_conflict_do_nothing())
