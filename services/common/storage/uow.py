"""The unit of work: one transaction, for one network, whose facts are stored if and only if its changes are."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.common.crash_points import AFTER_COMMIT, crash_point
from services.common.messaging.outbox import FactEncoder, Outbox
from services.common.storage.database import Database
from services.common.storage.system_paths import SystemPath

LOCK_TIMEOUT = "3s"
STATEMENT_TIMEOUT = "10s"
IDLE_TIMEOUT = "60s"

_LIMITS = (
    f"set_config('lock_timeout', '{LOCK_TIMEOUT}', true), "
    f"set_config('statement_timeout', '{STATEMENT_TIMEOUT}', true), "
    f"set_config('idle_in_transaction_session_timeout', '{IDLE_TIMEOUT}', true)"
)
_IN_NETWORK = text(f"SELECT set_config('ontmoet.network', :network, true), {_LIMITS}")
_ON_PATH = text(f"SELECT set_config('role', :role, true), {_LIMITS}")
_SWITCH = text("SELECT set_config('role', :role, true)")


class WrongNesting(Exception):
    """A transaction was opened inside another one that it cannot join."""


class Transaction:
    """What a use case sees of its transaction; a service's own class adds its queries."""

    def __init__(self, network: UUID, connection: AsyncConnection, outbox: Outbox) -> None:
        self.network = network
        self.connection = connection
        self.outbox = outbox

    async def now(self) -> datetime:
        """The database's time at this moment, not at the transaction's start: read it after the lock."""
        return (await self.connection.execute(select(func.clock_timestamp()))).scalar_one()


Tx = TypeVar("Tx", bound=Transaction)


class UnitOfWork(Generic[Tx]):
    """Opens transactions on one database.

    A block opened inside another one of the same task and network joins it: it sees its changes, commits with it, and
    when it fails the whole fails. A block for another network, or of a task started inside, is refused.
    """

    def __init__(
        self,
        database: Database,
        transaction: Callable[[UUID, AsyncConnection, Outbox], Tx],
        *,
        encode: FactEncoder,
    ) -> None:
        self.database = database
        self.committed = asyncio.Event()
        """Set after each commit that stored facts; whoever waits for it clears it."""
        self._transaction = transaction
        self._encode = encode

    @asynccontextmanager
    async def begin(self, network: UUID) -> AsyncGenerator[Tx]:
        """A transaction that sees and changes one network's rows only, committed at the end of the block."""
        if (outer := await self._outer()) is not None:
            joined = self._joined(outer, network)
            with outer.failing_together():
                yield joined
            return
        async with self._opened(network) as scope:
            yield cast(Tx, scope.transaction)

    @asynccontextmanager
    async def all_in_one(
        self, network: UUID, first: Callable[[Transaction], Awaitable[None]]
    ) -> AsyncGenerator["Promise"]:
        """Makes one transaction of all that is begun inside of this block, and commits it at the block's end.

        It is opened, and `first` is run in it, when something is begun; before that nothing is held, so other services
        may be asked.
        """
        async with AsyncExitStack() as stack:
            promise = Promise(self, lambda: stack.enter_async_context(self._opened(network)), first)
            with promise.given():
                yield promise

    @asynccontextmanager
    async def system(self, path: SystemPath) -> AsyncGenerator[AsyncConnection]:
        """A connection that may do, across networks, what the path's role may do, and nothing else.

        Inside a network's transaction it is that transaction's own connection under the path's role, for the length of
        the block: what both change is committed together. No transaction can be opened inside a path.
        """
        if (outer := await self._outer()) is not None:
            async with outer.on_path(path):
                yield outer.connection
            return
        async with self.database.transaction() as connection:
            await connection.execute(_ON_PATH, {"role": path.role})
            with _Scope(self, connection, None, path, asyncio.current_task()).entered():
                yield connection

    @asynccontextmanager
    async def _opened(self, network: UUID) -> AsyncGenerator["_Scope"]:
        """The outermost transaction."""
        async with self.database.transaction() as connection:
            await connection.execute(_IN_NETWORK, {"network": str(network)})
            transaction = self._transaction(network, connection, Outbox(self._encode))
            scope = _Scope(self, connection, transaction, None, asyncio.current_task())
            with scope.entered():
                yield scope
            stored = await transaction.outbox.flush(connection, network)
        if stored:
            crash_point(AFTER_COMMIT)
            self.committed.set()

    async def _outer(self) -> "_Scope | None":
        """The transaction that is open already, or is promised, if it is one that can be joined from here."""
        outer = _current.get()
        if outer is None or outer.over:
            promise = _promised.get()
            if promise is None or promise.over or promise.owner is not self:
                return None
            _same_task(promise.task)
            return await promise.kept()
        if outer.owner is not self:
            raise WrongNesting("A transaction on another database is still open.")
        _same_task(outer.task)
        return outer

    def _joined(self, outer: "_Scope", network: UUID) -> Tx:
        if outer.path is not None:
            raise WrongNesting(f"The system path {outer.path.name} is open; no network can be entered from it.")
        transaction = cast(Tx, outer.transaction)
        if transaction.network != network:
            raise WrongNesting("A transaction is for one network, and this one is open for another.")
        return transaction


@dataclass
class _Scope:
    """The transaction that a task has open."""

    owner: UnitOfWork[Any]
    connection: AsyncConnection
    transaction: Transaction | None
    path: SystemPath | None
    task: asyncio.Task[Any] | None
    failed: bool = False
    over: bool = False

    @contextmanager
    def entered(self) -> Generator[None]:
        """Makes this what blocks inside of this one join."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)
            self.over = True  # a task that was started inside still has it as its own current
        if self.failed:
            raise WrongNesting("A block inside this transaction failed, so the transaction cannot be committed.")

    @asynccontextmanager
    async def on_path(self, path: SystemPath) -> AsyncGenerator[None]:
        """Has the open transaction go on under the path's role, for a while."""
        if self.path is not None:
            raise WrongNesting(f"The system path {self.path.name} is open; {path.name} cannot be opened inside it.")
        with self.failing_together():
            await self.connection.execute(_SWITCH, {"role": path.role})
            self.path = path
            yield
            await self.connection.execute(_SWITCH, {"role": "none"})
            self.path = None

    @contextmanager
    def failing_together(self) -> Generator[None]:
        try:
            yield
        except BaseException:
            self.failed = True
            raise


class Promise:
    """A transaction that will be opened when something is begun."""

    def __init__(
        self,
        owner: UnitOfWork[Any],
        open_: Callable[[], Awaitable[_Scope]],
        first: Callable[[Transaction], Awaitable[None]],
    ) -> None:
        self.owner = owner
        self.task = asyncio.current_task()
        self.transaction: Transaction | None = None
        """The transaction, once something was begun."""
        self.over = False
        self._open = open_
        self._first = first

    @contextmanager
    def given(self) -> Generator[None]:
        """Makes this what the first block inside of this one opens."""
        token = _promised.set(self)
        try:
            yield
        finally:
            _promised.reset(token)
            self.over = True

    async def kept(self) -> _Scope:
        """Opens the transaction."""
        scope = await self._open()
        self.transaction = scope.transaction
        with scope.failing_together():
            await self._first(cast(Transaction, scope.transaction))
        return scope


def _same_task(task: asyncio.Task[Any] | None) -> None:
    if task is not asyncio.current_task():
        raise WrongNesting("The open transaction belongs to another task; start tasks outside of transactions.")


_current: ContextVar[_Scope | None] = ContextVar("ontmoet_transaction", default=None)
_promised: ContextVar[Promise | None] = ContextVar("ontmoet_promised_transaction", default=None)
