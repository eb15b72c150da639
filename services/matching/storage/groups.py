"""Groups as they stand in a row."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from services.matching.domain.breakout import Group


def written(groups: Iterable[Group]) -> list[dict[str, Any]]:
    """For a JSON column."""
    return [
        {
            "id": str(group.id),
            "number": group.number,
            "seats": list(map(str, group.seats)),
            "moderator": group.moderator and str(group.moderator),
            "host": group.host and str(group.host),
        }
        for group in groups
    ]


def read(rows: Iterable[Mapping[str, Any]]) -> tuple[Group, ...]:
    """From a JSON column."""
    return tuple(map(_group, rows))


def _group(row: Mapping[str, Any]) -> Group:
    return Group(
        id=UUID(row["id"]),
        number=row["number"],
        seats=tuple(map(UUID, row["seats"])),
        moderator=row["moderator"] and UUID(row["moderator"]),
        host=row["host"] and UUID(row["host"]),
    )
