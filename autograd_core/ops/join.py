"""Joining and cutting: cat, stack and what cuts a tensor into parts. Imports op, shape and views."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..arguments import must_fit
from ..kernels.axes import in_rows
from ..op import Array, Value, alias, composed, op
from .comparison import values_of
from .shape import along, getitem, reshape, select, unsqueeze, wrap_dim, wrap_index
from .views import atleast_1d, atleast_2d, atleast_3d

concatenate_arrays = np.concatenate
PART = 1024  # bytes that a tensor takes beside its elements, roughly


@op("cat({xs})", xs=lambda g, xs_shapes, dim: split_like(g, xs_shapes, dim), types="promote", spaces="torch")
def cat(xs: Sequence[Array], dim: int = 0) -> Array:
    """The tensors joined along an existing dimension; their other sizes must be equal. Empty 1-d tensors are skipped."""
    try:
        return in_rows(concatenate_arrays(xs, dim))
    except (ValueError, TypeError, IndexError):
        if len(xs) and all(x.shape == (0,) for x in xs):
            return xs[0].copy()  # empty vectors do not count, whatever dim says
        return in_rows(concatenate_arrays(_joinable(xs, dim), wrap_dim(dim, max(x.ndim for x in xs))))


def _joinable(xs: Sequence[Array], dim: int) -> list[Array]:
    """The tensors that `cat` joins, checked."""
    if not len(xs):
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    if any(x.ndim == 0 for x in xs):
        raise RuntimeError("zero-dimensional tensor cannot be concatenated: use stack, or reshape(1) each")
    d = wrap_dim(dim, max(x.ndim for x in xs))
    parts = [x for x in xs if x.shape != (0,)] or list(xs[:1])
    for i, x in enumerate(parts):
        if x.ndim != parts[0].ndim:
            raise RuntimeError(f"Tensors must have same number of dimensions: got {parts[0].ndim} and {x.ndim}")
        for k in range(x.ndim):
            if k != d and x.shape[k] != parts[0].shape[k]:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {d}. Expected size {parts[0].shape[k]} but got size {x.shape[k]} "
                    f"for tensor number {i} in the list: shapes {[list(p.shape) for p in parts]}"
                )
    return parts


def _cut_array(g: Array, shapes: Sequence[tuple[int, ...]], dim: int) -> list[Array | None]:
    """`split_like` on an array, whose parts are slices."""
    rank, start = g.ndim, 0
    if not g.size:
        return [np.zeros(shape, g.dtype) for shape in shapes]
    d = dim if dim >= 0 else dim + rank
    out: list[Array | None] = []
    for shape in shapes:
        if len(shape) != rank:  # an empty 1-d tensor, which was skipped
            out.append(None)
            continue
        stop = start + shape[d]
        out.append(g[start:stop] if d == 0 else g[along(shape, d, slice(start, stop))])
        start = stop
    return out


@composed("parts of {g}", spaces="engine", kernel=_cut_array)
def split_like(g: Value, shapes: Sequence[tuple[int, ...]], dim: int) -> list[Value]:
    """g cut into pieces of the given shapes along dim."""
    out: list[Value] = []
    start, rank = 0, len(g.shape)
    d = wrap_dim(dim, rank)
    for shape in shapes:
        if len(shape) != rank:
            out.append(None)
            continue
        stop = start + shape[d]
        out.append(getitem(g, along(shape, d, slice(start, stop))))
        start = stop
    return out


@op("stack({xs})", xs=lambda g, dim: unbind(g, dim), types="promote", spaces="torch")
def stack(xs: Sequence[Array], dim: int = 0) -> Array:
    """The tensors, all of one shape, joined along a new dimension."""
    if not len(xs):
        raise RuntimeError("stack expects a non-empty TensorList")
    shape = xs[0].shape
    for x in xs:
        if x.shape != shape:
            i = next(k for k, other in enumerate(xs) if other is x)
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(shape)} at entry 0 and {list(x.shape)} at entry {i}"
            )
    if dim == 0 and shape:
        return in_rows(concatenate_arrays(xs, 0)).reshape((len(xs), *shape))
    d = wrap_dim(dim, len(shape) + 1)
    return in_rows(concatenate_arrays([unsqueeze.fn(x, d) for x in xs], d))


@composed(spaces="torch")
def hstack(xs: Sequence[Value]) -> Value:
    """The tensors joined side by side: along dimension 1, vectors along 0."""
    xs = atleast_1d(_filled(xs, "hstack"))
    return cat(xs, 0 if len(xs[0].shape) == 1 else 1)


@composed(spaces="torch")
def vstack(xs: Sequence[Value]) -> Value:
    """The tensors joined below each other; vectors count as rows."""
    return cat(atleast_2d(_filled(xs, "vstack")), 0)


@composed(spaces="torch")
def dstack(xs: Sequence[Value]) -> Value:
    """The tensors joined along dimension 2; matrices are given one."""
    return cat(atleast_3d(_filled(xs, "dstack")), 2)


@composed(spaces="torch")
def column_stack(xs: Sequence[Value]) -> Value:
    """The tensors side by side; vectors and numbers count as columns."""
    return hstack([reshape(x, (-1 if 0 not in x.shape else 0, 1)) if len(x.shape) < 2 else x for x in _filled(xs, "column_stack")])


def _filled(xs: Any, name: str) -> list[Value]:
    if not isinstance(xs, (list, tuple)):
        raise TypeError(f"{name}(): argument 'tensors' must be tuple of Tensors, not {type(xs).__name__}")
    if not xs:
        raise RuntimeError(f"{name} expects a non-empty TensorList")
    return list(xs)


def _part(x: Value, d: int, start: int, stop: int) -> Value:
    return getitem(x, ((slice(None),) * d + (slice(start, stop),)))


def _cuttable(x: Value, dim: int, name: str) -> tuple[int, int]:
    """(dimension, size) along which x is cut."""
    shape = values_of(x).shape
    if not shape:
        raise RuntimeError(f"{name} expects at least a 1-dimensional tensor")
    d = wrap_dim(dim, len(shape))
    return d, shape[d]


@composed()
def split(x: Value, split_size_or_sections: Any, dim: int = 0) -> tuple[Value, ...]:
    """Views of x cut along dim, of one size (the last may be smaller) or of the sizes in a list, which must add up."""
    if not hasattr(split_size_or_sections, "__index__"):
        return split_with_sizes(x, split_size_or_sections, dim)
    d, size = _cuttable(x, dim, "split")
    each = split_size_or_sections.__index__()
    if each < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={each}")
    if each == 0:
        if size:
            raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {size}")
        return (_part(x, d, 0, 0),)
    return _cut(x, d, size, each)


def _cut(x: Value, d: int, size: int, each: int) -> tuple[Value, ...]:
    return tuple([_part(x, d, i, min(i + each, size)) for i in range(0, max(size, 1), each)])


@composed()
def split_with_sizes(x: Value, split_sizes: Sequence[int], dim: int = 0) -> tuple[Value, ...]:
    """Views of x cut along dim into the given sizes, which must add up to its size."""
    d, size = _cuttable(x, dim, "split_with_sizes")
    sizes = [wrap_index(n) for n in split_sizes]
    if any(n < 0 for n in sizes):
        raise RuntimeError(f"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={sizes}")
    if sum(sizes) != size:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {size} (input tensor's size at dimension {d}), but got split_sizes={sizes}"
        )
    return _between(x, d, [sum(sizes[:i]) for i in range(len(sizes) + 1)])


def _between(x: Value, d: int, bounds: Sequence[int]) -> tuple[Value, ...]:
    return tuple([_part(x, d, a, b) for a, b in pairwise(bounds)])


@composed()
def chunk(x: Value, chunks: int, dim: int = 0) -> tuple[Value, ...]:
    """At most `chunks` views of x cut along dim, all of one size but for the last."""
    d, size = _cuttable(x, dim, "chunk")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    each = -(-size // chunks)
    if not each:
        must_fit("chunk", (chunks,), PART)
    return _cut(x, d, size, each) if each else tuple([_part(x, d, 0, 0) for _ in range(chunks)])


@composed()
def tensor_split(
    x: Value, indices_or_sections: Any = None, dim: int = 0, *, indices: Any = None, sections: Any = None
) -> tuple[Value, ...]:
    """Views of x cut along dim into so many parts of almost equal size, or at the given indices."""
    given: Any = next((v for v in (indices_or_sections, indices, sections) if v is not None), None)
    d, size = _cuttable(x, dim, "tensor_split")
    given = getattr(given, "array", given)
    if hasattr(given, "ndim"):
        if given.ndim > 1 or given.dtype != np.int64:
            raise RuntimeError(
                f"tensor_split expected tensor_indices_or_sections to be a zero- or one-dimensional long tensor: got {given.dtype}"
            )
        given = given.tolist()
    if isinstance(given, (list, tuple)):
        inner = [slice(None, wrap_index(i)).indices(size)[1] for i in given]
        return tuple([_part(x, d, a, max(a, b)) for a, b in zip([0, *inner], [*inner, size], strict=True)])
    count = wrap_index(given)
    if count <= 0:
        raise RuntimeError(f"number of sections must be larger than 0, got {count}")
    must_fit("tensor_split", (count,), PART)
    each, longer = divmod(size, count)
    return _between(x, d, [i * each + min(i, longer) for i in range(count + 1)])


def _cut_in(x: Value, given: Any, dim: int, name: str, least: int) -> tuple[Value, ...]:
    if len(x.shape) < least:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor with {len(x.shape)} dimensions!"
        )
    if hasattr(given, "__index__") and not hasattr(given, "shape") and (given <= 0 or x.shape[dim] % given):
        raise RuntimeError(
            f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension {x.shape[dim]} is not divisible by the split_size {given}!"
        )
    return tensor_split(x, given, dim)


@composed()
def hsplit(x: Value, indices_or_sections: Any) -> tuple[Value, ...]:
    """x cut along dimension 1 (a vector along 0) into equal parts or at indices."""
    return _cut_in(x, indices_or_sections, 0 if len(x.shape) == 1 else 1, "hsplit", 1)


@composed()
def vsplit(x: Value, indices_or_sections: Any) -> tuple[Value, ...]:
    """x cut along dimension 0 into equal parts or at indices."""
    return _cut_in(x, indices_or_sections, 0, "vsplit", 2)


@composed()
def dsplit(x: Value, indices_or_sections: Any) -> tuple[Value, ...]:
    """x cut along dimension 2 into equal parts or at indices."""
    return _cut_in(x, indices_or_sections, 2, "dsplit", 3)


def _rows_of(x: Array, dim: int = 0) -> tuple[Array, ...]:
    d = wrap_dim(dim, x.ndim)
    return tuple(x if d == 0 else np.moveaxis(x, d, 0)) if x.ndim > 1 else tuple([x[i, ...] for i in range(len(x))])


@composed("parts of {x}", kernel=_rows_of)
def unbind(x: Value, dim: int = 0) -> tuple[Value, ...]:
    """The views x[0], x[1], ... along a dimension."""
    shape = values_of(x).shape
    if not len(shape):
        raise IndexError("Dimension specified as 0 but tensor has no dimensions: unbind() needs at least one")
    d = wrap_dim(dim, len(shape))
    return tuple([select(x, d, i) for i in range(shape[d])])


alias(cat, "concat", "concatenate")
alias(vstack, "row_stack")
alias(split, "unsafe_split")  # the parts may always be changed in place here
alias(split_with_sizes, "unsafe_split_with_sizes")
alias(chunk, "unsafe_chunk")
