"""Activation functions and their gradients over large arrays, one pass each. Imports NumPy and its neighbours.

The callers keep NumPy formulas for a machine without Numba and for what costs one or two passes: `ready` says which path a call takes.
Errors against float64 references are within 3 ulp, but where an exponential's argument carries its own rounding: gelu of −8
is 1e-15 within 100 ulp.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .activation_scalars import scalars
from .contract import array, contract, number
from .jit import CONTRACT, compiled, enabled
from .registers import widest

__all__ = ["BLOCK", "few", "forward", "gradient", "ready"]

Array = np.ndarray[Any, Any]

BLOCK = 1 << 14
FEW = 64
"""Elements up to which the loop may write where it reads: LLVM's vectors begin where the two are apart."""

THREADED = 1 << 16
"""Elements from which a second thread pays for being handed its part, about 15 µs."""

_FLOAT32 = np.dtype(np.float32)
_TYPES = (_FLOAT32, np.dtype(np.float64))


def ready(x: Any, y: Any = None, least: int = 1) -> bool:
    """Whether the compiled loop serves these arrays: at least `least` elements, floating, of one shape and type."""
    if type(x) is not np.ndarray or x.size < least:
        return False
    kind = x.dtype
    if kind is not _FLOAT32 and kind not in _TYPES:
        return False
    if y is not None and (type(y) is not np.ndarray or y.shape != x.shape or y.dtype != kind):
        return False
    return enabled()


_few: dict[str, dict[np.dtype, Any]] = {}


def few(name: str) -> dict[np.dtype, Any]:
    """The loops of `forward(name)` that have run so far, as they are for one block, by dtype: for a caller that asks no more than that."""
    return _few.setdefault(name, {})


@functools.cache
def forward(name: str) -> Callable[..., Array]:
    """The activation `name` as a function of x and its parameters p, q.

    Few elements are computed in place of a copy, by the loop itself, 0.5 µs sooner: what the contract would look at was made here.
    """
    loops: dict[str, Any] = {}

    def run(x: Array, p: float = 0.0, q: float = 0.0) -> Array:
        found = loops.get(x.dtype.char)
        if found is None:
            found = loops[x.dtype.char] = _make_forward(name, x.dtype)
            few(name)[x.dtype] = found[0]
        if x.size <= FEW:
            out = x.copy()
            flat = out.ravel()
            found[0](0, 1, flat, p, q, flat)
            return out
        out, blocks = np.empty(x.shape, x.dtype), -(-x.size // BLOCK)
        if x.size < THREADED:
            found[0](0, blocks, x.ravel(), float(p), float(q), out.ravel())
        else:
            found[1](blocks, x.ravel(), float(p), float(q), out.ravel())
        return out

    return run


@functools.cache
def gradient(name: str) -> Callable[..., Array]:
    """g times the slope of `name` at x, as a function of g, x and the parameters p, q."""
    loops: dict[str, Any] = {}

    def run(g: Array, x: Array, p: float = 0.0, q: float = 0.0) -> Array:
        found = loops.get(x.dtype.char)
        if found is None:
            found = loops[x.dtype.char] = _make_gradient(name, x.dtype)
        if x.size <= FEW and g.shape == x.shape and g.dtype == x.dtype:
            out = g.copy()
            flat = out.ravel()
            found[0](0, 1, flat, x.ravel(), p, q, flat)
            return out
        out, blocks = np.empty(x.shape, x.dtype), -(-x.size // BLOCK)
        if x.size < THREADED and g.shape == x.shape and g.dtype == x.dtype:
            found[0](0, blocks, g.ravel(), x.ravel(), float(p), float(q), out.ravel())
        else:
            found[1](blocks, g.ravel(), x.ravel(), float(p), float(q), out.ravel())
        return out

    return run


def _make_forward(name: str, kind: np.dtype) -> tuple[Any, Any]:
    """(the loop as it stands, the loop behind its contract)."""
    dtype = kind.name
    f, _ = scalars(dtype)[name]
    wide = widest()
    real = np.float32 if dtype == "float32" else np.float64

    @contract(f"(blocks - 1) * {BLOCK} < n", x=array("n", (dtype,)), p=number(), q=number(), out=array("n", (dtype,), writes=True))
    @compiled(parallel=True, fastmath=CONTRACT)
    def over(lo, hi, x, p, q, out):  # type: ignore[no-untyped-def]
        wide()
        a, b = x[lo * BLOCK : hi * BLOCK], out[lo * BLOCK : hi * BLOCK]
        u, v = real(p), real(q)
        for i in range(len(a)):
            b[i] = f(a[i], u, v)

    like = np.empty(0, kind)
    return over.kernel.entry(0, 1, like, 0.0, 0.0, like), over


def _make_gradient(name: str, kind: np.dtype) -> tuple[Any, Any]:
    """The same for the gradient."""
    dtype = kind.name
    _, f = scalars(dtype)[name]
    wide = widest()
    real = np.float32 if dtype == "float32" else np.float64
    spec = array("n", (dtype,))

    @contract(f"(blocks - 1) * {BLOCK} < n", g=spec, x=spec, p=number(), q=number(), out=array("n", (dtype,), writes=True))
    @compiled(parallel=True, fastmath=CONTRACT)
    def over(lo, hi, g, x, p, q, out):  # type: ignore[no-untyped-def]
        wide()
        a, b, c = x[lo * BLOCK : hi * BLOCK], out[lo * BLOCK : hi * BLOCK], g[lo * BLOCK : hi * BLOCK]
        u, v, zero = real(p), real(q), real(0)
        for i in range(len(a)):
            slope = f(a[i], u, v)
            product = c[i] * slope
            b[i] = zero if slope == zero else product  # a gradient of inf or NaN does not pass where nothing passes

    like = np.empty(0, kind)
    return over.kernel.entry(0, 1, like, like, 0.0, 0.0, like), over
