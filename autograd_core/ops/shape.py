"""Shape: views that share memory with their input, and their adjoints. Imports op.

`expand` and `sum_to` are each other's adjoint, as are `getitem` and `place`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..graph import Region
from ..op import Array, Value, composed, op

Dims = Any  # an int, a sequence of ints, or None for all


def wrap_dim(dim: int, rank: int) -> int:
    """A dimension counted from 0. IndexError when it is out of range."""
    span = max(rank, 1)
    if not hasattr(dim, "__index__"):
        raise TypeError(f"a dimension must be an int, got {type(dim).__name__}")
    if not -span <= dim < span:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-span}, {span - 1}], but got {dim})")
    return int(dim) % span


def wrap_dims(dim: Dims, rank: int) -> tuple[int, ...]:
    """Dimensions as a tuple counted from 0, all of them for None or (). IndexError out of range, RuntimeError if repeated."""
    if dim is None:
        return tuple(range(rank))
    if isinstance(dim, int):
        return (wrap_dim(dim, rank),) if rank else wrap_dim(dim, rank) * ()
    dims = tuple(wrap_dim(d, rank) for d in dim)
    if not dims:
        return tuple(range(rank))
    for d in dims:
        if dims.count(d) > 1:
            raise RuntimeError(f"dim {d} appears multiple times in the list of dims {tuple(dim)}: name each dimension once")
    return dims if rank else ()


def inverse(dims: Sequence[int]) -> tuple[int, ...]:
    """The permutation that undoes `dims`."""
    out = [0] * len(dims)
    for i, d in enumerate(dims):
        out[d] = i
    return tuple(out)


def _full_shape(size: Sequence[int], count: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """`size` with its -1 filled in, for `count` elements."""
    sizes = tuple(int(n) for n in size)
    unknown = [i for i, n in enumerate(sizes) if n == -1]
    if any(n < -1 for n in sizes):
        raise RuntimeError(f"invalid shape dimension {min(sizes)}: sizes are 0 or more, or one -1 to be inferred")
    if len(unknown) > 1:
        raise RuntimeError(f"only one dimension can be inferred: got {list(sizes)} with {len(unknown)} times -1")
    known = 1
    for n in sizes:
        known *= n if n != -1 else 1
    if unknown:
        if known == 0:
            raise RuntimeError(f"cannot reshape tensor of {count} elements into shape {list(sizes)} because the unspecified dimension is ambiguous")
        if count % known == 0:
            i = unknown[0]
            return (*sizes[:i], count // known, *sizes[i + 1 :])
    elif known == count:
        return sizes
    raise RuntimeError(f"shape '{list(sizes)}' is invalid for input of size {count}: a tensor of shape {list(shape)} has {count} elements")


@op("{x}", x=lambda g, x_shape: reshape(g, x_shape), view=True, types="any", spread="shape")
def reshape(x: Array, shape: tuple[int, ...]) -> Array:
    """x with the same elements in another shape: a view where the strides allow it, else a copy. One size may be -1."""
    return x.reshape(_full_shape(shape, x.size, x.shape))


@op("{x}", x=lambda g, x_shape: reshape(g, x_shape), view=True, types="any", spread="size", spaces="engine", name="view")
def view(x: Array, size: tuple[int, ...]) -> Array:
    """x in another shape, always a view. RuntimeError where the strides do not allow one: use reshape."""
    shape = _full_shape(size, x.size, x.shape)
    out = x.reshape(shape)
    if x.size and not np.may_share_memory(out, x):
        raise RuntimeError(
            f"view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces): "
            f"{list(x.shape)} to {list(shape)}. Use .reshape(...) instead."
        )
    return out


@op("{x}ᵀ", x=lambda g, dims: permute(g, inverse(dims)), view=True, types="any", spread="dims", name="permute", spaces="engine")
def permute(x: Array, dims: tuple[int, ...]) -> Array:
    """The dimensions in another order; dims must already count from 0."""
    return x.transpose(dims)


@op("{x}ᵀ", x=lambda g, dim0, dim1: transpose(g, dim0, dim1), view=True, types="any")
def transpose(x: Array, dim0: int, dim1: int) -> Array:
    """x with two dimensions exchanged."""
    a, b = wrap_dim(dim0, x.ndim), wrap_dim(dim1, x.ndim)
    return x.swapaxes(a, b) if x.ndim else x[...]


@op("{x}", x=lambda g, x_shape: sum_to(g, x_shape), view=True, types="any", spaces="engine")
def expand(x: Array, shape: tuple[int, ...]) -> Array:
    """x broadcast to a shape without copying."""
    return np.broadcast_to(x, shape)


@op("Σ {x}", x=lambda g, x_shape: expand(g, x_shape), types="any", spaces="engine")
def sum_to(x: Array, shape: tuple[int, ...]) -> Array:
    """x summed over the dimensions along which `shape` was broadcast to x's shape."""
    if not isinstance(x, np.ndarray):
        x = x.dense() if isinstance(x, Region) else np.asarray(x)
    lead = x.ndim - len(shape)
    if lead < 0 or any(n not in (1, m) for n, m in zip(shape, x.shape[lead:], strict=True)):
        return np.broadcast_to(x, shape)  # a rule may return a gradient that is smaller than its input
    dims = tuple(range(lead)) + tuple(i + lead for i, n in enumerate(shape) if n == 1 and x.shape[i + lead] != 1)
    if dims:
        x = x.sum(axis=dims, keepdims=True)
    return x.reshape(shape) if lead else x


@op("{x}", x=lambda g, x_shape: reshape(g, x_shape), view=True, types="any")
def unsqueeze(x: Array, dim: int) -> Array:
    """x with a dimension of size 1 inserted at dim."""
    d = wrap_dim(dim, x.ndim + 1)
    return x.reshape(x.shape[:d] + (1,) + x.shape[d:]) if x.flags.c_contiguous else np.expand_dims(x, d)


@op("{x}", x=lambda g, x_shape: reshape(g, x_shape), view=True, types="any")
def squeeze(x: Array, dim: Dims = None) -> Array:
    """x without its dimensions of size 1, or only without those in dim."""
    if dim is None:
        return x.squeeze()
    dims = wrap_dims(dim, x.ndim) if isinstance(dim, int) or len(dim) else ()
    return x.squeeze(tuple(d for d in dims if x.shape[d] == 1))


@composed(spaces="torch method")
def flatten(x: Value, start_dim: int = 0, end_dim: int = -1) -> Value:
    """The dimensions start_dim to end_dim as one."""
    shape = x.shape
    first, last = wrap_dim(start_dim, len(shape)), wrap_dim(end_dim, len(shape))
    if first > last:
        raise RuntimeError(f"flatten() has invalid args: start_dim ({start_dim}) cannot come after end_dim ({end_dim})")
    if not shape:
        return reshape(x, (1,))
    if first == last:
        return x
    size = 1
    for n in shape[first : last + 1]:
        size *= n
    return reshape(x, (*shape[:first], size, *shape[last + 1 :]))


@op("{x}[{index}]", x=lambda g, x_shape, index: place(g, x_shape, index), view=True, types="any", spaces="engine", torch_name="SliceBackward")
def getitem(x: Array, index: Any) -> Array:
    """x at ints, slices, None and Ellipsis: a view, 0-d where NumPy would give a scalar."""
    out = x[index]
    return out if type(out) is np.ndarray else x[(*index, ...) if type(index) is tuple else (index, ...)]


@op("{x}[{index}]", x=lambda g, x_shape, index, repeats: place(g, x_shape, index, repeats), types="any", spaces="engine", name="index")
def take_at(x: Array, index: Any, repeats: bool = True) -> Array:
    """x at integer arrays or masks, NumPy's advanced indexing: a copy. `repeats` says that a place may occur twice."""
    return x[index]


def _place(values: Array, shape: tuple[int, ...], index: Any, accumulate: bool = False) -> Region:
    return Region(values, shape, index, accumulate)


@op("{values} at [{index}]", values=lambda g, index, accumulate: read(g, index, accumulate), types="any", spaces="engine")
def place(values: Array, shape: tuple[int, ...], index: Any, accumulate: bool = False) -> Array:
    """Zeros of a shape with the values at an index, added where the index repeats."""
    return Region(values, shape, index, accumulate).dense()


def read(g: Value, index: Any, repeats: bool) -> Value:
    """g at an index of either kind."""
    basic = all(isinstance(i, (int, slice, type(None), type(Ellipsis))) for i in (index if isinstance(index, tuple) else (index,)))
    return getitem(g, index) if basic else take_at(g, index, repeats)


place.readings[np.ndarray] = _place  # on arrays the walk adds the region into one buffer


@op("clone({x})", x=lambda g: g, types="any")
def clone(x: Array, *, memory_format: Any = None) -> Array:
    """A copy that gradients pass through."""
    return x.copy() if x.flags.c_contiguous else np.array(x, order="K")


@op(
    "{x}[{index}] ← {values}",
    x=lambda g, values_shape, index, accumulate: g if accumulate else put_at(g, index, 0.0),
    values=lambda g, index: take_at(g, index, True),
    types="any",
    spaces="engine",
    torch_name="IndexPutBackward",
)
def put_at(x: Array, index: Any, values: Array | float, accumulate: bool = False) -> Array:
    """A copy of x with values, broadcast to the indexed part, written at (or added to) an integer-array or mask index."""
    out = x.copy()
    if accumulate:
        np.add.at(out, index, values)
    else:
        out[index] = values
    return out


@op("{y}", x=lambda g: None, y=lambda g: g, types="any", spaces="engine", torch_name="CopyBackwards")
def copied(x: Array, y: Array | float) -> Array:
    """y in the shape and type of x, which it replaces."""
    with np.errstate(all="ignore"):
        return np.broadcast_to(np.asarray(y).astype(x.dtype, copy=False), x.shape)
