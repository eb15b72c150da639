"""Functions compiled to machine code at their first call; NUMBA_CACHE_DIR says where the code is kept.

Unset, it is kept beside this file. Each state of the engine's sources has a folder of its own there: the compiler looks
at the file of a function alone, and not at those of the functions that it calls.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba  # pyright: ignore[reportMissingTypeStubs]
import numba.core.config  # pyright: ignore[reportMissingTypeStubs]

Function = TypeVar("Function", bound=Callable[..., Any])


def digest(folder: Path) -> str:
    """Another one when any source in the folder is."""
    found = hashlib.sha256()
    for source in sorted(folder.rglob("*.py")):
        found.update(source.read_bytes())
    return found.hexdigest()[:16]


_ENGINE = Path(__file__).parent
_config = cast(Any, numba.core.config)
_config.CACHE_DIR = str(Path(_config.CACHE_DIR or _ENGINE / "__pycache__") / digest(_ENGINE))


def compiled(function: Function) -> Function:
    """The same function as machine code, which doesn't hold the interpreter's lock while it runs."""
    compile_ = cast(Callable[[Function], Function], numba.njit(cache=True, nogil=True))  # pyright: ignore[reportUnknownMemberType]
    return compile_(function)
