"""Break-outs, encounters, introductions, and copies of members."""

from alembic import op
from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.common.storage.ddl import create_network_table, create_platform, open_path
from services.common.storage.system_paths import common_paths
from services.common.storage.tables import NETWORK, foreign_key, unique
from services.matching.storage.system_paths import KNOWN_NETWORKS

revision = "0001"
down_revision = None

_TIME = DateTime(timezone=True)


def upgrade() -> None:
    create_platform(op, "matching")
    _create_breakouts()
    _create_groups()
    _create_encounters()
    _create_introductions()
    _create_profiles()
    for path in (*common_paths("matching"), KNOWN_NETWORKS):
        open_path(op, path)


def _create_breakouts() -> None:
    create_network_table(
        op,
        "breakouts",
        Column("id", Uuid(), nullable=False),
        Column("event_id", Uuid(), nullable=False),
        Column("group_size", Integer(), nullable=False),
        Column("repeats", Integer(), nullable=False),
        Column("repeats_bound", Integer(), nullable=False),
        Column("notices", JSONB(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        unique("event_id"),
    )
    create_network_table(
        op,
        "rounds",
        Column("breakout_id", Uuid(), nullable=False),
        Column("number", Integer(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("opened_at", _TIME),
        Column("closed_at", _TIME),
        foreign_key(("breakout_id",), "breakouts"),
        key=("breakout_id", "number"),
    )


def _create_groups() -> None:
    create_network_table(
        op,
        "groups",
        Column("breakout_id", Uuid(), nullable=False),
        Column("round", Integer(), nullable=False),
        Column("number", Integer(), nullable=False),
        Column("id", Uuid(), nullable=False),
        Column("moderator_id", Uuid()),
        Column("host_id", Uuid()),
        foreign_key(("breakout_id", "round"), "rounds", ("breakout_id", "number")),
        unique("id"),
        key=("breakout_id", "round", "number"),
    )
    one_group = [NETWORK, "breakout_id", "round", "moderator_id"]
    op.create_index("groups_by_moderator", "groups", one_group, unique=True)
    create_network_table(
        op,
        "seats",
        Column("breakout_id", Uuid(), nullable=False),
        Column("round", Integer(), nullable=False),
        Column("account_id", Uuid(), nullable=False),
        Column("group_number", Integer(), nullable=False),
        foreign_key(("breakout_id", "round", "group_number"), "groups", ("breakout_id", "round", "number")),
        key=("breakout_id", "round", "account_id"),
    )


def _create_encounters() -> None:
    create_network_table(
        op,
        "encounters",
        Column("first_id", Uuid(), nullable=False),
        Column("second_id", Uuid(), nullable=False),
        Column("event_id", Uuid(), nullable=False),
        Column("round", Integer(), nullable=False),
        Column("met_at", _TIME, nullable=False),
        CheckConstraint("first_id < second_id", name="encounters_once_a_pair"),
        key=("first_id", "second_id", "event_id", "round"),
        privileges=("SELECT", "INSERT"),
    )
    op.create_index("encounters_of_first", "encounters", [NETWORK, "first_id", "met_at"])
    op.create_index("encounters_of_second", "encounters", [NETWORK, "second_id", "met_at"])


def _create_introductions() -> None:
    create_network_table(
        op,
        "introductions",
        Column("id", Uuid(), nullable=False),
        Column("asker_id", Uuid(), nullable=False),
        Column("asked_id", Uuid(), nullable=False),
        Column("first_id", Uuid(), nullable=False),
        Column("second_id", Uuid(), nullable=False),
        Column("message", Text(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("asked_at", _TIME, nullable=False),
        Column("answered_at", _TIME),
        Column("version", BigInteger(), nullable=False),
        privileges=("SELECT", "INSERT", "UPDATE"),
    )
    pair = [NETWORK, "first_id", "second_id"]
    still_open = text("state = 'asked'")
    op.create_index("introductions_open", "introductions", pair, unique=True, postgresql_where=still_open)
    op.create_index("introductions_of_asker", "introductions", [NETWORK, "asker_id", "asked_at"])
    op.create_index("introductions_of_asked", "introductions", [NETWORK, "asked_id", "asked_at"])


def _create_profiles() -> None:
    create_network_table(
        op,
        "profiles",
        Column("account_id", Uuid(), nullable=False),
        Column("company", Text(), nullable=False),
        Column("profession", Text(), nullable=False),
        Column("asks", ARRAY(Text()), nullable=False),
        Column("offers", ARRAY(Text()), nullable=False),
        Column("version", BigInteger(), nullable=False),
        key=("account_id",),
    )
