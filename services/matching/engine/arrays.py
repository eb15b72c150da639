"""The array types that the engine's modules share.

Nothing here multiplies matrices: BLAS would start a thread per core, and those slow one another down tenfold on a busy
machine.
"""

from collections.abc import Collection
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Seats = NDArray[np.int32]
Keys = NDArray[np.int32]
"""Numbers of people or of pairs, of which a long history has hundreds of thousands."""
States = NDArray[np.uint16]
Codes = NDArray[np.int16] | NDArray[np.int8]
Prices = NDArray[np.int64]
Dice = NDArray[np.uint64]
Index = int | np.int64


def ends_of(known: Collection[tuple[int, int, float]]) -> Keys:
    """(pairs, 2): who met, of a history, without the many small objects that np.array(known) makes on its way."""
    return np.fromiter(chain.from_iterable((a, b) for a, b, _ in known), np.int32, 2 * len(known)).reshape(-1, 2)


def each_once(keys: Keys) -> Keys:
    """Those there are, in order: np.unique would fill a set that is ten times as large."""
    found = np.sort(keys)
    first: Bools = np.ones(len(found), dtype=np.bool_)
    first[1:] = found[1:] != found[:-1]
    return found[first]
