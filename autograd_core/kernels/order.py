"""Sorting, selecting, counting and searching: sort, topk, kthvalue, median, mode, unique, searchsorted, histc, bincount.

Imports NumPy, `axes`, `select_loops`. NaN is after every number and -0 equals 0, as in PyTorch. Sorts are stable; the
selections put ties where PyTorch's CPU kernels do.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .axes import Array, axis_of
from .jit import enabled
from .select_loops import BLOCK, NAN_KEY, NAN_KEY_32, keys_of_bits, kth_rows, mode_rows, pack_rows, topk_rows

__all__ = [
    "bincount",
    "bucketize",
    "histc",
    "kthvalue",
    "median",
    "mode",
    "nanmedian",
    "searchsorted",
    "sort",
    "topk",
    "unique",
    "unique_consecutive",
]

SMALL = 512
"""Rows of at least this many elements in all are worth a compiled loop."""

COMPILED = 4096
"""From this many elements on, keys are made by a compiled loop."""


def _ordered(x: Array, name: str, error: type[Exception] = NotImplementedError) -> Array:
    x = np.asarray(x)
    if x.dtype.kind == "c":
        raise error(f"{name} is not implemented for {x.dtype}: complex numbers have no order")
    return x


def _keys(x: Array, descending: bool = False) -> Array:
    """int64 keys that order as the values do (or in the opposite order), with NaN after every number and -0 equal to 0.

    Keys of values of at most 32 bits fit 33.
    """
    if x.dtype.kind != "f":
        keys = x.astype(np.int64)
        return np.invert(keys, out=keys) if descending else keys
    if x.dtype == np.float16:
        x = x.astype(np.float32)
    integer: Any = np.int32 if x.itemsize == 4 else np.int64
    bits = np.ascontiguousarray(x).view(integer)
    out = np.empty(x.shape, np.int64)
    if x.size >= COMPILED and enabled():
        keys_of_bits(-(-x.size // BLOCK), bits.reshape(-1), not descending, out.reshape(-1))
        return out
    top = np.iinfo(integer).max
    out[...] = bits ^ ((bits >> (8 * x.itemsize - 1)) & top)
    out[x == 0] = 0
    out[x != x] = NAN_KEY_32 if x.itemsize == 4 else NAN_KEY
    return np.invert(out, out=out) if descending else out


def _pack(keys: Array, narrow: bool) -> Array | None:
    """Keys of rows with their positions in the low bits; None where both together have more than 64 bits."""
    bits = _position_bits(keys)
    low, high = (-(2**31) - 1, 2**31) if narrow else (int(keys.min()), int(keys.max()))
    if (high - low).bit_length() + bits > 64:
        return None
    if keys.size >= COMPILED and enabled():
        out = np.empty(keys.shape, np.uint64)
        pack_rows(len(keys), keys, np.array([low]), bits, out)
        return out
    return ((keys - low).astype(np.uint64) << np.uint64(bits)) | np.arange(keys.shape[1], dtype=np.uint64)


def _position_bits(keys: Array) -> int:
    return max(1, (keys.shape[1] - 1).bit_length())


def _positions(packed: Array, keys: Array) -> Array:
    packed &= np.uint64(2 ** _position_bits(keys) - 1)
    return packed.view(np.int64)


def _stable_order(keys: Array, narrow: bool) -> Array:
    """np.argsort(keys, stable) of rows (m, n). narrow: the keys fit 33 bits.

    Keys and positions in one integer sort eight times faster than NumPy's stable argsort.
    """
    if keys.size < SMALL:
        return np.argsort(keys, axis=-1, kind="stable")
    packed = _pack(keys, narrow)
    if packed is not None:
        packed.sort(axis=-1)
        return _positions(packed, keys)
    order = np.argsort(keys, axis=-1)
    ranked = np.take_along_axis(keys, order, -1)
    fresh = ranked[:, 1:] != ranked[:, :-1]
    if fresh.all():
        return order
    # Ties: sort again by the rank of the value, which leaves room for the position.
    ranks = np.zeros(keys.shape, np.uint64)
    np.cumsum(fresh, axis=-1, dtype=np.uint64, out=ranks[:, 1:])
    packed = (ranks << np.uint64(_position_bits(keys))) | order.astype(np.uint64)
    packed.sort(axis=-1)
    return _positions(packed, keys)


def _ranked(keys: Array, nth: Array, narrow: bool) -> Array:
    """The position of the nth element of each row in stable order: (m, n), (m,) -> (m,)."""
    packed = _pack(keys, narrow) if keys.size >= SMALL and (nth == nth[0]).all() else None
    if packed is None:
        return np.take_along_axis(_stable_order(keys, narrow), nth[:, None], 1)[:, 0]
    packed.partition(int(nth[0]), axis=-1)
    return _positions(np.ascontiguousarray(packed[:, nth[0]]), keys)


def _rows(x: Array, axis: int) -> Array:
    """x with an axis moved to the end, as rows (m, n)."""
    if x.ndim == 1:
        return x[None]
    moved = x if axis == x.ndim - 1 else np.moveaxis(x, axis, -1)
    return np.ascontiguousarray(moved).reshape(math.prod(moved.shape[:-1]), moved.shape[-1])


def _picked(x: Array, axis: int, at: Array, keepdim: bool = True) -> tuple[Array, Array]:
    """The values at the positions `at` (m, k) along an axis, and the positions."""
    if x.ndim == 1:
        index = at[0] if keepdim else at[0, 0]
        return np.asarray(x[index]), np.asarray(index)
    shape = [n for d, n in enumerate(x.shape) if d != axis]
    index = at.reshape(*shape, at.shape[1])
    if axis != x.ndim - 1:
        index = np.ascontiguousarray(np.moveaxis(index, -1, axis))
    values = np.take_along_axis(x, index, axis)
    return (values, index) if keepdim else (values.squeeze(axis), index.squeeze(axis))


def sort(x: Array, dim: int = -1, descending: bool = False, stable: bool = True) -> tuple[Array, Array]:
    """The values in order along `dim` and where they were; equal values stay in their order, also when descending."""
    x = _ordered(x, "sort", RuntimeError)
    axis = axis_of(dim, x.ndim)
    if x.ndim == 0:
        return x.copy(), np.zeros((), np.int64)
    return _picked(x, axis, _stable_order(_keys(_rows(x, axis), descending), x.itemsize <= 4))


def _nonempty(x: Array, axis: int, name: str) -> None:
    if x.ndim and x.shape[axis] == 0:
        raise IndexError(f"{name}(): Expected reduction dim {axis} to have non-zero size, got x of shape {x.shape}")


def _tied(keys: Array, order: Array, last: int) -> Array:
    """Which rows have a tie that concerns the first `last` of their order."""
    ranked = np.take_along_axis(keys, order[:, : last + 1], 1)
    return (ranked[:, 1:] == ranked[:, :-1]).any(1)


def _in_python(loop: Any) -> Any:
    """The loop as Python runs it, for a few rows without Numba."""
    return loop.kernel.reference


def _compiled_pays(keys: Array) -> bool:
    return keys.size >= SMALL and enabled()


def topk(x: Array, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> tuple[Array, Array]:
    """The k largest (or smallest) values along `dim` and where they are. RuntimeError for a k out of range."""
    x = _ordered(x, "topk")
    if x.dtype.kind == "b":
        raise RuntimeError("topk does not support bool: convert it with .int()")
    axis = axis_of(dim, x.ndim)
    n = x.shape[axis] if x.ndim else 1
    if not 0 <= k <= n:
        raise RuntimeError(f"topk(): selected index k out of range: got k = {k} for dimension {axis} with size {n}")
    if x.ndim == 0:
        return x.copy(), np.zeros((), np.int64)
    keys = _keys(_rows(x, axis), largest)
    if k == 0 or keys.size == 0:
        return _picked(x, axis, np.zeros((len(keys), k), np.int64))
    heap = 64 * k <= n
    if _compiled_pays(keys):
        at = np.empty((len(keys), k), np.int64)
        topk_rows(len(keys), keys, k, heap, sorted, at)
    else:
        order = _stable_order(keys, x.itemsize <= 4)
        at = order[:, :k].copy()
        tied = _tied(keys, order, k) if sorted or heap else np.ones(len(keys), bool)
        if tied.any():
            some = np.empty((int(tied.sum()), k), np.int64)
            _in_python(topk_rows)(np.ascontiguousarray(keys[tied]), k, heap, sorted, some)
            at[tied] = some
    return _picked(x, axis, at)


def kthvalue(x: Array, k: int, dim: int = -1, keepdim: bool = False) -> tuple[Array, Array]:
    """The k-th smallest value along `dim`, counted from 1, and where it is. RuntimeError for a k out of range."""
    x = _ordered(x, "kthvalue")
    axis = axis_of(dim, x.ndim)
    _nonempty(x, axis, "kthvalue")
    n = x.shape[axis] if x.ndim else 1
    if not 1 <= k <= n:
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {axis}: got k = {k}, expected 1 to {n}")
    if x.dtype.kind == "b" and x.ndim:
        raise NotImplementedError("kthvalue is not implemented for bool: convert it with .int()")
    if x.ndim == 0:
        return x.copy(), np.zeros((), np.int64)
    keys = _keys(_rows(x, axis))
    if keys.size == 0:
        return _picked(x, axis, np.zeros((0, 1), np.int64), keepdim)
    at = np.empty(len(keys), np.int64)
    if _compiled_pays(keys):
        kth_rows(len(keys), keys, k - 1, at)
    else:
        at[:] = _ranked(keys, np.full(len(keys), k - 1), x.itemsize <= 4)
        tied = (keys == np.take_along_axis(keys, at[:, None], 1)).sum(1) > 1
        if tied.any():
            some = np.empty(int(tied.sum()), np.int64)
            _in_python(kth_rows)(np.ascontiguousarray(keys[tied]), k - 1, some)
            at[tied] = some
    return _picked(x, axis, at[:, None], keepdim)


def _median(x: Array, dim: int | None, keepdim: bool, name: str, skip: bool) -> Any:
    x = _ordered(x, name)
    if x.dtype.kind == "b":
        raise NotImplementedError(f"{name} is not implemented for bool: convert it with .int()")
    if dim is None:
        if x.size == 0:
            return np.full((), np.nan if x.dtype.kind == "f" else np.iinfo(x.dtype).min).astype(x.dtype)
        return _median(x.reshape(-1), 0, False, name, skip)[0]
    axis = axis_of(dim, x.ndim)
    _nonempty(x, axis, name)
    if x.ndim == 0:
        return x.copy(), np.zeros((), np.int64)
    keys = _keys(_rows(x, axis))
    if keys.size == 0:
        return _picked(x, axis, np.zeros((0, 1), np.int64), keepdim)
    rows = _rows(x, axis)
    nans = rows != rows if x.dtype.kind == "f" else np.zeros((1, 1), bool)
    count = nans.sum(1) if skip else 0
    nth = np.broadcast_to((np.maximum(keys.shape[1] - count, 1) - 1) // 2, len(keys)).astype(np.int64)
    at = _ranked(keys, nth, x.itemsize <= 4)
    lost = nans.any(1) if not skip else nans.all(1)
    if lost.any():
        at = np.where(lost, nans.argmax(1), at)
    return _picked(x, axis, at[:, None], keepdim)


def median(x: Array, dim: int | None = None, keepdim: bool = False) -> Any:
    """The middle value, the lower of two: alone without a dim, else along `dim` with where it is in stable order. NaN wins."""
    return _median(x, dim, keepdim, "median", False)


def nanmedian(x: Array, dim: int | None = None, keepdim: bool = False) -> Any:
    """`median` of the values that are not NaN; NaN if there are none."""
    return _median(x, dim, keepdim, "nanmedian", True)


def mode(x: Array, dim: int = -1, keepdim: bool = False) -> tuple[Array, Array]:
    """The most frequent value along `dim`, the smallest of several, and where one of it is."""
    x = _ordered(x, "mode")
    axis = axis_of(dim, x.ndim)
    _nonempty(x, axis, "mode")
    if x.ndim == 0:
        return x.copy(), np.zeros((), np.int64)
    keys = _keys(_rows(x, axis))
    at = np.empty(len(keys), np.int64)
    floats, wide = x.dtype.kind == "f", x.dtype == np.float64
    if keys.size:
        if _compiled_pays(keys):
            mode_rows(len(keys), keys, floats, wide, at)
        else:
            _in_python(mode_rows)(keys, floats, wide, at)
    return _picked(x, axis, at[:, None], keepdim)


def _grouped(fresh: Array, order: Array) -> tuple[Array, Array]:
    """The group of each element, and each group's size, from where groups begin in an order."""
    number = np.cumsum(fresh) - 1
    inverse = np.empty(len(order), np.int64)
    inverse[order] = number
    return inverse, np.bincount(number, minlength=int(fresh.sum())).astype(np.int64)


def _changes(rows: Array) -> Array:
    """Where a row differs from the one before it; the first does."""
    fresh = np.ones(len(rows), bool)
    if len(rows) > 1:
        differs = rows[1:] != rows[:-1]
        fresh[1:] = differs if rows.ndim == 1 else differs.any(1)
    return fresh


def _slices(x: Array, dim: int, name: str) -> tuple[Array, int]:
    """x as rows, one for each slice along dim."""
    axis = axis_of(dim, x.ndim)
    if x.size == 0 and any(n == 0 for d, n in enumerate(x.shape) if d != axis):
        raise RuntimeError(f"{name}: x of shape {x.shape} has other dimensions of size 0 than dim = {axis}, so that its slices are empty")
    first = np.moveaxis(x, axis, 0) if x.ndim else x.reshape(1)
    return np.ascontiguousarray(first).reshape(len(first), -1 if first.size else math.prod(first.shape[1:])), axis


def unique(x: Array, dim: int | None = None) -> tuple[Array, Array, Array]:
    """The distinct values in ascending order, the position of each element's value among them, and their counts.

    With a dim: the distinct slices in lexicographic order. Every NaN is distinct.
    """
    x = _ordered(x, "unique")
    if dim is None:
        flat = x.reshape(-1)
        order = _stable_order(_keys(flat[None]), x.itemsize <= 4)[0] if x.size else np.zeros(0, np.int64)
        ranked = flat[order]
        fresh = _changes(ranked)
        inverse, counts = _grouped(fresh, order)
        return ranked[fresh], inverse.reshape(x.shape), counts
    rows, axis = _slices(x, dim, "unique")
    keys = _keys(rows)
    order = np.lexsort(keys.T[::-1]) if rows.size else np.arange(len(rows))
    fresh = _changes(rows[order])
    inverse, counts = _grouped(fresh, order)
    return np.take(x, order[fresh], axis), inverse, counts


def unique_consecutive(x: Array, dim: int | None = None) -> tuple[Array, Array, Array]:
    """The first of each run of equal values (or slices), the run of each element, and the runs' lengths."""
    x = np.asarray(x)
    if dim is None:
        flat = x.reshape(-1)
        fresh = _changes(flat)
        inverse, counts = _grouped(fresh, np.arange(flat.size))
        return flat[fresh], inverse.reshape(x.shape), counts
    rows, axis = _slices(x, dim, "unique_consecutive")
    fresh = _changes(rows)
    inverse, counts = _grouped(fresh, np.arange(len(rows)))
    return np.take(x, np.flatnonzero(fresh), axis), inverse, counts


def searchsorted(
    sorted_sequence: Array, input: Array, right: bool = False, side: str | None = None, sorter: Array | None = None, out_int32: bool = False
) -> Array:
    """Where each value would be inserted into the ascending last dimension: before its equals, or after them (`right`).

    sorted_sequence: (n,) for values of any shape, or (*, n) for values (*, m). RuntimeError for other shapes.
    """
    sequence, values = np.asarray(sorted_sequence), np.asarray(input)
    if side not in (None, "left", "right"):
        raise RuntimeError(f"searchsorted(): side can only be 'left' or 'right', got {side!r}")
    if right and side == "left":
        raise RuntimeError("searchsorted(): side and right can't be set to opposites, got side of left while right was True")
    if sequence.ndim == 0:
        raise RuntimeError("searchsorted(): the boundaries need at least one dimension, got none")
    if sequence.ndim > 1 and (values.ndim == 0 or sequence.shape[:-1] != values.shape[:-1]):
        raise RuntimeError(
            f"searchsorted(): boundaries of shape {sequence.shape} need values of shape {sequence.shape[:-1]} + (m,), got {values.shape}"
        )
    if sorter is not None:
        sequence = _sorted_by(sequence, np.asarray(sorter))
    n = sequence.shape[-1]
    if out_int32 and n >= 2**31:
        raise RuntimeError(f"searchsorted(): int32 cannot hold positions among {n} boundaries: use out_int32=False")
    place = _bisect(sequence.reshape(-1, n), values, right or side == "right")
    return place.astype(np.int32 if out_int32 else np.int64)


def _sorted_by(sequence: Array, sorter: Array) -> Array:
    if sorter.shape != sequence.shape:
        raise RuntimeError(
            f"searchsorted(): boundaries of shape {sequence.shape} and sorter of shape {sorter.shape} must have the same size"
        )
    if sorter.dtype != np.int64:
        raise RuntimeError(f"searchsorted(): sorter must be int64, got {sorter.dtype}: convert it with .long()")
    if sorter.size and (sorter.min() < 0 or sorter.max() >= sequence.shape[-1]):
        raise RuntimeError(f"searchsorted(): sorter index out of range, expected 0 to {sequence.shape[-1] - 1}")
    return np.take_along_axis(sequence, sorter, -1)


def _bisect(rows: Array, values: Array, right: bool) -> Array:
    """Binary search of all values at once; NaN is after every number."""
    n = rows.shape[1]
    if len(rows) == 1 and not (rows.dtype.kind == "f" and n and np.isnan(rows).any()):
        return np.asarray(np.searchsorted(rows[0], values, "right" if right else "left"))
    base = np.repeat(np.arange(len(rows)) * n, values.size // max(len(rows), 1)).reshape(values.shape)
    flat = rows.reshape(-1)
    lo, hi = np.zeros(values.shape, np.int64), np.full(values.shape, n, np.int64)
    for _ in range(n.bit_length()):
        middle = (lo + hi) // 2
        found = flat[np.minimum(base + middle, max(flat.size - 1, 0))]
        above = np.where(lo < hi, (found > values) if right else (found >= values), True)
        lo, hi = np.where(above, lo, middle + 1), np.where(above & (lo < hi), middle, hi)
    return lo


def bucketize(input: Array, boundaries: Array, right: bool = False, out_int32: bool = False) -> Array:
    """`searchsorted` of the values in one vector of boundaries."""
    boundaries = np.asarray(boundaries)
    if boundaries.ndim != 1:
        raise RuntimeError(f"bucketize(): boundaries must be a vector, got shape {boundaries.shape}")
    return searchsorted(boundaries, input, right, out_int32=out_int32)


def histc(x: Array, bins: int = 100, min: float = 0, max: float = 0) -> Array:
    """How many values fall into each of `bins` equal intervals of [min, max]; the data's range where both are equal.

    Values outside and NaN are not counted. RuntimeError for an empty or infinite range, NotImplementedError for integers.
    """
    x = np.asarray(x)
    if x.dtype.kind != "f":
        raise NotImplementedError(f"histc is not implemented for {x.dtype}: convert with .float() first")
    if bins <= 0:
        raise RuntimeError(f"histc(): bins must be > 0, got {bins}")
    if max < min:
        raise RuntimeError(f"histc(): max must be larger than min, got min = {min}, max = {max}")
    real = x.dtype.type
    low, high = real(min), real(max)
    with np.errstate(all="ignore"):
        if low == high and x.size:
            low, high = x.min(), x.max()
        if low == high:
            low, high = low - real(1), high + real(1)
        if not (np.isfinite(low) and np.isfinite(high)):
            raise RuntimeError(f"histc(): range of [{low}, {high}] is not finite: pass min and max")
        inside = x[(x >= low) & (x <= high)]
        place = ((inside - low) * (real(bins) / (high - low))).astype(np.int64)
    return np.bincount(np.clip(place, 0, bins - 1), minlength=bins).astype(x.dtype)


def bincount(x: Array, weights: Array | None = None, minlength: int = 0) -> Array:
    """How often each of 0, 1, ... occurs in a vector of integers, or the sum of its weights.

    RuntimeError for negatives and wrong shapes, NotImplementedError for floats and bools.
    """
    x = np.asarray(x)
    if x.dtype.kind not in "iu":
        raise NotImplementedError(f"bincount is not implemented for {x.dtype}: convert with .long() first")
    if minlength < 0:
        raise RuntimeError(f"bincount(): minlength should be >= 0, got {minlength}")
    if x.ndim != 1 or (x.size and x.min() < 0):
        given = f"shape {x.shape}" if x.ndim != 1 else f"a minimum of {x.min()}"
        raise RuntimeError(f"bincount only supports 1-d non-negative integral inputs, got {given}")
    if weights is None:
        return np.bincount(x, minlength=minlength).astype(np.int64)
    weights = np.asarray(weights)
    if weights.shape != x.shape:
        raise RuntimeError(f"bincount(): weights should be 1-d and have the same length as input, got shape {weights.shape} for {x.shape}")
    dtype = np.float32 if weights.dtype == np.float32 else np.float64
    return np.bincount(x, weights.astype(np.float64), minlength).astype(dtype)
