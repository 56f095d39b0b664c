"""Running sums, products, extremes along a dimension.

Imports NumPy, `axes`, `reduce_loops`. Floats run in float64 and are rounded at each element.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .axes import Array, axis_of, in_rows, three
from .jit import enabled
from .reduce_loops import BLOCK, ORDERED, TILE, cumulate_columns, cumulate_rows, extreme_so_far_columns, extreme_so_far_rows

__all__ = ["cummax", "cummin", "cumprod", "cumsum", "cumsum_back", "logcumsumexp"]

SMALL = 2048
"""Below this many elements NumPy is cheaper than a launch."""


def _launch(rows: Any, columns: Any, arrays: tuple[Array, ...], *switches: bool) -> None:
    """The loop over rows or over columns, on arrays of one shape (before, n, after)."""
    before, n, after = arrays[0].shape
    if after == 1:
        step = max(1, BLOCK // n)
        rows(-(-before // step), *(v.reshape(before, n) for v in arrays), step, *switches)
    else:
        tiles = -(-after // TILE)
        columns(before * tiles, *arrays, tiles, *switches)


def _cumulate(x: Array, dim: int, dtype: Any, product: bool) -> Array:
    x = np.asarray(x)
    axis = axis_of(dim, x.ndim)
    if dtype is None:
        dtype = np.int64 if x.dtype.kind in "biu" else x.dtype
    with np.errstate(all="ignore"):
        x = x.astype(dtype, copy=False)
        if x.ndim == 0 or x.size == 0:
            return x.copy()
        if x.size >= SMALL and x.dtype.char in "fd" and enabled():
            out = np.empty(x.shape, x.dtype)
            _launch(cumulate_rows, cumulate_columns, (three(x, axis), three(out, axis)), product, False)
            return out
        wide = np.float64 if x.dtype.kind == "f" else np.complex128 if x.dtype.kind == "c" else x.dtype
        return in_rows((np.multiply if product else np.add).accumulate(x, axis, wide).astype(x.dtype, copy=False))


def cumsum(x: Array, dim: int, dtype: Any = None) -> Array:
    """out[k] = x[0] + ... + x[k] along `dim`; int64 for integers and bools."""
    return _cumulate(x, dim, dtype, False)


def cumsum_back(g: Array, dim: int) -> Array:
    """out[k] = g[k] + ... + g[n - 1] along `dim`: the adjoint of `cumsum`, for floats."""
    axis = axis_of(dim, g.ndim)
    if g.ndim and g.size >= SMALL and g.dtype.char in "fd" and enabled():
        out = np.empty(g.shape, g.dtype)
        _launch(cumulate_rows, cumulate_columns, (three(g, axis), three(out, axis)), False, True)
        return out
    return np.flip(cumsum(np.flip(g, axis), axis), axis) if g.ndim else g.copy()


def cumprod(x: Array, dim: int, dtype: Any = None) -> Array:
    """out[k] = x[0] · ... · x[k] along `dim`; int64 for integers and bools."""
    return _cumulate(x, dim, dtype, True)


def _extreme(x: Array, dim: int, name: str, largest: bool) -> tuple[Array, Array]:
    x = np.asarray(x)
    if x.dtype.kind == "c":
        raise NotImplementedError(f"{name} is not implemented for {x.dtype}: complex numbers have no order")
    axis = axis_of(dim, x.ndim)
    if x.ndim == 0 or x.size == 0:
        return x.copy(), np.zeros(x.shape, np.int64)
    if x.size >= SMALL and x.dtype.name in ORDERED and enabled():
        out, at = np.empty(x.shape, x.dtype), np.empty(x.shape, np.int64)
        _launch(extreme_so_far_rows, extreme_so_far_columns, (three(x, axis), three(out, axis), three(at, axis)), largest)
        return out, at
    with np.errstate(all="ignore"):
        out = (np.maximum if largest else np.minimum).accumulate(x, axis)
    place = np.arange(x.shape[axis]).reshape([-1 if d == axis else 1 for d in range(x.ndim)])
    renewed = (x == out) | (x != x)
    return in_rows(out), in_rows(np.maximum.accumulate(np.where(renewed, place, 0), axis))


def cummax(x: Array, dim: int) -> tuple[Array, Array]:
    """The largest value up to each element and the last place where it occurs; NaN from the first NaN on."""
    return _extreme(x, dim, "cummax", True)


def cummin(x: Array, dim: int) -> tuple[Array, Array]:
    """The smallest value up to each element and the last place where it occurs; NaN from the first NaN on."""
    return _extreme(x, dim, "cummin", False)


def logcumsumexp(x: Array, dim: int) -> Array:
    """out[k] = log(exp x[0] + ... + exp x[k]) along `dim`, without overflow."""
    x = np.asarray(x)
    if x.dtype.kind not in "f":
        raise NotImplementedError(f"logcumsumexp is not implemented for {x.dtype}: convert with .float() first")
    axis = axis_of(dim, x.ndim)
    if x.ndim == 0 or x.size == 0:
        return x.copy()
    with np.errstate(all="ignore"):
        return in_rows(np.logaddexp.accumulate(x.astype(np.float64), axis).astype(x.dtype))
