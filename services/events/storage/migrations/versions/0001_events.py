"""Events, series, registrations and moderators."""

import sqlalchemy as sa
from alembic import op

from services.common.storage.ddl import create_network_table, create_platform, open_path
from services.common.storage.tables import foreign_key, unique
from services.events.storage.system_paths import SYSTEM_PATHS

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_platform(op, "events")
    _series()
    _events()
    _registrations()
    _moderators()
    for path in SYSTEM_PATHS:
        open_path(op, path)


def _series() -> None:
    create_network_table(
        op,
        "series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date()),
        sa.Column("start_time", sa.Time(), nullable=False),
        sa.Column("duration", sa.Interval(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("offer_window", sa.Interval(), nullable=False),
        sa.Column("next_date", sa.Date()),
    )
    op.create_index("series_unfinished", "series", ["next_date"], postgresql_where="next_date IS NOT NULL")


def _events() -> None:
    create_network_table(
        op,
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid()),
        sa.Column("occurs_on", sa.Date()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("offer_window", sa.Interval(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("last_ticket", sa.BigInteger(), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        foreign_key(("series_id",), "series"),
        unique("series_id", "occurs_on"),
        sa.CheckConstraint("confirmed >= 0 AND offered >= 0 AND waiting >= 0", name="events_counters"),
    )
    # Counters change with every registration; room in the page keeps those updates out of the indexes.
    op.execute("ALTER TABLE events SET (fillfactor = 50)")
    op.create_index("events_by_start", "events", ["network_id", "starts_at", "id"])


def _registrations() -> None:
    create_network_table(
        op,
        "registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offer_expires_at", sa.DateTime(timezone=True)),
        sa.Column("checked_in_at", sa.DateTime(timezone=True)),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        foreign_key(("event_id",), "events"),
        unique("event_id", "account_id"),
        sa.CheckConstraint(
            "(state = 'offered') = (offer_expires_at IS NOT NULL)", name="registrations_offer_has_an_end"
        ),
    )
    op.create_index("registrations_by_event", "registrations", ["network_id", "event_id", "rank", "ticket"])
    op.create_index(
        "registrations_offers",
        "registrations",
        ["offer_expires_at"],
        postgresql_where="offer_expires_at IS NOT NULL",
    )


def _moderators() -> None:
    create_network_table(
        op,
        "moderators",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("available_from", sa.DateTime(timezone=True)),
        sa.Column("available_until", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        foreign_key(("event_id",), "events"),
        key=("event_id", "account_id"),
    )
