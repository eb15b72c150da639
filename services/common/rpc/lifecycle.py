"""The life of a service's process: start, serve, drain, stop."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping

from services.common.logging import logger
from services.common.rpc.server import DRAIN, RpcServer
from services.common.tasks import end

Task = Callable[[], Awaitable[None]]

log = logger(__name__)


class TaskEnded(Exception):
    """A task that should run as long as the service does has ended."""


async def run_service(server: RpcServer, tasks: Mapping[str, Task], *, grace: float = DRAIN) -> None:
    """Serve, and run the tasks beside it, until SIGTERM or SIGINT; then drain, and stop the tasks, last in first out.

    The tasks (relay, consumers, jobs) keep running while calls in flight finish. A task that ends by itself takes the
    service down with TaskEnded, so that whoever supervises the process starts it anew. What was opened before (a
    database, the bus) is closed by the caller, afterwards.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await server.start()
    running = [asyncio.create_task(_run(name, task), name=name) for name, task in tasks.items()]
    stopped = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([stopped, *running], return_when=asyncio.FIRST_COMPLETED)
        await server.stop(grace)
    finally:
        for task in [stopped, *running][::-1]:
            await end(task)
    for task in done - {stopped}:
        raise TaskEnded(task.get_name()) from task.exception()
    log.info("stopped")


async def _run(name: str, task: Task) -> None:
    log.debug("task started", task=name)
    await task()
