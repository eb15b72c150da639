"""Whom somebody met."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Encounter:
    """One meeting, as one of the two sees it."""

    other: UUID
    event: UUID
    round: int
    met_at: datetime
