"""Reading and writing at masks, at flat positions and at index tensors for each dimension. Imports op, kernels and the families below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..dtypes import as_dtype
from ..kernels import few
from ..kernels import indexed as kernel
from ..kernels.axes import in_rows
from ..op import Array, Value, alias, composed, op, quiet
from .comparison import where
from .scatter import SMALL, check_range, gather, number_in, plain, shown
from .shape import expand, place, put_at, reshape, take_at, wrap_dim
from .views import common_shape

INDEX = (np.dtype(np.int64), np.dtype(np.int32))


@composed(inplace=True)
def index_put(x: Value, indices: Sequence[Any], values: Value, accumulate: bool = False) -> Value:
    """x with values, broadcast to x[indices], written (or added) there. IndexError out of range, RuntimeError for other types."""
    for i, at in enumerate(indices):
        if not hasattr(at, "dtype"):
            raise TypeError(f"expected Tensor as element {i} in argument 1, but got {type(at).__name__}")
    if as_dtype(values.dtype) != as_dtype(x.dtype):
        raise RuntimeError(
            f"Index put requires the source and destination dtypes match, got {shown(x.dtype)} for the destination and {shown(values.dtype)} for the source."
        )
    at = checked_index([plain(i) for i in indices], tuple(x.shape))
    target = np.broadcast_to(np.empty(()), tuple(x.shape))[at].shape
    if common_shape([target, tuple(values.shape)]) != target:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing result of shape {list(target)}"
        )
    return put_at(x, tuple([i.copy() for i in at]), values, accumulate)  # a later change of the indices must not matter


def checked_index(indices: Sequence[Array], shape: tuple[int, ...]) -> tuple[Array, ...]:
    """Integer arrays and masks for the leading dimensions of a shape, checked. IndexError where they do not fit."""
    out, dim = [], 0
    for at in indices:
        if at.dtype == np.uint8:
            at = at.astype(bool)
        if at.dtype.kind == "b":
            if at.shape != shape[dim : dim + at.ndim]:
                raise IndexError(
                    f"The shape of the mask {list(at.shape)} at index {dim} does not match the shape of the indexed tensor {list(shape)}"
                )
            out.append(at)
            dim += at.ndim
            continue
        if at.dtype.kind not in "iu":
            raise IndexError(f"tensors used as indices must be long, int, byte or bool tensors: got {at.dtype}; convert with .long()")
        if dim >= len(shape):
            raise IndexError(f"too many indices for tensor of dimension {len(shape)} (got {len(indices)})")
        check_range(at, shape[dim], dim, IndexError, -shape[dim])
        out.append(at)
        dim += 1
    return tuple(out)


@op(
    "{mask} ? {value} : {x}",
    x=lambda g, mask: where(mask, 0.0, g),
    value=lambda g, mask: where(mask, g, 0.0),
    types="any",
    inplace=True,
)
@quiet
def masked_fill(x: Array, mask: Array, value: Array | float) -> Array:
    """x with a number (or 0-d tensor) where the mask is true; x and mask broadcast."""
    _check_mask(mask, "masked_fill_ only supports boolean masks, but got mask with dtype")
    if type(value) is not float and np.ndim(value):
        raise RuntimeError(f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {np.ndim(value)} dimension(s).")
    if x.shape != mask.shape:
        common_shape([x.shape, mask.shape])
    elif type(value) is float and (-3e38 < value < 3e38 or value - value != 0):  # what else is a float may not fit
        if few.row_length(x, None):
            return few.choose(x, mask, value, True)
        if x.size <= SMALL and x.dtype.char in "fd":
            out = x.copy()
            np.putmask(out, mask, value)
            return out
    out = np.where(mask, number_in(value, x.dtype), x)
    return out if out.shape == x.shape == mask.shape else in_rows(out)


def _check_mask(mask: Array, text: str) -> None:
    if mask.dtype.kind != "b":
        raise RuntimeError(f"{text} {mask.dtype}: make it with a comparison, or convert with .bool()")


@composed()
def masked_select(x: Value, mask: Value) -> Value:
    """The elements of x where the mask is true, in one dimension; x and mask broadcast."""
    held = plain(mask)
    _check_mask(held, "masked_select: expected BoolTensor for mask, got")
    shape = common_shape([tuple(x.shape), held.shape])
    return take_at(x if tuple(x.shape) == shape else expand(x, shape), (np.array(np.broadcast_to(held, shape)),), False)


@op(
    "{mask} ? {source} : {x}",
    x=lambda g, mask: where(mask, 0.0, g),
    source=lambda g, mask, source_shape: first_masked(g, mask, source_shape),
    types="any",
    inplace=True,
)
def masked_scatter(x: Array, mask: Array, source: Array) -> Array:
    """x with the elements of source, in their order, where the mask is true; x and mask broadcast."""
    if source.dtype != x.dtype:
        raise RuntimeError(
            f"masked_scatter: expected self and source to have same dtypes but got {shown(x.dtype)} and {shown(source.dtype)}"
        )
    _check_mask(mask, "masked_scatter_ only supports boolean masks, but got mask with dtype")
    shape = common_shape([x.shape, mask.shape])
    out, held = np.broadcast_to(x, shape).copy(), np.broadcast_to(mask, shape)
    number = int(np.count_nonzero(held))
    if number > source.size:
        raise RuntimeError(f"masked_scatter: Number of elements of source < number of ones in mask: {source.size} < {number}")
    out[held] = source.reshape(-1)[:number]
    return out


def _first_masked_array(g: Array, mask: Array, shape: tuple[int, ...]) -> Array:
    """`first_masked` on an array."""
    taken = g[np.broadcast_to(mask, g.shape)]
    out = np.zeros(shape, g.dtype)
    out.reshape(-1)[: len(taken)] = taken
    return out


@composed("{g}[{mask}]", spaces="engine", kernel=_first_masked_array)
def first_masked(g: Value, mask: Value, shape: tuple[int, ...]) -> Value:
    """g where the mask is true as the first elements of zeros of a shape."""
    taken = take_at(g, (np.broadcast_to(plain(mask), tuple(g.shape)),), False)
    size = int(np.prod(shape))
    return reshape(place(taken, (size,), slice(taken.shape[0])), shape)


@composed()
def take(x: Value, index: Value) -> Value:
    """The elements of x, counted through in row-major order, at the positions of index."""
    at, size = plain(index), int(np.prod(x.shape))
    if at.dtype != np.int64:
        raise RuntimeError(f"take(): Expected a long tensor for index, but got {shown(at.dtype)}")
    if at.size and not size:
        raise IndexError("take(): tried to take from an empty tensor")
    _check_flat(at, size)
    return take_at(reshape(x, (size,)), at.copy())


def _check_flat(at: Array, size: int) -> None:
    if at.size and (at.min() < -size or at.max() >= size):
        worst = int(at.max() if at.max() >= size else at.min())
        raise IndexError(f"out of range: tried to access index {worst} on a tensor of {size} elements.")


@op(
    "{x}[{index}] ← {source}",
    x=lambda g, index, accumulate: put_zeros(g, index, accumulate),
    source=lambda g, index, source_shape: taken_at(g, index, source_shape),
    types="any",
    inplace=True,
)
def put(x: Array, index: Array, source: Array, accumulate: bool = False) -> Array:
    """x with source written (or added) at positions counted through x in row-major order."""
    if index.dtype != np.int64:
        raise RuntimeError(f"put_(): Expected a long tensor for index, but got {shown(index.dtype)}")
    if source.dtype != x.dtype:
        raise RuntimeError(
            f"put_(): self and source expected to have the same dtype, but got self.dtype = {shown(x.dtype)} and source.dtype = {shown(source.dtype)}"
        )
    if source.size != index.size:
        raise IndexError(
            f"put_(): Expected source and index to have the same number of elements, but got source.numel() = {source.size}, index.numel() = {index.size}"
        )
    _check_flat(index, x.size)
    return kernel.index_put(x.reshape(-1), [index.reshape(-1)], source.reshape(-1), accumulate).reshape(x.shape)


@composed("{g}[{index}] ← 0", spaces="engine")
def put_zeros(g: Value, index: Value, accumulate: bool) -> Value:
    """g with 0 at flat positions, or as it is where values were added."""
    if accumulate:
        return g
    at = plain(index).reshape(-1)
    size = int(np.prod(g.shape))
    return reshape(put_at(reshape(g, (size,)), (at,), 0.0), tuple(g.shape))


@composed("{g}[{index}]", spaces="engine")
def taken_at(g: Value, index: Value, shape: tuple[int, ...]) -> Value:
    """g at flat positions, in a shape."""
    return reshape(take(g, index), shape)


@composed()
def take_along_dim(x: Value, indices: Value, dim: int | None = None) -> Value:
    """The elements of x along dim at the positions of indices, the other dimensions broadcast; without dim x is counted through."""
    if plain(indices).dtype != np.int64:
        raise RuntimeError(f"torch.take_along_dim(): dtype of indices should be Long but got {shown(indices.dtype)}")
    if dim is None:
        return take(x, reshape(indices, (-1,) if 0 not in indices.shape else (0,)))
    rank = len(x.shape)
    if rank != len(indices.shape):
        raise RuntimeError(
            f"torch.take_along_dim(): input and indices should have the same number of dimensions, but got {rank} dimensions for input, "
            f"and {len(indices.shape)} dimensions for indices"
        )
    d, at = wrap_dim(dim, rank), plain(indices)
    size = x.shape[d]
    check_range(at, size, d, RuntimeError, -size)
    shape = list(common_shape([tuple(1 if k == d else n for k, n in enumerate(s)) for s in (tuple(x.shape), at.shape)]))
    to = tuple([size if k == d else n for k, n in enumerate(shape)])
    at = np.broadcast_to(np.where(at < 0, at + size, at), [at.shape[d] if k == d else n for k, n in enumerate(shape)])
    return gather(x if tuple(x.shape) == to else expand(x, to), d, at)


alias(index_put, "torch.index_put_")
