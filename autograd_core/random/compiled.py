"""Decides when the random functions run Numba loops instead of NumPy; the numbers are the same either way.

Imports the standard library and `compiled_loops`; Numba is loaded only once enough work has been done.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from .compiled_loops import make

__all__ = ["configure", "loops"]

# Nanoseconds that NumPy may lose before the loops are compiled, about what that costs. With a `jit` that has a disk
# cache it is the import of Numba that costs, or next to nothing if something else has imported it.
_COMPILING, _IMPORTING, _LOADING = 1_000_000_000, 300_000_000, 20_000_000


class _Switch:
    """The loops once they are made, and the work done without them."""

    loops: Any = None
    spent = 0
    limit: int | None = None
    jit: Callable[..., Any] | None = None
    enabled: Callable[[], bool] | None = None
    off = os.environ.get("AUTOGRAD_CORE_KERNELS", "").strip().lower() == "numpy"
    lock = threading.Lock()


def _unlock() -> None:
    """In a forked child the thread that was at work is gone, and would hold the lock for ever."""
    _Switch.lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock)


def configure(*, jit: Callable[..., Any], enabled: Callable[[], bool]) -> None:
    """Let the layers above supply the compiler of the loops, before the first large draw.

    `jit(function)` returns a compiled function with a disk cache, `enabled()` says whether compiled code may run.
    """
    _Switch.jit, _Switch.enabled, _Switch.loops = jit, enabled, None


def loops(work: int) -> Any:
    """The module of compiled loops, or None where NumPy should do `work` (nanoseconds that compiled loops would save)."""
    if _Switch.off or (_Switch.enabled is not None and _Switch.loops is not None and not _Switch.enabled()):
        return None
    if _Switch.loops is not None:
        return _Switch.loops
    _Switch.spent += work
    return _load() if _Switch.spent >= _limit() else None


def _limit() -> int:
    if _Switch.limit is not None:
        return _Switch.limit
    if _Switch.jit is None:
        return _COMPILING
    return _LOADING if "numba" in sys.modules else _IMPORTING


def _load() -> Any:
    with _Switch.lock:
        if _Switch.loops is None:
            _Switch.loops = _make()
            _Switch.off = _Switch.loops is None
    return _Switch.loops


def _make() -> Any:
    if _Switch.enabled is not None and not _Switch.enabled():
        return None
    try:
        import numba

        if numba.config.DISABLE_JIT:
            return None
        return make(_Switch.jit or numba.njit(nogil=True, error_model="numpy"))
    except Exception:  # an incompatible NumPy makes the import raise other things than ImportError
        return None
