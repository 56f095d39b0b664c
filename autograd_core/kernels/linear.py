"""The product x wᵀ + b of a linear layer: packed panels where BLAS would turn w around first. Imports NumPy, `jit`, `product_loops`."""

from __future__ import annotations

from typing import Any

import numpy as np

from .jit import enabled
from .product_loops import ROWS, VECTORS, product_loops
from .vector import register_bytes

__all__ = ["linear"]

Array = np.ndarray[Any, Any]

LEAST, MOST = 1 << 20, 1 << 27
"""Multiplications between which panels are faster than BLAS.

On one thread, in µs, OpenBLAS, panels and PyTorch's MKL: 64×784 by 256×784 265, 189, 180; 1600×64 by 512×64 970, 765, 680; 32×128 by
512×128 62, 42, 34; 512×512 by 512×512 1856, 1815, 1740. Where w lies the other way round BLAS is as fast as panels are.
"""

FULL = 0.85
"""Share of the columns of its panels that a product needs: the others are zeros."""

TALL = 64
_PARTS = 8
_TYPES = (np.dtype(np.float32), np.dtype(np.float64))


def _blocks(m: int, n: int, width: int) -> tuple[int, int]:
    """Rows and columns of the blocks that threads share; by columns where there are many, as each block packs its own."""
    if n >= 4 * width:
        return m, -(-n // (_PARTS * width)) * width
    return (max(TALL, -(-m // (_PARTS * ROWS)) * ROWS), n) if m >= 2 * TALL else (m, n)


def linear(x: Array, w: Array, b: Array | None = None) -> Array:
    """x wᵀ + b for x (m, k), w (n, k) and b (n,) of one dtype. ValueError where k differs."""
    (m, k), n = x.shape, len(w)
    if LEAST <= m * n * k < MOST and m >= ROWS and x.dtype in _TYPES and w.flags.c_contiguous and _fits(x, w, b) and _fills(n, x):
        out = np.empty((m, n), x.dtype)
        loops = product_loops(x.dtype.name)
        tall, wide = _blocks(m, n, loops.width)
        start = np.zeros(n, x.dtype) if b is None else np.ascontiguousarray(b)
        loops.linear(-(-m // tall) * -(-n // wide), np.ascontiguousarray(x), w, start, out, tall, wide)
        return out
    out = x.dot(w.T)
    return out if b is None else np.add(out, b, out=out if b.shape == (n,) else None)


def _fits(x: Array, w: Array, b: Array | None) -> bool:
    return x.shape[1] == w.shape[1] and x.dtype == w.dtype and (b is None or (b.shape == (len(w),) and b.dtype == x.dtype)) and _able()


def _able() -> bool:
    return enabled() and register_bytes() > 0


def _fills(n: int, x: Array) -> bool:
    width = VECTORS * register_bytes() // x.itemsize
    return n >= FULL * width * -(-n // width)
