"""Pins as they stand in a row."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from services.matching.domain.pins import Pin


def written(pins: Iterable[Pin]) -> list[dict[str, Any]]:
    """For a JSON column."""
    return [{"account": str(pin.account), "round": pin.round, "group": pin.group} for pin in pins]


def read(rows: Iterable[Mapping[str, Any]]) -> tuple[Pin, ...]:
    """From a JSON column."""
    return tuple(Pin(UUID(row["account"]), row["round"], row["group"]) for row in rows)
