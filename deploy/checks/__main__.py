"""`make check`: runs every check, some at the same time, and shows the output of those that fail."""

import asyncio
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True)
class Check:
    """Passes when its command exits with 0."""

    name: str
    command: Sequence[str]
    folder: Path = ROOT


def module(name: str, *arguments: str) -> list[str]:
    """A command that runs a module of this environment."""
    return [sys.executable, "-m", name, *arguments]


def program(name: str, *arguments: str) -> list[str]:
    """A command that runs a program of this environment."""
    return [str(PROGRAMS / name), *arguments]


PROTO = ROOT / "proto"
CHECKS = (
    Check("types", module("pyright")),
    Check("layers", program("lint-imports", "--no-logo")),
    Check("migrations", module("deploy.checks.migrations")),
    Check("GraphQL schema", module("services.gateway.schema", "--check")),
    Check("generated code", module("deploy.checks.contracts", "--check")),
    Check("contracts", program("buf", "lint"), PROTO),
    Check("contracts' format", program("buf", "format", "--diff", "--exit-code"), PROTO),
    Check("contracts break no client", program("buf", "breaking", "--against", "image.binpb"), PROTO),
    Check("manifests", module("deploy.checks.manifests")),
    Check("format", module("ruff", "format", "--check")),
    Check("lint", module("ruff", "check")),
)


async def run(checks: Sequence[Check]) -> list[str]:
    """Runs the checks, as many at a time as there are processors, and names those that failed."""
    places = asyncio.Semaphore(os.cpu_count() or 1)

    async def one(check: Check) -> bool:
        async with places:
            started = time.monotonic()
            process = await asyncio.create_subprocess_exec(
                *check.command, cwd=check.folder, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT
            )
            output, _ = await process.communicate()
            passed = process.returncode == 0
            print(f"{'ok    ' if passed else 'FAILED'} {time.monotonic() - started:5.1f} s  {check.name}", flush=True)
            if not passed:
                print(output.decode(errors="replace").rstrip(), flush=True)
            return passed

    passed = await asyncio.gather(*(one(check) for check in checks))
    return [check.name for check, good in zip(checks, passed, strict=True) if not good]


if __name__ == "__main__":
    failed = asyncio.run(run(CHECKS))
    sys.exit(f"check: failed: {', '.join(failed)}" if failed else None)
