"""Matrix products and what is built on them. Imports op, shape, views, pointwise and reduce.

Two-dimensional products go through ndarray.dot, which takes half the time of np.matmul on tiny matrices and calls the same BLAS.
"""

from __future__ import annotations

import math

import numpy as np

from ..kernels import linear as kernels
from ..op import Array, Value, alias, composed, op, quiet
from .shape import reshape, sum_to, transpose, unsqueeze
from .views import common_shape

FAST = "fd"  # the type codes that BLAS serves
FLOAT16 = np.dtype(np.float16)
FOLD = 1 << 13
"""Numbers of a matrix from which a batch is multiplied by it as one: np.matmul prepares it again for each of the batch.

(12, 64, 512) @ (512, 128) takes 369 µs instead of 641 on one thread; (48, 64, 32) @ (32, 64) would take 95 instead of 82.
"""


def product_of(x: Array, y: Array) -> Array:
    """np.matmul for any of our types: half precision is multiplied in single, bools are refused as in PyTorch."""
    if x.dtype.kind == "b":
        raise NotImplementedError("matmul is not implemented for 'Bool': convert with .float() or .int()")
    if x.dtype == FLOAT16:
        return np.matmul(x.astype(np.float32), y.astype(np.float32)).astype(FLOAT16)
    if y.size >= FOLD and y.ndim == 2 < x.ndim and x.dtype.char in FAST and x.flags.c_contiguous and x.shape[-1] == y.shape[0]:
        out = kernels.linear(rows_of(x), y.T) if y.flags.f_contiguous else rows_of(x).dot(y)
        return out.reshape(x.shape[:-1] + y.shape[1:])
    return np.matmul(x, y)


@op("{x} @ {y}", x=lambda g, x_shape, y: matmul_x(g, x_shape, y), y=lambda g, x, y_shape: matmul_y(g, x, y_shape), operator="matmul")
@quiet
def matmul(x: Array, y: Array) -> Array:
    """The matrix product: 1-d · 1-d is the dot product, more than two dimensions are batches and broadcast."""
    try:
        if x.dtype.char in FAST and 0 < x.ndim < 3 and 0 < y.ndim < 3:
            return x.dot(y)
        return product_of(x, y)
    except ValueError:
        raise _mismatch(x, y) from None


@op(
    "{x} @ {y}",
    x=lambda g, x_shape, y: matmul_x(g, x_shape, y),
    y=lambda g, x, y_shape: matmul_y(g, x, y_shape),
    spaces="engine",
    name="matmul",
)
@quiet
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
        return kernels.linear(g, y) if g.dtype.char in FAST else product_of(g, y.T)
    if other == 1:
        return g * y if rank == 1 else g[..., None] * y
    if rank == 1:
        return y.dot(g) if other == 2 and g.dtype.char in FAST else product_of(y, g[..., None])[..., 0]
    return product_of(g, y.swapaxes(-1, -2))


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
        return product_of(x.T, g)
    return product_of(x.swapaxes(-1, -2), g)


@composed("{g} · {factor}", spaces="engine", kernel=lambda g, factor: g if factor == 1 else g * factor)
def scaled(g: Value, factor: float) -> Value:
    """g times a number, most often 1."""
    return g * factor


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
@quiet
def mm(x: Array, mat2: Array) -> Array:
    """The product of two matrices. RuntimeError for anything but two dimensions."""
    for name, a in (("self", x), ("mat2", mat2)):
        if a.ndim != 2:
            raise RuntimeError(f"{name} must be a matrix: got shape {list(a.shape)}; matmul takes vectors and batches too")
    return matmul.fn(x, mat2)


@op("{x} @ {mat2}", x=lambda g, x_shape, mat2: matmul_x(g, x_shape, mat2), mat2=lambda g, x, mat2_shape: matmul_y(g, x, mat2_shape))
@quiet
def bmm(x: Array, mat2: Array) -> Array:
    """The products of two batches of matrices, (b, n, m) @ (b, m, p). RuntimeError for anything but three dimensions."""
    for name, a in (("batch1", x), ("batch2", mat2)):
        if a.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor: got shape {list(a.shape)}; matmul broadcasts other ranks")
    if x.shape[0] != mat2.shape[0] or x.shape[2] != mat2.shape[1]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{x.shape[0]}, {x.shape[2]}] but got: [{mat2.shape[0]}, {mat2.shape[1]}]."
        )
    return product_of(x, mat2)


@op("{x} @ {vec}", x=lambda g, x_shape, vec: matmul_x(g, x_shape, vec), vec=lambda g, x, vec_shape: matmul_y(g, x, vec_shape))
@quiet
def mv(x: Array, vec: Array) -> Array:
    """A matrix times a vector."""
    if x.ndim != 2 or vec.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {x.ndim}, {vec.ndim}")
    if x.shape[1] != vec.shape[0]:
        raise RuntimeError(f"size mismatch, got input ({x.shape[0]}), mat ({x.shape[0]}x{x.shape[1]}), vec ({vec.shape[0]})")
    return matmul.fn(x, vec)


@op("{x} · {tensor}", x=lambda g, tensor: g * tensor, tensor=lambda g, x: g * x)
@quiet
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
@quiet
def outer(x: Array, vec2: Array) -> Array:
    """All products x[i] vec2[j] of two vectors."""
    for name, a in (("self", x), ("vec2", vec2)):
        if a.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {a.ndim}-D")
    return np.multiply(x[:, None], vec2)


@op(
    "{x} @ {w}ᵀ + {b}",
    x=lambda g, w: linear_input(g, w),
    w=lambda g, x: linear_weight(g, x),
    b=lambda g: linear_bias(g),
    spaces="functional",
    torch_name="AddmmBackward",
)
@quiet
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
    if flat.size * len(w) >= kernels.LEAST and flat.ndim == w.ndim == 2 and flat.dtype.char in FAST:
        return kernels.linear(flat, w, b).reshape(x.shape[:-1] + w.shape[:-1])
    out = flat.dot(w.T) if x.dtype.char in FAST else product_of(flat, w.T)
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
        return product_of(rows_of(g).T, rows)
    return product_of(g.reshape(-1), rows)


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
    x=lambda g, beta: scaled(g, beta),
    mat1=lambda g, mat1_shape, mat2, alpha: matmul_x(scaled(g, alpha), mat1_shape, mat2),
    mat2=lambda g, mat1, mat2_shape, alpha: matmul_y(scaled(g, alpha), mat1, mat2_shape),
    inplace=True,
)
@quiet
def addmm(x: Array, mat1: Array, mat2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """beta · x + alpha · mat1 @ mat2 for two matrices; x broadcasts."""
    if beta == 1 == alpha and mat1.ndim == 2 == mat2.ndim and mat1.shape[1] == mat2.shape[0] and x.shape == mat2.shape[1:]:
        product = product_of(mat1, mat2)  # most often: x is a bias
        return product + x if product.dtype == FLOAT16 else np.add(product, x, product)
    return _added(x, mm.fn(mat1, mat2), beta, alpha)


@op(
    "{beta} · {x} + {alpha} · {mat} @ {vec}",
    x=lambda g, beta: scaled(g, beta),
    mat=lambda g, mat_shape, vec, alpha: matmul_x(scaled(g, alpha), mat_shape, vec),
    vec=lambda g, mat, vec_shape, alpha: matmul_y(scaled(g, alpha), mat, vec_shape),
    inplace=True,
)
@quiet
def addmv(x: Array, mat: Array, vec: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """beta · x + alpha · mat @ vec; x broadcasts."""
    return _added(x, mv.fn(mat, vec), beta, alpha)


@op(
    "{beta} · {x} + {alpha} · {vec1} ⊗ {vec2}",
    x=lambda g, beta: scaled(g, beta),
    vec1=lambda g, vec2, alpha: matmul(scaled(g, alpha), vec2),
    vec2=lambda g, vec1, alpha: matmul(transpose(scaled(g, alpha), 0, 1), vec1),
    types="promote",
    inplace=True,
)
@quiet
def addr(x: Array, vec1: Array, vec2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """beta · x + alpha · vec1 ⊗ vec2; x broadcasts."""
    if vec1.ndim != 1 or vec2.ndim != 1:
        raise RuntimeError(f"addr: Expected 1-D argument vec1 and vec2, but got {vec1.ndim}-D and {vec2.ndim}-D")
    return _added(x, outer.fn(vec1, vec2), beta, alpha)


@op(
    "{beta} · {x} + {alpha} · Σ {batch1} @ {batch2}",
    x=lambda g, beta: scaled(g, beta),
    batch1=lambda g, batch2, alpha: matmul(scaled(g, alpha), transpose(batch2, 1, 2)),
    batch2=lambda g, batch1, alpha: matmul(transpose(batch1, 1, 2), scaled(g, alpha)),
    inplace=True,
)
@quiet
def addbmm(x: Array, batch1: Array, batch2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """beta · x + alpha · Σ batch1[i] @ batch2[i]; x broadcasts."""
    product = bmm.fn(batch1, batch2)
    return _added(x, np.add.reduce(product, 0, product.dtype), beta, alpha)


@op(
    "{beta} · {x} + {alpha} · {batch1} @ {batch2}",
    x=lambda g, beta: scaled(g, beta),
    batch1=lambda g, batch2, alpha: matmul(scaled(g, alpha), transpose(batch2, 1, 2)),
    batch2=lambda g, batch1, alpha: matmul(transpose(batch1, 1, 2), scaled(g, alpha)),
    inplace=True,
)
@quiet
def baddbmm(x: Array, batch1: Array, batch2: Array, *, beta: float = 1, alpha: float = 1) -> Array:
    """beta · x[i] + alpha · batch1[i] @ batch2[i]; x broadcasts."""
    return _added(x, bmm.fn(batch1, batch2), beta, alpha)


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
    first = matmul(reshape(x1, (math.prod(lead), in1)), reshape(transpose(weight, 0, 1), (in1, out * in2)))
    rows = math.prod(lead)
    both = matmul(reshape(first, (rows, out, in2)), unsqueeze(reshape(x2, (rows, in2)), -1))
    result = reshape(both, (*lead, out))
    return result if bias is None else result + bias


alias(addmv, "torch.addmv_")


alias(bilinear, "torch.bilinear")
