"""Reading and writing single elements at indices along a dimension: gather, scatter and their sums and extremes.

Imports NumPy, `axes`, `places`, `scatter_loops`. Every index is checked against its range before anything is read or
written; sums run in the order of the index. Results are new arrays.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from . import scatter_loops as loops
from .axes import Array, axis_of, three
from .places import FEW, SMALL, as_long, check_range, pays

__all__ = ["gather", "gathered_back", "placed", "scatter", "scatter_add", "scatter_reduce"]

_LOWEST = {"amax": True, "amin": False}
_UFUNC = {"sum": np.add, "mean": np.add, "prod": np.multiply, "amax": np.maximum, "amin": np.minimum}


def _linear(shape: tuple[int, ...], axis: int, index: Array) -> Array:
    """The flat positions that an index addresses in a contiguous array of `shape`."""
    if not shape:
        return index.reshape(-1)
    if index.size <= FEW * FEW:
        stride, others = _small_offsets(shape, axis, index.shape)
    else:
        stride, others = _offsets(shape, axis, index.shape)
    return (index * stride + others).ravel()


def _offsets(shape: tuple[int, ...], axis: int, sizes: tuple[int, ...]) -> tuple[int, Array]:
    """(the stride of an axis, the flat position of each element of an index of these sizes, whose entry is 0)."""
    place = np.zeros((), np.int64)
    for d in range(len(shape)):
        if d != axis:
            steps = np.arange(sizes[d]) * math.prod(shape[d + 1 :])
            place = place + steps.reshape([-1 if e == d else 1 for e in range(len(shape))])
    return math.prod(shape[axis + 1 :]), place


_small_offsets = functools.lru_cache(256)(_offsets)


def _same_others(index: Array, x: Array, axis: int) -> bool:
    return all(a == b for d, (a, b) in enumerate(zip(index.shape, x.shape, strict=True)) if d != axis)


def _address(x: Array, dim: int, index: Array, name: str, src: Array | None = None) -> tuple[int, Array]:
    """The axis and the index of a gather or scatter, after PyTorch's rules on their shapes; not yet their range."""
    index = as_long(index, name)
    axis = axis_of(dim, x.ndim)
    if index.size == 0:
        return axis, index
    if max(index.ndim, 1) != max(x.ndim, 1):
        raise RuntimeError(f"{name} got an index of shape {index.shape} for x of shape {x.shape}: they need equally many dimensions")
    for d in range(x.ndim if index.ndim else 0):
        if d != axis and index.shape[d] > x.shape[d]:
            raise RuntimeError(f"{name} got an index of shape {index.shape} for x of shape {x.shape}: only dimension {axis} may be larger")
    if src is not None and src.ndim:
        if max(src.ndim, 1) != max(index.ndim, 1):
            raise RuntimeError(
                f"{name} got src of shape {src.shape} for an index of shape {index.shape}: they need equally many dimensions"
            )
        if any(i > s for i, s in zip(index.shape or (1,), src.shape, strict=True)):
            raise RuntimeError(f"{name} got an index of shape {index.shape}, which must not be larger than src of shape {src.shape}")
    return axis, index


def _each(loop: Callable[..., None], index: Array, size: int, name: str, dim: int, *args: Any) -> None:
    """Call a loop that says whether an index was out of range: then PyTorch's exception."""
    outside = np.zeros(1, np.uint8)
    loop(*args, outside)
    if outside[0]:
        check_range(index, size, name, dim, RuntimeError)


def gather(x: Array, dim: int, index: Array) -> Array:
    """out[i, j, k] = x[index[i, j, k], j, k] for dim 0, and so on: the shape of `index`.

    `index` may be smaller than x in the other dimensions. RuntimeError for wrong shapes and indices.
    """
    x = np.asarray(x)
    axis, index = _address(x, dim, index, "gather")
    if index.size == 0:
        return np.empty(index.shape, x.dtype)
    size = x.shape[axis] if x.ndim else 1
    if pays(index.size, x.dtype) and x.ndim:
        if not _same_others(index, x, axis):
            x = x[tuple(slice(None if d == axis else n) for d, n in enumerate(index.shape))]
        out = np.empty(index.shape, x.dtype)
        at, target, source = three(index, axis), three(out, axis), three(x, axis)
        tiles = -(-at.shape[2] // loops.TILE)
        _each(loops.gather_each, index, size, "gather", axis, len(at) * tiles, source, at, target, tiles)
        return out
    check_range(index, size, "gather", axis, RuntimeError)
    return np.ascontiguousarray(x).reshape(-1)[_linear(x.shape, axis, index)].reshape(index.shape)


def _source(src: Any, x: Array, index: Array, name: str) -> Array:
    """The values for each element of the index, as a flat array of x's dtype."""
    if isinstance(src, np.ndarray) and src.ndim:
        if src.dtype != x.dtype:
            raise RuntimeError(f"{name} got x of {x.dtype} and src of {src.dtype}, expected one dtype: convert src with .to()")
        return src[tuple(slice(n) for n in index.shape)] if index.ndim else src.reshape(-1)[:1]
    with np.errstate(all="ignore"):
        return np.broadcast_to(np.asarray(src).astype(x.dtype), index.shape)


def _prepared(x: Array, dim: int, index: Array, src: Any, name: str) -> tuple[Array, int, Array, Array]:
    x = np.asarray(x)
    axis, index = _address(x, dim, index, name, src if isinstance(src, np.ndarray) else None)
    return x, axis, index, _source(src, x, index, name)


def _scattered(loop: Callable[..., None], x: Array, axis: int, index: Array, values: Array, name: str) -> Array:
    """x with the values written or added by a compiled loop."""
    out = np.array(x, order="C")
    at = three(index, axis)
    tiles = -(-at.shape[2] // loops.TILE)
    _each(loop, index, x.shape[axis], name, axis, len(at) * tiles, at, three(values, axis), three(out, axis), tiles)
    return out


def scatter(x: Array, dim: int, index: Array, src: Any) -> Array:
    """x with out[index[i, j, k], j, k] = src[i, j, k] for dim 0, and so on; src is an array of x's dtype or a number.

    Of several writes to one element the last in index order stays.
    """
    x, axis, index, values = _prepared(x, dim, index, src, "scatter")
    if index.size == 0:
        return x.copy()
    if x.ndim and pays(index.size, x.dtype) and _same_others(index, x, axis):
        return _scattered(loops.scatter_each, x, axis, index, values, "scatter")
    check_range(index, x.shape[axis] if x.ndim else 1, "scatter", axis, RuntimeError)
    out = np.array(x, order="C")
    out.reshape(-1)[_linear(x.shape, axis, index)] = values.reshape(-1)
    return out


def _add_at(out: Array, place: Array, values: Array) -> None:
    """out[place] += values with repetitions; flat, places checked. Sums of floats are float64."""
    if out.dtype.kind == "f" and out.size <= 4 * place.size:
        sums = np.bincount(place, values.astype(np.float64), out.size)
        out += sums.astype(out.dtype)
    else:
        np.add.at(out, place, values)


def scatter_add(x: Array, dim: int, index: Array, src: Any) -> Array:
    """x with out[index[i, j, k], j, k] += src[i, j, k] for dim 0, and so on."""
    x, axis, index, values = _prepared(x, dim, index, src, "scatter_add")
    if index.size == 0:
        return x.copy()
    if x.ndim and pays(index.size, x.dtype) and _same_others(index, x, axis):
        return _scattered(loops.scatter_add_each, x, axis, index, values, "scatter_add")
    out = np.array(x, order="C")
    _add_few(out, axis, index, values)
    return out


def _add_few(out: Array, axis: int, index: Array, values: Array) -> None:
    check_range(index, out.shape[axis] if out.ndim else 1, "scatter_add", axis, RuntimeError)
    with np.errstate(all="ignore"):
        _add_at(out.reshape(-1), _linear(out.shape, axis, index), values.reshape(-1))


def gathered_back(g: Array, shape: tuple[int, ...], dim: int, index: Array) -> Array:
    """Zeros of a shape with g added at the places that `gather` read: its adjoint."""
    out = np.zeros(shape, g.dtype)
    if not 0 < index.size < SMALL or index.ndim != len(shape) or g.shape != index.shape:
        return scatter_add(out, dim, index, g)
    axis = axis_of(dim, len(shape))
    if not _same_others(index, out, axis):
        return scatter_add(out, dim, index, g)
    _add_few(out, axis, as_long(index, "gather"), g)
    return out


def placed(g: Array, shape: tuple[int, ...], dim: int, index: Array) -> Array:
    """Zeros of a shape with g written at the places that `gather` reads, each of them named once."""
    out = np.zeros(shape, g.dtype)
    if not 0 < index.size <= FEW * FEW or index.ndim != len(shape) or g.shape != index.shape or not shape:
        return scatter(out, dim, index, g)
    axis = axis_of(dim, len(shape))
    if not _same_others(index, out, axis):
        return scatter(out, dim, index, g)
    check_range(index, shape[axis], "scatter", axis, RuntimeError)
    out.reshape(-1)[_linear(shape, axis, index)] = g.ravel()
    return out


def _identity(reduce: str, dtype: np.dtype[Any]) -> Any:
    if reduce in _LOWEST:
        if dtype.kind == "f":
            return -np.inf if _LOWEST[reduce] else np.inf
        if dtype.kind == "b":
            return not _LOWEST[reduce]
        info = np.iinfo(dtype)
        return info.min if _LOWEST[reduce] else info.max
    return 1 if reduce == "prod" else 0


def _whole_rows(x: Array, axis: int, index: Array, values: Array) -> bool:
    """Whether the index, broadcast from a vector, sends whole rows of values to rows of x."""
    if axis != 0 or not x.ndim or not pays(index.size, x.dtype) or values.dtype != x.dtype:
        return False
    return index.shape[1:] == x.shape[1:] == values.shape[1:] and len(values) == len(index) and not any(index.strides[1:])


def scatter_reduce(x: Array, dim: int, index: Array, src: Any, reduce: str, include_self: bool = True) -> Array:
    """x with the src of each target element reduced by "sum", "prod", "mean", "amax" or "amin".

    include_self: whether x's own value takes part. Means of integers round down.
    """
    if reduce not in _UFUNC:
        raise RuntimeError(f"scatter_reduce got reduce={reduce!r}, expected one of 'sum', 'prod', 'mean', 'amax', 'amin'")
    if reduce == "sum" and include_self:
        return scatter_add(x, dim, index, src)
    x, axis, index, values = _prepared(x, dim, index, src, "scatter_reduce")
    if index.size == 0:
        return x.copy()
    check_range(index, x.shape[axis] if x.ndim else 1, "scatter_reduce", axis, RuntimeError)
    out = np.array(x, order="C")
    if reduce in _LOWEST and _whole_rows(x, axis, index, values):
        first: tuple[Any, ...] = (slice(None), *(0,) * (x.ndim - 1))
        rows = np.ascontiguousarray(index[first])
        if not include_self:
            out[rows] = _identity(reduce, x.dtype)
        target = out.reshape(len(out), -1)
        tiles = -(-target.shape[1] // loops.TILE)
        loops.extreme_rows(tiles, rows, np.ascontiguousarray(values).reshape(len(rows), -1), target, tiles, _LOWEST[reduce])
        return out
    flat, place, values = out.reshape(-1), _linear(x.shape, axis, index), values.reshape(-1)
    with np.errstate(all="ignore"):
        if not include_self:
            flat[place] = _identity(reduce, x.dtype)
        if reduce in ("sum", "mean"):
            _add_at(flat, place, values)
        else:
            _UFUNC[reduce].at(flat, place, values)
        if reduce == "mean":
            count = np.maximum(np.bincount(place, minlength=flat.size) + bool(include_self), 1).astype(x.dtype)
            flat[...] = np.floor_divide(flat, count) if x.dtype.kind in "iu" else flat / count
    return out
