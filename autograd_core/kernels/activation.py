"""Activation functions and their gradients over large arrays, one pass each. Imports NumPy, `jit`, `contract`, `activation_scalars`.

The callers keep NumPy formulas for a machine without Numba and for what costs one or two passes: `ready` says which path a call takes.
Errors against float64 references are within 3 ulp, but where an exponential's argument carries its own rounding: gelu of −8
is 1e-15 within 100 ulp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .activation_scalars import scalars
from .contract import array, contract, number
from .jit import CONTRACT, compiled, enabled

__all__ = ["forward", "gradient", "ready"]

Array = np.ndarray[Any, Any]

BLOCK = 1 << 14
LOOP_FROM = 1
"""One launch on one block costs 0.6 µs, no more than two of NumPy's passes: formulas of three and more always take the loop."""

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
    out = np.empty(x.shape, x.dtype)
    loop = _forward.get((name, x.dtype)) or _make_forward(name, x.dtype)
    if x.size <= BLOCK:  # what the contract would look at was made here
        loop.kernel(1, x.ravel(), float(p), float(q), out.ravel())
    else:
        loop(-(-x.size // BLOCK), x.ravel(), float(p), float(q), out.ravel())
    return out


def gradient(name: str, g: Array, x: Array, p: float = 0.0, q: float = 0.0) -> Array:
    """g times the slope of `name` at x."""
    out = np.empty(x.shape, x.dtype)
    loop = _gradient.get((name, x.dtype)) or _make_gradient(name, x.dtype)
    if x.size <= BLOCK and g.shape == x.shape and g.dtype == x.dtype:
        loop.kernel(1, g.ravel(), x.ravel(), float(p), float(q), out.ravel())
    else:
        loop(-(-x.size // BLOCK), g.ravel(), x.ravel(), float(p), float(q), out.ravel())
    return out


_forward: dict[tuple[str, np.dtype], Any] = {}
_gradient: dict[tuple[str, np.dtype], Any] = {}


def _make_forward(name: str, kind: np.dtype) -> Any:
    dtype = kind.name
    f, _ = scalars(dtype)[name]
    real = np.float32 if dtype == "float32" else np.float64

    @contract(f"(blocks - 1) * {BLOCK} < n", x=array("n", (dtype,)), p=number(), q=number(), out=array("n", (dtype,), writes=True))
    @compiled(parallel=True, fastmath=CONTRACT)
    def over(lo, hi, x, p, q, out):  # type: ignore[no-untyped-def]
        a, b = x[lo * BLOCK : hi * BLOCK], out[lo * BLOCK : hi * BLOCK]
        u, v = real(p), real(q)
        for i in range(len(a)):
            b[i] = f(a[i], u, v)

    _forward[name, kind] = over
    return over


def _make_gradient(name: str, kind: np.dtype) -> Any:
    dtype = kind.name
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

    _gradient[name, kind] = over
    return over
