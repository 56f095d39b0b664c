"""More views: diagonals, windows, dimensions joined, parted, moved. Imports op and shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..op import Array, Value, alias, composed, op
from .shape import along, clone, expand, getitem, permute, reshape, select, sum_to, transpose, view, wrap_dim, wrap_index


@op(
    "diagonal({x})",
    x=lambda g, x_shape, offset, dim1, dim2: place_diagonal(g, x_shape, offset, dim1, dim2),
    view=True,
    types="any",
)
def diagonal(x: Array, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    """The elements x[i, i + offset] of two dimensions, as a last dimension: a view. RuntimeError when they are one."""
    a, b = wrap_dim(dim1, x.ndim), wrap_dim(dim2, x.ndim)
    if a == b or x.ndim < 2:
        raise RuntimeError(
            f"diagonal dimensions cannot be identical {dim1}, {dim2}: a tensor of {x.ndim} dimensions needs two different ones"
        )
    # beyond the matrix there is nothing, and NumPy reads out of bounds at offset -2**31
    out = x.diagonal(min(max(offset, -x.shape[a]), x.shape[b]), a, b)
    if x.flags.writeable:
        out.setflags(write=True)  # NumPy hands the view out read-only
    return out


@op("diag({g})", g=lambda g, offset, dim1, dim2: diagonal(g, offset, dim1, dim2), types="any", spaces="engine")
def place_diagonal(g: Array, shape: tuple[int, ...], offset: int, dim1: int, dim2: int) -> Array:
    """Zeros of a shape with g on a diagonal: the adjoint of `diagonal`."""
    out = np.zeros(shape, g.dtype)
    diagonal.fn(out, offset, dim1, dim2)[...] = g
    return out


@composed(name="diagonal", spaces="linalg")
def linalg_diagonal(x: Value, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Value:
    """The diagonals of the matrices in the last two dimensions."""
    return diagonal(x, offset, dim1, dim2)


@op(
    "windows({x})",
    x=lambda g, x_shape, dimension, size, step: fold_windows(g, x_shape, dimension, size, step),
    view=True,
    types="any",
    spaces="method",
    name="unfold",
)
def unfold(x: Array, dimension: int, size: int, step: int) -> Array:
    """Windows of `size` elements, every `step`, along one dimension; the window's elements are the new last dimension. A view."""
    d = wrap_dim(dimension, x.ndim)
    length = x.shape[d] if x.ndim else 1
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > length:
        raise RuntimeError(f"maximum size for tensor at dimension {d} is {length} but size is {size}")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    if not x.ndim:
        return np.lib.stride_tricks.as_strided(x, (size,), (0,))
    shape = (*x.shape[:d], (length - size) // step + 1, *x.shape[d + 1 :], size)
    strides = (*x.strides[:d], x.strides[d] * step, *x.strides[d + 1 :], x.strides[d])
    return np.lib.stride_tricks.as_strided(x, shape, strides)


@op("Σ windows({g})", g=lambda g, dim, size, step: unfold(g, dim, size, step), types="any", spaces="engine")
def fold_windows(g: Array, shape: tuple[int, ...], dim: int, size: int, step: int) -> Array:
    """Windows added up where they overlap: the adjoint of `unfold`."""
    out = np.zeros(shape, g.dtype)
    if not shape:
        return g.sum(dtype=g.dtype).reshape(())
    d = wrap_dim(dim, len(shape))
    count = g.shape[d]
    if size <= count:
        for k in range(size):
            out[along(shape, d, slice(k, k + (count - 1) * step + 1, step))] += g[..., k]
    else:
        g = np.moveaxis(g, -1, d + 1)
        for k in range(count):
            out[along(shape, d, slice(k * step, k * step + size))] += g[along(shape, d, k)]
    return out


@composed()
def ravel(x: Value) -> Value:
    """All elements in one dimension."""
    return reshape(x, (-1,)) if 0 not in x.shape else reshape(x, (0,))


@composed()
def unflatten(x: Value, dim: int, sizes: Sequence[int]) -> Value:
    """One dimension as several, of the given sizes; one of them may be -1. RuntimeError unless they multiply to its size."""
    d, sizes = wrap_dim(dim, len(x.shape)), tuple([wrap_index(n) for n in sizes])
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    known = 1
    for n in sizes:
        known *= n if n != -1 else 1
    have = x.shape[d] if len(x.shape) else 1
    if sizes.count(-1) == 1 and known and have % known == 0:
        sizes = tuple([have // known if n == -1 else n for n in sizes])
    elif known != have or -1 in sizes:
        raise RuntimeError(f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {d} ({have}) in the input tensor")
    return reshape(x, (*x.shape[:d], *sizes, *x.shape[d + 1 :]))


@composed()
def swapaxes(x: Value, axis0: int, axis1: int) -> Value:
    """`transpose` under NumPy's name."""
    return transpose(x, axis0, axis1)


@composed()
def swapdims(x: Value, dim0: int, dim1: int) -> Value:
    """`transpose` under another name."""
    return transpose(x, dim0, dim1)


@composed()
def adjoint(x: Value) -> Value:
    """The transposed matrices of the last two dimensions. RuntimeError for a vector."""
    if len(x.shape) == 1:
        raise RuntimeError("tensor.adjoint() is only supported on matrices or batches of matrices. Got 1-D tensor.")
    return transpose(x, -2, -1) if len(x.shape) else permute(x, ())


@composed()
def movedim(x: Value, source: Any, destination: Any) -> Value:
    """x with the dimensions `source` moved to the places `destination`; the others keep their order."""
    rank = len(x.shape)
    if type(source) is int and type(destination) is int and -rank <= source < rank and -rank <= destination < rank:
        order = list(range(rank))
        order.insert(destination % rank, order.pop(source))
        return permute(x, tuple(order))
    many = not hasattr(source, "__index__")
    if many == hasattr(destination, "__index__"):
        raise TypeError(f"movedim(): source and destination must both be ints or both be tuples: got {source!r} and {destination!r}")
    given, places = (tuple(source), tuple(destination)) if many else ((source,), (destination,))
    if len(given) != len(places):
        raise RuntimeError(f"movedim: Invalid source or destination dims: source ({list(given)} dims) should contain the same number of dims as "
                           f"destination ({list(places)} dims)")  # fmt: skip
    source, destination = [wrap_dim(d, rank) for d in given], [wrap_dim(d, rank) for d in places]
    for name, dims in (("source", source), ("destination", destination)):
        if len(set(dims)) != len(dims):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({list(dims)})")
    if not rank:
        return permute(x, ())
    rest = iter([d for d in range(rank) if d not in source])
    at = dict(zip(destination, source, strict=True))
    return permute(x, tuple([at[i] if i in at else next(rest) for i in range(rank)]))


@composed()
def narrow(x: Value, dim: int, start: Any, length: int) -> Value:
    """`length` positions of a dimension from `start` on: a view. IndexError for the start, RuntimeError for the length out of range."""
    shape = tuple(x.shape)
    if not shape:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    d = wrap_dim(dim, len(shape))
    start, length, size = wrap_index(start), wrap_index(length), shape[d]
    if length < 0:
        raise RuntimeError(f"narrow(): length must be non-negative: got {length}")
    if not -size <= start <= size:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-size}, {size}], but got {start})")
    start += size if start < 0 else 0
    if start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return getitem(x, along(shape, d, slice(start, start + length)))


@composed()
def narrow_copy(x: Value, dim: int, start: int, length: int) -> Value:
    """`narrow` with memory of its own."""
    return clone(narrow(x, dim, start, length))


@composed(spaces="method")
def expand_as(x: Value, y: Value) -> Value:
    """x broadcast to the shape of y without copying."""
    return expand(x, tuple(y.shape))


@composed(spaces="method")
def view_as(x: Value, y: Value) -> Value:
    """x in the shape of y, sharing memory."""
    return view(x, tuple(y.shape))


@composed(spaces="method")
def reshape_as(x: Value, y: Value) -> Value:
    """x in the shape of y."""
    return reshape(x, tuple(y.shape))


@composed()
def broadcast_to(x: Value, size: Sequence[int]) -> Value:
    """x broadcast to a shape without copying."""
    return expand(x, tuple(size))


@composed(spaces="torch")
def broadcast_tensors(*xs: Value) -> tuple[Value, ...]:
    """Every tensor broadcast to their common shape, without copying. RuntimeError where the shapes do not fit."""
    xs = unpacked(xs, "broadcast_tensors")
    shape = common_shape([tuple(x.shape) for x in xs])
    return tuple([expand(x, shape) for x in xs])


def unpacked(xs: tuple[Any, ...], name: str) -> tuple[Any, ...]:
    """f(a, b) and f([a, b]) are the same call. TypeError for what is no tensor."""
    return tuple([tensor_only(name, x) for x in (xs[0] if len(xs) == 1 and isinstance(xs[0], (list, tuple)) else xs)])


def tensor_only(name: str, x: Any) -> Any:
    """The argument, if it is a tensor. TypeError otherwise: functions of any number of tensors declare no types."""
    if not hasattr(x, "shape"):
        raise TypeError(f"{name}(): expected Tensors, but got {type(x).__name__} {x!r:.40}")
    return x


def common_shape(shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The shape that all broadcast to, with PyTorch's error where there is none."""
    rank = max([len(s) for s in shapes], default=0)
    out = [1] * rank
    for s in shapes:
        for i, n in enumerate(s, rank - len(s)):
            if n != 1 and out[i] != 1 and n != out[i]:
                raise RuntimeError(
                    f"The size of tensor a ({out[i]}) must match the size of tensor b ({n}) at non-singleton dimension {i}: shapes "
                    f"{[list(s) for s in shapes]} do not broadcast together; sizes must be equal, or 1, counted from the right"
                )
            if n != 1:
                out[i] = n
    return tuple(out)


@composed(spaces="torch")
def atleast_1d(*xs: Value) -> Any:
    """0-d tensors as (1,); the others as they are. Several tensors give a tuple."""
    return _each("atleast_1d", xs, lambda x: reshape(x, (1,)) if len(x.shape) == 0 else x)


@composed(spaces="torch")
def atleast_2d(*xs: Value) -> Any:
    """0-d tensors as (1, 1), vectors as rows (1, n)."""
    return _each("atleast_2d", xs, lambda x: reshape(x, (1, -1 if 0 not in x.shape else 0)) if len(x.shape) < 2 else x)


@composed(spaces="torch")
def atleast_3d(*xs: Value) -> Any:
    """0-d tensors as (1, 1, 1), vectors as (1, n, 1), matrices as (n, m, 1)."""
    return _each("atleast_3d", xs, lambda x: reshape(x, ((1, 1, 1), (1, *x.shape, 1), (*x.shape, 1))[len(x.shape)]) if len(x.shape) < 3 else x)


def _each(name: str, xs: tuple[Any, ...], fn: Any) -> Any:
    single = len(xs) == 1 and not isinstance(xs[0], (list, tuple))
    every = unpacked(xs, name)
    return fn(every[0]) if single else tuple([fn(x) for x in every])


@op(
    "{x} with part ← {src}",
    x=lambda g, offset, dim1, dim2, src_shape: diagonal_scatter(g, zeros_like_shape(g, src_shape), offset, dim1, dim2),
    src=lambda g, offset, dim1, dim2: diagonal(g, offset, dim1, dim2),
)
def diagonal_scatter(x: Array, src: Array, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Array:
    """A copy of x with src on a diagonal. RuntimeError unless src has the diagonal's shape."""
    return _replaced(x, src, lambda out: diagonal.fn(out, offset, dim1, dim2))


@op(
    "{x} with part ← {src}",
    x=lambda g, dim, index, src_shape: select_scatter(g, zeros_like_shape(g, src_shape), dim, index),
    src=lambda g, dim, index: part_along(g, dim, index),
)
def select_scatter(x: Array, src: Array, dim: int, index: int) -> Array:
    """A copy of x with src at one position of a dimension. RuntimeError unless src has the part's shape."""
    return _replaced(x, src, lambda out: select.fn(out, dim, index))


@op(
    "{x} with part ← {src}",
    x=lambda g, dim, start, end, step, src_shape: slice_scatter(g, zeros_like_shape(g, src_shape), dim, start, end, step),
    src=lambda g, dim, start, end, step: strip_along(g, dim, start, end, step),
)
def slice_scatter(x: Array, src: Array, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Array:
    """A copy of x with src at a slice of a dimension. RuntimeError unless src has the part's shape."""
    if step <= 0:
        raise RuntimeError(f"slice step must be positive: got {step}")
    d = wrap_dim(dim, x.ndim)
    return _replaced(x, src, lambda out: out[along(x.shape, d, slice(start, end, step))])


@op("0", g=None, types="any", spaces="engine")
def zeros_like_shape(g: Array, shape: tuple[int, ...]) -> Array:
    """Zeros of a shape in g's type."""
    return np.zeros(shape, g.dtype)


@composed("{g}[{index}]", spaces="engine")
def part_along(g: Value, dim: int, index: Any) -> Value:
    """g at one position of a dimension."""
    return getitem(g, along(g.shape, dim, index))


@composed("{g}[{start}:{end}:{step}]", spaces="engine")
def strip_along(g: Value, dim: int, start: Any, end: Any, step: int) -> Value:
    """g at a slice of a dimension."""
    return getitem(g, along(g.shape, dim, slice(start, end, step)))


def _replaced(x: Array, src: Array, part_of: Any) -> Array:
    out = x.copy()
    part = part_of(out)
    if part.shape != src.shape:
        raise RuntimeError(
            f"expected src to have a size equal to the part of self it replaces: src has {list(src.shape)}, the part {list(part.shape)}"
        )
    part[...] = src
    return out


@composed(spaces="method")
def sum_to_size(x: Value, *size: Any) -> Value:
    """x summed so that it has the given shape, from which it could have been broadcast. RuntimeError where it could not."""
    tensor_only("sum_to_size", x)
    target = tuple(size[0]) if len(size) == 1 and not hasattr(size[0], "__index__") else size
    own = tuple(x.shape)
    if len(target) > len(own) or any(n not in (1, m) for n, m in zip(target[::-1], own[::-1], strict=False)):
        raise RuntimeError(f"size {list(target)} is not expandable to size {list(own)}.")
    return sum_to(x, target)


alias(movedim, "moveaxis")
