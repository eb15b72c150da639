"""The console script `ontmoet`, for operators and developers."""

import asyncio
import sys

import typer

from deploy.cli import databases, dead_letters, limits, rebuild, streams, tokens
from deploy.local.failures import LocalFailure
from deploy.local.home import Home
from services.common.refusals import Refusal
from services.common.storage.database import WrongDatabaseRole

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, help=__doc__)
app.command()(databases.migrate)
app.command()(streams.streams)
app.command()(tokens.token)
app.command()(rebuild.rebuild)
app.command()(limits.limits)
app.add_typer(dead_letters.app, name="dead-letters")


@app.command()
def run() -> None:
    """Run the whole system on this machine. ONTMOET_HOME and ONTMOET_PORT move its state and its ports."""
    # Here and below: what only a developer's machine has is imported where it is used, for images do without.
    from deploy.local.ports import Ports
    from deploy.local.run import run as run_local
    from deploy.local.screen import Screen

    asyncio.run(run_local(Home.from_environment(), Ports.from_environment(), Screen()))


@app.command()
def reset() -> None:
    """Empty the home of the local system; refuses while it runs."""
    Home.from_environment().reset()


@app.command()
def demo() -> None:
    """Play one network's Friday against the running system, or one of its own; fails when a figure is wrong."""
    from deploy.local.demo.main import demo as play

    raise typer.Exit(play())


@app.command()
def seed() -> None:
    """Put the five networks into membership's database; what is there already stays."""
    asyncio.run(_seed())


@app.command(add_help_option=False, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def breakout(context: typer.Context) -> None:
    """Break-out groups from files: plan, plan anew, judge, draw."""
    # No other command needs the engine, and its compiler takes half a second to read.
    from deploy.cli.breakout import app as breakouts

    breakouts(context.args, prog_name="ontmoet breakout")


async def _seed() -> None:
    from deploy.local.seeds import seed_into

    async with databases.database_of("membership") as database:
        await seed_into(database)


def run_one() -> None:
    """Runs the command that was given; what its user can understand and mend is told in a line, with exit code 1."""
    try:
        app()
    except (LocalFailure, Refusal, WrongDatabaseRole, OSError) as failure:
        sys.exit(f"ontmoet: {failure}")
