"""Calls that carry a key happen once, however often the client repeats them."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar
from uuid import NAMESPACE_DNS, UUID, uuid5

from sqlalchemy import MetaData, Table, and_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.caller import Caller
from services.common.refusals import Invalid, Kind, Refusal
from services.common.storage.database import LOCK_NOT_AVAILABLE, sqlstate
from services.common.storage.tables import platform_tables
from services.common.storage.uow import Transaction, UnitOfWork

LONGEST_KEY = 255

_keys: Table = platform_tables(MetaData()).idempotency_keys


class IdempotencyKeyReused(Refusal):
    """This idempotency key came before, with another request."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    reason: ClassVar[str] = "IDEMPOTENCY_KEY_REUSED"


class IdempotencyInFlight(Refusal):
    """The request with this idempotency key is still being worked on; try again."""

    kind: ClassVar[Kind] = Kind.BUSY
    reason: ClassVar[str] = "IDEMPOTENCY_IN_FLIGHT"


class Idempotency:
    """Remembers, per network, account and operation, which keys were answered and how."""

    def __init__(self, uow: UnitOfWork[Any]) -> None:
        self._uow = uow

    async def once(
        self,
        caller: Caller,
        operation: str,
        key: str,
        request: bytes,
        handler: Callable[[], Awaitable[bytes]],
    ) -> bytes:
        """The handler's answer, stored in the same commit as its effects; for a key seen before, the stored answer.

        The key is claimed in the transaction that the handler begins, which stays open until the handler has answered;
        what the handler does before happens outside of it, and a handler that begins none has no effect to remember.
        A second call waits for the first one, but no longer than for any lock. A handler that fails leaves no trace of
        its key. Raises IdempotencyKeyReused when the key came with another request, IdempotencyInFlight when the first
        call takes too long.
        """
        if not 0 < len(key) <= LONGEST_KEY:
            limit = str(LONGEST_KEY)
            message = f"An idempotency key has 1 to {limit} characters."
            raise Invalid("idempotency-key", message, rule="key", limit=limit)
        call = {
            "network_id": caller.network,
            "account_id": _account(caller),
            "operation": operation,
            "key": key,
        }
        this_call = and_(*(_keys.c[name] == value for name, value in call.items()))
        request_hash = hashlib.sha256(request).digest()

        async def claim(tx: Transaction) -> None:
            if not await _claimed(tx.connection, {**call, "request_hash": request_hash}):
                known = (await tx.connection.execute(select(_keys).where(this_call))).one()
                if known.request_hash != request_hash:
                    raise IdempotencyKeyReused
                raise _Answered(known.response)

        try:
            async with self._uow.all_in_one(caller.network, claim) as promise:
                response = await handler()
                if promise.transaction is not None:
                    answer = update(_keys).where(this_call).values(response=response)
                    await promise.transaction.connection.execute(answer)
        except _Answered as answered:
            return answered.response
        return response


class _Answered(Exception):
    """The key was answered before; ends the handler that began to work on it again."""

    def __init__(self, response: bytes) -> None:
        super().__init__()
        self.response = response


async def _claimed(connection: AsyncConnection, row: dict[str, object]) -> bool:
    """Whether the key is this transaction's now; waits for another transaction that has it and is not over."""
    try:
        inserted = await connection.execute(insert(_keys).values(row).on_conflict_do_nothing())
    except DBAPIError as error:
        if sqlstate(error) == LOCK_NOT_AVAILABLE:
            raise IdempotencyInFlight from error
        raise
    return inserted.rowcount == 1


def _account(caller: Caller) -> UUID:
    """Whose key it is; services have no account and get an id made from their name."""
    return caller.account if caller.service is None else uuid5(NAMESPACE_DNS, caller.service)
