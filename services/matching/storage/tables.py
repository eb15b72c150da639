"""The tables of matching."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    MetaData,
    Text,
    Uuid,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.common.storage.tables import NETWORK, foreign_key, network_table, platform_tables, unique

metadata = MetaData()
platform = platform_tables(metadata)

_TIME = DateTime(timezone=True)

breakouts = network_table(
    "breakouts",
    metadata,
    Column("id", Uuid(), nullable=False),
    Column("event_id", Uuid(), nullable=False),
    Column("group_size", Integer(), nullable=False),
    Column("repeats", Integer(), nullable=False),
    Column("repeats_bound", Integer(), nullable=False),
    Column("notices", JSONB(), nullable=False),
    Column("version", BigInteger(), nullable=False),
    Column("repeats_argument", Text(), nullable=False, server_default=""),
    Column("pins", JSONB(), nullable=False, server_default="[]"),
    unique("event_id"),
)

rounds = network_table(
    "rounds",
    metadata,
    Column("breakout_id", Uuid(), nullable=False),
    Column("number", Integer(), nullable=False),
    Column("state", Text(), nullable=False),
    Column("opened_at", _TIME),
    Column("closed_at", _TIME),
    Column("parted", JSONB(), nullable=False, server_default="[]"),
    foreign_key(("breakout_id",), "breakouts"),
    key=("breakout_id", "number"),
)

groups = network_table(
    "groups",
    metadata,
    Column("breakout_id", Uuid(), nullable=False),
    Column("round", Integer(), nullable=False),
    Column("number", Integer(), nullable=False),
    Column("id", Uuid(), nullable=False),
    Column("moderator_id", Uuid()),
    Column("host_id", Uuid()),
    foreign_key(("breakout_id", "round"), "rounds", ("breakout_id", "number")),
    unique("id"),
    Index("groups_by_moderator", NETWORK, "breakout_id", "round", "moderator_id", unique=True),
    Index("groups_led", NETWORK, "moderator_id"),
    key=("breakout_id", "round", "number"),
)

seats = network_table(
    "seats",
    metadata,
    Column("breakout_id", Uuid(), nullable=False),
    Column("round", Integer(), nullable=False),
    Column("account_id", Uuid(), nullable=False),
    Column("group_number", Integer(), nullable=False),
    foreign_key(("breakout_id", "round", "group_number"), "groups", ("breakout_id", "round", "number")),
    Index("seats_of_group", NETWORK, "breakout_id", "round", "group_number"),
    key=("breakout_id", "round", "account_id"),
)

# Two people who were present in one group in one round: the lower id first.
encounters = network_table(
    "encounters",
    metadata,
    Column("first_id", Uuid(), nullable=False),
    Column("second_id", Uuid(), nullable=False),
    Column("event_id", Uuid(), nullable=False),
    Column("round", Integer(), nullable=False),
    Column("met_at", _TIME, nullable=False),
    CheckConstraint("first_id < second_id", name="encounters_once_a_pair"),
    Index("encounters_of_first", NETWORK, "first_id", "met_at"),
    Index("encounters_of_second", NETWORK, "second_id", "met_at"),
    key=("first_id", "second_id", "event_id", "round"),
)

introductions = network_table(
    "introductions",
    metadata,
    Column("id", Uuid(), nullable=False),
    Column("asker_id", Uuid(), nullable=False),
    Column("asked_id", Uuid(), nullable=False),
    # The two again, the lower id first, so that a pair has one open introduction whoever asks.
    Column("first_id", Uuid(), nullable=False),
    Column("second_id", Uuid(), nullable=False),
    Column("message", Text(), nullable=False),
    Column("state", Text(), nullable=False),
    Column("asked_at", _TIME, nullable=False),
    Column("answered_at", _TIME),
    Column("version", BigInteger(), nullable=False),
    Index(
        "introductions_open",
        NETWORK,
        "first_id",
        "second_id",
        unique=True,
        postgresql_where=text("state = 'asked'"),
    ),
    Index("introductions_of_asker", NETWORK, "asker_id", "asked_at"),
    Index("introductions_of_asked", NETWORK, "asked_id", "asked_at"),
)

# What is kept of the members: a projection of membership, rebuilt by `ontmoet rebuild matching-members`.
profiles = network_table(
    "profiles",
    metadata,
    Column("account_id", Uuid(), nullable=False),
    Column("company", Text(), nullable=False),
    Column("profession", Text(), nullable=False),
    Column("asks", ARRAY(Text()), nullable=False),
    Column("offers", ARRAY(Text()), nullable=False),
    Column("version", BigInteger(), nullable=False),
    Column("language", Text(), nullable=False, server_default=""),
    Column("staff", Boolean(), nullable=False, server_default=false()),
    Column("shared_fields", ARRAY(Text()), nullable=False, server_default="{}"),
    key=("account_id",),
)

# Who is to sit with whom or is not, whoever stated it. Nothing but plans is made of it, so nothing else tells of it.
rules = network_table(
    "rules",
    metadata,
    Column("id", Uuid(), nullable=False),
    Column("kind", Text(), nullable=False),
    Column("people", ARRAY(Uuid()), nullable=False),
    Column("stated_by", Uuid(), nullable=False),
    Column("stated_at", _TIME, nullable=False),
    unique("stated_by", "kind", "people"),
    Index("rules_in_order", NETWORK, "stated_at", "id"),
)

# Searches for a plan that take longer than a call; `best` holds the rounds of the best plan so far.
operations = network_table(
    "operations",
    metadata,
    Column("id", Uuid(), nullable=False),
    Column("event_id", Uuid(), nullable=False),
    Column("rounds", Integer(), nullable=False),
    Column("group_size", Integer(), nullable=False),
    Column("seconds", Integer(), nullable=False),
    Column("state", Text(), nullable=False),
    Column("asked_at", _TIME, nullable=False),
    Column("ended_at", _TIME),
    Column("searched", Float(), nullable=False),
    Column("repeats", Integer()),
    Column("repeats_bound", Integer()),
    Column("best", JSONB(), nullable=False),
    Column("cancelled", Boolean(), nullable=False),
    Column("attempt", Integer(), nullable=False),
    Column("failure", Text(), nullable=False),
    Column("breakout_id", Uuid()),
    Column("version", BigInteger(), nullable=False),
    Column("repeats_argument", Text(), nullable=False, server_default=""),
    Column("pins", JSONB(), nullable=False, server_default="[]"),
    Index(
        "operations_under_way",
        NETWORK,
        "event_id",
        unique=True,
        postgresql_where=text("state IN ('queued', 'running')"),
    ),
)

# What a network may ask of the solver, where that is not what the settings allow to all. Operators write it.
limits = network_table(
    "limits",
    metadata,
    Column("people", Integer()),
    Column("rounds", Integer()),
    Column("seconds", Integer()),
    Column("searches", Integer()),
    key=(),
)
