"""What tests of several rooms share."""

import os


def contained() -> bool:
    """Whether PostgreSQL and NATS run in containers: `make test-containers` says so."""
    return os.environ.get("ONTMOET_TEST_SERVERS") == "containers"
