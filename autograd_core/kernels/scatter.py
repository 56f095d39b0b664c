"""Reading and writing at indices: gather, scatter, index_select, index_add, index_put, the embedding's gradient.

Imports NumPy, `jit`, `contract`, `axes`, `scatter_loops`. Every index is checked against its range before anything is read or
written; sums run in the order of the index. Results are new arrays.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import scatter_loops as loops
from .axes import Array, axis_of, three
from .contract import ContractError
from .jit import enabled

__all__ = [
    "add_at",
    "embedding",
    "embedding_weight",
    "gather",
    "gathered_back",
    "index_add",
    "index_copy",
    "index_fill",
    "index_put",
    "index_select",
    "placed",
    "scatter",
    "scatter_add",
    "scatter_reduce",
    "selected_back",
    "within",
]

SMALL = 2048
"""Below this many indices NumPy is cheaper than a launch."""

FEW = 32
"""Indices that Python looks through sooner than NumPy."""

_LOWEST = {"amax": True, "amin": False}
_UFUNC = {"sum": np.add, "mean": np.add, "prod": np.multiply, "amax": np.maximum, "amin": np.minimum}


def _long(index: Array, name: str) -> Array:
    index = np.asarray(index)
    if index.dtype is _INT64:
        return index
    if index.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"{name} got an index of {index.dtype}, expected int64 or int32: convert it with .long()")
    return index.astype(np.int64, copy=False)


_INT64 = np.dtype(np.int64)


def within(index: Array, lowest: int, end: int) -> bool:
    """Whether lowest <= i < end for every i in the index."""
    if index.size <= FEW:  # in a list: a third of what two reductions cost
        values = index.ravel().tolist()
        return not values or (min(values) >= lowest and max(values) < end)
    return bool(index.min() >= lowest and index.max() < end)


def _check_range(index: Array, size: int, name: str, dim: int | None, error: type[Exception], lowest: int = 0) -> None:
    """Raise `error` with the first index outside of lowest <= index < size."""
    if within(index, lowest, size):
        return
    at = tuple(int(v[0]) for v in np.nonzero((index < lowest) | (index >= size)))
    place = f" at position {at if len(at) != 1 else at[0]} of the index" if index.ndim else ""
    where = "the table" if dim is None else f"dimension {dim}"
    allowed = f"expected {lowest} to {size - 1}" if size else "which has no elements to choose from"
    raise error(f"{name}: index {int(index[at])}{place} is out of range for {where} with size {size}, {allowed}")


def _vector(index: Array, name: str, error: type[Exception]) -> Array:
    if index.ndim > 1:
        raise error(f"{name} got an index of shape {index.shape}, expected a vector")
    return index.reshape(-1)


def _pays(count: int, dtype: np.dtype[Any]) -> bool:
    return count >= SMALL and dtype.name in loops.NUMBERS and enabled()


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
    index = _long(index, name)
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


def _run(loop: Callable[..., None], index: Array, size: int, name: str, dim: int, error: type[Exception], *args: Any) -> None:
    """Call a loop, whose contract checks the index's range; its refusal becomes PyTorch's exception."""
    try:
        loop(*args)
    except ContractError:
        _check_range(index, size, name, dim, error)
        raise


def gather(x: Array, dim: int, index: Array) -> Array:
    """out[i, j, k] = x[index[i, j, k], j, k] for dim 0, and so on: the shape of `index`.

    `index` may be smaller than x in the other dimensions. RuntimeError for wrong shapes and indices.
    """
    x = np.asarray(x)
    axis, index = _address(x, dim, index, "gather")
    if index.size == 0:
        return np.empty(index.shape, x.dtype)
    size = x.shape[axis] if x.ndim else 1
    if _pays(index.size, x.dtype) and x.ndim:
        if not _same_others(index, x, axis):
            x = x[tuple(slice(None if d == axis else n) for d, n in enumerate(index.shape))]
        out = np.empty(index.shape, x.dtype)
        at, target, source = three(index, axis), three(out, axis), three(x, axis)
        tiles = -(-at.shape[2] // loops.TILE)
        _run(loops.gather_each, index, size, "gather", axis, RuntimeError, len(at) * tiles, source, at, target, tiles)
        return out
    _check_range(index, size, "gather", axis, RuntimeError)
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
    _run(loop, index, x.shape[axis], name, axis, RuntimeError, len(at) * tiles, at, three(values, axis), three(out, axis), tiles)
    return out


def scatter(x: Array, dim: int, index: Array, src: Any) -> Array:
    """x with out[index[i, j, k], j, k] = src[i, j, k] for dim 0, and so on; src is an array of x's dtype or a number.

    Of several writes to one element the last in index order stays.
    """
    x, axis, index, values = _prepared(x, dim, index, src, "scatter")
    if index.size == 0:
        return x.copy()
    if x.ndim and _pays(index.size, x.dtype) and _same_others(index, x, axis):
        return _scattered(loops.scatter_each, x, axis, index, values, "scatter")
    _check_range(index, x.shape[axis] if x.ndim else 1, "scatter", axis, RuntimeError)
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
    if x.ndim and _pays(index.size, x.dtype) and _same_others(index, x, axis):
        return _scattered(loops.scatter_add_each, x, axis, index, values, "scatter_add")
    out = np.array(x, order="C")
    _add_few(out, axis, index, values)
    return out


def _add_few(out: Array, axis: int, index: Array, values: Array) -> None:
    _check_range(index, out.shape[axis] if out.ndim else 1, "scatter_add", axis, RuntimeError)
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
    _add_few(out, axis, _long(index, "gather"), g)
    return out


def placed(g: Array, shape: tuple[int, ...], dim: int, index: Array) -> Array:
    """Zeros of a shape with g written at the places that `gather` reads, each of them named once."""
    out = np.zeros(shape, g.dtype)
    if not 0 < index.size <= FEW * FEW or index.ndim != len(shape) or g.shape != index.shape or not shape:
        return scatter(out, dim, index, g)
    axis = axis_of(dim, len(shape))
    if not _same_others(index, out, axis):
        return scatter(out, dim, index, g)
    _check_range(index, shape[axis], "scatter", axis, RuntimeError)
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
    if axis != 0 or not x.ndim or not _pays(index.size, x.dtype) or values.dtype != x.dtype:
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
    _check_range(index, x.shape[axis] if x.ndim else 1, "scatter_reduce", axis, RuntimeError)
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


def index_select(x: Array, dim: int, index: Array) -> Array:
    """The slices of x along `dim` that a vector of indices names. IndexError outside of 0 to size - 1."""
    x = np.asarray(x)
    index = _long(_vector(np.asarray(index), "index_select", IndexError), "index_select")
    axis = axis_of(dim, x.ndim)
    if x.ndim == 0:
        if index.size != 1:
            raise RuntimeError(f"index_select got {index.size} indices for an x without dimensions, expected 1")
        _check_range(index, 1, "index_select", 0, IndexError)
        return x.copy()
    _check_range(index, x.shape[axis], "index_select", axis, IndexError)
    return x.take(index, axis, None, "clip")


def selected_back(g: Array, shape: tuple[int, ...], dim: int, index: Array) -> Array:
    """Zeros of a shape with g added at the slices that `index_select` read: its adjoint."""
    out = np.zeros(shape, g.dtype)
    axis, at = axis_of(dim, len(shape)), _vector(index, "index_add", IndexError)
    _rows_of(out, axis, at, g, "index_add")
    _add_rows(out, axis, _long(at, "index_add"), g, 1, "index_add", RuntimeError)
    return out


def _rows_of(x: Array, axis: int, index: Array, src: Array, name: str) -> None:
    """The shape rules of index_add and index_copy."""
    count = src.shape[axis] if src.ndim else 1
    error = IndexError if name == "index_copy" else RuntimeError
    if src.ndim == 1 == x.ndim and count == index.size and src.dtype == x.dtype:
        return
    if count != index.size:
        raise error(f"{name} got {index.size} indices and src of shape {src.shape}, expected {index.size} slices along dimension {axis}")
    if src.ndim != x.ndim or any(a != b for d, (a, b) in enumerate(zip(src.shape, x.shape, strict=True)) if d != axis):
        raise RuntimeError(f"{name} got src of shape {src.shape} for x of shape {x.shape}: they must agree apart from dimension {axis}")
    if src.dtype != x.dtype:
        raise RuntimeError(f"{name} got x of {x.dtype} and src of {src.dtype}, expected one dtype: convert src with .to()")


def index_add(x: Array, dim: int, index: Array, src: Array, alpha: float = 1) -> Array:
    """x with out[index[k]] += alpha src[k] along `dim`. RuntimeError for wrong shapes and indices."""
    x, src, index = np.asarray(x), np.asarray(src), _long(index, "index_add")
    axis = axis_of(dim, x.ndim)
    index = _vector(index, "index_add", IndexError)
    _rows_of(x, axis, index, src, "index_add")
    out = np.array(x, order="C")
    _add_rows(out, axis, index, src, alpha, "index_add", RuntimeError)
    return out


def _add_rows(out: Array, axis: int, index: Array, src: Array, alpha: float, name: str, error: type[Exception]) -> None:
    """out[index] += alpha src along an axis, in place."""
    size = out.shape[axis] if out.ndim else 1
    if alpha == 1 and src.size <= FEW and not axis:
        _check_range(index, size, name, axis, error)
        with np.errstate(all="ignore"):
            np.add.at(out, index if out.ndim else (), src if out.ndim else src.reshape(()))
        return
    target, source = three(out, axis), three(src, axis)
    whole = out.dtype.kind in "iub"
    alpha = int(alpha) if whole else float(alpha) if out.dtype.kind == "f" else alpha
    if src.size == 0:
        _check_range(index, size, name, axis, error)
    elif _pays(src.size, out.dtype):
        # Tiles by the work of one, not by the threads: 64 columns at least, 8 tiles at most.
        tiles = max(1, min(8, target.shape[2] // 64)) if len(target) < 8 else 1
        _run(loops.add_rows, index, size, name, axis, error, len(target) * tiles, index, source, alpha, target, tiles)
    else:
        _check_range(index, size, name, axis, error)
        with np.errstate(all="ignore"):
            if alpha != 1:
                source = source * np.asarray(alpha).astype(out.dtype)
            _add_rows_plain(target, index, source)


def _add_rows_plain(target: Array, index: Array, source: Array) -> None:
    if index.size <= 64:
        for k, i in enumerate(index.tolist()):
            target[:, i] += source[:, k]
        return
    order = np.argsort(index, kind="stable")
    used = index[order]
    starts = np.flatnonzero(np.r_[True, used[1:] != used[:-1]])
    target[:, used[starts]] += np.add.reduceat(source[:, order], starts, axis=1)


def add_at(out: Array, index: Any, values: Array) -> None:
    """out[index] += values in place, where the index may name one place twice; the index is NumPy's, and fits.

    np.add.at takes an element at a time; integer arrays at neighbouring dimensions become rows, which `index_add` adds up.
    """
    if values.size <= FEW and values.dtype == out.dtype:  # one after another, in the order in which rows are added up
        np.add.at(out, index, values)
        return
    parts = index if isinstance(index, tuple) else (index,)
    arrays = [(d, part) for d, part in enumerate(parts) if isinstance(part, np.ndarray)]
    others = [part for part in parts if not isinstance(part, np.ndarray)]
    dims = [d for d, _ in arrays]
    plain = (
        bool(arrays)
        and out.flags.c_contiguous
        and out.dtype == values.dtype
        and dims == list(range(dims[0], dims[0] + len(dims)))
        and all(part.dtype.kind in "iu" for _, part in arrays)
        and all(part == slice(None) for part in others)
    )
    if not plain:
        np.add.at(out, index, values)
        return
    places = np.broadcast_arrays(*[part for _, part in arrays])
    first, last = dims[0], dims[-1] + 1
    sizes = out.shape[first:last]
    flat = np.zeros(places[0].shape, np.int64)
    for place, size in zip(places, sizes, strict=True):
        flat = flat * size + np.where(place < 0, place + size, place)
    full = (*out.shape[:first], *places[0].shape, *out.shape[last:])
    source = np.broadcast_to(values, full).reshape(*out.shape[:first], flat.size, *out.shape[last:])
    target = out.reshape((*out.shape[:first], math.prod(sizes), *out.shape[last:]))
    _add_rows(target, first, flat.reshape(-1), source, 1, "add_at", IndexError)


def index_copy(x: Array, dim: int, index: Array, src: Array) -> Array:
    """x with out[index[k]] = src[k] along `dim`. IndexError outside of 0 to size - 1."""
    x, src, index = np.asarray(x), np.asarray(src), np.asarray(index)
    if index.dtype != np.int64:
        raise RuntimeError(f"index_copy got an index of {index.dtype}, expected int64: convert it with .long()")
    axis = axis_of(dim, x.ndim)
    index = _vector(index, "index_copy", IndexError)
    _rows_of(x, axis, index, src, "index_copy")
    _check_range(index, x.shape[axis] if x.ndim else 1, "index_copy", axis, IndexError)
    out = np.array(x, order="C")
    three(out, axis)[:, index] = three(src, axis)
    return out


def index_fill(x: Array, dim: int, index: Array, value: Any) -> Array:
    """x with the slices along `dim` that `index` names filled with a number; negative indices count from the end."""
    x, index = np.asarray(x), np.asarray(index)
    if index.dtype != np.int64:
        raise IndexError(f"index_fill got an index of {index.dtype}, expected int64: convert it with .long()")
    if np.ndim(value):
        raise RuntimeError(f"index_fill got a value of shape {np.shape(value)}, expected a number or an array without dimensions")
    axis = axis_of(dim, x.ndim)
    index = _vector(index, "index_fill", RuntimeError)
    size = x.shape[axis] if x.ndim else 1
    _check_range(index, size, "index_fill", axis, IndexError, -size)
    out = np.array(x, order="C")
    with np.errstate(all="ignore"):
        three(out, axis)[:, index] = np.asarray(value).astype(x.dtype)
    return out


def _advanced(x: Array, indices: Sequence[Array | None]) -> list[Array | None]:
    """Index arrays per dimension: masks become positions, negatives wrap, ranges are checked."""
    out: list[Array | None] = []
    for number, given in enumerate(indices):
        if given is None:
            out.append(None)
            continue
        index = np.asarray(given)
        dim = len(out)
        if index.dtype == np.bool_:
            if index.ndim == 0 or index.shape != x.shape[dim : dim + index.ndim]:
                raise IndexError(
                    f"index_put: mask {number} has shape {index.shape}, expected {x.shape[dim : dim + index.ndim]} as x has there"
                )
            out.extend(np.nonzero(index))
            continue
        if index.dtype.kind not in "iu":
            raise IndexError(f"index_put: index {number} is {index.dtype}, expected integers or bools: convert it with .long()")
        if dim >= x.ndim:
            raise IndexError(f"index_put got {len(indices)} indices for an x of {x.ndim} dimensions: too many")
        size = x.shape[dim]
        index = index.astype(np.int64, copy=False)
        _check_range(index, size, "index_put", dim, IndexError, -size)
        out.append(np.where(index < 0, index + size, index))
    if len(out) > x.ndim:
        raise IndexError(f"index_put got indices for {len(out)} dimensions of an x of {x.ndim}: too many")
    return out


def index_put(x: Array, indices: Sequence[Array | None], values: Any, accumulate: bool = False) -> Array:
    """x with x[indices] = values, or += with repetitions counted where `accumulate`; None stands for a whole dimension.

    IndexError for wrong indices, RuntimeError for values that do not broadcast or have another dtype.
    """
    x, values = np.asarray(x), np.asarray(values)
    if values.dtype != x.dtype:
        raise RuntimeError(f"index_put got x of {x.dtype} and values of {values.dtype}, expected one dtype: convert values with .to()")
    given = _advanced(x, indices)
    dims = [d for d, index in enumerate(given) if index is not None]
    rest = [d for d in range(x.ndim) if d not in dims]
    try:
        shape = np.broadcast_shapes(*(index.shape for index in given if index is not None))
    except ValueError:
        shapes = ", ".join(str(index.shape) for index in given if index is not None)
        raise IndexError(f"index_put got indices of shapes {shapes}, which do not broadcast to one shape") from None
    # Where the indexed dimensions are neighbours their place in the result is the first one's, else the front.
    first = dims[0] if dims and dims[-1] - dims[0] + 1 == len(dims) else 0
    left = [x.shape[d] for d in rest]
    result = (*left[:first], *shape, *left[first:])
    try:
        spread = np.broadcast_to(values, result)
    except ValueError:
        raise RuntimeError(f"index_put got values of shape {values.shape}, which do not broadcast to the indexed shape {result}") from None
    out = np.array(x.transpose(dims + rest), order="C")
    spread = spread.transpose([*range(first, first + len(shape)), *range(first), *range(first + len(shape), len(result))])
    rows = out.reshape(math.prod(out.shape[: len(dims)]), math.prod(left))
    place = np.zeros(shape, np.int64)
    for d in dims:
        place = place * x.shape[d] + given[d]
    source = np.ascontiguousarray(spread).reshape(place.size, rows.shape[1])
    if accumulate:
        _add_rows(rows, 0, place.reshape(-1), source, 1, "index_put", IndexError)
    else:
        rows[place.reshape(-1)] = source
    return np.ascontiguousarray(out.transpose(np.argsort(dims + rest)))


def embedding(w: Array, index: Array) -> Array:
    """w[index]: (rows, *D) and (*I) give (*I, *D). IndexError outside of 0 to rows - 1."""
    w, index = np.asarray(w), np.asarray(index)
    if index.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"embedding got an index of {index.dtype}, expected int64 or int32: convert it with .long()")
    _check_range(index, len(w), "embedding", None, IndexError)
    return np.take(w, index, 0, mode="clip")


def embedding_weight(
    g: Array, index: Array, num_embeddings: int, padding_idx: int | None = None, scale_grad_by_freq: bool = False
) -> Array:
    """The gradient of `embedding` with respect to w: the sum of g over each row's uses, (num_embeddings, *D).

    Rows of padding_idx get none; scale_grad_by_freq divides by the number of uses.
    """
    g, index = np.asarray(g), _long(index, "embedding_weight")
    if g.shape[: index.ndim] != index.shape:
        raise RuntimeError(f"embedding_weight got a gradient of shape {g.shape} for an index of shape {index.shape}: it must begin with it")
    shape = g.shape[index.ndim :]
    flat, rows = index.reshape(-1), np.ascontiguousarray(g).reshape(index.size, math.prod(shape))
    _check_range(flat, num_embeddings, "embedding_weight", None, IndexError)
    if padding_idx is not None and padding_idx >= 0:
        used = flat != padding_idx
        if not used.all():
            flat, rows = flat[used], rows[used]
    if scale_grad_by_freq and flat.size:
        rows = rows / np.bincount(flat)[flat].astype(g.dtype)[:, None]
    out = np.zeros((num_embeddings, rows.shape[1]), g.dtype)
    _add_rows(out, 0, flat, rows, 1, "embedding_weight", IndexError)
    return out.reshape((num_embeddings, *shape))
