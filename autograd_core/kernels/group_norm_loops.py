"""The compiled loops of group_norm: the statistics of each group and what is made of them, while the group is in cache.

Imports NumPy, `jit`, `contract`, `norm_loops`. x is (N · groups, channels of a group, S).
"""

from __future__ import annotations

import numpy as np

from .contract import FLOATS, array, contract, flag, integer, number
from .jit import compiled
from .norm_loops import affine_one, gradient_one, sum_product, sum_square

__all__ = ["groups", "groups_input"]

_X = array("m each l", FLOATS)
_PER_CHANNEL = array("c", same="x")
_STATISTIC = array("m", same="x", writes=True)
_SUMS = array("m each", ("float64",), writes=True)


@contract(
    "c % each == 0",
    "c > 0",
    x=_X,
    w=_PER_CHANNEL,
    b=_PER_CHANNEL,
    eps=number(),
    wide=flag(),
    out=array("m each l", same="x", writes=True),
    mean=_STATISTIC,
    rstd=_STATISTIC,
    step=integer(1),
)
@compiled(parallel=True)
def groups(lo, hi, x, w, b, eps, wide, out, mean, rstd, step):  # type: ignore[no-untyped-def]
    """out = (x - mean) rstd w + b, with the mean and the variance of each x[m]; a block is `step` groups."""
    each, length = x.shape[1:]
    count, number_of = each * length, len(w) // each
    some, made, means, scales = x[lo * step : hi * step], out[lo * step : hi * step], mean[lo * step : hi * step], rstd[lo * step : hi * step]
    for r in range(len(some)):
        row = some[r].reshape(count)
        s, q = sum_square(row, 0.0)
        centre = s / count
        if wide:
            _, q = sum_square(row, centre)
        else:
            q = max(q - centre * s, 0.0)
        means[r] = centre
        scales[r] = 1.0 / np.sqrt(q / count + eps)
        first = (lo * step + r) % number_of * each
        for c in range(each):
            affine_one(some[r, c], means[r], scales[r] * w[first + c], b[first + c], made[r, c])


@contract(
    "c % each == 0",
    "c > 0",
    g=array("m each l", same="x"),
    x=_X,
    w=_PER_CHANNEL,
    mean=array("m", same="x"),
    rstd=array("m", same="x"),
    gx=array("m each l", same="x", writes=True),
    gw=_SUMS,
    gb=_SUMS,
    step=integer(1),
)
@compiled(parallel=True)
def groups_input(lo, hi, g, x, w, mean, rstd, gx, gw, gb, step):  # type: ignore[no-untyped-def]
    """gx, and Σ g (x - mean) rstd and Σ g of each channel of each group."""
    each, length = x.shape[1:]
    count, number_of = each * length, len(w) // each
    real = gx.dtype.type
    some, grads, made = x[lo * step : hi * step], g[lo * step : hi * step], gx[lo * step : hi * step]
    for r in range(len(some)):
        m = lo * step + r
        scale, first = np.float64(rstd[m]), m % number_of * each
        k1, k2 = 0.0, 0.0
        for c in range(each):
            s, q = sum_product(grads[r, c], some[r, c], np.float64(mean[m]))
            gb[m, c], gw[m, c] = s, q * scale
            k1 += s * w[first + c]
            k2 += q * scale * w[first + c]
        k1, k2 = k1 / count * scale, k2 / count * scale * scale
        for c in range(each):
            gradient_one(grads[r, c], some[r, c], mean[m], real(scale * w[first + c]), real(k1), real(k2), made[r, c])
