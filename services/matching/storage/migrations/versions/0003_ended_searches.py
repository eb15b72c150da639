"""Long searches that have ended are forgotten after some days."""

from alembic import op

from services.common.storage.ddl import open_path
from services.matching.storage.system_paths import OPERATION_RETENTION

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    open_path(op, OPERATION_RETENTION)
