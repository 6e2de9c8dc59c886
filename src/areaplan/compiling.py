"""Compile the hot loops with numba where it is there, and run them as plain Python where it is not.

The loops use whole-number random draws, no fast-math and no library function whose last bit may differ, so both ways give the same labels;
plain Python is about a hundred times slower. ``NUMBA_DISABLE_JIT=1`` chooses it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

F = TypeVar("F", bound=Callable[..., object])

__all__ = ["is_cached", "is_compiling", "jit"]


def jit(function: F) -> F:
    """Compile ``function`` at its first call, once per machine; without numba return it as it is."""
    try:
        from numba import njit
    except ImportError:
        return function
    try:
        return cast(F, njit(cache=True, nogil=True)(function))
    except RuntimeError:  # no folder that a cache can be written to
        return cast(F, njit(nogil=True)(function))


def is_compiling(function: object) -> bool:
    """Tell whether ``function`` is compiled at all."""
    return hasattr(function, "nopython_signatures")


def is_cached(function: object) -> bool:
    """Tell whether an earlier run left ``function`` compiled on this machine (a hint: numba decides in the end)."""
    from pathlib import Path

    stats = getattr(function, "stats", None)
    plain = getattr(function, "py_func", None)
    if stats is None or plain is None or not stats.cache_path:
        return False
    source = Path(plain.__code__.co_filename).stem
    return any(Path(stats.cache_path).glob(f"{source}.{plain.__qualname__}-*.nbi"))
