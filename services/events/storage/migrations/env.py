"""Alembic's entrance; services.common.storage.migrate runs it."""

from services.common.storage.migrate import run
from services.events.storage.tables import metadata

run("events", metadata)
