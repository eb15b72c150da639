"""Asking for a one-time code."""

from datetime import datetime

from services.common.caller import Caller
from services.membership.domain.sign_in import check_request, client_key
from services.membership.domain.texts import EmailAddress
from services.membership.storage.uow import Uow


async def request_code(
    uow: Uow, caller: Caller, *, email: EmailAddress, language: str, client_address: str
) -> datetime:
    """Have a code mailed, if the mailbox may sign in here. Returns until when it would be good.

    Nothing here looks at accounts, so whether there is one shows neither in the answer nor in its time. The mail job
    looks.
    """
    client = client_key(client_address)
    async with uow.begin(caller.network) as tx:
        await tx.codes.lock_mailbox(email)
        now = await tx.now()
        check_request(
            of_mailbox=await tx.codes.requested(email, now=now),
            of_client=await tx.codes.requests_of(client, now=now),
            now=now,
        )
        return await tx.codes.add(email, language=language, client=client, now=now)
