"""A group's seats are found without those of all the round."""

from alembic import op

from services.common.storage.tables import NETWORK

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("seats_of_group", "seats", [NETWORK, "breakout_id", "round", "group_number"])
