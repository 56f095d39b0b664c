"""Shape: views that share memory with their input, reads and writes at an index, and the adjoints of both. Imports op and graph.

`expand` and `sum_to` are each other's adjoint, as are `getitem` and `place`. Kernels let NumPy try first: it checks its
arguments anyway, and what it refuses is looked at again to say what is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..graph import Region
from ..kernels.axes import in_rows
from ..kernels.indexed import add_at
from ..kernels.reduce import sum as total
from ..op import Array, Value, composed, op

Size = int | Sequence[int]
Dims = Any  # an int, a sequence of ints, or None for all

ndarray = np.ndarray
# x[_NEW[d]] has a dimension of size 1 inserted at d: 0.15 µs where np.expand_dims takes 3
_NEW = tuple((slice(None),) * d + (None,) for d in range(64))
_AT = tuple((slice(None),) * d for d in range(64))


def wrap_dim(dim: int, rank: int) -> int:
    """A dimension counted from 0. IndexError when it is out of range."""
    span = rank or 1
    try:
        d: int = dim.__index__()
    except AttributeError:
        raise TypeError(f"a dimension must be an int, got {type(dim).__name__}") from None
    if not -span <= d < span:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-span}, {span - 1}], but got {d})")
    return d if d >= 0 else d + span


def wrap_dims(dim: Dims, rank: int) -> tuple[int, ...]:
    """Dimensions as a tuple counted from 0, all of them for None or (). IndexError out of range, RuntimeError if repeated."""
    if dim is None:
        return tuple(range(rank))
    if hasattr(dim, "__index__"):
        return (wrap_dim(dim, rank),) if rank else wrap_dim(dim, rank) * ()
    dims = tuple([wrap_dim(d, rank) for d in dim])
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


def sizes_of(size: Any, name: str) -> tuple[int, ...]:
    """Sizes as Python ints. TypeError where one is none."""
    try:
        return tuple([n.__index__() for n in ((size,) if hasattr(size, "__index__") else size)])
    except (AttributeError, TypeError):
        raise TypeError(f"{name}(): sizes must be ints, got {size!r}") from None


def _full_shape(size: Any, x: Array, name: str) -> tuple[int, ...]:
    """`size` with its -1 filled in, for x's number of elements; or PyTorch's error."""
    sizes, count = sizes_of(size, name), x.size
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
            raise RuntimeError(
                f"cannot reshape tensor of {count} elements into shape {list(sizes)} because the unspecified dimension is ambiguous"
            )
        if count % known == 0:
            i = unknown[0]
            return (*sizes[:i], count // known, *sizes[i + 1 :])
    elif known == count:
        return sizes
    raise RuntimeError(
        f"shape '{list(sizes)}' is invalid for input of size {count}: a tensor of shape {list(x.shape)} has {count} elements"
    )


@op("{x}", x=lambda g, x_shape: reshape(g, x_shape), view="perhaps", types="any", spread="shape")
def reshape(x: Array, shape: tuple[int, ...]) -> Array:
    """x with the same elements in another shape: a view where the strides allow it, else a copy. One size may be -1."""
    try:
        if min(shape) >= -1:  # NumPy takes any negative size for -1
            return x.reshape(shape)
    except (ValueError, TypeError):
        pass
    return x.reshape(_full_shape(shape, x, "reshape"))


@op("{x}", x=lambda g, x_shape: reshape(g, x_shape), view=True, types="any", spread="size", spaces="method", name="view")
def view(x: Array, size: tuple[int, ...]) -> Array:
    """x in another shape, always a view. RuntimeError where the strides do not allow one: use reshape."""
    try:
        if min(size) >= -1:
            out = x.reshape(size)
            if out.base is x or (out.base is x.base and out.base is not None):
                return out
    except (ValueError, TypeError):
        pass
    shape = _full_shape(size, x, "view")
    try:
        return x.reshape(shape, copy=False)
    except ValueError:
        raise RuntimeError(
            f"view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces): "
            f"{list(x.shape)} to {list(shape)}. Use .reshape(...) instead."
        ) from None


@op("{x}ᵀ", x=lambda g, dims: unpermute(g, dims), view=True, types="any", spread="dims")
def permute(x: Array, dims: tuple[int, ...]) -> Array:
    """x with its dimensions in another order: out.shape[i] = x.shape[dims[i]]. RuntimeError unless each is named once."""
    try:
        return x.transpose(dims)
    except (ValueError, TypeError):
        pass
    dims, rank = sizes_of(dims, "permute"), x.ndim
    if len(dims) != rank:
        raise RuntimeError(
            f"permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. "
            f"input.dim() = {rank} is not equal to len(dims) = {len(dims)}"
        )
    if len({wrap_dim(d, rank) for d in dims}) != rank:
        raise RuntimeError(f"permute(): duplicate dims are not allowed: got {list(dims)}")
    return x.transpose(dims) if dims else x[...]


@composed("{g}ᵀ", spaces="engine", kernel=lambda g, dims: g.transpose(inverse(dims)))
def unpermute(g: Value, dims: Sequence[int]) -> Value:
    """g with its dimensions back in their places."""
    return permute(g, inverse(dims))


def undo(order: Any) -> Any:
    """What `transpose` takes to undo itself: the same two dimensions, or the inverse of an order of all."""
    return inverse(order) if isinstance(order, (tuple, list)) else order


@op("{x}ᵀ", x=lambda g, dim0, dim1: transpose(g, undo(dim0), dim1), view=True, types="any")
def transpose(x: Array, dim0: Size, dim1: int | None = None) -> Array:
    """x with two dimensions exchanged; NumPy's form, transpose(x, order), takes an order of all dimensions."""
    first: Any = dim0
    try:
        if dim1 is None:
            return x.transpose(tuple(wrap_dim(d, x.ndim) for d in first))
        return x.swapaxes(first, dim1)
    except (IndexError, TypeError):
        if dim1 is None:
            raise TypeError(f"transpose() takes two dimensions, or an order of all {x.ndim} dimensions: got {dim0!r}") from None
        a, b = wrap_dim(first, x.ndim), wrap_dim(dim1, x.ndim)
        return x.swapaxes(a, b) if x.ndim else x[...]


@op("{x}ᵀ", x=lambda g: t(g), view=True, types="any")
def t(x: Array) -> Array:
    """The transpose of a matrix; a vector stays as it is. RuntimeError beyond two dimensions."""
    if x.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {x.ndim}D: use x.mT or transpose")
    return x.transpose()


@op("{x}", x=lambda g, x_shape: reshape(g, x_shape), view="perhaps", types="any")
def flatten(x: Array, start_dim: int = 0, end_dim: int = -1) -> Array:
    """The dimensions start_dim to end_dim as one. RuntimeError when they stand in the wrong order."""
    shape = x.shape
    rank = len(shape)
    if start_dim == 0 and end_dim == -1:
        return x.reshape(x.size)
    first, last = wrap_dim(start_dim, rank), wrap_dim(end_dim, rank)
    if first > last:
        raise RuntimeError(f"flatten() has invalid args: start_dim ({start_dim}) cannot come after end_dim ({end_dim})")
    if not rank:
        return x.reshape(1)
    return x.reshape((*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :]))


def broadcast(x: Array, shape: tuple[int, ...]) -> Array:
    """x in a shape that it broadcasts to, without copying; read-only. np.broadcast_to takes 4 µs, this 1."""
    if x.size == 1 and x.flags.c_contiguous:
        out: Array = ndarray(shape, x.dtype, x, 0, (0,) * len(shape))
        out.setflags(write=False)
        return out
    return x if x.shape == shape else np.broadcast_to(x, shape)


@op("{x}", x=lambda g, x_shape: sum_to(g, x_shape), view=True, types="any", spread="size", spaces="method")
def expand(x: Array, size: tuple[int, ...]) -> Array:
    """x broadcast to a larger shape without copying; -1 keeps a size. RuntimeError where a size is neither 1 nor the target."""
    own = x.shape
    lead = len(size) - len(own)
    try:
        if lead > 0 and size[lead:] == own:  # new dimensions only
            out: Array = ndarray(size, x.dtype, x, 0, (0,) * lead + x.strides)
            out.setflags(write=False)
            return out
    except (ValueError, TypeError, BufferError):
        pass  # negative sizes, or memory with gaps
    shape, strides = [], [0] * max(lead, 0)
    for d, n in enumerate(size, -lead):
        if d >= 0 and (n == own[d] or n == -1):
            shape.append(own[d])
            strides.append(x.strides[d])
        elif type(n) is int and n >= 0 and lead >= 0 and (d < 0 or own[d] == 1):
            shape.append(n)
            if d >= 0:
                strides.append(0)
        else:
            return broadcast(x, _expanded(size, own))
    if lead < 0 or not x.flags.c_contiguous:
        return broadcast(x, _expanded(size, own))[...]
    out = ndarray(shape, x.dtype, x, 0, strides)
    out.setflags(write=False)
    return out


def _expanded(size: Any, own: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that `expand` gives, or PyTorch's error."""
    target = sizes_of(size, "expand")
    lead = len(target) - len(own)
    if lead < 0:
        raise RuntimeError(
            f"expand({list(own)}, size={list(target)}): the number of sizes provided ({len(target)}) must be greater or equal to "
            f"the number of dimensions in the tensor ({len(own)})"
        )
    shape = []
    for i, n in enumerate(target):
        have = own[i - lead] if i >= lead else None
        if n < 0:
            if have is None or n != -1:
                raise RuntimeError(f"The expanded size of the tensor ({n}) isn't allowed in a leading, non-existing dimension {i}")
            n = have
        if have is not None and have != 1 and have != n:
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size ({have}) at non-singleton dimension {i - lead}. "
                f"Target sizes: {list(target)}. Tensor sizes: {list(own)}"
            )
        shape.append(n)
    return tuple(shape)


_MANY = 1 << 14  # elements that a launch sums sooner than NumPy, and in float64


@op("Σ {x}", x=lambda g, x_shape: expand(g, x_shape), types="any", spaces="engine")
def sum_to(x: Array, shape: tuple[int, ...]) -> Array:
    """x summed over the dimensions along which `shape` was broadcast to x's shape."""
    if not isinstance(x, np.ndarray):
        x = x.dense() if isinstance(x, Region) else np.asarray(x)
    lead = x.ndim - len(shape)
    if lead < 0 or any(n != 1 and n != m for n, m in zip(shape, x.shape[lead:], strict=True)):
        return np.broadcast_to(x, shape)  # a rule may return a gradient that is smaller than its input
    dims = tuple(range(lead)) + tuple([i + lead for i, n in enumerate(shape) if n == 1 and x.shape[i + lead] != 1])
    if dims and x.size >= _MANY and x.flags.c_contiguous and x.dtype.char in "fd":
        x = total(x, dims, True)
    elif dims:
        x = np.add.reduce(x, dims, None if x.dtype.kind == "f" else np.int64, None, True)
    return x.reshape(shape) if lead else x


@op("{x}", x=lambda g, x_shape: reshape(g, x_shape), view=True, types="any")
def unsqueeze(x: Array, dim: int) -> Array:
    """x with a dimension of size 1 inserted at dim."""
    return x[_NEW[wrap_dim(dim, x.ndim + 1)]]


@op("{x}", x=lambda g, x_shape: reshape(g, x_shape), view=True, types="any")
def squeeze(x: Array, dim: Dims = None) -> Array:
    """x without its dimensions of size 1, or only without those in dim."""
    if dim is None:
        return x.squeeze()
    rank = x.ndim
    if type(dim) is int and -rank <= dim < rank:
        return x.squeeze(dim) if x.shape[dim] == 1 else x[...]
    dims = wrap_dims(dim, rank) if hasattr(dim, "__index__") or len(dim) else ()
    return x.squeeze(tuple([d for d in dims if x.shape[d] == 1]))


@op("{x}[{index}]", x=lambda g, x_shape, dim, index: place_along(g, x_shape, dim, index), view=True, types="any")
def select(x: Array, dim: int, index: int) -> Array:
    """x at one position of a dimension, which goes: a view. IndexError out of range."""
    if dim == 0 and x.ndim and type(index) is int:
        try:
            return x[index, ...]
        except IndexError:
            pass
    if not x.ndim:
        raise IndexError("select() cannot be applied to a 0-dim tensor: read it with .item()")
    d, size = wrap_dim(dim, x.ndim), x.shape[dim]
    i = wrap_index(index)
    if not -size <= i < size:
        raise IndexError(f"select(): index {i} out of range for tensor of size {list(x.shape)} at dimension {d}")
    at: Any = (*_AT[d], i, ...)
    return x[at]


def wrap_index(index: Any) -> int:
    """A position as an int: a 0-d integer tensor will do. TypeError for anything else."""
    try:
        return index.__index__()
    except AttributeError:
        raise TypeError(f"a position must be an int, got {type(index).__name__}") from None


def along(shape: Sequence[int], dim: int, index: Any) -> tuple[Any, ...]:
    """The index that takes everything in the other dimensions."""
    return (*_AT[dim if dim >= 0 else dim + len(shape)], index)


@op(
    "{x}[{index}]",
    x=lambda g, x_shape, index: place(g, x_shape, index),
    view=True,
    types="any",
    spaces="engine",
    torch_name="SliceBackward",
)
def getitem(x: Array, index: Any) -> Array:
    """x at ints, slices, None and Ellipsis: a view, 0-d where NumPy would give a scalar."""
    try:
        out = x[index]
    except IndexError:
        raise out_of_range(x.shape, index) from None
    return out if type(out) is ndarray else x[(*index, ...) if type(index) is tuple else (index, ...)]


def out_of_range(shape: tuple[int, ...], index: Any) -> IndexError:
    """PyTorch's error for what NumPy refused."""
    items = index if type(index) is tuple else (index,)
    used = sum([i.ndim if getattr(i, "dtype", None) == np.bool_ else i is not None and i is not Ellipsis for i in items])
    if not shape:
        return IndexError("invalid index of a 0-dim tensor. Use `tensor.item()` in Python to convert a 0-dim tensor to a number")
    if used > len(shape):
        return IndexError(f"too many indices for tensor of dimension {len(shape)}: got {used}")
    dim, arrays = 0, []
    for k, i in enumerate(items):
        if i is Ellipsis:
            dim = len(shape) - sum([j.ndim if getattr(j, "dtype", None) == np.bool_ else j is not None for j in items[k + 1 :]])
            continue
        if i is None:
            continue
        if isinstance(i, np.ndarray) and i.dtype.kind == "b":
            dim += i.ndim
            continue
        if not isinstance(i, slice):
            arrays.append(np.shape(i))
            low, high = (int(np.min(i)), int(np.max(i))) if np.size(i) else (0, -1)
            if low < -shape[dim] or high >= shape[dim]:
                return IndexError(
                    f"index {high if high >= shape[dim] else low} is out of bounds for dimension {dim} with size {shape[dim]}"
                )
        dim += 1
    return IndexError(f"shape mismatch: indexing tensors could not be broadcast together with shapes {', '.join(map(str, arrays))}")


@op("{x}[{index}]", x=lambda g, x_shape, index, repeats: place(g, x_shape, index, repeats), types="any", spaces="engine", name="index")
def take_at(x: Array, index: Any, repeats: bool = True) -> Array:
    """x at integer arrays or masks, NumPy's advanced indexing: a copy. `repeats` says that a place may occur twice."""
    try:
        return in_rows(x[index])
    except IndexError:
        raise out_of_range(x.shape, index) from None


def _place(values: Array, shape: tuple[int, ...], index: Any, accumulate: bool = False) -> Region:
    return Region(values, shape, index, accumulate)


@op("{values} at [{index}]", values=lambda g, index, accumulate: read(g, index, accumulate), types="any", spaces="engine")
def place(values: Array, shape: tuple[int, ...], index: Any, accumulate: bool = False) -> Array:
    """Zeros of a shape with the values at an index, added where the index repeats."""
    return Region(values, shape, index, accumulate).dense()


@composed("{g} at [{index}]", spaces="engine", kernel=lambda g, shape, dim, index: Region(g, shape, along(shape, dim, index), False))
def place_along(g: Value, shape: tuple[int, ...], dim: int, index: int) -> Value:
    """Zeros of a shape with g at one position of a dimension."""
    return place(g, shape, along(shape, dim, index))


def read(g: Value, index: Any, repeats: bool) -> Value:
    """g at an index of either kind."""
    basic = all(isinstance(i, (int, slice, type(None), type(Ellipsis))) for i in (index if isinstance(index, tuple) else (index,)))
    return getitem(g, index) if basic else take_at(g, index, repeats)


place.readings[np.ndarray] = _place  # on arrays the walk adds the region into one buffer


@op("clone({x})", x=lambda g: g, types="any")
def clone(x: Array, *, memory_format: Any = None) -> Array:
    """A copy that gradients pass through."""
    return x.copy() if x.flags.c_contiguous else np.array(x, order="C" if 0 in x.strides else "K")


@op(
    "{x}[{index}] ← {values}",
    x=lambda g, index, accumulate: kept_outside(g, index, accumulate),
    values=lambda g, index: take_at(g, index, True),
    types="any",
    spaces="engine",
    torch_name="IndexPutBackward",
)
def put_at(x: Array, index: Any, values: Array | float, accumulate: bool = False) -> Array:
    """A copy of x with values, broadcast to the indexed part, written at (or added to) an integer-array or mask index."""
    out = x.copy()
    if accumulate:
        add_at(out, index, np.asarray(values, x.dtype))
    else:
        out[index] = values
    return out


@composed("{g}[{index}] ← 0", spaces="engine")
def kept_outside(g: Value, index: Any, accumulate: bool) -> Value:
    """g with 0 at an index, or as it is where values were added."""
    return g if accumulate else put_at(g, index, 0.0)


@op("0", x=lambda g: zeros_as(g), types="any", spaces="engine", torch_name="ZerosLikeBackward")
def zeros_as(x: Array) -> Array:
    """Zeros in x's shape: the gradient of what was overwritten, also where x is not finite."""
    return np.zeros_like(x)


@op("{y}", x=lambda g: zeros_as(g), y=lambda g: g, types="any", spaces="engine", torch_name="CopyBackwards")
def copied(x: Array, y: Array | float) -> Array:
    """y in the shape and type of x, which it replaces."""
    with np.errstate(all="ignore"):
        return np.broadcast_to(np.asarray(y).astype(x.dtype, copy=False), x.shape)
