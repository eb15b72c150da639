"""People who checked in may leave."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("registrations", sa.Column("checked_out_at", sa.DateTime(timezone=True)))
