"""Halls, their tickets, and doors."""

from alembic import op
from sqlalchemy import Column, Integer, Text, Uuid

from services.common.storage.ddl import create_global_table, create_network_table, create_platform, open_path
from services.common.storage.tables import foreign_key, unique
from tests.integration.common_storage.sample.storage.system_paths import SYSTEM_PATHS

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_platform(op, "sample")
    create_network_table(
        op,
        "halls",
        Column("id", Uuid(), nullable=False),
        Column("code", Text(), nullable=False),
        Column("free", Integer(), nullable=False),
        unique("code"),
    )
    create_network_table(
        op,
        "tickets",
        Column("id", Uuid(), nullable=False),
        Column("hall_id", Uuid(), nullable=False),
        Column("holder", Text(), nullable=False),
        foreign_key(("hall_id",), "halls"),
    )
    create_global_table(op, "doors", Column("host", Text()), Column("network", Uuid(), nullable=False), key=("host",))
    op.execute("CREATE VIEW hall_codes WITH (security_invoker = true) AS SELECT network_id, code FROM halls")
    op.execute("GRANT SELECT ON hall_codes TO sample_service")
    for path in SYSTEM_PATHS:
        open_path(op, path)
