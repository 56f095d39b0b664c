"""Decides when the random functions run Numba loops instead of NumPy; the numbers are the same either way.

Imports NumPy and the standard library; `compiled_loops` (and with it Numba) only once enough work has been done.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

__all__ = ["configure", "loops"]

# Nanoseconds that NumPy may lose before the loops are compiled: about what the compilation costs. Loops that a
# `jit` with a disk cache makes are worth it a good deal earlier.
_COMPILING = 500_000_000
_LOADING = 50_000_000


class _Switch:
    """The loops once they are made, and the work done without them."""

    loops: Any = None
    spent = 0
    limit = _COMPILING
    jit: Callable[..., Any] | None = None
    enabled: Callable[[], bool] | None = None
    off = os.environ.get("AUTOGRAD_CORE_KERNELS", "").strip().lower() == "numpy"
    lock = threading.Lock()


def configure(*, jit: Callable[..., Any], enabled: Callable[[], bool]) -> None:
    """Let the layers above supply the compiler of the loops, before the first large draw.

    `jit(function)` returns a compiled function with a disk cache, `enabled()` says whether compiled code may run.
    """
    _Switch.jit, _Switch.enabled, _Switch.limit, _Switch.loops = jit, enabled, _LOADING, None


def loops(work: int) -> Any:
    """The module of compiled loops, or None where NumPy should do `work` (nanoseconds that compiled loops would save)."""
    if _Switch.off or (_Switch.enabled is not None and _Switch.loops is not None and not _Switch.enabled()):
        return None
    if _Switch.loops is not None:
        return _Switch.loops
    _Switch.spent += work
    return _load() if _Switch.spent >= _Switch.limit else None


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
        from . import compiled_loops
    except Exception:  # an incompatible NumPy makes the import raise other things than ImportError
        return None
    jit = _Switch.jit or numba.njit(nogil=True, error_model="numpy")
    return compiled_loops.make(jit)
