"""The console script `ontmoet`, for operators and developers."""

import asyncio
import sys
from collections.abc import Generator
from contextlib import contextmanager

import typer

from deploy.local.failures import LocalFailure
from deploy.local.home import Home

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)


@app.command()
def run() -> None:
    """Run the whole system on this machine. ONTMOET_HOME and ONTMOET_PORT move its state and its ports."""
    from deploy.local.ports import Ports
    from deploy.local.run import run as run_local
    from deploy.local.screen import Screen

    with plain_failures():
        asyncio.run(run_local(Home.from_environment(), Ports.from_environment(), Screen()))


@app.command()
def reset() -> None:
    """Empty the home of the local system; refuses while it runs."""
    with plain_failures():
        Home.from_environment().reset()


@contextmanager
def plain_failures() -> Generator[None]:
    """What the user can understand and mend is told in a line, with exit code 1."""
    try:
        yield
    except LocalFailure as failure:
        print(f"ontmoet: {failure}", file=sys.stderr)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    app()
