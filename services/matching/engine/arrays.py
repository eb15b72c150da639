"""The array types that the engine's modules share.

Nothing here multiplies matrices: BLAS would start a thread per core, and those slow one another down tenfold on a busy
machine.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Seats = NDArray[np.int32]
States = NDArray[np.uint16]
Codes = NDArray[np.int16]
Prices = NDArray[np.int64]
Dice = NDArray[np.uint64]
Index = int | np.int64
