"""Reading and writing whole slices at a vector of indices: index_select, index_add, index_put, the embedding and its gradient.

Imports NumPy, `axes`, `few`, `places`, `scatter_loops`. Every index is checked against its range before anything is read or
written; sums run in the order of the index. Results are new arrays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import few
from . import scatter_loops as loops
from .axes import Array, axis_of, three
from .places import FEW, as_long, as_vector, check_range, pays, run_within

__all__ = [
    "add_at",
    "embedding",
    "embedding_weight",
    "index_add",
    "index_copy",
    "index_fill",
    "index_put",
    "index_select",
    "selected_back",
]


def index_select(x: Array, dim: int, index: Array) -> Array:
    """The slices of x along `dim` that a vector of indices names. IndexError outside of 0 to size - 1."""
    if type(x) is np.ndarray is type(index) and x.ndim == 1 == index.ndim and (dim == 0 or dim == -1):
        out = few.pick(x, index)
        if out is not None:
            return out
    x = np.asarray(x)
    index = as_long(as_vector(np.asarray(index), "index_select", IndexError), "index_select")
    axis = axis_of(dim, x.ndim)
    if x.ndim == 0:
        if index.size != 1:
            raise RuntimeError(f"index_select got {index.size} indices for an x without dimensions, expected 1")
        check_range(index, 1, "index_select", 0, IndexError)
        return x.copy()
    check_range(index, x.shape[axis], "index_select", axis, IndexError)
    return x.take(index, axis, None, "clip")


def selected_back(g: Array, shape: tuple[int, ...], dim: int, index: Array) -> Array:
    """Zeros of a shape with g added at the slices that `index_select` read: its adjoint."""
    out = np.zeros(shape, g.dtype)
    axis, at = axis_of(dim, len(shape)), as_vector(index, "index_add", IndexError)
    _rows_of(out, axis, at, g, "index_add")
    _add_rows(out, axis, as_long(at, "index_add"), g, 1, "index_add", RuntimeError)
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
    x, src, index = np.asarray(x), np.asarray(src), as_long(index, "index_add")
    axis = axis_of(dim, x.ndim)
    index = as_vector(index, "index_add", IndexError)
    _rows_of(x, axis, index, src, "index_add")
    out = np.array(x, order="C")
    _add_rows(out, axis, index, src, alpha, "index_add", RuntimeError)
    return out


def _add_rows(out: Array, axis: int, index: Array, src: Array, alpha: float, name: str, error: type[Exception]) -> None:
    """out[index] += alpha src along an axis, in place."""
    size = out.shape[axis] if out.ndim else 1
    if alpha == 1 and src.size <= FEW and not axis:
        check_range(index, size, name, axis, error)
        with np.errstate(all="ignore"):
            np.add.at(out, index if out.ndim else (), src if out.ndim else src.reshape(()))
        return
    target, source = three(out, axis), three(src, axis)
    whole = out.dtype.kind in "iub"
    alpha = int(alpha) if whole else float(alpha) if out.dtype.kind == "f" else alpha
    if src.size == 0:
        check_range(index, size, name, axis, error)
    elif pays(src.size, out.dtype):
        # Tiles by the work of one, not by the threads: 64 columns at least, 8 tiles at most.
        tiles = max(1, min(8, target.shape[2] // 64)) if len(target) < 8 else 1
        run_within(loops.add_rows, index, size, name, axis, error, len(target) * tiles, index, source, alpha, target, tiles)
    else:
        check_range(index, size, name, axis, error)
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
    index = as_vector(index, "index_copy", IndexError)
    _rows_of(x, axis, index, src, "index_copy")
    check_range(index, x.shape[axis] if x.ndim else 1, "index_copy", axis, IndexError)
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
    index = as_vector(index, "index_fill", RuntimeError)
    size = x.shape[axis] if x.ndim else 1
    check_range(index, size, "index_fill", axis, IndexError, -size)
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
        check_range(index, size, "index_put", dim, IndexError, -size)
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
    check_range(index, len(w), "embedding", None, IndexError)
    return np.take(w, index, 0, mode="clip")


def embedding_weight(
    g: Array, index: Array, num_embeddings: int, padding_idx: int | None = None, scale_grad_by_freq: bool = False
) -> Array:
    """The gradient of `embedding` with respect to w: the sum of g over each row's uses, (num_embeddings, *D).

    Rows of padding_idx get none; scale_grad_by_freq divides by the number of uses.
    """
    g, index = np.asarray(g), as_long(index, "embedding_weight")
    if g.shape[: index.ndim] != index.shape:
        raise RuntimeError(f"embedding_weight got a gradient of shape {g.shape} for an index of shape {index.shape}: it must begin with it")
    shape = g.shape[index.ndim :]
    flat, rows = index.reshape(-1), np.ascontiguousarray(g).reshape(index.size, math.prod(shape))
    check_range(flat, num_embeddings, "embedding_weight", None, IndexError)
    if padding_idx is not None and padding_idx >= 0:
        used = flat != padding_idx
        if not used.all():
            flat, rows = flat[used], rows[used]
    if scale_grad_by_freq and flat.size:
        rows = rows / np.bincount(flat)[flat].astype(g.dtype)[:, None]
    out = np.zeros((num_embeddings, rows.shape[1]), g.dtype)
    _add_rows(out, 0, flat, rows, 1, "embedding_weight", IndexError)
    return out.reshape((num_embeddings, *shape))
