"""Activation functions and their gradients over large arrays, one pass each. Imports NumPy, `jit`, `contract`, `activation_scalars`.

The callers keep NumPy formulas for small arrays and for a machine without Numba: `ready` says which path a call takes.
Errors against float64 references are within 3 ulp, but where an exponential's argument carries its own rounding: gelu of −8
is 1e-15 within 100 ulp.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from .activation_scalars import scalars
from .contract import array, contract, number
from .jit import CONTRACT, compiled, enabled

__all__ = ["forward", "gradient", "ready"]

Array = np.ndarray[Any, Any]

BLOCK = 1 << 14
LOOP_FROM = 1 << 12
"""Below this many elements NumPy's passes cost less than a launch."""

_TYPES = (np.dtype(np.float32), np.dtype(np.float64))


def ready(x: Any, y: Any = None, least: int = LOOP_FROM) -> bool:
    """Whether the compiled loop serves these arrays: at least `least` elements, floating, of one shape and type."""
    if type(x) is not np.ndarray or x.size < least or x.dtype not in _TYPES:
        return False
    if y is not None and (type(y) is not np.ndarray or y.shape != x.shape or y.dtype != x.dtype):
        return False
    return enabled()


def forward(name: str, x: Array, p: float = 0.0, q: float = 0.0) -> Array:
    """The activation `name` of x."""
    flat = np.ascontiguousarray(x).reshape(-1)
    out = np.empty(x.shape, x.dtype)
    _forward(name, x.dtype.name)(-(-flat.size // BLOCK), flat, float(p), float(q), out.reshape(-1))
    return out


def gradient(name: str, g: Array, x: Array, p: float = 0.0, q: float = 0.0) -> Array:
    """g times the slope of `name` at x."""
    flat = np.ascontiguousarray(x).reshape(-1)
    out = np.empty(x.shape, x.dtype)
    _gradient(name, x.dtype.name)(-(-flat.size // BLOCK), np.ascontiguousarray(g).reshape(-1), flat, float(p), float(q), out.reshape(-1))
    return out


@functools.cache
def _forward(name: str, dtype: str) -> Any:
    f, _ = scalars(dtype)[name]
    real = np.float32 if dtype == "float32" else np.float64

    @contract(f"(blocks - 1) * {BLOCK} < n", x=array("n", (dtype,)), p=number(), q=number(), out=array("n", (dtype,), writes=True))
    @compiled(parallel=True, fastmath=CONTRACT)
    def over(lo, hi, x, p, q, out):  # type: ignore[no-untyped-def]
        a, b = x[lo * BLOCK : hi * BLOCK], out[lo * BLOCK : hi * BLOCK]
        u, v = real(p), real(q)
        for i in range(len(a)):
            b[i] = f(a[i], u, v)

    return over


@functools.cache
def _gradient(name: str, dtype: str) -> Any:
    _, f = scalars(dtype)[name]
    real = np.float32 if dtype == "float32" else np.float64
    spec = array("n", (dtype,))

    @contract(f"(blocks - 1) * {BLOCK} < n", g=spec, x=spec, p=number(), q=number(), out=array("n", (dtype,), writes=True))
    @compiled(parallel=True, fastmath=CONTRACT)
    def over(lo, hi, g, x, p, q, out):  # type: ignore[no-untyped-def]
        a, b, c = x[lo * BLOCK : hi * BLOCK], out[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK]
        u, v, zero = real(p), real(q), real(0)
        for i in range(len(a)):
            slope = f(a[i], u, v)
            product = c[i] * slope
            b[i] = zero if slope == zero else product  # a gradient of inf or NaN does not pass where nothing passes

    return over
