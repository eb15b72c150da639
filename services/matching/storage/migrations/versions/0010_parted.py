"""How people sat in a round while it was open, before somebody left, moved or took over: kept with the round."""

from alembic import op
from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("rounds", Column("parted", JSONB(), nullable=False, server_default="[]"))
