"""Batch normalisation, forward and backward, in one launch each: a channel's second pass finds it in the cache.

Imports NumPy, `jit`, `contract`, `norm_loops`. A block is one channel of (N, C, L), or a tile of channels of (N, C).
"""

from __future__ import annotations

import numpy as np

from .contract import FLOATS, array, contract, flag, number
from .jit import CONTRACT, compiled
from .norm_loops import (
    add_products,
    add_squares,
    affine_each,
    affine_one,
    gradient_each,
    gradient_one,
    sum_product,
    sum_square,
)

__all__ = ["TILE", "columns", "columns_input", "rows", "rows_input"]

TILE = 256
"""Channels of a tile: 1 KB of a row at a time, below which the strides cost twice as much."""

_EACH = array("c", same="x")
_STAT = array("c", same="x", writes=True)


@compiled
def _moments(x, c, wide):  # type: ignore[no-untyped-def]
    """The mean and biased variance of a channel: one pass for float32, whose squares float64 holds, two for float64."""
    n, _, length = x.shape
    count = n * length
    s, q = 0.0, 0.0
    for i in range(n):
        a, b = sum_square(x[i, c], 0.0)
        s += a
        q += b
    mean = s / count
    if not wide:
        return mean, max(q / count - mean * mean, 0.0)
    s, q = 0.0, 0.0
    for i in range(n):
        a, b = sum_square(x[i, c], mean)
        s += a
        q += b
    return mean, max(q / count - (s / count) ** 2, 0.0)


@contract(
    "n * l >= 1",
    x=array("n c l", FLOATS),
    w=_EACH,
    b=_EACH,
    eps=number(),
    wide=flag(),
    out=array("n c l", same="x", writes=True),
    mean=_STAT,
    rstd=_STAT,
    var=_STAT,
)
@compiled(parallel=True)
def rows(lo, hi, x, w, b, eps, wide, out, mean, rstd, var):  # type: ignore[no-untyped-def]
    """out = (x - mean) rstd w + b of each channel; var is the unbiased variance."""
    n, _, length = x.shape
    count = n * length
    for c in range(lo, min(hi, len(mean))):
        m, v = _moments(x, c, wide)
        mean[c] = m
        rstd[c] = 1.0 / np.sqrt(v + eps)
        var[c] = v * count / (count - 1) if count > 1 else np.nan
        scale = w.dtype.type(w[c] / np.sqrt(v + eps))
        for i in range(n):
            affine_one(x[i, c], mean[c], scale, b[c], out[i, c])


@contract(
    g=array("n c l", same="x"),
    x=array("n c l", FLOATS),
    w=_EACH,
    mean=_EACH,
    rstd=_EACH,
    training=flag(),
    gx=array("n c l", same="x", writes=True),
    gw=_STAT,
    gb=_STAT,
)
@compiled(parallel=True)
def rows_input(lo, hi, g, x, w, mean, rstd, training, gx, gw, gb):  # type: ignore[no-untyped-def]
    """The gradients for x, w and b; the statistics are constants unless `training`."""
    n, _, length = x.shape
    for c in range(lo, min(hi, len(mean))):
        s, q = 0.0, 0.0
        for i in range(n):
            a, b = sum_product(g[i, c], x[i, c], np.float64(mean[c]))
            s += a
            q += b
        r = np.float64(rstd[c])
        scale = r * w[c]
        share = scale / (n * length) if training else 0.0
        gb[c] = s
        gw[c] = q * r
        real = w.dtype.type
        k0, k1, k2 = real(scale), real(share * s), real(share * q * r * r)
        for i in range(n):
            gradient_one(g[i, c], x[i, c], mean[c], k0, k1, k2, gx[i, c])


@contract(
    "n >= 1",
    x=array("n c", FLOATS),
    w=_EACH,
    b=_EACH,
    eps=number(),
    wide=flag(),
    out=array("n c", same="x", writes=True),
    mean=_STAT,
    rstd=_STAT,
    var=_STAT,
)
@compiled(parallel=True, fastmath=CONTRACT)
def columns(lo, hi, x, w, b, eps, wide, out, mean, rstd, var):  # type: ignore[no-untyped-def]
    """`rows` for (N, C)."""
    n = len(x)
    for block in range(lo, hi):
        first, last = block * TILE, min((block + 1) * TILE, x.shape[1])
        width = last - first
        s, q, shift, scale = np.zeros(width), np.zeros(width), np.zeros(width), np.empty(width, x.dtype)
        for i in range(n):
            add_squares(x[i, first:last], shift, s, q)
        if wide:
            shift = s / n
            s, q = np.zeros(width), np.zeros(width)
            for i in range(n):
                add_squares(x[i, first:last], shift, s, q)
        for j in range(width):
            m = s[j] / n
            v = max(q[j] / n - m * m, 0.0)
            mean[first + j] = m + shift[j]
            rstd[first + j] = 1.0 / np.sqrt(v + eps)
            var[first + j] = v * n / (n - 1) if n > 1 else np.nan
            scale[j] = w[first + j] / np.sqrt(v + eps)
        for i in range(n):
            affine_each(x[i, first:last], mean[first:last], scale, b[first:last], out[i, first:last])


@contract(
    "n >= 1",
    g=array("n c", same="x"),
    x=array("n c", FLOATS),
    w=_EACH,
    mean=_EACH,
    rstd=_EACH,
    training=flag(),
    gx=array("n c", same="x", writes=True),
    gw=_STAT,
    gb=_STAT,
)
@compiled(parallel=True, fastmath=CONTRACT)
def columns_input(lo, hi, g, x, w, mean, rstd, training, gx, gw, gb):  # type: ignore[no-untyped-def]
    """`rows_input` for (N, C)."""
    n = len(x)
    for block in range(lo, hi):
        first, last = block * TILE, min((block + 1) * TILE, x.shape[1])
        width = last - first
        s, q, shift = np.zeros(width), np.zeros(width), mean[first:last].astype(np.float64)
        k0, k1, k2 = np.empty(width, x.dtype), np.empty(width, x.dtype), np.empty(width, x.dtype)
        for i in range(n):
            add_products(g[i, first:last], x[i, first:last], shift, s, q)
        for j in range(width):
            r = np.float64(rstd[first + j])
            scale = r * w[first + j]
            share = scale / n if training else 0.0
            gb[first + j] = s[j]
            gw[first + j] = q[j] * r
            k0[j], k1[j], k2[j] = scale, share * s[j], share * q[j] * r * r
        for i in range(n):
            gradient_each(g[i, first:last], x[i, first:last], mean[first:last], k0, k1, k2, gx[i, first:last])
