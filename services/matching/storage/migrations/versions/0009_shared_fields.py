"""What of their profile members let others be told. Of the copies that are there it is not known, so nothing is."""

from alembic import op
from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("profiles", Column("shared_fields", ARRAY(Text()), nullable=False, server_default="{}"))
