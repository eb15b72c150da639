"""Which construction serves how many groups, seats and rounds."""

from functools import lru_cache

from services.matching.engine.algebra.columns import in_columns, most_in_columns
from services.matching.engine.algebra.design import Design
from services.matching.engine.algebra.fills import fill, one_more
from services.matching.engine.algebra.kept import kept
from services.matching.engine.algebra.pairs import in_pairs


@lru_cache(maxsize=64)
def construct(groups: int, size: int, rounds: int, *, columns: bool) -> Design | None:
    """A design of so many rounds, at once, or None where no construction here reaches. Not to be written to.

    With `columns` only one in which people of a column never meet.
    """
    if min(groups, rounds) < 1 or size < 2:
        return None
    found = in_columns(groups, size, rounds)
    if found is None and not columns:
        found = _beyond_columns(groups, size, rounds)
    if found is not None:
        found.blocks.flags.writeable = False
    return found


def _beyond_columns(groups: int, size: int, rounds: int) -> Design | None:
    if size == 2:
        return in_pairs(groups, rounds)
    return kept(groups, size, rounds) or _filled(groups, size, rounds) or one_more(groups, size, rounds)


def _filled(groups: int, size: int, rounds: int) -> Design | None:
    """As many rounds in columns as there are, the others within the columns."""
    if groups % size:
        return None
    across = min(rounds - 1, most_in_columns(groups, size))
    base = in_columns(groups, size, across)
    inner = construct(groups // size, size, rounds - across, columns=False)
    return None if base is None or inner is None else fill(base, inner)
