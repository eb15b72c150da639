"""Who is staff, and so meets nobody. The copies learn it as members change, or at once by rebuilding them."""

from alembic import op
from sqlalchemy import Boolean, Column, false

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("profiles", Column("staff", Boolean(), nullable=False, server_default=false()))
