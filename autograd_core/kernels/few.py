"""Reads, writes and order along the rows of small matrices, one launch each. Imports NumPy and `jit`.

The callers make the outputs and see to it that shapes fit; the loops look at every index themselves and say whether all were
in range. They return at once what they leave to the general kernels: ties, whose order is PyTorch's own, and NaN.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from .jit import compiled, enabled

__all__ = [
    "FEW", "add", "as_rows", "choose", "extreme", "masked", "median_at", "pick", "read", "row_length", "serves", "spread", "spread_input", "top", "write",
    "xlogy",
]  # fmt: skip

Array = np.ndarray[Any, Any]

FEW = 512
"""Elements up to which a launch costs less than NumPy's passes and no contract is asked."""

_INT64 = np.dtype(np.int64)


def serves(shape: tuple[int, ...], kind: np.dtype[Any], index: Array, axis: int) -> bool:
    """Whether `read`, `add` and `write` take floats of a shape and an index whose shape differs from it along the axis at most."""
    own = index.shape
    if len(shape) == 1 == len(own):
        size = shape[0]
    elif len(shape) == 2 == len(own) and own[1 - axis] == shape[1 - axis]:
        size = shape[0] * shape[1]
    else:
        return False
    return 0 < size <= FEW >= index.size > 0 and kind.char in "fd" and index.dtype == _INT64 and enabled()


def as_rows(x: Array, axis: int) -> Array:
    """A vector or matrix as the matrix whose rows lie along the axis."""
    return x[None] if x.ndim == 1 else x if axis == 1 else x.T


@compiled
def _read(x, at, out):  # type: ignore[no-untyped-def]
    n = x.shape[1]
    for i in range(at.shape[0]):
        for j in range(at.shape[1]):
            k = at[i, j]
            if k < 0 or k >= n:
                return False
            out[i, j] = x[i, k]
    return True


@compiled
def _pick(x, at, out):  # type: ignore[no-untyped-def]
    n = len(x)
    for j in range(len(at)):
        k = at[j]
        if k < 0 or k >= n:
            return False
        out[j] = x[k]
    return True


@compiled
def _write(g, at, out):  # type: ignore[no-untyped-def]
    n = out.shape[1]
    for i in range(at.shape[0]):
        for j in range(n):
            out[i, j] = 0
        for j in range(at.shape[1]):
            k = at[i, j]
            if k < 0 or k >= n:
                return False
            out[i, k] = g[i, j]
    return True


@compiled
def _add(g, at, out):  # type: ignore[no-untyped-def]
    n = out.shape[1]
    sums = np.empty(n)
    for i in range(at.shape[0]):
        sums[:] = 0
        for j in range(at.shape[1]):
            k = at[i, j]
            if k < 0 or k >= n:
                return False
            sums[k] += g[i, j]
        for j in range(n):
            out[i, j] = sums[j]
    return True


@compiled
def _top(x, largest, values, at):  # type: ignore[no-untyped-def]
    rows, n = x.shape
    k = values.shape[1]
    for i in range(rows):
        kept = 0
        for j in range(n):
            v = x[i, j]
            if v != v:
                return False
            m = kept
            while m > 0 and ((v > values[i, m - 1]) if largest else (v < values[i, m - 1])):
                m -= 1
            if m > 0 and v == values[i, m - 1]:
                return False
            if m < k:
                for t in range(min(kept, k - 1), m, -1):
                    values[i, t], at[i, t] = values[i, t - 1], at[i, t - 1]
                values[i, m], at[i, m] = v, j
                kept = min(kept + 1, k)
    return True


@compiled
def _median_at(x):  # type: ignore[no-untyped-def]
    n = len(x)
    for i in range(n):
        below = 0
        for j in range(n):
            if x[j] < x[i]:
                below += 1
            elif not x[j] > x[i] and j != i:
                below = -n  # a tie, or NaN
        if below == (n - 1) // 2:
            for j in range(n):
                if x[j] != x[j]:
                    return -1
            return i
    return -1


@functools.cache
def _places(char: str) -> Any:
    """`_read`, `_write`, `_add` and `_pick` for floats of a type, whatever the strides of what they read."""
    x, at = np.empty((2, 4), char)[:, ::2], np.empty((2, 4), np.int64)[:, ::2]
    return _read.entry(x, at, x), _write.entry(x, at, x), _add.entry(x, at, x), _pick.entry(x[0], at[0], np.empty(2, char))


def read(x: Array, index: Array, axis: int) -> Array | None:
    """x[i, index[i, j]] along the axis; None where an index is out of range."""
    out = np.empty(index.shape, x.dtype)
    return out if _places(x.dtype.char)[0](as_rows(x, axis), as_rows(index, axis), as_rows(out, axis)) else None


def pick(x: Array, index: Array) -> Array | None:
    """x[index] of a vector at a vector of indices; None where one is out of range, and for what `serves` does not take."""
    if not serves(x.shape, x.dtype, index, 0):
        return None
    out = np.empty(index.shape, x.dtype)
    return out if _places(x.dtype.char)[3](x, index, out) else None


def write(g: Array, index: Array, axis: int, shape: tuple[int, ...]) -> Array | None:
    """Zeros of a shape with g at the places that `read` reads, the last one of several; None where an index is out of range."""
    out = np.empty(shape, g.dtype)
    return out if _places(g.dtype.char)[1](as_rows(g, axis), as_rows(index, axis), as_rows(out, axis)) else None


def add(g: Array, index: Array, axis: int, shape: tuple[int, ...]) -> Array | None:
    """Zeros of a shape with g added at the places that `read` reads, in float64; None where an index is out of range."""
    out = np.empty(shape, g.dtype)
    return out if _places(g.dtype.char)[2](as_rows(g, axis), as_rows(index, axis), as_rows(out, axis)) else None


def top(x: Array, k: int, axis: int, largest: bool) -> tuple[Array, Array] | None:
    """The k first elements along the axis of a floating vector or matrix in falling or rising order, and where they stand.

    None where one of them equals another element or a NaN is met.
    """
    shape = (k,) if x.ndim == 1 else (x.shape[0], k) if axis == 1 else (k, x.shape[1])
    values, at = np.empty(shape, x.dtype), np.empty(shape, np.int64)
    return (values, at) if _top.dispatcher(as_rows(x, axis), largest, as_rows(values, axis), as_rows(at, axis)) else None


def median_at(x: Array) -> int:
    """Where the lower median of a floating vector stands; −1 where it has a twin or a NaN is met."""
    at: int = _median_at.dispatcher(x)
    return at


def row_length(x: Array, dim: Any) -> int:
    """The length of the rows of few floats along the last dimension, or along all for None; 0 where the loops below do not serve."""
    if not 0 < x.size <= FEW or x.dtype.char not in "fd" or not enabled():
        return 0
    if dim is None:
        return x.size
    return x.shape[-1] if type(dim) is int and x.ndim and (dim == -1 or dim == x.ndim - 1) else 0


@functools.cache
def _spreads(char: str) -> Any:
    """The loops behind `spread` and `spread_input`, rows in float64."""

    @compiled
    def of_rows(x, n, free, root, out):  # type: ignore[no-untyped-def]
        for r in range(len(out)):
            row = x[r * n : (r + 1) * n]
            s, q = 0.0, 0.0
            for i in range(len(row)):
                s += np.float64(row[i])
            mean = s / n
            for i in range(len(row)):
                q += (np.float64(row[i]) - mean) ** 2
            out[r] = np.sqrt(q / free) if root else q / free

    @compiled
    def of_rows_input(g, x, n, free):  # type: ignore[no-untyped-def]
        for r in range(len(g)):
            row, s = x[r * n : (r + 1) * n], 0.0
            for i in range(len(row)):
                s += np.float64(row[i])
            mean, slope = s / n, np.float64(g[r]) * (2.0 / free)
            for i in range(len(row)):
                row[i] = (np.float64(row[i]) - mean) * slope

    v = np.empty(0, char)
    return of_rows.entry(v, 1, 1.0, True, v), of_rows_input.entry(v, v, 1, 1.0)


def spread(x: Array, n: int, shape: tuple[int, ...], free: float, root: bool) -> Array:
    """Σ (x − mean)² / free of each row of n, or its root, in a shape of that many elements."""
    out = np.empty(shape, x.dtype)
    _spreads(x.dtype.char)[0](x.ravel(), n, free, root, out.ravel())
    return out


def spread_input(g: Array, x: Array, n: int, free: float) -> Array:
    """g · 2 (x − mean) / free: the gradient of the variance of each row of n, of which there are as many as g has elements."""
    out = x.copy()
    _spreads(x.dtype.char)[1](g.ravel(), out.ravel(), n, free)
    return out


@functools.cache
def _masks(char: str) -> Any:
    """The loops behind `masked` and `choose`."""
    real = np.dtype(char).type

    @compiled
    def scaled(x, mask, scale):  # type: ignore[no-untyped-def]
        kept, lost = real(scale), real(0)
        for i in range(len(x)):
            x[i] = x[i] * (kept if mask[i] else lost)

    @compiled
    def replaced(x, mask, other, where):  # type: ignore[no-untyped-def]
        number = real(other)
        for i in range(len(x)):
            if mask[i] == where:
                x[i] = number

    v, mask = np.empty(0, char), np.empty(0, np.bool_)
    return scaled.entry(v, mask, 1.0), replaced.entry(v, mask, 1.0, True)


def masked(x: Array, mask: Array, scale: float) -> Array:
    """x · scale where the mask, of x's shape, holds, and x · 0 elsewhere."""
    out = x.copy()
    _masks(x.dtype.char)[0](out.ravel(), mask.ravel(), scale)
    return out


def choose(x: Array, mask: Array, other: float, where: bool) -> Array:
    """x, with a number in its place where the mask, of x's shape, is `where`."""
    out = x.copy()
    _masks(x.dtype.char)[1](out.ravel(), mask.ravel(), other, where)
    return out


@functools.cache
def _extremes(char: str) -> Any:
    @compiled
    def extremes(x, largest, out):  # type: ignore[no-untyped-def]
        m = x[0]
        for v in x:
            if v != v:
                m = v
                break
            if (v > m) if largest else (v < m):
                m = v
        out[()] = m

    return extremes.entry(np.empty(1, char), True, np.empty((), char))


def extreme(x: Array, largest: bool) -> Array:
    """The largest or the smallest of one element or more, NaN if there is one."""
    out = np.empty((), x.dtype)
    _extremes(x.dtype.char)(x.ravel(), largest, out)
    return out


@functools.cache
def _xlogys(char: str) -> Any:
    @compiled
    def xlogys(x, y):  # type: ignore[no-untyped-def]
        for i in range(len(x)):
            if x[i] != 0 or y[i] != y[i]:
                x[i] = x[i] * np.log(y[i])

    return xlogys.entry(np.empty(0, char), np.empty(0, char))


def xlogy(x: Array, y: Array) -> Array:
    """x · log y of two arrays of one shape and type, and 0 where x is 0 unless y is NaN."""
    out = x.copy()
    _xlogys(x.dtype.char)(out.ravel(), y.ravel())
    return out
