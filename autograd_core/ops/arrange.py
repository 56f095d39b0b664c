"""Elements put elsewhere: flips, rolls, repetitions, triangles, diagonals, products of positions. Copies, no views.

Imports op, shape, views and reduce.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from ..kernels import few
from ..kernels.axes import in_rows
from ..op import Array, Value, composed, op
from .join import stack
from .pointwise import mul
from .reduce import sum as sum_over
from .shape import along, clone, expand, getitem, reshape, sizes_of, take_at, transpose, unsqueeze, wrap_dim, wrap_dims
from .views import common_shape, diagonal, place_diagonal, unpacked


@op("flip({x})", x=lambda g, dims: flip(g, dims), types="any", spread="dims")
def flip(x: Array, dims: Sequence[int]) -> Array:
    """x with the order of elements reversed along dims. IndexError out of range, RuntimeError if repeated."""
    if x.ndim == 1 and len(dims) == 1 and (dims[0] == 0 or dims[0] == -1):
        return x[::-1].copy()
    flipped = set(wrap_dims(dims, x.ndim)) if len(dims) else ()
    return x[tuple([slice(None, None, -1) if d in flipped else slice(None) for d in range(x.ndim)])].copy()


@composed()
def fliplr(x: Value) -> Value:
    """x with its columns reversed. RuntimeError for fewer than two dimensions."""
    if len(x.shape) < 2:
        raise RuntimeError(f"Input must be >= 2-d: got {len(x.shape)} dimensions")
    return flip(x, (1,))


@composed()
def flipud(x: Value) -> Value:
    """x with its rows reversed. RuntimeError for a 0-d tensor."""
    if len(x.shape) < 1:
        raise RuntimeError("Input must be >= 1-d: got a 0-d tensor")
    return flip(x, (0,))


@op("roll({x})", x=lambda g, shifts, dims: roll_back(g, shifts, dims), types="any")
def roll(x: Array, shifts: Any, dims: Any = None) -> Array:
    """x with its elements moved on by `shifts` along `dims`, those that leave at the end coming in at the start.

    Without dims all elements are rolled as one row. RuntimeError unless there are as many shifts as dims.
    """
    moves = sizes_of(shifts, "roll")
    where = () if dims is None else (dims,) if hasattr(dims, "__index__") else tuple(dims)
    if not moves:
        raise RuntimeError("`shifts` required: give a number of positions, or one for each dim")
    if not where and len(moves) == 1:
        flat, by = x.ravel(), -moves[0] % (x.size or 1)
        return np.concatenate((flat[by:], flat[:by])).reshape(x.shape)
    if len(where) != len(moves):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(moves)}, dims:{len(where)}")
    if not x.size:
        return x.copy()
    if not x.ndim:
        raise IndexError(f"Dimension specified as {where[0]} but tensor has no dimensions")
    return in_rows(np.roll(x, moves, tuple([wrap_dim(d, x.ndim) for d in where])))


@composed("roll({g})", spaces="engine")
def roll_back(g: Value, shifts: Any, dims: Any) -> Value:
    """g with its elements moved back."""
    return roll(g, negated(shifts), dims)


def negated(shifts: Any) -> Any:
    """The shifts that undo `shifts`."""
    return -shifts if hasattr(shifts, "__index__") else tuple([-s for s in shifts])


@composed()
def rot90(x: Value, k: int = 1, dims: Sequence[int] = (0, 1)) -> Value:
    """x turned k times by 90 degrees in the plane of two dims, from the first towards the second."""
    rank = len(x.shape)
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if rank < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {rank}")
    a, b = wrap_dim(dims[0], rank), wrap_dim(dims[1], rank)
    if a == b:
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}")
    turns = k % 4
    if turns == 0:
        return clone(x)
    if turns == 2:
        return flip(x, (a, b))
    return transpose(flip(x, (b,) if turns == 1 else (a,)), a, b)


@op("repeat({x})", x=lambda g, x_shape, repeats: sum_blocks(g, x_shape, repeats), types="any", spread="repeats", spaces="method")
def repeat(x: Array, repeats: Sequence[int]) -> Array:
    """x laid out repeats[i] times along each dimension; more repeats than dimensions add leading ones."""
    counts = sizes_of(repeats, "repeat")
    if len(counts) < x.ndim:
        raise RuntimeError(
            f"Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor: got {list(counts)} for shape {list(x.shape)}"
        )
    if any(n < 0 for n in counts):
        raise RuntimeError(f"Trying to create tensor with negative dimension: repeats {list(counts)} must not be negative")
    shape = (1,) * (len(counts) - x.ndim) + x.shape
    blocks = np.empty([k for pair in zip(counts, shape, strict=True) for k in pair], x.dtype)
    blocks[...] = x.reshape([k for n in shape for k in (1, n)])
    return blocks.reshape([c * n for c, n in zip(counts, shape, strict=True)])


@op(
    "tile({x})",
    x=lambda g, x_shape, dims: sum_tiles(g, x_shape, dims),
    types="any",
    spread="dims",
)
def tile(x: Array, dims: Sequence[int]) -> Array:
    """x laid out dims[i] times along each dimension; missing leading numbers count as 1."""
    return repeat.fn(x, (1,) * (x.ndim - len(dims)) + tuple(dims))


@composed("Σ blocks({g})", spaces="engine")
def sum_blocks(g: Value, shape: tuple[int, ...], repeats: Sequence[int]) -> Value:
    """The sum of the copies that `repeat` laid out."""
    full = (1,) * (len(repeats) - len(shape)) + tuple(shape)
    if 0 in repeats or 0 in full:
        return reshape(sum_over(g), (1,) * len(shape)) * zeros(shape, g)
    parted = reshape(g, tuple([k for pair in zip(repeats, full, strict=True) for k in pair]))
    total = sum_over(parted, tuple(range(0, 2 * len(full), 2)) if len(full) > 1 else 0)
    return total if len(full) == len(shape) else reshape(total, tuple(shape))


@composed("Σ blocks({g})", spaces="engine")
def sum_tiles(g: Value, shape: tuple[int, ...], dims: Sequence[int]) -> Value:
    """The sum of the copies that `tile` laid out."""
    return sum_blocks(g, shape, (1,) * (len(shape) - len(dims)) + tuple(dims))


def zeros(shape: tuple[int, ...], like: Value) -> Array:
    """Zeros in the type of a value."""
    return np.zeros(shape, getattr(like.dtype, "numpy", like.dtype))


@composed()
def repeat_interleave(x: Value, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None) -> Value:
    """Each element of x along dim repeated, all equally often or as `repeats` (a tensor) says; without dim x is flattened.

    With one argument, x holds the counts and the result the positions 0, 1, ... each as often as counted.
    """
    if repeats is None:
        counts: Any = getattr(x, "array", x)
        if counts.dtype.kind not in "iu" or counts.ndim != 1:
            raise RuntimeError(f"repeats must be a 1-d tensor of int type: got {counts.dtype} of shape {list(counts.shape)}")
        return take_at(x * 0 + np.arange(len(counts)), (_counted(counts, len(counts)),))
    if dim is None:
        x, dim = reshape(x, (-1,) if 0 not in x.shape else (0,)), 0
    d = wrap_dim(dim, len(x.shape))
    if not len(x.shape):
        x = reshape(x, (1,))
    size = x.shape[d]
    if hasattr(repeats, "__index__") and not hasattr(repeats, "shape"):
        if repeats < 0:
            raise RuntimeError(f"Repeats must be non-negative: got {repeats}")
        shape = tuple(x.shape)
        return reshape(
            clone(expand(unsqueeze(x, d + 1), (*shape[: d + 1], int(repeats), *shape[d + 1 :]))),
            (*shape[:d], size * repeats, *shape[d + 1 :]),
        )
    counts = np.asarray(getattr(repeats, "array", repeats))
    if counts.dtype.kind not in "iu":
        raise NotImplementedError(f"repeat_interleave is not implemented for repeats of {counts.dtype}: use .long()")
    if counts.ndim > 1 or counts.size not in (1, size):
        raise RuntimeError(f"repeats must have the same size as input along dim: got repeats of shape {list(counts.shape)} for size {size}")
    index = _counted(counts.reshape(-1), size)
    if output_size is not None and output_size != len(index):
        raise RuntimeError(f"allocated size does not match required size: output_size={output_size}, the repeats add up to {len(index)}")
    return take_at(x, along(x.shape, d, index))


def _counted(counts: Array, size: int) -> Array:
    """0 .. size−1, each as often as counted."""
    if counts.size and counts.min() < 0:
        raise RuntimeError(f"repeats can not be negative: got {int(counts.min())}")
    return np.repeat(np.arange(size), counts)


@op("tril({x})", x=lambda g, diagonal: tril(g, diagonal), types="any", inplace=True)
def tril(x: Array, diagonal: int = 0) -> Array:
    """The matrices in the last two dimensions with zeros above a diagonal."""
    _check_matrix(x, "tril")
    if x.ndim == 2 and few.row_length(x, None):
        return few.choose(x, _triangle(*x.shape, diagonal), 0.0, False)
    if x.shape[-2] * x.shape[-1] > LARGE:
        return in_rows(np.tril(x, diagonal))
    return in_rows(np.where(_triangle(x.shape[-2], x.shape[-1], diagonal), x, x.dtype.type(0)))


@op("triu({x})", x=lambda g, diagonal: triu(g, diagonal), types="any", inplace=True)
def triu(x: Array, diagonal: int = 0) -> Array:
    """The matrices in the last two dimensions with zeros below a diagonal."""
    _check_matrix(x, "triu")
    if x.ndim == 2 and few.row_length(x, None):
        return few.choose(x, _triangle(*x.shape, diagonal - 1), 0.0, True)
    if x.shape[-2] * x.shape[-1] > LARGE:
        return in_rows(np.triu(x, diagonal))
    return in_rows(np.where(_triangle(x.shape[-2], x.shape[-1], diagonal - 1), x.dtype.type(0), x))


LARGE = 1 << 14  # elements of a matrix whose triangle is not kept


@lru_cache(64)
def _triangle(n: int, m: int, diagonal: int) -> Array:
    """Where the lower triangle of an n × m matrix is."""
    return np.tri(n, m, diagonal, dtype=bool)


def _check_matrix(x: Array, name: str) -> None:
    if x.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions: got shape {list(x.shape)}")


@op("diag({x})", x=lambda g, offset, dim1, dim2: diagonal(g, offset, dim1, dim2), types="any")
def diag_embed(x: Array, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Array:
    """The last dimension of x as a diagonal of two new dimensions dim1 and dim2, zeros elsewhere."""
    rank = x.ndim + 1
    a, b = wrap_dim(dim1, rank), wrap_dim(dim2, rank)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    n = (x.shape[-1] if x.ndim else 1) + abs(offset)
    rest = iter(x.shape[:-1])
    shape = tuple([n if d in (a, b) else next(rest) for d in range(rank)])
    return place_diagonal.fn(x, shape, offset, a, b)


@composed()
def diag(x: Value, diagonal: int = 0) -> Value:
    """A vector as the diagonal of a matrix, or the diagonal of a matrix as a vector (a copy)."""
    rank = len(x.shape)
    if rank not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {rank}D: use diagonal() or diag_embed() for batches")
    return diag_embed(x, diagonal) if rank == 1 else clone(diagonal_view(x, diagonal))


def diagonal_view(x: Value, offset: int) -> Value:
    """`views.diagonal`, which a parameter of `diag` hides."""
    return diagonal(x, offset)


@composed()
def diagflat(x: Value, offset: int = 0) -> Value:
    """All elements of x as the diagonal of a matrix."""
    return diag_embed(reshape(x, (-1,) if 0 not in x.shape else (0,)), offset)


@op("block_diag({xs})", xs=lambda g, xs_shapes: diagonal_blocks(g, xs_shapes), types="promote", spaces="engine", name="block_diag")
def place_blocks(xs: Sequence[Array]) -> Array:
    """Matrices along the diagonal of one, zeros elsewhere. Vectors count as rows."""
    shapes = [_as_matrix(x.shape) for x in xs]
    rows, columns = sum(s[0] for s in shapes) if shapes else 1, sum(s[1] for s in shapes)
    out = np.zeros((rows, columns), xs[0].dtype if xs else np.float32)
    r = c = 0
    for x, (n, m) in zip(xs, shapes, strict=True):
        out[r : r + n, c : c + m] = x
        r, c = r + n, c + m
    return out


def _as_matrix(shape: tuple[int, ...]) -> tuple[int, int]:
    if len(shape) > 2:
        raise RuntimeError(f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Got a tensor of shape {list(shape)}")
    rows, columns = (1,) * (2 - len(shape)) + tuple(shape)
    return rows, columns


@composed("blocks of {g}", spaces="engine")
def diagonal_blocks(g: Value, shapes: Sequence[tuple[int, ...]]) -> list[Value]:
    """The blocks that `block_diag` put on the diagonal, in their own shapes."""
    out, r, c = [], 0, 0
    for shape in shapes:
        n, m = _as_matrix(shape)
        out.append(reshape(getitem(g, (slice(r, r + n), slice(c, c + m))), shape))
        r, c = r + n, c + m
    return out


@composed(spaces="torch")
def block_diag(*xs: Value) -> Value:
    """Matrices (vectors count as rows, numbers as 1 × 1) along the diagonal of one, zeros elsewhere."""
    return place_blocks(list(unpacked(xs, "block_diag")))


@composed()
def kron(x: Value, y: Value) -> Value:
    """The Kronecker product: every element of x times the whole of y."""
    rank = max(len(x.shape), len(y.shape))
    a, b = (1,) * (rank - len(x.shape)) + tuple(x.shape), (1,) * (rank - len(y.shape)) + tuple(y.shape)
    left = reshape(x, [k for n in a for k in (n, 1)])
    right = reshape(y, [k for n in b for k in (1, n)])
    return reshape(mul(left, right), [n * m for n, m in zip(a, b, strict=True)])


@composed(spaces="torch")
def meshgrid(*xs: Value, indexing: str = "ij") -> tuple[Value, ...]:
    """Vectors as the coordinates of a grid: result i varies along dimension i only, as x[i] does. "xy" exchanges the first two.

    The results are expanded views: clone one before changing it in place.
    """
    xs = unpacked(xs, "meshgrid")
    if not xs:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    for x in xs:
        if len(x.shape) > 1:
            raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got a tensor of shape {list(x.shape)}")
    if len({getattr(x.dtype, "name", x.dtype) for x in xs}) > 1:
        raise RuntimeError("torch.meshgrid expects all tensors to have the same dtype")
    rank = len(xs)
    sizes = [x.shape[0] if len(x.shape) else 1 for x in xs]
    swap = indexing == "xy" and rank > 1
    at = [1, 0, *range(2, rank)] if swap else list(range(rank))
    shape = tuple([sizes[at[i]] for i in range(rank)])
    return tuple([expand(reshape(x, (1,) * at[i] + (sizes[i],) + (1,) * (rank - at[i] - 1)), shape) for i, x in enumerate(xs)])


@composed(spaces="torch")
def cartesian_prod(*xs: Value) -> Value:
    """All combinations of one element from each vector, one a row."""
    xs = unpacked(xs, "cartesian_prod")
    if len(xs) == 1:
        return clone(xs[0])
    return stack([reshape(g, (-1,)) for g in meshgrid(*xs)], 1)


@composed()
def combinations(x: Value, r: int = 2, with_replacement: bool = False) -> Value:
    """All choices of r elements of a vector, one a row, in the order of itertools."""
    if len(x.shape) != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(x.shape)}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = list(choose(range(x.shape[0]), r))
    return take_at(x, (np.array(rows, np.int64).reshape(len(rows), r),)) if r else getitem(x, slice(0, 0))


@op(
    "{x} × {y}",
    x=lambda g, y, dim: vector_product(y, g, dim),
    y=lambda g, x, dim: vector_product(g, x, dim),
    types="promote",
    spaces="engine",
    name="cross",
    torch_name="LinalgCrossBackward",
)
def vector_product(x: Array, y: Array, dim: int) -> Array:
    """The vector product of the 3-vectors along a dimension."""
    x, y = np.broadcast_arrays(x, y)
    (x0, x1, x2), (y0, y1, y2) = np.moveaxis(x, dim, 0), np.moveaxis(y, dim, 0)
    out = np.empty(x.shape, np.result_type(x, y))
    z = np.moveaxis(out, dim, 0)
    for i, (a, b, c, d) in enumerate(((x1, y2, x2, y1), (x2, y0, x0, y2), (x0, y1, x1, y0))):
        z[i] = a * b - c * d
    return out


@composed()
def cross(x: Value, y: Value, dim: int | None = None) -> Value:
    """The vector product along dim, which has size 3 in both; without dim along the first dimension of size 3."""
    if dim is None:
        dim = next((d for d, n in enumerate(common_shape([tuple(x.shape), tuple(y.shape)])) if n == 3), None)
        if dim is None:
            raise RuntimeError(f"no dimension of size 3 in input: shapes {list(x.shape)} and {list(y.shape)}")
    return linalg_cross(x, y, dim=dim)


@composed(name="cross", spaces="linalg")
def linalg_cross(x: Value, y: Value, *, dim: int = -1) -> Value:
    """The vector product of the 3-vectors along dim; the other dimensions broadcast."""
    rank = len(x.shape)
    if rank != len(y.shape):
        raise RuntimeError(f"linalg.cross: inputs must have the same number of dimensions: got {rank} and {len(y.shape)}")
    d = wrap_dim(dim, rank)
    if x.shape[d] != 3 or y.shape[d] != 3:
        raise RuntimeError(f"linalg.cross: inputs dimension {dim} must have length 3. Got {x.shape[d]} and {y.shape[d]}")
    common_shape([tuple(x.shape), tuple(y.shape)])
    return vector_product(x, y, d)
