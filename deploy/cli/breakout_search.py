"""How `ontmoet breakout` asks the engine."""

from services.matching.engine import Budget, Problem, Schedule, solve


class Search:
    """Asks the engine, for so many seconds in all."""

    def __init__(self, seconds: float, seed: int, cores: int) -> None:
        self.seconds, self.seed, self.cores = seconds, seed, cores

    def solve(self, problem: Problem, share: float = 1.0) -> Schedule:
        """The best schedule found in this share of the time."""
        return solve(problem, Budget(seconds=self.seconds * share, cores=self.cores), self.seed)
