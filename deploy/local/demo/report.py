"""What the play prints: progress while it goes on, and the table at its end."""

from __future__ import annotations

import time
from collections.abc import Sequence

import typer

from deploy.local.demo.figures import Figures, SeenGroup


class Narrator:
    """Says what happens, with the seconds since the start."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def say(self, line: str) -> None:
        typer.echo(f"{time.monotonic() - self._began:6.1f} s  {line}")


def print_table(figures: Figures) -> None:
    """A line for each figure; what is wrong says what was expected."""
    width = max(len(figure.name) for figure in figures.measured)
    typer.echo("")
    for figure in figures.measured:
        verdict = "ok" if figure.holds else f"WRONG, expected {figure.expected}"
        typer.echo(f"  {figure.name:<{width}}  {figure.measured!s:>8}  {verdict}")


def print_group(group: SeenGroup, names: dict[str, str], *, round_number: int) -> None:
    """One group's seats by name."""
    typer.echo(f"\n  Round {round_number}, group {group.number}")
    typer.echo(f"    moderator  {names.get(group.moderator or '', 'a participant hosts')}")
    for account in sorted(group.seats, key=lambda account: names[account]):
        typer.echo(f"    seat       {names[account]}")


def print_encounters(name: str, met: Sequence[str]) -> None:
    """Whom one person met."""
    typer.echo(f"\n  {name} met {len(met)} people: {', '.join(sorted(met))}")
