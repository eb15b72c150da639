"""How long all rounds are tried."""

import math
import time
from collections.abc import Callable

from services.matching.engine.problem import Budget

IN_VAIN = 0.2
"""When such a part of the budget was not enough to be through with one of the first groups, there is no more."""
LOOKS_AT_ONCE, LOOKS_A_STEP = 1_000_000, 8
"""Groups looked at between two looks at the clock, some ten milliseconds, and in the time of a step of the search."""


class Patience:
    """Until that budget, of seconds or steps, is spent, or there is little hope, or it is to stop."""

    def __init__(self, budget: Budget, stop: Callable[[], bool]) -> None:
        self._stop = stop
        self._began = time.monotonic()
        self._seconds = budget.seconds or math.inf
        self._looks = budget.iterations * LOOKS_A_STEP if budget.iterations else math.inf
        self._looked = 0
        self._since = 0.0
        self.spent = 0.0
        """Which part of the budget, when it was last asked."""

    def more(self, begun: int) -> int:
        """How many groups may be looked at next, when so many of those that can be the first were begun with."""
        self.spent = min(1.0, max(self._looked / self._looks, (time.monotonic() - self._began) / self._seconds))
        if begun > 1:
            self._since = self.spent
        if self.spent == 1 or self.spent > self._since + IN_VAIN or self._stop():
            return 0
        looks = int(min(LOOKS_AT_ONCE, self._looks - self._looked))
        self._looked += looks
        return looks
