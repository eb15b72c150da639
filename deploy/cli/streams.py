"""The streams that facts travel on."""

import asyncio
import os
from typing import Annotated

import typer

from deploy.local.databases import AREAS
from deploy.local.failures import LocalFailure
from services.common.messaging.bus import connect, ensure_streams

NATS_URL = "ONTMOET_NATS_URL"


def streams(
    replicas: Annotated[
        int, typer.Option(min=1, max=5, help="How many servers keep each stream; 3 in production.")
    ] = 1,
) -> None:
    """Make the streams of all services at ONTMOET_NATS_URL, or bring them to this version; safe to run again.

    For where no operator manages the streams. The local system makes its own.
    """
    url = os.environ.get(NATS_URL)
    if not url:
        raise LocalFailure(f"{NATS_URL} is not set")
    asyncio.run(_ensure(url, replicas))
    print(f"streams: {', '.join(AREAS)}, each kept by {replicas}")


async def _ensure(url: str, replicas: int) -> None:
    bus = await connect(url, "ontmoet")
    try:
        if not bus.connected:
            raise LocalFailure(f"no NATS server answers at {NATS_URL}")
        await ensure_streams(bus, AREAS, replicas=replicas)
    finally:
        await bus.close()
