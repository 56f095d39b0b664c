"""Norms of matrices, and what is measured with them. Imports op and the families below."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..dtypes import as_dtype
from ..op import Value, composed
from .comparison import eq, gt, where
from .factorize import LinAlgError, check_floating, check_square, needs_matrix
from .factorize_spectral import svdvals
from .linalg import inv_ex
from .pointwise import abs as magnitude
from .pointwise import mul
from .reduce import amax, amin, sum, vector_norm
from .scatter import plain
from .shape import Dims, reshape, wrap_dim, wrap_dims
from .views import movedim

__all__ = ["LinAlgError"]


@composed(spaces="linalg")
def matrix_norm(A: Value, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None) -> Value:
    """A norm of the matrices in two dims: "fro", "nuc", ±inf, ±1 (largest or smallest sum of a row, a column), ±2 (singular value)."""
    name = "linalg.matrix_norm"
    needs_matrix(name, A)
    check_floating(name, A, half=ord != "nuc" and (isinstance(ord, str) or abs(ord) != 2))
    if hasattr(dim, "__index__") or len(dim) != 2:
        raise RuntimeError(f"{name}: dim must be a 2-tuple. Got {dim}")
    rank = len(A.shape)
    rows, columns = wrap_dim(dim[0], rank), wrap_dim(dim[1], rank)
    if rows == columns:
        raise RuntimeError(f"{name}: dims must be different. Got ({dim[0]}, {dim[1]})")
    if dtype is not None:
        A = mul(A, np.ones((), as_dtype(dtype).numpy)) if as_dtype(dtype) != as_dtype(A.dtype) else A
    if ord == "fro":
        return vector_norm(A, 2, (rows, columns), keepdim)
    if ord == "nuc" or (not isinstance(ord, str) and abs(ord) == 2):
        s = svdvals(movedim(A, (rows, columns), (-2, -1)))
        out = sum(s, -1) if ord == "nuc" else (amax if ord > 0 else amin)(s, -1)
    elif not isinstance(ord, str) and abs(ord) in (1, math.inf):
        first, second = (rows, columns) if abs(ord) == 1 else (columns, rows)
        out = (amax if ord > 0 else amin)(sum(magnitude(A), first, True), second, True)
        return out if keepdim else reshape(out, [n for d, n in enumerate(out.shape) if d not in (rows, columns)])
    else:
        raise RuntimeError(f"{name}: Order {ord} not supported.")
    return reshape(out, [1 if d in (rows, columns) else n for d, n in enumerate(A.shape)]) if keepdim else out


@composed(name="norm", spaces="linalg")
def linalg_norm(x: Value, ord: Any = None, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Value:
    """A vector norm (one dim, or none with ord None) or a matrix norm (two dims)."""
    if dim is None and ord is not None and len(x.shape) not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {len(x.shape)}D.")
    if ord is None:
        return vector_norm(x, 2, dim, keepdim, dtype=dtype)
    dims = tuple(range(len(x.shape))) if dim is None else (dim,) if hasattr(dim, "__index__") else tuple(dim)
    if len(dims) == 2 or isinstance(ord, str):
        return matrix_norm(x, ord, dims if len(dims) == 2 else (-2, -1), keepdim, dtype=dtype)
    return vector_norm(x, ord, dim, keepdim, dtype=dtype)


@composed()
def norm(x: Value, p: Any = "fro", dim: Dims = None, keepdim: bool = False, dtype: Any = None) -> Value:
    """The p-norm over dim (all elements by default); "nuc" is the sum of the singular values of matrices."""
    if p == "nuc":
        return matrix_norm(x, "nuc", (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    return vector_norm(x, 2 if p in ("fro", None) else p, None if dim is None else wrap_dims(dim, len(x.shape)), keepdim, dtype=dtype)


@composed(inplace=True)
def renorm(x: Value, p: float, dim: int, maxnorm: float) -> Value:
    """x with each slice along dim scaled down so that its p-norm is at most maxnorm."""
    rank = len(x.shape)
    if rank < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {rank} dimensions")
    if p <= 0:
        raise RuntimeError(f"renorm: non-positive-norm not supported: got p={p}")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    d = wrap_dim(dim, rank)
    size = vector_norm(x, p, tuple([k for k in range(rank) if k != d]), True)
    return x * where(gt(size, maxnorm), maxnorm / (size + 1e-7), 1.0)


@composed(spaces="torch")
def frobenius_norm(x: Value, dim: Any = (), keepdim: bool = False) -> Value:
    """√Σ x² over dim."""
    return vector_norm(x, 2, dim, keepdim)


@composed(spaces="torch")
def nuclear_norm(x: Value, dim: Any = (-2, -1), keepdim: bool = False) -> Value:
    """The sum of the singular values."""
    return matrix_norm(x, "nuc", dim, keepdim)


@composed(spaces="linalg")
def cond(A: Value, p: Any = None) -> Value:
    """How much the matrices may amplify relative errors: ‖A‖ ‖A⁻¹‖, for ±2 the quotient of extreme singular values."""
    needs_matrix("linalg.cond", A)
    check_floating("linalg.cond", A)
    if p is None or (not isinstance(p, str) and abs(p) == 2):
        s = svdvals(A)
        top, low = amax(s, -1), amin(s, -1)
        return low / top if p == -2 else top / where(eq(low, 0), 0.0, low)
    check_square(f"linalg.cond(ord={p})", A)
    inverse, info = inv_ex(A)
    out = matrix_norm(A, p) * matrix_norm(inverse, p)
    return where(gt(info, 0), math.inf, out) if plain(info).any() else out
