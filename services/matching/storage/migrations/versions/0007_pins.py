"""Who was given which room, in which round: kept with the plan, and with the search for one."""

from alembic import op
from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    for table in ("breakouts", "operations"):
        op.add_column(table, Column("pins", JSONB(), nullable=False, server_default="[]"))
