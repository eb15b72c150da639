"""Mailing the codes that people asked for."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.membership.adapters.letters import Letters
from services.membership.adapters.mail import Mail, Mailer, Outcome
from services.membership.adapters.signing import SigningKeys
from services.membership.domain.sign_in import is_welcome, new_code
from services.membership.storage.accounts import accounts_of
from services.membership.storage.codes import MailDue, networks_with_mail_due
from services.membership.storage.system_paths import ACCOUNTS, MAIL_DUE
from services.membership.storage.uow import MembershipTransaction, Uow

BATCH = 20
LEASE = timedelta(minutes=1)
"""After this a mail whose sender died is sent by another; longer than a batch takes when every send times out."""
_LONGEST_WAIT = timedelta(minutes=2)


@dataclass(frozen=True)
class CodeMail:
    """A mail with a code, ready to send."""

    due: MailDue
    mail: Mail


async def mail_codes(uow: Uow, keys: SigningKeys, letters: Letters, mailer: Mailer) -> int:
    """Mail every code that is due, and return how many were sent.

    A code is made here, and stored only hashed. Who dies between sending and noting it leaves the mail to be sent
    again, with a new code: the last mail counts. Several senders never take the same mail.
    """
    async with uow.system(MAIL_DUE) as connection:
        networks = await networks_with_mail_due(connection)
    return sum([await _mail_network(uow, network, keys, letters, mailer) for network in networks])


async def _mail_network(uow: Uow, network: UUID, keys: SigningKeys, letters: Letters, mailer: Mailer) -> int:
    sent = 0
    while True:
        async with uow.begin(network) as tx:
            due = await tx.codes.claim_due(BATCH, lease=LEASE, now=await tx.now())
            mails = await _write(uow, tx, due, keys, letters) if due else []
        outcomes = await asyncio.gather(*(mailer.send(each.mail) for each in mails))
        if mails:
            await _note(uow, network, mails, outcomes)
        sent += outcomes.count(Outcome.SENT)
        if len(due) < BATCH:
            return sent


async def _write(
    uow: Uow, tx: MembershipTransaction, due: Sequence[MailDue], keys: SigningKeys, letters: Letters
) -> list[CodeMail]:
    """The mails to those who may sign in, each with a code of its own; the others get none."""
    network = await tx.networks.get()
    async with uow.system(ACCOUNTS) as connection:
        readers = await accounts_of(connection, [each.email for each in due])
    members = await tx.members.by_account([account.id for accounts in readers.values() for account in accounts])
    mails: list[CodeMail] = []
    digests: dict[UUID, bytes] = {}
    for each in due:
        if is_welcome(network, readers[each.email], members):
            code = new_code()
            digests[each.id] = keys.codes.digest(code, each.salt)
            own = next((members[reader.id].language for reader in readers[each.email] if reader.id in members), "")
            letter = letters.code(network, network.language_for(each.language or own), code)
            mails.append(CodeMail(each, Mail(to=each.email, sender_name=network.name, letter=letter)))
    await tx.codes.set_digests(digests)
    await tx.codes.settle([each.id for each in due if each.id not in digests], "unwanted")
    return mails


async def _note(uow: Uow, network: UUID, mails: Sequence[CodeMail], outcomes: Sequence[Outcome]) -> None:
    by_outcome: dict[Outcome, list[MailDue]] = {outcome: [] for outcome in Outcome}
    for each, outcome in zip(mails, outcomes, strict=True):
        by_outcome[outcome].append(each.due)
    async with uow.begin(network) as tx:
        await tx.codes.settle([due.id for due in by_outcome[Outcome.SENT]], "sent")
        await tx.codes.settle([due.id for due in by_outcome[Outcome.REFUSED]], "failed")
        now = await tx.now()
        for due in by_outcome[Outcome.DELAYED]:
            await tx.codes.postpone(due.id, now + min(timedelta(seconds=2**due.attempts), _LONGEST_WAIT))
