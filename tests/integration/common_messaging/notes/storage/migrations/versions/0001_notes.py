"""Notes and effects."""

from alembic import op
from sqlalchemy import BigInteger, Column, Identity, Text, Uuid

from services.common.storage.ddl import create_network_table, create_platform, open_path
from tests.integration.common_messaging.notes.storage.system_paths import SYSTEM_PATHS

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_platform(op, "notes")
    create_network_table(op, "notes", Column("id", Uuid(), nullable=False))
    create_network_table(
        op,
        "effects",
        Column("position", BigInteger(), Identity(always=True), nullable=False),
        Column("consumer", Text(), nullable=False),
        Column("fact_id", Uuid(), nullable=False),
        Column("aggregate", Uuid(), nullable=False),
        Column("version", BigInteger(), nullable=False),
        key=("position",),
    )
    for path in SYSTEM_PATHS:
        open_path(op, path)
