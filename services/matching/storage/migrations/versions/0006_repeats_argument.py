"""By which argument no plan has fewer repeats; of plans that were made before it is not known."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    for table in ("breakouts", "operations"):
        op.add_column(table, Column("repeats_argument", Text(), nullable=False, server_default=""))
