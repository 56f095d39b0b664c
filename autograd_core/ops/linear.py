"""Matrix products and what is built on them. Imports op, shape, views, pointwise and reduce.

Two-dimensional products go through ndarray.dot, which takes half the time of np.matmul on tiny matrices and calls the same BLAS.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..dtypes import as_dtype
from ..op import Array, Value, alias, composed, op
from .comparison import eq, where
from .pointwise import mul, sub
from .reduce import sum, vector_norm
from .shape import permute, reshape, sum_to, take_at, transpose, unsqueeze, wrap_dim
from .views import common_shape, unpacked

FAST = "fd"  # the type codes that BLAS serves
FLOAT16 = np.dtype(np.float16)


def _product(x: Array, y: Array) -> Array:
    """np.matmul for any of our types: half precision is multiplied in single, bools are refused as in PyTorch."""
    if x.dtype.kind == "b":
        raise NotImplementedError("matmul is not implemented for 'Bool': convert with .float() or .int()")
    if x.dtype == FLOAT16:
        return np.matmul(x.astype(np.float32), y.astype(np.float32)).astype(FLOAT16)
    return np.matmul(x, y)


@op("{x} @ {y}", x=lambda g, x_shape, y: matmul_x(g, x_shape, y), y=lambda g, x, y_shape: matmul_y(g, x, y_shape), operator="matmul")
def matmul(x: Array, y: Array) -> Array:
    """The matrix product: 1-d · 1-d is the dot product, more than two dimensions are batches and broadcast."""
    try:
        if x.dtype.char in FAST and 0 < x.ndim < 3 and 0 < y.ndim < 3:
            return x.dot(y)
        return _product(x, y)
    except ValueError:
        raise _mismatch(x, y) from None


@op(
    "{x} @ {y}",
    x=lambda g, x_shape, y: matmul_x(g, x_shape, y),
    y=lambda g, x, y_shape: matmul_y(g, x, y_shape),
    spaces="engine",
    name="matmul",
)
def product(x: Array, y: Array) -> Array:
    """`matmul` for ops that multiply with constant arrays; the operator leaves tensor @ array to NumPy."""
    return matmul.fn(x, y)


def _mismatch(x: Array, y: Array) -> Exception:
    """Why two arrays cannot be multiplied."""
    if not x.ndim or not y.ndim:
        return RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {x.ndim}D and {y.ndim}D")
    inner = y.shape[-2] if y.ndim > 1 else y.shape[0]
    if x.shape[-1] == inner:
        try:
            common_shape([x.shape[:-2], y.shape[:-2]])
        except RuntimeError as error:
            return error
    if x.ndim == 1 and y.ndim == 1:
        return RuntimeError(
            f"inconsistent tensor size, expected tensor [{x.shape[0]}] and src [{inner}] to have the same number of elements, but got "
            f"{x.shape[0]} and {inner} elements respectively"
        )
    return RuntimeError(
        f"mat1 and mat2 shapes cannot be multiplied ({'x'.join(map(str, x.shape))} and {'x'.join(map(str, y.shape))}): the last size of the "
        f"first, {x.shape[-1]}, must equal the second's size of rows, {inner}"
    )


def rows_of(x: Array) -> Array:
    """x as a matrix of its rows, of which there may be none, or empty ones."""
    return x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


def _matmul_x_array(g: Array, x_shape: tuple[int, ...], y: Array) -> Array:
    """`matmul_x` on arrays."""
    rank, other = len(x_shape), y.ndim
    if rank == 2 and other == 2:
        return g.dot(y.T) if g.dtype.char in FAST else _product(g, y.T)
    if other == 1:
        return g * y if rank == 1 else g[..., None] * y
    if rank == 1:
        return y.dot(g) if other == 2 and g.dtype.char in FAST else _product(y, g[..., None])[..., 0]
    return _product(g, y.swapaxes(-1, -2))


@composed("{g} @ {y}ᵀ", spaces="engine", kernel=_matmul_x_array)
def matmul_x(g: Value, x_shape: tuple[int, ...], y: Value) -> Value:
    """g @ yᵀ, in x's shape."""
    rank = len(y.shape)
    if len(x_shape) == 1 and rank == 1:
        return g * y
    if rank == 1:
        return unsqueeze(g, -1) * y
    if len(x_shape) == 1:
        g = unsqueeze(g, -2)
    out = matmul(g, transpose(y, -1, -2))
    return sum_to(reshape(out, out.shape[:-2] + out.shape[-1:]), x_shape) if len(x_shape) == 1 else out


def _matmul_y_array(g: Array, x: Array, y_shape: tuple[int, ...]) -> Array:
    """`matmul_y` on arrays."""
    rank, other = x.ndim, len(y_shape)
    if rank == 2 and other < 3 and g.dtype.char in FAST:
        return x.T.dot(g)
    if rank == 1:
        return g * x if other == 1 else x[:, None] * g[..., None, :]
    if other < 3:
        x, g = rows_of(x), rows_of(g) if other == 2 else g.reshape(-1)
        return _product(x.T, g)
    return _product(x.swapaxes(-1, -2), g)


@composed("{x}ᵀ @ {g}", spaces="engine", kernel=_matmul_y_array)
def matmul_y(g: Value, x: Value, y_shape: tuple[int, ...]) -> Value:
    """xᵀ @ g, in y's shape; leading sizes that y lacks are folded into one product."""
    rank = len(x.shape)
    if rank == 1 and len(y_shape) == 1:
        return g * x
    if rank == 1:
        return unsqueeze(x, -1) * unsqueeze(g, -2)
    if len(y_shape) == 1:
        return sum_to(unsqueeze(g, -1) * x, y_shape)
    if len(y_shape) == 2 and rank > 2:
        x, g = reshape(x, (math.prod(x.shape[:-1]), x.shape[-1])), reshape(g, (math.prod(g.shape[:-1]), g.shape[-1]))
    return matmul(transpose(x, -1, -2), g)


@op("{x} @ {mat2}", x=lambda g, x_shape, mat2: matmul_x(g, x_shape, mat2), mat2=lambda g, x, mat2_shape: matmul_y(g, x, mat2_shape))
def mm(x: Array, mat2: Array) -> Array:
    """The product of two matrices. RuntimeError for anything but two dimensions."""
    for name, a in (("self", x), ("mat2", mat2)):
        if a.ndim != 2:
            raise RuntimeError(f"{name} must be a matrix: got shape {list(a.shape)}; matmul takes vectors and batches too")
    return matmul.fn(x, mat2)


@op("{x} @ {mat2}", x=lambda g, x_shape, mat2: matmul_x(g, x_shape, mat2), mat2=lambda g, x, mat2_shape: matmul_y(g, x, mat2_shape))
def bmm(x: Array, mat2: Array) -> Array:
    """The products of two batches of matrices, (b, n, m) @ (b, m, p). RuntimeError for anything but three dimensions."""
    for name, a in (("batch1", x), ("batch2", mat2)):
        if a.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor: got shape {list(a.shape)}; matmul broadcasts other ranks")
    if x.shape[0] != mat2.shape[0] or x.shape[2] != mat2.shape[1]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{x.shape[0]}, {x.shape[2]}] but got: [{mat2.shape[0]}, {mat2.shape[1]}]."
        )
    return _product(x, mat2)


@op("{x} @ {vec}", x=lambda g, x_shape, vec: matmul_x(g, x_shape, vec), vec=lambda g, x, vec_shape: matmul_y(g, x, vec_shape))
def mv(x: Array, vec: Array) -> Array:
    """A matrix times a vector."""
    if x.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {x.ndim}, {vec.ndim}")
    if x.shape[1] != vec.shape[0]:
        raise RuntimeError(f"size mismatch, got input ({x.shape[0]}), mat ({x.shape[0]}x{x.shape[1]}), vec ({vec.shape[0]})")
    return matmul.fn(x, vec)


@op("{x} · {tensor}", x=lambda g, tensor: g * tensor, tensor=lambda g, x: g * x)
def dot(x: Array, tensor: Array) -> Array:
    """Σ x y of two vectors of equal length."""
    if x.ndim != 1 or tensor.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {x.ndim}D and {tensor.ndim}D tensors: use matmul, or (x * y).sum()")
    return matmul.fn(x, tensor)


@composed()
def vdot(x: Value, y: Value) -> Value:
    """`dot`: there are no complex numbers to conjugate."""
    return dot(x, y)


@op("{x} ⊗ {vec2}", x=lambda g, vec2: matmul(g, vec2), vec2=lambda g, x: matmul(transpose(g, 0, 1), x), types="promote")
def outer(x: Array, vec2: Array) -> Array:
    """All products x[i] vec2[j] of two vectors."""
    for name, a in (("self", x), ("vec2", vec2)):
        if a.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {a.ndim}-D")
    return np.multiply(x[:, None], vec2)


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


@op(
    "{x} @ {w}ᵀ + {b}",
    x=lambda g, w: linear_input(g, w),
    w=lambda g, x: linear_weight(g, x),
    b=lambda g: linear_bias(g),
    spaces="functional",
    torch_name="AddmmBackward",
)
def linear(x: Array, w: Array, b: Array | None = None) -> Array:
    """x wᵀ + b for x (..., in), w (out, in), b (out)."""
    if w.ndim not in (1, 2):
        raise RuntimeError(f"linear(): the weight must have 1 or 2 dimensions, got shape {list(w.shape)}")
    if not x.ndim or x.shape[-1] != w.shape[-1]:
        rows = math.prod(x.shape[:-1])
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows}x{x.shape[-1] if x.ndim else 1} and {w.shape[-1]}x{w.shape[0]}): x of shape "
            f"{list(x.shape)} must end in in_features={w.shape[-1]}"
        )
    flat = x if x.ndim < 3 else rows_of(x)
    out = flat.dot(w.T) if x.dtype.char in FAST else _product(flat, w.T)
    if b is not None:
        if type(out) is np.ndarray and out.shape[-1:] == b.shape:
            out += b
        else:
            out = out + b
    return out if x.ndim < 3 else out.reshape(x.shape[:-1] + w.shape[:-1])


@composed("{g} @ {w}", spaces="engine")
def linear_input(g: Value, w: Value) -> Value:
    """g w over the last dimension."""
    return unsqueeze(g, -1) * w if len(w.shape) == 1 else matmul(g, w)


def _linear_weight_array(g: Array, x: Array) -> Array:
    """`linear_weight` on arrays."""
    if x.ndim == 2 and g.ndim == 2 and g.dtype.char in FAST:
        return g.T.dot(x)
    rows = rows_of(x)
    if g.ndim == x.ndim:
        return _product(rows_of(g).T, rows)
    return _product(g.reshape(-1), rows)


@composed("{g}ᵀ @ {x}", spaces="engine", kernel=_linear_weight_array)
def linear_weight(g: Value, x: Value) -> Value:
    """gᵀ x over all leading dimensions."""
    same = len(g.shape) == len(x.shape)
    rows = math.prod(x.shape[:-1])
    x = reshape(x, (rows, x.shape[-1]))
    return matmul(transpose(reshape(g, (rows, g.shape[-1])), 0, 1), x) if same else matmul(reshape(g, (rows,)), x)


@composed("Σ {g}", spaces="engine")
def linear_bias(g: Value) -> Value:
    """g summed over all leading dimensions."""
    return sum_to(g, g.shape[-1:])


def _added(x: Array, product: Array, beta: float, alpha: float) -> Array:
    """beta · x + alpha · product; x is not looked at when beta is 0."""
    kind = product.dtype
    if kind.kind in "iub":
        beta, alpha = int(beta), int(alpha)
    elif kind == FLOAT16:
        return _added(x.astype(np.float32), product.astype(np.float32), beta, alpha).astype(kind)
    if x.shape != product.shape:
        _check_expands(x.shape, product.shape)
    if alpha != 1:
        product = product * kind.type(alpha)
    if beta == 0:
        return product
    return product + (x if beta == 1 else x * kind.type(beta))


def _check_expands(own: tuple[int, ...], target: tuple[int, ...]) -> None:
    for i, (n, m) in enumerate(zip(own[::-1], target[::-1], strict=False)):
        if n not in (1, m):
            raise RuntimeError(
                f"The expanded size of the tensor ({m}) must match the existing size ({n}) at non-singleton dimension {len(target) - 1 - i}. "
                f"Target sizes: {list(target)}. Tensor sizes: {list(own)}"
            )
    if len(own) > len(target):
        raise RuntimeError(f"expand: the input of shape {list(own)} has more dimensions than the result {list(target)}")


@op(
    "{beta} · {x} + {alpha} · {mat1} @ {mat2}",
    x=lambda g, beta: g * beta,
    mat1=lambda g, mat1_shape, mat2, alpha: matmul_x(g * alpha, mat1_shape, mat2),
    mat2=lambda g, mat1, mat2_shape, alpha: matmul_y(g * alpha, mat1, mat2_shape),
    inplace=True,
)
def addmm(x: Array, mat1: Array, mat2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """beta · x + alpha · mat1 @ mat2 for two matrices; x broadcasts."""
    return _added(x, mm.fn(mat1, mat2), beta, alpha)


@op(
    "{beta} · {x} + {alpha} · {mat} @ {vec}",
    x=lambda g, beta: g * beta,
    mat=lambda g, mat_shape, vec, alpha: matmul_x(g * alpha, mat_shape, vec),
    vec=lambda g, mat, vec_shape, alpha: matmul_y(g * alpha, mat, vec_shape),
    inplace=True,
)
def addmv(x: Array, mat: Array, vec: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """beta · x + alpha · mat @ vec; x broadcasts."""
    return _added(x, mv.fn(mat, vec), beta, alpha)


@op(
    "{beta} · {x} + {alpha} · {vec1} ⊗ {vec2}",
    x=lambda g, beta: g * beta,
    vec1=lambda g, vec2, alpha: matmul(g * alpha, vec2),
    vec2=lambda g, vec1, alpha: matmul(transpose(g * alpha, 0, 1), vec1),
    types="promote",
    inplace=True,
)
def addr(x: Array, vec1: Array, vec2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """beta · x + alpha · vec1 ⊗ vec2; x broadcasts."""
    if vec1.ndim != 1 or vec2.ndim != 1:
        raise RuntimeError(f"addr: Expected 1-D argument vec1 and vec2, but got {vec1.ndim}-D and {vec2.ndim}-D")
    return _added(x, outer.fn(vec1, vec2), beta, alpha)


@op(
    "{beta} · {x} + {alpha} · Σ {batch1} @ {batch2}",
    x=lambda g, beta: g * beta,
    batch1=lambda g, batch2, alpha: matmul(g * alpha, transpose(batch2, 1, 2)),
    batch2=lambda g, batch1, alpha: matmul(transpose(batch1, 1, 2), g * alpha),
    inplace=True,
)
def addbmm(x: Array, batch1: Array, batch2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """beta · x + alpha · Σ batch1[i] @ batch2[i]; x broadcasts."""
    product = bmm.fn(batch1, batch2)
    return _added(x, np.add.reduce(product, 0, product.dtype), beta, alpha)


@op(
    "{beta} · {x} + {alpha} · {batch1} @ {batch2}",
    x=lambda g, beta: g * beta,
    batch1=lambda g, batch2, alpha: matmul(g * alpha, transpose(batch2, 1, 2)),
    batch2=lambda g, batch1, alpha: matmul(transpose(batch1, 1, 2), g * alpha),
    inplace=True,
)
def baddbmm(x: Array, batch1: Array, batch2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """beta · x[i] + alpha · batch1[i] @ batch2[i]; x broadcasts."""
    return _added(x, bmm.fn(batch1, batch2), beta, alpha)


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
    xs = unpacked(matrices)
    if not xs:
        raise RuntimeError("chain_matmul(): Expected one or more matrices")
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
def euclidean(x1: Array, x2: Array, through_products: bool) -> Array:
    """The Euclidean distances between the rows of two matrices, (..., n, d) and (..., m, d) -> (..., n, m)."""
    if through_products:
        with np.errstate(all="ignore"):
            near = np.add.reduce(x1 * x1, -1)[..., :, None] + np.add.reduce(x2 * x2, -1)[..., None, :] - 2 * (x1 @ x2.swapaxes(-1, -2))
            return np.sqrt(np.maximum(near, 0))
    away = x1[..., :, None, :] - x2[..., None, :, :]
    return np.sqrt(np.add.reduce(away * away, -1))


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


alias(matmul, "linalg.matmul")
alias(outer, "ger")


@composed(spaces="functional")
def bilinear(x1: Value, x2: Value, weight: Value, bias: Value | None = None) -> Value:
    """x1ᵀ W_o x2 + b_o for every output o: x1 (..., in1), x2 (..., in2), weight (out, in1, in2)."""
    if len(weight.shape) != 3:
        raise RuntimeError(f"bilinear(): the weight must be (out, in1, in2), got shape {list(weight.shape)}")
    out, in1, in2 = weight.shape
    if tuple(x1.shape[:-1]) != tuple(x2.shape[:-1]):
        raise RuntimeError(f"bilinear(): input batch dimensions do not match: got {list(x1.shape)} and {list(x2.shape)}")
    if x1.shape[-1] != in1 or x2.shape[-1] != in2:
        raise RuntimeError(f"bilinear(): inputs of sizes {x1.shape[-1]} and {x2.shape[-1]} do not match the weight's {in1} and {in2}")
    lead = tuple(x1.shape[:-1])
    first = matmul(reshape(x1, (-1, in1)), reshape(transpose(weight, 0, 1), (in1, out * in2)))
    both = matmul(reshape(first, (-1, out, in2)), unsqueeze(reshape(x2, (-1, in2)), -1))
    result = reshape(both, (*lead, out))
    return result if bias is None else result + bias


alias(addmv, "torch.addmv_")
