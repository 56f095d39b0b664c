"""The sums and affine maps that `norm` is made of, on rows and on columns of a matrix, and rows normalised at once.

Imports NumPy, `jit`, `contract`. Sums are float64 over blocks that the shape fixes. Each function picks its compiled
loop or NumPy by size.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .contract import FLOATS, array, contract, flag, integer, number
from .jit import CONTRACT, REASSOCIATE, compiled, enabled

__all__ = [
    "add_products",
    "add_squares",
    "affine",
    "affine_each",
    "affine_one",
    "compiled_pays",
    "gradient_each",
    "gradient_one",
    "moments",
    "normalise_rows",
    "normalise_rows_input",
    "sum_product",
    "sum_square",
]

Array = np.ndarray[Any, Any]

SMALL = 4096
"""Below this many elements NumPy's passes are cheaper than the launches."""

BLOCK = 32768
"""Elements of a block of rows."""

_MATRIX = array("m n", FLOATS)
_OUT = array("m n", same="x", writes=True)
_STEP = integer(1)
_PARTIAL = array("p n", ("float64",), writes=True)


@compiled(fastmath=REASSOCIATE, inline=True)
def sum_square(x, shift):  # type: ignore[no-untyped-def]
    s, q = 0.0, 0.0
    for i in range(len(x)):
        v = np.float64(x[i]) - shift
        s += v
        q += v * v
    return s, q


@compiled(fastmath=REASSOCIATE, inline=True)
def sum_product(g, x, shift):  # type: ignore[no-untyped-def]
    s, q = 0.0, 0.0
    for i in range(len(x)):
        v = np.float64(g[i])
        s += v
        q += v * (np.float64(x[i]) - shift)
    return s, q


@compiled(fastmath=CONTRACT, inline=True)
def affine_one(x, centre, scale, offset, out):  # type: ignore[no-untyped-def]
    for i in range(len(x)):
        out[i] = (x[i] - centre) * scale + offset


@compiled(fastmath=CONTRACT)
def affine_each(x, centre, scale, offset, out):  # type: ignore[no-untyped-def]
    for i in range(len(x)):
        out[i] = (x[i] - centre[i]) * scale[i] + offset[i]


@compiled(fastmath=CONTRACT, inline=True)
def gradient_one(g, x, centre, a, k1, k2, out):  # type: ignore[no-untyped-def]
    for i in range(len(x)):
        out[i] = (a * g[i] - k1) - (x[i] - centre) * k2


@compiled(fastmath=CONTRACT)
def gradient_each(g, x, centre, a, k1, k2, out):  # type: ignore[no-untyped-def]
    for i in range(len(x)):
        out[i] = (a[i] * g[i] - k1[i]) - (x[i] - centre[i]) * k2[i]


@contract(
    x=_MATRIX, shift=array("m", ("float64",)), s=array("m", ("float64",), writes=True), q=array("m", ("float64",), writes=True), step=_STEP
)
@compiled(parallel=True)
def _moments_rows(lo, hi, x, shift, s, q, step):  # type: ignore[no-untyped-def]
    rows, shifts, sums, squares = x[lo * step : hi * step], shift[lo * step : hi * step], s[lo * step : hi * step], q[lo * step : hi * step]
    for r in range(len(rows)):
        sums[r], squares[r] = sum_square(rows[r], shifts[r])


@compiled(fastmath=CONTRACT)
def add_squares(x, shift, s, q):  # type: ignore[no-untyped-def]
    for j in range(len(x)):
        v = np.float64(x[j]) - shift[j]
        s[j] += v
        q[j] += v * v


@contract("step * (p - 1) < m", x=_MATRIX, shift=array("n", ("float64",)), s=_PARTIAL, q=_PARTIAL, step=_STEP)
@compiled(parallel=True)
def _moments_columns(lo, hi, x, shift, s, q, step):  # type: ignore[no-untyped-def]
    for block in range(lo, min(hi, len(s))):
        a, b = s[block], q[block]
        for r in range(block * step, min((block + 1) * step, len(x))):
            add_squares(x[r], shift, a, b)


@compiled(fastmath=CONTRACT)
def add_products(g, x, shift, s, q):  # type: ignore[no-untyped-def]
    for j in range(len(x)):
        v = np.float64(g[j])
        s[j] += v
        q[j] += v * (np.float64(x[j]) - shift[j])


_PER_ROW = array("m", same="x")
_PER_COLUMN = array("n", same="x")


@contract(x=_MATRIX, centre=_PER_ROW, scale=_PER_ROW, offset=_PER_ROW, out=_OUT, step=_STEP)
@compiled(parallel=True)
def _affine_rows(lo, hi, x, centre, scale, offset, out, step):  # type: ignore[no-untyped-def]
    rows, made, first = x[lo * step : hi * step], out[lo * step : hi * step], lo * step
    for r in range(len(rows)):
        affine_one(rows[r], centre[first + r], scale[first + r], offset[first + r], made[r])


@contract(x=_MATRIX, centre=_PER_COLUMN, scale=_PER_COLUMN, offset=_PER_COLUMN, out=_OUT, step=_STEP)
@compiled(parallel=True)
def _affine_columns(lo, hi, x, centre, scale, offset, out, step):  # type: ignore[no-untyped-def]
    rows, made = x[lo * step : hi * step], out[lo * step : hi * step]
    for r in range(len(rows)):
        affine_each(rows[r], centre, scale, offset, made[r])


def _blocks(x: Array) -> tuple[int, int]:
    """How many blocks of rows, and the rows of one."""
    step = max(1, BLOCK // max(1, x.shape[1]))
    return -(-len(x) // step), step


def compiled_pays(x: Array) -> bool:
    """Whether x is large enough for a launch, and Numba there."""
    return x.size >= SMALL and enabled()


def moments(x: Array, shift: Array, columns: bool = False) -> tuple[Array, Array]:
    """Σ (x - shift) and Σ (x - shift)² of each row (or column) of a matrix, in float64."""
    axis = 0 if columns else 1
    if not compiled_pays(x):
        v = x.astype(np.float64) - np.expand_dims(shift, axis)
        return v.sum(axis), np.square(v).sum(axis)
    blocks, step = _blocks(x)
    if columns:
        s, q = np.zeros((blocks, x.shape[1])), np.zeros((blocks, x.shape[1]))
        _moments_columns(blocks, x, shift, s, q, step)
        return s.sum(0), q.sum(0)
    s, q = np.empty_like(shift), np.empty_like(shift)
    _moments_rows(blocks, x, shift, s, q, step)
    return s, q


def affine(x: Array, coefficients: Sequence[Array], columns: bool = False) -> Array:
    """(x - centre) scale + offset, with one of each (centre, scale, offset) per row (or column)."""
    each = [np.ascontiguousarray(v, x.dtype) for v in coefficients]
    if not compiled_pays(x):
        c, s, o = (np.expand_dims(v, 0 if columns else 1) for v in each)
        return (x - c) * s + o
    out = np.empty_like(x)
    blocks, step = _blocks(x)
    (_affine_columns if columns else _affine_rows)(blocks, x, *each, out, step)
    return out


@compiled(fastmath=CONTRACT, inline=True)
def normalise_row(x, mean, rstd, w, b, out):  # type: ignore[no-untyped-def]
    for i in range(len(x)):
        out[i] = ((x[i] - mean) * rstd) * w[i] + b[i]


@contract(
    x=_MATRIX,
    w=_PER_COLUMN,
    b=_PER_COLUMN,
    eps=number(),
    centred=flag(),
    wide=flag(),
    out=_OUT,
    mean=array("m", same="x", writes=True),
    rstd=array("m", same="x", writes=True),
    step=_STEP,
)
@compiled(parallel=True)
def _normalise_rows(lo, hi, x, w, b, eps, centred, wide, out, mean, rstd, step):  # type: ignore[no-untyped-def]
    n = x.shape[1]
    # rows of a slice that are counted from 0: counted from elsewhere each costs 30 ns more
    rows, made = x[lo * step : hi * step], out[lo * step : hi * step]
    means, scales = mean[lo * step : hi * step], rstd[lo * step : hi * step]
    for r in range(len(rows)):
        row = rows[r]
        s, q = sum_square(row, 0.0)
        m = s / n if centred else 0.0
        if wide and centred:
            _, q = sum_square(row, m)
        else:
            q = max(q - m * s, 0.0)
        means[r] = m
        scales[r] = 1.0 / np.sqrt(q / n + eps)
        normalise_row(row, means[r], scales[r], w, b, made[r])


def normalise_rows(x: Array, w: Array, b: Array, eps: float, centred: bool, out: Array, mean: Array, rstd: Array) -> None:
    """out = (x - mean) rstd w + b over each row of (m, n); mean is 0 unless `centred`. Writes out, mean and rstd."""
    if not enabled():
        with np.errstate(all="ignore"):
            v = x.astype(np.float64)
            mean[:] = v.sum(1) / x.shape[1] if centred else 0
            middle = v.sum(1, keepdims=True) / x.shape[1] if centred else 0.0
            rstd[:] = 1.0 / np.sqrt(np.square(v - middle).sum(1) / x.shape[1] + eps)
            out[:] = ((x - mean[:, None]) * rstd[:, None]) * w + b
        return
    x = np.ascontiguousarray(x)
    if x.size <= SMALL and _of_rows(x, w, b, out) and mean.shape == rstd.shape == x.shape[:1]:
        _normalise_rows.bare(0, 1, x, w, b, float(eps), centred, x.dtype.char == "d", out, mean, rstd, len(x))
    else:
        blocks, step = _blocks(x)
        _normalise_rows(blocks, x, w, b, float(eps), centred, x.dtype.char == "d", out, mean, rstd, step)


def _of_rows(x: Array, w: Array, b: Array, out: Array) -> bool:
    """Whether w and b are vectors for the rows of x, and out is like x: with that one block needs no contract, which takes 2 µs."""
    return x.dtype is w.dtype is b.dtype is out.dtype and w.shape == b.shape == x.shape[1:] and out.shape == x.shape


@compiled(fastmath=REASSOCIATE, inline=True)
def weighted_sums(g, x, mean, w):  # type: ignore[no-untyped-def]
    # products as the gradient itself has them, sums in float64: half the conversions
    s, q = 0.0, 0.0
    for i in range(len(g)):
        v = g[i] * w[i]
        s += np.float64(v)
        q += np.float64(v * (x[i] - mean))
    return s, q


@compiled(fastmath=CONTRACT, inline=True)
def normalise_row_input(g, x, w, mean, rstd, k1, k2, out):  # type: ignore[no-untyped-def]
    for i in range(len(g)):
        out[i] = ((g[i] * w[i] - k1) - (x[i] - mean) * k2) * rstd


@compiled(fastmath=CONTRACT)
def add_row(g, x, mean, rstd, gw, gb):  # type: ignore[no-untyped-def]
    for i in range(len(g)):
        gw[i] += np.float64(g[i] * ((x[i] - mean) * rstd))
        gb[i] += np.float64(g[i])


@compiled(fastmath=CONTRACT)
def _add_four(g, x, mean, rstd, gw, gb):  # type: ignore[no-untyped-def]
    """Four rows in one pass over the float64 sums, whose traffic is what costs."""
    g0, g1, g2, g3 = g[0], g[1], g[2], g[3]
    x0, x1, x2, x3 = x[0], x[1], x[2], x[3]
    m0, m1, m2, m3 = mean[0], mean[1], mean[2], mean[3]
    r0, r1, r2, r3 = rstd[0], rstd[1], rstd[2], rstd[3]
    for i in range(len(gw)):
        a, b = g0[i] * ((x0[i] - m0) * r0), g1[i] * ((x1[i] - m1) * r1)
        c, d = g2[i] * ((x2[i] - m2) * r2), g3[i] * ((x3[i] - m3) * r3)
        gw[i] += np.float64((a + b) + (c + d))
        gb[i] += np.float64((g0[i] + g1[i]) + (g2[i] + g3[i]))


@contract(
    "step * (p - 1) < m",
    g=array("m n", same="x"),
    x=_MATRIX,
    w=_PER_COLUMN,
    mean=_PER_ROW,
    rstd=_PER_ROW,
    centred=flag(),
    gx=_OUT,
    gw=_PARTIAL,
    gb=_PARTIAL,
    step=_STEP,
)
@compiled(parallel=True)
def _normalise_rows_input(lo, hi, g, x, w, mean, rstd, centred, gx, gw, gb, step):  # type: ignore[no-untyped-def]
    n = x.shape[1]
    real = gx.dtype.type
    for block in range(lo, min(hi, len(gw))):
        pw, pb = gw[block], gb[block]
        pw[:] = 0.0
        pb[:] = 0.0
        first, end = block * step, (block + 1) * step
        grads, rows, made, means, scales = g[first:end], x[first:end], gx[first:end], mean[first:end], rstd[first:end]
        for r in range(len(rows)):
            s, q = weighted_sums(grads[r], rows[r], means[r], w)
            k1 = s / n if centred else 0.0
            k2 = q / n * np.float64(scales[r]) * np.float64(scales[r])
            normalise_row_input(grads[r], rows[r], w, means[r], scales[r], real(k1), real(k2), made[r])
        whole = len(rows) // 4 * 4
        for r in range(0, whole, 4):
            _add_four(grads[r : r + 4], rows[r : r + 4], means[r : r + 4], scales[r : r + 4], pw, pb)
        for r in range(whole, len(rows)):
            add_row(grads[r], rows[r], means[r], scales[r], pw, pb)


def normalise_rows_input(g: Array, x: Array, w: Array, mean: Array, rstd: Array, centred: bool, gx: Array) -> tuple[Array, Array]:
    """The gradients of `normalise_rows`: writes that with respect to x, returns those with respect to w and b."""
    m, n = x.shape
    if not enabled():
        with np.errstate(all="ignore"):
            u, s = (np.asarray(v, np.float64)[:, None] for v in (mean, rstd))
            xhat, gw = (x - u) * s, g.astype(np.float64) * w
            k1 = gw.sum(1, keepdims=True) / n if centred else 0.0
            gx[:] = s * (gw - k1 - xhat * ((gw * xhat).sum(1, keepdims=True) / n))
            return (g * xhat).sum(0).astype(x.dtype), g.sum(0, dtype=np.float64).astype(x.dtype)
    # Blocks of rows, each with its own sums for w and b: 64 at most, so that those stay small.
    step = max(16, -(-m // 64), BLOCK // n // 4)
    blocks = -(-m // step)
    x, g = np.ascontiguousarray(x), np.ascontiguousarray(g)
    pw, pb = np.empty((blocks, n)), np.empty((blocks, n))
    if blocks == 1 and _of_rows(x, w, w, gx) and mean.shape == rstd.shape == (m,) and mean.dtype is rstd.dtype is g.dtype is x.dtype:
        _normalise_rows_input.bare(0, 1, g, x, w, mean, rstd, centred, gx, pw, pb, step)
        return pw[0].astype(x.dtype), pb[0].astype(x.dtype)
    _normalise_rows_input(blocks, g, x, w, mean, rstd, centred, gx, pw, pb, step)
    return pw.sum(0).astype(x.dtype), pb.sum(0).astype(x.dtype)
