"""`ontmoet run`: the whole system on one machine, until it is told to stop."""

import asyncio
import signal
from collections.abc import Coroutine

from deploy.local.databases import AREAS, prepare_database
from deploy.local.home import Home
from deploy.local.ports import Ports
from deploy.local.screen import Screen
from deploy.local.seeds import seed
from deploy.local.supervisor import Supervisor
from deploy.local.system import LocalSystem
from services.common.messaging.bus import connect, ensure_streams
from services.common.storage.provision import OWNER
from services.membership.usecases.seed_data import SEEDS


async def run(home: Home, ports: Ports, screen: Screen) -> None:
    """Starts everything and keeps it running until SIGINT or SIGTERM; then stops it. The data stays in the home."""
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    home.prepare()
    with home.held(ports.base):
        ports.check_free()
        system, supervisor = LocalSystem(home, ports), Supervisor(screen.say)
        try:
            if await _unless(stopping, start(system, supervisor, screen)):
                announce(system, screen)
                await stopping.wait()
        finally:
            with screen.step("stopped"):
                await supervisor.stop()


async def start(system: LocalSystem, supervisor: Supervisor, screen: Screen) -> None:
    """Starts the parts in the order in which they need each other."""
    system.keys.prepare()
    with screen.step("PostgreSQL, NATS and the mail sink"):
        await supervisor.start(system.postgres, system.nats, system.mail_sink())
    with screen.step("streams"):
        bus = await connect(system.nats.url, "ontmoet run")
        await ensure_streams(bus, AREAS)
        await bus.close()
    for area in AREAS:
        with screen.step(f"database of {area}"):
            await prepare_database(system.postgres.admin_url, system.postgres.url(OWNER, area), area)
    with screen.step(f"{len(SEEDS)} networks"):
        await seed(system.database_url("membership"))
    with screen.step(f"{', '.join(AREAS)} and gateway"):
        await supervisor.start(*system.services(), system.gateway())


def announce(system: LocalSystem, screen: Screen) -> None:
    """Says where everything is, and how to get in."""
    screen.say(f"ready: {system.url}")
    for seed_ in SEEDS:
        network = seed_.network
        address = f"http://{network.slug}.localhost:{system.ports.base}"
        screen.say(f"  {network.name:<24} {address:<38} organiser@{network.slug}.example")
    screen.say(f"Sign in as organiser@, moderator1@ or member1@...; the code comes by mail: {system.url}/dev/mail")
    screen.say("gRPC: " + ", ".join(f"{area} localhost:{system.ports.of(area)}" for area in AREAS))


async def _unless(stopping: asyncio.Event, work: Coroutine[object, object, None]) -> bool:
    """Does the work, unless it is told to stop before it is done; raises what the work raised."""
    working, told = asyncio.create_task(work), asyncio.create_task(stopping.wait())
    await asyncio.wait({working, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not working.done():
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        return False
    working.result()
    return True
