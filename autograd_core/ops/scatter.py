"""Reading and writing along a dimension at positions given by an index tensor. Imports op, dtypes, kernels, shape, views, pointwise and reduce.

Every index is checked before it is used. `gather` and `gathered_back`, `index_select` and `selected_back` are each other's adjoint.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..dtypes import as_dtype
from ..kernels import scatter as kernel
from ..op import Array, Value, alias, composed, op
from .comparison import eq, where
from .reduce import sum as sum_over
from .shape import expand, getitem, place, put_at, reshape, take_at, wrap_dim
from .views import common_shape

INDEX = (np.dtype(np.int64), np.dtype(np.int32))


def plain(v: Any) -> Any:
    """The array of any carrier that holds one."""
    return getattr(v, "array", v)


def shown(kind: Any) -> str:
    """A type as PyTorch's messages name it."""
    d = as_dtype(kind)
    return {"uint8": "Byte", "int8": "Char", "int16": "Short", "int32": "Int", "int64": "Long", "bool": "Bool"}.get(d.name, d.suffix)


def _range_of(index: Array, size: int, dim: int, error: type[Exception], low: int = 0, text: str = "") -> None:
    """An error unless every position lies in [low, size)."""
    if index.size:
        a, b = int(index.min()), int(index.max())
        if a < low or b >= size:
            raise error(text or f"index {b if b >= size else a} is out of bounds for dimension {dim} with size {size}")


@op("{x}[{index}]", x=lambda g, x_shape, dim, index: gathered_back(g, x_shape, dim, index), types="any")
def gather(x: Array, dim: int, index: Array, *, sparse_grad: bool = False) -> Array:
    """out[i][j] = x[index[i][j]][j] for dim 0, and so on: one element of x along dim for each element of index.

    index has as many dimensions as x and is no larger than x apart from dim. RuntimeError for positions out of range.
    """
    return kernel.gather(x, dim, index)


@op("{g} at [{index}]", g=lambda g, dim, index: gather(g, dim, index), types="any", spaces="engine")
def gathered_back(g: Array, shape: tuple[int, ...], dim: int, index: Array) -> Array:
    """Zeros of a shape with g added at the places that `gather` read: its adjoint."""
    return kernel.scatter_add(np.zeros(shape, g.dtype), dim, index, g)


@composed("{g}", spaces="engine")
def to_shape(g: Value, shape: tuple[int, ...]) -> Value:
    """g as the leading part of zeros of a larger shape."""
    own = tuple(g.shape)
    return g if own == tuple(shape) or len(own) != len(shape) else place(g, shape, tuple([slice(n) for n in own]))


@op(
    "{x}[{index}] ← {src}",
    x=lambda g, dim, index: scatter_number(g, dim, index, 0.0),
    src=lambda g, dim, index, src_shape: to_shape(gather(g, dim, index), src_shape),
    types="any",
    spaces="engine",
    name="scatter",
)
def scatter_tensor(x: Array, dim: int, index: Array, src: Array) -> Array:
    """x with src written along dim at the positions of index."""
    if index.size and max(src.ndim, 1) != max(index.ndim, 1):
        raise RuntimeError(f"Index tensor must have the same number of dimensions as src tensor: got {index.ndim} and {src.ndim}")
    return kernel.scatter(x, dim, index, src)


@op(
    "{x}[{index}] ← {value}",
    x=lambda g, dim, index: scatter_number(g, dim, index, 0.0),
    types="any",
    spaces="engine",
    torch_name="ScatterBackward",
)
def scatter_number(x: Array, dim: int, index: Array, value: float) -> Array:
    """x with one number written along dim at the positions of index."""
    return kernel.scatter(x, dim, index, number_in(value, x.dtype))


def number_in(value: Any, kind: np.dtype) -> Any:
    """A number as a tensor of this type takes it: truncated, wrapped once; RuntimeError where it overflows."""
    value = value.item() if hasattr(value, "item") else value
    if kind.kind == "b":
        return bool(value)
    if kind.kind == "f":
        with np.errstate(all="ignore"):
            return kind.type(value)
    info, whole = np.iinfo(kind), int(value)
    if not -info.max - 1 <= whole <= info.max:
        raise RuntimeError(f"value cannot be converted to type {kind} without overflow: got {value}")
    return np.asarray(whole, np.int64).astype(kind)[()]


@composed(inplace=True)
def scatter(x: Value, dim: int, index: Value, src: Any = None, *, value: Any = None, reduce: str | None = None) -> Value:
    """x with src (a tensor or a number) written at out[index[i][j]][j] for dim 0, and so on.

    index is no larger than src, nor than x apart from dim. Where positions repeat, the last one stays.
    """
    given = value if src is None else src
    if given is None:
        raise TypeError("scatter() needs src (a tensor) or value (a number)")
    if reduce is not None:
        if reduce not in ("add", "multiply"):
            raise RuntimeError("reduce argument must be either add or multiply.")
        full = given if hasattr(given, "shape") else _filled_like(x, index, given)
        return scatter_reduce(x, dim, index, full, "sum" if reduce == "add" else "prod")
    return scatter_tensor(x, dim, index, given) if hasattr(given, "shape") else scatter_number(x, dim, index, given)


def _filled_like(x: Value, index: Value, value: float) -> Array:
    kind = plain(x).dtype
    return np.full(tuple(index.shape), number_in(value, kind), kind)


@op(
    "{x}[{index}] += {src}",
    x=lambda g: g,
    src=lambda g, dim, index, src_shape: to_shape(gather(g, dim, index), src_shape),
    types="any",
    inplace=True,
)
def scatter_add(x: Array, dim: int, index: Array, src: Array) -> Array:
    """x with src added at out[index[i][j]][j] for dim 0, and so on; what meets at one place adds up."""
    return kernel.scatter_add(x, dim, index, src)


@op(
    "{reduce}({x}, {src} at {index})",
    x=lambda g, x, dim, index, src, out, reduce, include_self: reduced_to_x(g, x, dim, index, src, out, reduce, include_self),
    src=lambda g, x, dim, index, src, out, reduce, include_self, src_shape: to_shape(
        reduced_to_src(g, x, dim, index, src, out, reduce, include_self), src_shape
    ),
    types="any",
    inplace=True,
)
def scatter_reduce(x: Array, dim: int, index: Array, src: Array, reduce: str, *, include_self: bool = True) -> Array:
    """x with the sum, prod, mean, amax or amin of what src sends to each place; include_self counts x itself in."""
    return kernel.scatter_reduce(x, dim, index, src, reduce, include_self)


def _counts(x: Value, dim: int, index: Value, include_self: bool) -> Array:
    """How many values meet at each place."""
    out = np.full(tuple(x.shape), float(include_self))
    at = plain(index)
    return kernel.scatter_add(out, dim, at, np.ones(at.shape))


def _merged(x: Value, dim: int, index: Value, include_self: bool) -> Value:
    """x's part in the result: itself, or nothing where it was left out."""
    return x if include_self else scatter_number(x, dim, index, 0.0)


@composed("{g} · ∂{reduce} / ∂{x}", spaces="engine")
def reduced_to_x(g: Value, x: Value, dim: int, index: Value, src: Value, out: Value, reduce: str, include_self: bool) -> Value:
    """The gradient of scatter_reduce for x."""
    if reduce == "mean":
        number = _counts(x, dim, index, include_self)
        return _merged(g / np.where(number == 0, 1, number), dim, index, include_self)
    if reduce == "prod":
        others, zeros = _product_parts(x, dim, index, src, include_self)
        g = g * _without(x, others, zeros)
    elif reduce in ("amax", "amin"):
        g = _share(g, x, dim, index, src, out) * eq(x, out)
    return _merged(g, dim, index, include_self)


@composed("{g} · ∂{reduce} / ∂{src}", spaces="engine")
def reduced_to_src(g: Value, x: Value, dim: int, index: Value, src: Value, out: Value, reduce: str, include_self: bool) -> Value:
    """The gradient of scatter_reduce for src, in the index's shape."""
    part = getitem(src, tuple([slice(n) for n in index.shape]))
    if reduce == "sum":
        return gather(g, dim, index)
    if reduce == "mean":
        number = _counts(x, dim, index, include_self)
        return gather(g / np.where(number == 0, 1, number), dim, index)
    if reduce == "prod":
        others, zeros = _product_parts(x, dim, index, src, include_self)
        return gather(g, dim, index) * _without(part, gather(others, dim, index), gather(zeros, dim, index))
    return eq(part, gather(out, dim, index)) * gather(_share(g, x, dim, index, src, out), dim, index)


def _share(g: Value, x: Value, dim: int, index: Value, src: Value, out: Value) -> Value:
    """g divided by how many values attain the extreme at each place."""
    own = eq(x, out) * 1.0
    part = getitem(src, tuple([slice(n) for n in index.shape]))
    number = scatter_add(own, dim, index, eq(part, gather(out, dim, index)) * _one(own))
    return g / where(eq(number, 0), 1.0, number)


def _one(like: Value) -> Any:
    return np.ones((), plain(like).dtype)


def _product_parts(x: Value, dim: int, index: Value, src: Value, include_self: bool) -> tuple[Value, Value]:
    """(the product of what is not 0, how many zeros) at each place."""
    solid = where(eq(x, 0), 1.0, x)
    others = scatter_reduce(solid, dim, index, where(eq(src, 0), 1.0, src), "prod", include_self=include_self)
    zeros = eq(x, 0) * _one(x)
    zeros = zeros if include_self else scatter_number(zeros, dim, index, 0.0)
    return others, scatter_add(zeros, dim, index, eq(src, 0) * _one(src))


def _without(x: Value, others: Value, zeros: Value) -> Value:
    """The product of the other values at a place: 0 where one of them is 0."""
    own = eq(x, 0)
    return where(eq(zeros - own * _one(zeros), 0), others / where(own, 1.0, x), 0.0)


@op("{x}[{index}]", x=lambda g, x_shape, dim, index: selected_back(g, x_shape, dim, index), types="any")
def index_select(x: Array, dim: int, index: Array) -> Array:
    """The slices of x along dim at the positions of a vector. IndexError out of range."""
    return kernel.index_select(x, dim, index)


@op("{g} at [{index}]", g=lambda g, dim, index: index_select(g, dim, index), types="any", spaces="engine")
def selected_back(g: Array, shape: tuple[int, ...], dim: int, index: Array) -> Array:
    """Zeros of a shape with g added at the slices that `index_select` read: its adjoint."""
    return kernel.index_add(np.zeros(shape, g.dtype), dim, index, g)


@op(
    "{x}[{index}] += {alpha} · {source}",
    x=lambda g: g,
    source=lambda g, dim, index, source_shape, alpha: rows_at(g, dim, index, source_shape) * alpha,
    types="any",
    inplace=True,
)
def index_add(x: Array, dim: int, index: Array, source: Array, *, alpha: float = 1) -> Array:
    """x with alpha times the slices of source added at the positions of a vector."""
    return kernel.index_add(x, dim, index, source, alpha)


@op(
    "{x}[{index}] ← {source}",
    x=lambda g, dim, index: fill_slices(g, dim, index, 0.0),
    source=lambda g, dim, index, source_shape: rows_at(g, dim, index, source_shape),
    types="any",
    inplace=True,
)
def index_copy(x: Array, dim: int, index: Array, source: Array) -> Array:
    """x with the slices of source written at the positions of a vector."""
    return kernel.index_copy(x, dim, index, source)


@op(
    "{x}[{index}] ← {value}",
    x=lambda g, dim, index: fill_slices(g, dim, index, 0.0),
    value=lambda g, dim, index: sum_over(index_select(g, dim, unique_of(index))),
    types="any",
    spaces="engine",
    name="index_fill",
)
def fill_slices(x: Array, dim: int, index: Array, value: Array | float) -> Array:
    """x with a number written at the slices along dim at the positions of a vector."""
    return kernel.index_fill(x, dim, index, value)


@composed("{index}", spaces="engine")
def unique_of(index: Value) -> Any:
    """Each position once."""
    return np.unique(plain(index))


@composed(inplace=True)
def index_fill(x: Value, dim: int, index: Value, value: Any) -> Value:
    """x with a number (or 0-d tensor) written at the slices along dim at the positions of a vector; negative ones count from the end."""
    return fill_slices(x, dim, index, value)


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
        _range_of(at, shape[dim], dim, IndexError, -shape[dim])
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
def masked_fill(x: Array, mask: Array, value: Array | float) -> Array:
    """x with a number (or 0-d tensor) where the mask is true; x and mask broadcast."""
    _check_mask(mask, "masked_fill_ only supports boolean masks, but got mask with dtype")
    if np.ndim(value):
        raise RuntimeError(f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {np.ndim(value)} dimension(s).")
    common_shape([x.shape, mask.shape])
    return np.where(mask, number_in(value, x.dtype), x)


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


@composed("{g}[{index}]", spaces="engine")
def rows_at(g: Value, dim: int, index: Value, shape: tuple[int, ...]) -> Value:
    """g's slices at the positions of a vector, in a shape."""
    return reshape(index_select(g, dim, index), shape)


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
    _range_of(at, size, d, RuntimeError, -size)
    shape = list(common_shape([tuple(1 if k == d else n for k, n in enumerate(s)) for s in (tuple(x.shape), at.shape)]))
    to = tuple([size if k == d else n for k, n in enumerate(shape)])
    at = np.broadcast_to(np.where(at < 0, at + size, at), [at.shape[d] if k == d else n for k, n in enumerate(shape)])
    return gather(x if tuple(x.shape) == to else expand(x, to), d, at)


@op(
    "{reduce}({x}, {source} at {index})",
    types="any",
    inplace=True,
    x=lambda g, x, dim, index, source, out, reduce, include_self: reduced_to_x(
        g, x, dim, whole_index(index, source, dim), source, out, reduce, include_self
    ),
    source=lambda g, x, dim, index, source, out, reduce, include_self: reduced_to_src(
        g, x, dim, whole_index(index, source, dim), source, out, reduce, include_self
    ),
)
def index_reduce(x: Array, dim: int, index: Array, source: Array, reduce: str, *, include_self: bool = True) -> Array:
    """x with the prod, mean, amax or amin of the slices of source that a vector of positions sends to each slice."""
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    if index.dtype not in INDEX:
        raise RuntimeError(f"index_reduce(): Expected dtype int32/int64 for index: got {index.dtype}")
    d, size = wrap_dim(dim, x.ndim), index.size
    if index.ndim > 1:
        raise RuntimeError(f"index_reduce(): Index is supposed to be a vector, but got dim: {index.ndim}")
    if source.dtype != x.dtype:
        raise RuntimeError(f"index_reduce(): self ({shown(x.dtype)}) and source ({shown(source.dtype)}) must have the same scalar type")
    if source.ndim != x.ndim or any(n != (size if k == d else m) for k, (n, m) in enumerate(zip(source.shape, x.shape, strict=True))):
        raise RuntimeError(
            f"index_reduce(): source of shape {list(source.shape)} must have the shape of self, {list(x.shape)}, with {size} along {d}"
        )
    _range_of(index, x.shape[d] if x.ndim else 1, d, IndexError)
    return kernel.scatter_reduce(x, d, whole_index(index, source, d), source, reduce, include_self)


@composed("{index}", spaces="engine")
def whole_index(index: Value, source: Value, dim: int) -> Any:
    """A vector of positions as an index of the source's shape."""
    shape = tuple(source.shape)
    d = wrap_dim(dim, len(shape))
    return np.broadcast_to(plain(index).reshape((-1,) + (1,) * (len(shape) - d - 1)), shape) if shape else plain(index).reshape(())


@composed(spaces="torch")
def unravel_index(indices: Value, shape: Any) -> tuple[Value, ...]:
    """Positions counted through a shape in row-major order as one index tensor for each dimension."""
    sizes = (shape,) if hasattr(shape, "__index__") else tuple(shape)
    out: list[Value] = []
    for n in reversed(sizes):
        out.append(indices % n)
        indices = indices // n
    return tuple(out[::-1])


alias(index_put, "torch.index_put_")
