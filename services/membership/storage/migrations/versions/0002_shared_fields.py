"""What of their profile members let others be told. Nobody was asked yet, so nothing is shared."""

from alembic import op
from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("members", Column("shared_fields", ARRAY(Text()), nullable=False, server_default="{}"))
