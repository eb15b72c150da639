"""A search for a break-out's plan that takes longer than a call."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.matching.domain.breakout import Round
from services.matching.domain.facts import PlanningQueued
from services.matching.domain.pins import Pin
from services.matching.domain.refusals import SearchReplaced
from services.matching.engine.problem import Argument

MOST_ATTEMPTS = 10
"""A search that so many solvers began and none ended is given up."""


class OperationState(StrEnum):
    """Where a search is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


UNDER_WAY = (OperationState.QUEUED, OperationState.RUNNING)


@dataclass(frozen=True)
class Best:
    """The best plan so far."""

    rounds: tuple[Round, ...]
    repeats: int
    bound: int
    argument: Argument | None = None
    """Why no plan has fewer; None where it is not known, as while the search goes on."""

    def without_seats(self) -> "Best":
        """Its figures alone: who sat where is the break-out's to keep, and to forget."""
        return replace(self, rounds=())


@dataclass(frozen=True)
class Operation:
    """One search. Whoever runs it holds its `attempt`; who has an older one has lost it."""

    id: UUID
    event: UUID
    rounds: int
    group_size: int
    seconds: int
    asked_at: datetime
    pins: tuple[Pin, ...] = ()
    state: OperationState = OperationState.QUEUED
    best: Best | None = None
    searched: float = 0.0
    cancelled: bool = False
    attempt: int = 0
    failure: str = ""
    breakout: UUID | None = None
    ended_at: datetime | None = None
    version: int = 1

    @property
    def under_way(self) -> bool:
        """Whether it has not ended."""
        return self.state in UNDER_WAY

    @property
    def seconds_left(self) -> float:
        """For how long a solver that takes it up now may search."""
        return max(0.0, self.seconds - self.searched)

    def is_run_by(self, attempt: int) -> bool:
        """Whether it goes on, and no later attempt has taken it up."""
        return self.under_way and self.attempt == attempt

    def queued(self) -> PlanningQueued:
        """The fact that has a solver take it up."""
        return PlanningQueued(aggregate=self.id, version=self.version, event=self.event)

    def taken_up(self) -> "Operation":
        """Run by one more solver."""
        return self._with(state=OperationState.RUNNING, attempt=self.attempt + 1)

    def cancelled_at(self, now: datetime) -> "Operation":
        """To end early: at once when no solver has it, else when its solver has kept what it found."""
        if self.state is OperationState.QUEUED:
            return self._ended(OperationState.CANCELLED, now, cancelled=True)
        return self._with(cancelled=True) if self.under_way and not self.cancelled else self

    def succeeded(self, breakout: UUID, best: Best, now: datetime) -> "Operation":
        """Its plan is the event's break-out."""
        state = OperationState.CANCELLED if self.cancelled else OperationState.DONE
        return self._ended(state, now, breakout=breakout, best=best)

    def failed(self, reason: str, now: datetime) -> "Operation":
        """Nothing comes of it; of one that was cancelled, nothing was to come."""
        if self.cancelled:
            return self._ended(OperationState.CANCELLED, now)
        return self._ended(OperationState.FAILED, now, failure=reason)

    def replaced(self, now: datetime) -> "Operation":
        """A plan that was asked for later takes the place of its own."""
        return self.failed(SearchReplaced.reason, now)

    def _ended(self, state: OperationState, now: datetime, **changes: Any) -> "Operation":
        """Its figures stay, and nobody's seat."""
        ended = self._with(state=state, ended_at=now, pins=(), **changes)
        return replace(ended, best=ended.best and ended.best.without_seats())

    def _with(self, **changes: Any) -> "Operation":
        return replace(self, version=self.version + 1, **changes)
