"""Tables whose every key starts with the network, and the tables that each service needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

NETWORK = "network_id"


def network_table(name: str, metadata: MetaData, *items: SchemaItem, key: Sequence[str] = ("id",)) -> Table:
    """A table of which each row belongs to one network: `network_id` comes first, in the row and in the primary key."""
    network = Column(NETWORK, Uuid(), nullable=False)
    return Table(name, metadata, network, *items, PrimaryKeyConstraint(NETWORK, *key))


def global_table(name: str, metadata: MetaData, *items: SchemaItem, key: Sequence[str] = ("id",)) -> Table:
    """A table that spans networks: nobody reaches it but the system paths that name it."""
    return Table(name, metadata, *items, PrimaryKeyConstraint(*key), info={"global": True})


def foreign_key(columns: Sequence[str], table: str, remote: Sequence[str] = ("id",)) -> ForeignKeyConstraint:
    """A reference to a row of the same network."""
    return ForeignKeyConstraint([NETWORK, *columns], [f"{table}.{column}" for column in (NETWORK, *remote)])


def unique(*columns: str) -> UniqueConstraint:
    """Values that occur once per network."""
    return UniqueConstraint(NETWORK, *columns)


@dataclass(frozen=True)
class Platform:
    """The tables that every service has."""

    outbox: Table
    inbox: Table
    idempotency_keys: Table
    dead_letters: Table

    @property
    def tables(self) -> tuple[Table, ...]:
        return self.outbox, self.inbox, self.idempotency_keys, self.dead_letters


def platform_tables(metadata: MetaData) -> Platform:
    """Adds the platform's tables to a service's own."""
    return Platform(
        outbox=_outbox(metadata),
        inbox=_inbox(metadata),
        idempotency_keys=_idempotency_keys(metadata),
        dead_letters=_dead_letters(metadata),
    )


def _outbox(metadata: MetaData) -> Table:
    return network_table(
        "outbox",
        metadata,
        Column("id", Uuid(), nullable=False),
        Column("position", BigInteger(), Identity(always=True), nullable=False),
        Column("aggregate_id", Uuid(), nullable=False),
        Column("aggregate_version", BigInteger(), nullable=False),
        Column("type", Text(), nullable=False),
        Column("payload", LargeBinary(), nullable=False),
        Column("traceparent", Text()),
        Column("occurred_at", DateTime(timezone=True), nullable=False),
        Column("published_at", DateTime(timezone=True)),
        Index("outbox_unpublished", "position", postgresql_where=text("published_at IS NULL")),
    )


def _inbox(metadata: MetaData) -> Table:
    return network_table(
        "inbox",
        metadata,
        Column("consumer", Text(), nullable=False),
        Column("fact_id", Uuid(), nullable=False),
        Column("handled_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
        key=("consumer", "fact_id"),
    )


def _idempotency_keys(metadata: MetaData) -> Table:
    return network_table(
        "idempotency_keys",
        metadata,
        Column("account_id", Uuid(), nullable=False),
        Column("operation", Text(), nullable=False),
        Column("key", Text(), nullable=False),
        Column("request_hash", LargeBinary(), nullable=False),
        Column("response", LargeBinary()),
        Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
        key=("account_id", "operation", "key"),
    )


def _dead_letters(metadata: MetaData) -> Table:
    return network_table(
        "dead_letters",
        metadata,
        Column("id", Uuid(), nullable=False),
        Column("consumer", Text(), nullable=False),
        Column("fact_id", Uuid(), nullable=False),
        Column("subject", Text(), nullable=False),
        Column("aggregate_id", Uuid()),
        Column("aggregate_version", BigInteger()),
        Column("type", Text(), nullable=False),
        Column("headers", JSONB(), nullable=False),
        Column("payload", LargeBinary(), nullable=False),
        Column("reason", Text(), nullable=False),
        Column("parked", Boolean(), nullable=False),
        Column("attempts", Integer(), nullable=False),
        Column("first_seen_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
        Column("replayed_at", DateTime(timezone=True)),
        unique("consumer", "fact_id"),
    )
