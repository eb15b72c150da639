"""Programs that die at a named point, and the proof of where they died."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from contextlib import suppress

from deploy.local.failures import LocalFailure
from deploy.local.programs import Program

PATIENCE = 60.0


async def crash_at(program: Program, points: Sequence[str]) -> None:
    """Restart the program so that it dies at the first point, then at the next, and at last so that it stays.

    A point is `name` or `name:passage`, as ONTMOET_CRASH_AT takes it. Afterwards the program runs, also when it did not
    die as it should.
    """
    whole = program.environment
    try:
        for point in points:
            await program.stop()
            program.environment = {**whole, "ONTMOET_CRASH_AT": point}
            with suppress(LocalFailure):  # it may die at its point before it can be used
                await program.start()
            async with asyncio.timeout(PATIENCE):
                assert await program.process.wait() == -signal.SIGKILL
    finally:
        program.environment = whole
        await program.stop()
        await program.start()


def crashes_of(program: Program) -> list[str]:
    """Where the program died, as its log has it, in order."""
    lines = program.log.read_text(errors="replace").splitlines()
    return [line.partition(":")[0].removeprefix("crash point ") for line in lines if line.startswith("crash point ")]
