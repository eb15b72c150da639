"""Work that falls due: run it again and again, whatever happens."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from opentelemetry import metrics

_log = structlog.stdlib.get_logger(__name__)
_runs = metrics.get_meter(__name__).create_counter(
    "ontmoet.job.runs", description="Runs of a periodic job, by job and outcome."
)


@dataclass(frozen=True)
class Periodic:
    """Runs at once and then every `interval`, one run at a time; an error is logged, and the next run comes.

    Several replicas run it at the same time: what it does must be safe for that.
    """

    name: str
    interval: timedelta
    run_once: Callable[[], Awaitable[object]]

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            outcome = await self._attempt()
            _runs.add(1, {"job": self.name, "outcome": outcome})
            await asyncio.sleep(self.interval.total_seconds())

    async def _attempt(self) -> str:
        try:
            await self.run_once()
        except Exception:  # noqa: BLE001 - whatever a job raises, its next run must come
            _log.exception("a job failed; it will run again", job=self.name)
            return "failed"
        return "done"
