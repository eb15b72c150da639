"""How many long searches of a network may be under way."""

from alembic import op
from sqlalchemy import Column, Integer

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("limits", Column("searches", Integer()))
