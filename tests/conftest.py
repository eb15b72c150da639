"""The fixtures that every test may ask for."""

from tests.support.nats import nats_server, nats_url
from tests.support.postgres import postgres

__all__ = ["nats_server", "nats_url", "postgres"]
