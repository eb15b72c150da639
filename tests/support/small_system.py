"""A supervisor with PostgreSQL, NATS and a stand-in for a service, until it is killed. Arguments: home and port."""

import asyncio
import sys
from pathlib import Path

from deploy.local.nats import Nats
from deploy.local.postgres import Postgres
from deploy.local.programs import Program, listens
from deploy.local.supervisor import Supervisor


async def main(home: Path, port: int) -> None:
    """Says "up" when everything runs."""
    environment = {"STAND_IN_PORT": str(port), "STAND_IN_DIARY": str(home / "diary"), "STAND_IN_NAME": "service"}
    service = Program("service", "tests.support.stand_in", home / "logs" / "service.log", environment, listens(port))
    supervisor = Supervisor(print)
    await supervisor.start(Postgres(home, durable=False), Nats(home, durable=False), service)
    print("up", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
