"""The tables of events."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    Interval,
    MetaData,
    Text,
    Time,
    Uuid,
    text,
)

from services.common.storage.tables import foreign_key, network_table, platform_tables, unique

metadata = MetaData()

series = network_table(
    "series",
    metadata,
    Column("id", Uuid(), nullable=False),
    Column("title", Text(), nullable=False),
    Column("description", Text(), nullable=False),
    Column("mode", Text(), nullable=False),
    Column("first_date", Date(), nullable=False),
    Column("last_date", Date()),
    Column("start_time", Time(), nullable=False),
    Column("duration", Interval(), nullable=False),
    Column("time_zone", Text(), nullable=False),
    Column("capacity", Integer(), nullable=False),
    Column("offer_window", Interval(), nullable=False),
    Column("next_date", Date()),
    Index("series_unfinished", "next_date", postgresql_where=text("next_date IS NOT NULL")),
)

events = network_table(
    "events",
    metadata,
    Column("id", Uuid(), nullable=False),
    Column("series_id", Uuid()),
    Column("occurs_on", Date()),
    Column("title", Text(), nullable=False),
    Column("description", Text(), nullable=False),
    Column("mode", Text(), nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("time_zone", Text(), nullable=False),
    Column("state", Text(), nullable=False),
    Column("capacity", Integer(), nullable=False),
    Column("offer_window", Interval(), nullable=False),
    Column("confirmed", Integer(), nullable=False),
    Column("offered", Integer(), nullable=False),
    Column("waiting", Integer(), nullable=False),
    Column("last_ticket", BigInteger(), nullable=False),
    Column("cancel_reason", Text(), nullable=False),
    Column("version", BigInteger(), nullable=False),
    foreign_key(("series_id",), "series"),
    # Two replicas that extend a series at once make each occurrence once.
    unique("series_id", "occurs_on"),
    CheckConstraint("confirmed >= 0 AND offered >= 0 AND waiting >= 0", name="events_counters"),
    Index("events_by_start", "network_id", "starts_at", "id"),
)

registrations = network_table(
    "registrations",
    metadata,
    Column("id", Uuid(), nullable=False),
    Column("event_id", Uuid(), nullable=False),
    Column("account_id", Uuid(), nullable=False),
    Column("state", Text(), nullable=False),
    # Where the state stands in an event's list: places, offers, the queue, the rest.
    Column("rank", BigInteger(), nullable=False),
    Column("ticket", BigInteger(), nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    Column("offer_expires_at", DateTime(timezone=True)),
    Column("checked_in_at", DateTime(timezone=True)),
    Column("late", Boolean(), nullable=False),
    Column("version", BigInteger(), nullable=False),
    Column("checked_out_at", DateTime(timezone=True)),
    foreign_key(("event_id",), "events"),
    unique("event_id", "account_id"),
    CheckConstraint("(state = 'offered') = (offer_expires_at IS NOT NULL)", name="registrations_offer_has_an_end"),
    Index("registrations_by_event", "network_id", "event_id", "rank", "ticket"),
    Index("registrations_offers", "offer_expires_at", postgresql_where=text("offer_expires_at IS NOT NULL")),
)

moderators = network_table(
    "moderators",
    metadata,
    Column("event_id", Uuid(), nullable=False),
    Column("account_id", Uuid(), nullable=False),
    Column("available_from", DateTime(timezone=True)),
    Column("available_until", DateTime(timezone=True)),
    Column("withdrawn_at", DateTime(timezone=True)),
    foreign_key(("event_id",), "events"),
    key=("event_id", "account_id"),
)

platform = platform_tables(metadata)
