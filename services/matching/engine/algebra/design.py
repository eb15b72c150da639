"""Rounds without a repeat, as points in blocks: what every construction hands over."""

from dataclasses import dataclass

from services.matching.engine.arrays import Ints


@dataclass(frozen=True)
class Design:
    """No two points share a group twice over all rounds, and every round seats every point once."""

    blocks: Ints
    """[rounds, groups, size] of points from 0 to groups * size - 1."""
    columns: bool
    """Point a * groups + b is of column a, and two of one column never share a group: a company fits into one."""
