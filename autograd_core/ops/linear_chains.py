"""Products over chosen dimensions, of many matrices, and distances between rows. Imports op and the families below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..dtypes import as_dtype
from ..kernels.axes import in_rows
from ..op import Array, Value, composed, op, quiet
from .comparison import eq, where
from .linear import matmul
from .pointwise import mul, sub
from .reduce import sum, vector_norm
from .shape import permute, reshape, take_at, transpose, unsqueeze, wrap_dim
from .views import unpacked

FAST = "fd"  # the type codes that BLAS serves
FLOAT16 = np.dtype(np.float16)


@composed()
def inner(x: Value, y: Value) -> Value:
    """Σ x y over the last dimension of both, for all pairs of the others; with a number, the product."""
    a, b = len(x.shape), len(y.shape)
    if not a or not b:
        return mul(x, y)
    if x.shape[-1] != y.shape[-1]:
        raise RuntimeError(
            f"inner() the last dimension must match on both input tensors but got shapes {list(x.shape)} and {list(y.shape)}"
        )
    return tensordot(x, y, ([a - 1], [b - 1]))


@composed(spaces="torch")
def tensordot(x: Value, y: Value, dims: Any = 2) -> Value:
    """Σ x y over pairs of dimensions: the last `dims` of x with the first of y, or those that two lists name."""
    given = getattr(dims, "array", dims)
    given = given.tolist() if hasattr(given, "tolist") else given
    a, b = len(x.shape), len(y.shape)
    if hasattr(given, "__index__"):
        if given < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={given}")
        if given > min(a, b):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={given}")
        given = (list(range(a - given, a)), list(range(given)))
    left, right = [[wrap_dim(d, n) for d in ((ds,) if hasattr(ds, "__index__") else ds)] for ds, n in zip(given, (a, b), strict=True)]
    if len(left) != len(right):
        raise RuntimeError(f"both dimension lists should have same length: got {left} and {right}")
    for i, j in zip(left, right, strict=True):
        n, m = x.shape[i], y.shape[j]
        if n != m and 1 not in (n, m):
            raise RuntimeError(f"contracted dimensions need to match, but first has size {n} in dim {i} and second has size {m} in dim {j}")
        if n != m:
            x, y = (sum(x, i, True), y) if m == 1 else (x, sum(y, j, True))
    free_x, free_y = [d for d in range(a) if d not in left], [d for d in range(b) if d not in right]
    shape = [x.shape[d] for d in free_x] + [y.shape[d] for d in free_y]
    inner_size = math.prod([x.shape[d] for d in left])
    rows = reshape(permute(x, (*free_x, *left)), (math.prod(shape[: len(free_x)]), inner_size))
    columns = reshape(permute(y, (*right, *free_y)), (inner_size, math.prod(shape[len(free_x) :])))
    return reshape(matmul(rows, columns), tuple(shape))


def _best_order(sizes: Sequence[int]) -> list[list[int]]:
    """Where to split each run of matrices so that their product costs least (matrix-chain dynamic programming)."""
    n = len(sizes) - 1
    cost = [[0] * n for _ in range(n)]
    cut = [[0] * n for _ in range(n)]
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            options = [(cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j)]
            cost[i][j], cut[i][j] = min(options)
    return cut


def _chain(xs: Sequence[Value], name: str) -> Value:
    for i, (x, y) in enumerate(pairwise(xs)):
        if x.shape[-1] != y.shape[0]:
            raise RuntimeError(f"{name}(): tensors {i} and {i + 1} with shapes {list(x.shape)} and {list(y.shape)} cannot be multiplied")
    cut = _best_order([xs[0].shape[0]] + [x.shape[1] for x in xs])

    def product(i: int, j: int) -> Value:
        return xs[i] if i == j else matmul(product(i, cut[i][j]), product(cut[i][j] + 1, j))

    return product(0, len(xs) - 1)


@composed(spaces="linalg")
def multi_dot(xs: Sequence[Value]) -> Value:
    """The product of several matrices in the cheapest order; the first and the last may be vectors."""
    if len(xs) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(xs)}")
    for i, x in enumerate(xs):
        if len(x.shape) != 2 and (len(x.shape) != 1 or 0 < i < len(xs) - 1):
            raise RuntimeError(f"multi_dot(): tensor {i} must be 2D (the first and the last may be 1D) but got {len(x.shape)}D")
    first, last = len(xs[0].shape) == 1, len(xs[-1].shape) == 1
    mats = [unsqueeze(xs[0], 0) if first else xs[0], *xs[1:-1], unsqueeze(xs[-1], 1) if last else xs[-1]]
    out = _chain(mats, "multi_dot")
    shape = tuple(out.shape)
    return reshape(out, shape[1 if first else 0 : 1 if last else 2]) if first or last else out


@composed(spaces="torch")
def chain_matmul(*matrices: Value) -> Value:
    """The product of several matrices in the cheapest order."""
    xs = unpacked(matrices, "chain_matmul")
    if not xs:
        raise RuntimeError("chain_matmul(): Expected one or more matrices, got none: pass tensors")
    for x in xs:
        if len(x.shape) != 2:
            raise RuntimeError(f"Tensor dimension is {len(x.shape)}, expected 2 instead: chain_matmul takes matrices")
    return xs[0] if len(xs) == 1 else _chain(xs, "chain_matmul")


@op(
    "‖{x1} − {x2}‖",
    x1=lambda g, x1, x2, out: distance_x1(g, x1, x2, out),
    x2=lambda g, x1, x2, out: distance_x1(transpose(g, -1, -2), x2, x1, transpose(out, -1, -2)),
    types="promote",
    spaces="engine",
    torch_name="EuclideanDistBackward",
)
@quiet
def euclidean(x1: Array, x2: Array, through_products: bool) -> Array:
    """The Euclidean distances between the rows of two matrices, (..., n, d) and (..., m, d) -> (..., n, m)."""
    if through_products:
        with np.errstate(all="ignore"):
            near = np.add.reduce(x1 * x1, -1)[..., :, None] + np.add.reduce(x2 * x2, -1)[..., None, :] - 2 * (x1 @ x2.swapaxes(-1, -2))
            return in_rows(np.sqrt(np.maximum(near, 0)))
    away = x1[..., :, None, :] - x2[..., None, :, :]
    return in_rows(np.sqrt(np.add.reduce(away * away, -1)))


@composed("Σ {g} · ({x1} − {x2}) / {out}", spaces="engine")
def distance_x1(g: Value, x1: Value, x2: Value, out: Value) -> Value:
    """The gradient of the distances for their first points: 0 where two points are one."""
    flat = eq(out, 0)
    w = where(flat, 0.0, g) / where(flat, 1.0, out)
    return x1 * sum(w, -1, True) - matmul(w, x2)


@composed(spaces="torch")
def cdist(x1: Value, x2: Value, p: float = 2.0, compute_mode: Any = "use_mm_for_euclid_dist_if_necessary") -> Value:
    """The p-norm distances between the rows of (..., n, d) and (..., m, d), as (..., n, m); batches broadcast.

    Beyond 25 rows the Euclidean distance goes through a matrix product, unless compute_mode is "donot_use_mm_for_euclid_dist".
    """
    for name, x in (("X1", x1), ("X2", x2)):
        if not as_dtype(x.dtype).is_floating_point:
            raise RuntimeError(f"cdist only supports floating-point dtypes, {name} got: {as_dtype(x.dtype).suffix}")
        if len(x.shape) < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {len(x.shape)}D")
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(f"X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: {x2.shape[-1]}")
    if p < 0:
        raise RuntimeError(f"cdist only supports non-negative p values: got {p}")
    if p == 2:
        many = x1.shape[-2] > 25 or x2.shape[-2] > 25
        modes = {"use_mm_for_euclid_dist": True, 1: True, "donot_use_mm_for_euclid_dist": False, 2: False}
        return euclidean(x1, x2, modes.get(compute_mode, many))
    if not x1.shape[-1]:
        return euclidean(x1, x2, False)
    return vector_norm(sub(unsqueeze(x1, -2), unsqueeze(x2, -3)), p, -1)


@composed(spaces="torch functional")
def pdist(x: Value, p: float = 2.0) -> Value:
    """The p-norm distances between all pairs of rows i < j of a matrix."""
    if len(x.shape) != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {len(x.shape)}D")
    i, j = np.triu_indices(x.shape[0], 1)
    return vector_norm(sub(take_at(x, (i,)), take_at(x, (j,))), p, 1)


@composed(spaces="linalg")
def vecdot(x: Value, y: Value, *, dim: int = -1) -> Value:
    """Σ x y along dim. RuntimeError for integers."""
    for a in (x, y):
        if not as_dtype(a.dtype).is_floating_point:
            raise RuntimeError(
                f"linalg.vecdot: Expected a floating point or complex tensor as input. Got {as_dtype(a.dtype).suffix}: use .float()"
            )
    return sum(mul(x, y), dim)
