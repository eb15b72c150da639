"""The fixtures that every test may ask for."""

from tests.support.house_fixture import house
from tests.support.nats import nats_server, nats_url
from tests.support.postgres import postgres
from tests.support.telemetry import probe

__all__ = ["house", "nats_server", "nats_url", "postgres", "probe"]
