"""One pool of connections to a service's own database, under a role that row-level security binds."""

from asyncio import CancelledError, current_task
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from sqlalchemy import event, make_url, text
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, PoolProxiedConnection

from services.common.refusals import Busy

CONNECT_TIMEOUT = 5
"""Seconds in which PostgreSQL must answer a new connection."""
CHECKOUT_TIMEOUT = 10
"""Seconds that a caller waits for a free connection, at most."""
COMMAND_TIMEOUT = 30
"""Seconds after which a connection that no longer answers is given up; the server's own timeouts come first."""

# PgBouncer hands each transaction to another backend, so no statement may stay prepared. It costs each statement
# one more round trip.
_CONNECT_ARGUMENTS = {
    "timeout": CONNECT_TIMEOUT,
    "command_timeout": COMMAND_TIMEOUT,
    "statement_cache_size": 0,
    "prepared_statement_cache_size": 0,
}

_ROLE = text("SELECT current_user")
_DANGERS = text(
    """
    SELECT danger FROM (
        SELECT 1 AS rank, 'is a superuser' AS danger FROM pg_roles WHERE rolname = current_user AND rolsuper
        UNION ALL
        SELECT 2, 'may bypass row-level security' FROM pg_roles WHERE rolname = current_user AND rolbypassrls
        UNION ALL
        SELECT 3, 'may make roles' FROM pg_roles WHERE rolname = current_user AND rolcreaterole
        UNION ALL
        SELECT 4, 'owns ' || count(*) || ' objects' FROM pg_shdepend
        WHERE refclassid = 'pg_authid'::regclass AND refobjid = current_user::regrole AND deptype = 'o'
        HAVING count(*) > 0
        UNION ALL
        SELECT 5, 'may become ' || string_agg(rolname, ', ') FROM pg_roles AS other
        WHERE rolname <> current_user AND pg_has_role(current_user, oid, 'MEMBER')
        AND (rolsuper OR rolbypassrls OR rolcreaterole OR EXISTS (
            SELECT FROM pg_shdepend
            WHERE refclassid = 'pg_authid'::regclass AND refobjid = other.oid AND deptype = 'o'
        ))
        HAVING count(*) > 0
    ) AS found ORDER BY rank
    """
)

LOCK_NOT_AVAILABLE = "55P03"

_RETRYABLE = {
    LOCK_NOT_AVAILABLE: "Others hold what this needs; try again.",
    "40P01": "Others hold what this needs; try again.",  # deadlock_detected
    "57014": "This took too long and was given up; try again.",  # query_canceled, by statement_timeout
}


class WrongDatabaseRole(Exception):
    """The service signs in under a role that could see across networks."""


class Database:
    """A pool of connections that PgBouncer may stand in front of, in transaction mode."""

    def __init__(self, engine: AsyncEngine, service_role: str) -> None:
        self.engine = engine
        self.service_role = service_role

    @classmethod
    def connect(cls, url: str, *, service_role: str, pool_size: int = 10) -> "Database":
        """A database that connects when it is first used."""
        engine = create_async_engine(
            driver_url(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=CHECKOUT_TIMEOUT,
            connect_args=_CONNECT_ARGUMENTS | {"server_settings": {"application_name": service_role}},
        )
        event.listen(engine.sync_engine.pool, "checkout", _replace_if_dead)
        return cls(engine, service_role)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncConnection]:
        """A transaction, committed at the end; what a later try may heal (a lock, a lost connection) raises Busy.

        A task that is cancelled in here throws its connection away: nobody gets it with a transaction still open.
        """
        async with AsyncExitStack() as stack:
            connection = await self._checked_out(stack)
            try:
                async with connection.begin():
                    yield connection
            except DBAPIError as error:
                if _is_being_cancelled():  # a rollback on a dead connection must not hide it
                    raise CancelledError from error
                if message := _worth_retrying(error):
                    raise Busy(message) from error
                raise

    async def _checked_out(self, stack: AsyncExitStack) -> AsyncConnection:
        """A connection that goes back to the pool with the stack."""
        try:
            return await stack.enter_async_context(self.engine.connect())
        except PoolTimeout as error:
            raise Busy("Too many requests wait for the database; try again.") from error
        except (OSError, DBAPIError) as error:
            raise Busy("The database cannot be reached; try again.") from error

    async def verify_role(self) -> None:
        """Raises WrongDatabaseRole unless the role is the service's own, owns nothing and sees no network but one."""
        async with self.transaction() as connection:
            role = (await connection.execute(_ROLE)).scalar_one()
            dangers = (await connection.execute(_DANGERS)).scalars().all()
        if role != self.service_role:
            raise WrongDatabaseRole(
                f"This service must sign in to PostgreSQL as {self.service_role}, but its URL signs in as {role}."
            )
        if dangers:
            raise WrongDatabaseRole(f"The database role {role} must not see across networks, but it {dangers[0]}.")

    async def ready(self) -> bool:
        """Whether the database answers."""
        try:
            async with self.transaction() as connection:
                await connection.execute(text("SELECT 1"))
        except (Busy, DBAPIError):
            return False
        return True

    async def close(self) -> None:
        """Closes the connections that nobody uses."""
        await self.engine.dispose()


def driver_url(url: str) -> str:
    """The same address, for SQLAlchemy on asyncpg."""
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


def plain_engine(url: str) -> AsyncEngine:
    """An engine without a pool, for the short work of owners and administrators."""
    return create_async_engine(driver_url(url), poolclass=NullPool)


def _is_being_cancelled() -> bool:
    task = current_task()
    return task is not None and task.cancelling() > 0


def _worth_retrying(error: DBAPIError) -> str | None:
    if error.connection_invalidated:
        return "The connection to the database was lost; try again."
    return _RETRYABLE.get(sqlstate(error) or "")


def _replace_if_dead(driver: object, entry: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:
    """Makes the pool connect anew when the server has closed a waiting connection: a ping without a round trip."""
    connection = entry.driver_connection
    if connection is None or connection.is_closed():
        raise DisconnectionError


def sqlstate(error: DBAPIError) -> str | None:
    """PostgreSQL's five-character code of what went wrong."""
    state: object = getattr(error.orig, "sqlstate", None)
    return state if isinstance(state, str) else None
