"""PReLU with a weight for each channel, and its gradient for the input: one pass each. Imports NumPy, `jit`, `contract`.

Source: He et al., Delving Deep into Rectifiers (2015). On 16x64x32x32 floats NumPy's comparison, product and choice take 6.1 ms, the
loop 0.39.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .contract import FLOATS, array, contract
from .jit import compiled, enabled

Array = np.ndarray[Any, Any]

_LOOP_FROM = 1 << 12


@contract("blocks == N * C", x=array("N C L", FLOATS), w=array("C", same="x"), out=array("N C L", same="x", writes=True))
@compiled(parallel=True)
def _forward(lo, hi, x, w, out):  # type: ignore[no-untyped-def]
    C = x.shape[1]
    for block in range(lo, hi):
        n, c = block // C, block % C
        row, to, weight = x[n, c], out[n, c], w[c]
        for j in range(len(row)):
            v = row[j]
            to[j] = v if v > 0 else weight * v


@contract(
    "blocks == N * C",
    g=array("N C L", FLOATS),
    x=array("N C L", same="g"),
    w=array("C", same="g"),
    out=array("N C L", same="g", writes=True),
)
@compiled(parallel=True)
def _input(lo, hi, g, x, w, out):  # type: ignore[no-untyped-def]
    C = x.shape[1]
    for block in range(lo, hi):
        n, c = block // C, block % C
        grad, row, to, weight = g[n, c], x[n, c], out[n, c], w[c]
        for j in range(len(row)):
            d = grad[j]
            to[j] = d if row[j] > 0 else d * weight


def _by_channel(x: Array, w: Array) -> tuple[int, int, int] | None:
    """(N, C, L) where the loops serve: floats of one type, w of shape (C, 1, ..., 1) against x of shape (N, C, ...)."""
    if type(x) is not np.ndarray or type(w) is not np.ndarray or x.size < _LOOP_FROM or x.ndim < 3 or w.ndim != x.ndim - 1:
        return None
    if w.size != w.shape[0] or x.shape[1] != w.shape[0] or x.dtype != w.dtype or x.dtype.char not in "fd" or not enabled():
        return None
    return x.shape[0], x.shape[1], x.size // (x.shape[0] * x.shape[1])


def prelu(x: Array, w: Array) -> Array:
    """x where it is positive, else w x; w is broadcast."""
    shape = _by_channel(x, w)
    if shape is None:
        return np.where(x > 0, x, w * x)
    out = np.empty(shape, x.dtype)
    _forward(shape[0] * shape[1], np.ascontiguousarray(x).reshape(shape), np.ascontiguousarray(w).reshape(-1), out)
    return out.reshape(x.shape)


def prelu_input(g: Array, x: Array, w: Array) -> Array:
    """g where x is positive, else g w."""
    shape = _by_channel(x, w)
    if shape is None or type(g) is not np.ndarray or g.shape != x.shape or g.dtype != x.dtype:
        return np.where(x > 0, g, g * w)
    out = np.empty(shape, x.dtype)
    g, x = np.ascontiguousarray(g), np.ascontiguousarray(x)
    _input(shape[0] * shape[1], g.reshape(shape), x.reshape(shape), np.ascontiguousarray(w).reshape(-1), out)
    return out.reshape(x.shape)
