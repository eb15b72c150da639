"""Functions compiled to machine code at their first call; NUMBA_CACHE_DIR says where the code is kept."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba  # pyright: ignore[reportMissingTypeStubs]

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """The same function as machine code, which doesn't hold the interpreter's lock while it runs."""
    compile_ = cast(Callable[[Function], Function], numba.njit(cache=True, nogil=True))  # pyright: ignore[reportUnknownMemberType]
    return compile_(function)
