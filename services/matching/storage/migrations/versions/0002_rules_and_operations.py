"""Rules that plans keep, long searches, limits per network, and what people speak."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Float, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.common.storage.ddl import create_network_table
from services.common.storage.tables import NETWORK, unique

revision = "0002"
down_revision = "0001"

_TIME = DateTime(timezone=True)


def upgrade() -> None:
    _create_rules()
    _create_operations()
    _create_limits()
    op.add_column("profiles", Column("language", Text(), nullable=False, server_default=""))
    op.create_index("groups_led", "groups", [NETWORK, "moderator_id"])


def _create_rules() -> None:
    create_network_table(
        op,
        "rules",
        Column("id", Uuid(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("people", ARRAY(Uuid()), nullable=False),
        Column("stated_by", Uuid(), nullable=False),
        Column("stated_at", _TIME, nullable=False),
        unique("stated_by", "kind", "people"),
        privileges=("SELECT", "INSERT", "DELETE"),
    )
    op.create_index("rules_in_order", "rules", [NETWORK, "stated_at", "id"])


def _create_operations() -> None:
    create_network_table(
        op,
        "operations",
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
        privileges=("SELECT", "INSERT", "UPDATE"),
    )
    under_way = text("state IN ('queued', 'running')")
    op.create_index(
        "operations_under_way", "operations", [NETWORK, "event_id"], unique=True, postgresql_where=under_way
    )


def _create_limits() -> None:
    create_network_table(
        op,
        "limits",
        Column("people", Integer()),
        Column("rounds", Integer()),
        Column("seconds", Integer()),
        key=(),
        privileges=("SELECT", "INSERT", "UPDATE"),
    )
