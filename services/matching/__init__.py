"""Matching: break-outs, who met whom, and what follows."""

import os

# numba asks where compiled code is kept when the first kernel is imported, which is before any settings are read.
if _folder := os.environ.get("ONTMOET_MATCHING_KERNEL_CACHE"):
    os.environ["NUMBA_CACHE_DIR"] = _folder
