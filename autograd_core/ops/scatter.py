"""Reading and writing along a dimension at positions given by an index tensor. Imports op, dtypes, kernels, shape, views, pointwise and reduce.

Every index is checked before it is used. `gather` and `gathered_back`, `index_select` and `selected_back` are each other's adjoint.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dtypes import as_dtype, must_hold
from ..kernels import few, indexed
from ..kernels import scatter as kernel
from ..kernels.places import within
from ..op import Array, Value, composed, op
from .comparison import eq, where
from .reduce import sum as sum_over
from .shape import getitem, place, reshape, wrap_dim

INDEX = (np.dtype(np.int64), np.dtype(np.int32))


def plain(v: Any) -> Any:
    """The array of any carrier that holds one."""
    return getattr(v, "array", v)


def shown(kind: Any) -> str:
    """A type as PyTorch's messages name it."""
    d = as_dtype(kind)
    return {"uint8": "Byte", "int8": "Char", "int16": "Short", "int32": "Int", "int64": "Long", "bool": "Bool"}.get(d.name, d.suffix)


def check_range(index: Array, size: int, dim: int, error: type[Exception], low: int = 0, text: str = "") -> None:
    """An error unless every position lies in [low, size)."""
    if not within(index, low, size):
        a, b = int(index.min()), int(index.max())
        raise error(text or f"index {b if b >= size else a} is out of bounds for dimension {dim} with size {size}")


SMALL = 512  # positions up to which NumPy's own indexing is the quickest


@op("{x}[{index}]", x=lambda g, x_shape, dim, index: gathered_back(g, x_shape, dim, index), types="any")
def gather(x: Array, dim: int, index: Array, *, sparse_grad: bool = False) -> Array:
    """out[i][j] = x[index[i][j]][j] for dim 0, and so on: one element of x along dim for each element of index.

    index has as many dimensions as x and is no larger than x apart from dim. RuntimeError for positions out of range.
    """
    if type(dim) is int and 0 <= dim < x.ndim and few.serves(x.shape, x.dtype, index, dim):
        out = few.read(x, index, dim)
        if out is not None:
            return out
    return kernel.gather(x, dim, index)


@op("{g} at [{index}]", g=lambda g, dim, index: gather(g, dim, index), types="any", spaces="engine")
def gathered_back(g: Array, shape: tuple[int, ...], dim: int, index: Array) -> Array:
    """Zeros of a shape with g added at the places that `gather` read: its adjoint."""
    d = wrap_dim(dim, len(shape))
    if g.shape == index.shape and few.serves(shape, g.dtype, index, d):
        out = few.add(g, index, d, shape)
        if out is not None:
            return out
    return kernel.gathered_back(g, shape, dim, index)


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
        must_hold(value, kind, "a write")
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
    return indexed.index_select(x, dim, index)


@op("{g} at [{index}]", g=lambda g, dim, index: index_select(g, dim, index), types="any", spaces="engine")
def selected_back(g: Array, shape: tuple[int, ...], dim: int, index: Array) -> Array:
    """Zeros of a shape with g added at the slices that `index_select` read: its adjoint."""
    return indexed.selected_back(g, shape, dim, index)


@op(
    "{x}[{index}] += {alpha} · {source}",
    x=lambda g: g,
    source=lambda g, dim, index, source_shape, alpha: rows_at(g, dim, index, source_shape) * alpha,
    types="any",
    inplace=True,
)
def index_add(x: Array, dim: int, index: Array, source: Array, *, alpha: float = 1) -> Array:
    """x with alpha times the slices of source added at the positions of a vector."""
    return indexed.index_add(x, dim, index, source, alpha)


@op(
    "{x}[{index}] ← {source}",
    x=lambda g, dim, index: fill_slices(g, dim, index, 0.0),
    source=lambda g, dim, index, source_shape: rows_at(g, dim, index, source_shape),
    types="any",
    inplace=True,
)
def index_copy(x: Array, dim: int, index: Array, source: Array) -> Array:
    """x with the slices of source written at the positions of a vector."""
    return indexed.index_copy(x, dim, index, source)


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
    return indexed.index_fill(x, dim, index, value)


@composed("{index}", spaces="engine")
def unique_of(index: Value) -> Any:
    """Each position once."""
    return np.unique(plain(index))


@composed(inplace=True)
def index_fill(x: Value, dim: int, index: Value, value: Any) -> Value:
    """x with a number (or 0-d tensor) written at the slices along dim at the positions of a vector; negative ones count from the end."""
    return fill_slices(x, dim, index, value)


@composed("{g}[{index}]", spaces="engine")
def rows_at(g: Value, dim: int, index: Value, shape: tuple[int, ...]) -> Value:
    """g's slices at the positions of a vector, in a shape."""
    return reshape(index_select(g, dim, index), shape)


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
    check_range(index, x.shape[d] if x.ndim else 1, d, IndexError)
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
