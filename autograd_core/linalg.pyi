# Written by `python -m autograd_core.stubs` from the declarations: change those and run it again.
from builtins import bool as _bool, complex as _complex, float as _float, int as _int, type as _type
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from .dtypes import dtype as _dtype
from .tensor.base import Size, Tensor, device as _device
from . import return_types as _return_types

_Operand: TypeAlias = Tensor | np.ndarray | np.generic | _float

from autograd_core.ops.factorize import LinAlgError as LinAlgError
def cholesky(A: Tensor, *, upper: _bool = False, out: Tensor | None = None) -> Tensor:
    """L with A = L Lᵀ (upper: Lᵀ) for symmetric positive definite matrices, of which the lower triangle is read. LinAlgError otherwise."""
def cholesky_ex(A: Tensor, *, upper: _bool = False, check_errors: _bool = False, out: Tensor | None = None) -> Any:
    """(L, info): `cholesky` with info > 0 instead of an error."""
def cond(A: Tensor, p: Any = None, *, out: Tensor | None = None) -> Tensor:
    """How much the matrices may amplify relative errors: ‖A‖ ‖A⁻¹‖, for ±2 the quotient of extreme singular values."""
def cross(input: Tensor, other: _Operand, *, dim: _int = -1, out: Tensor | None = None) -> Tensor:
    """The vector product of the 3-vectors along dim; the other dimensions broadcast."""
def det(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The determinants of square matrices.

    out = det A

    ∂A = g · out · A⁻ᵀ

    (; g is the gradient of out.)
    """
def diagonal(input: Tensor, *, offset: _int = 0, dim1: _int = -2, dim2: _int = -1, out: Tensor | None = None) -> Tensor:
    """The diagonals of the matrices in the last two dimensions."""
def eigh(A: Tensor, UPLO: str = 'L', *, out: Tensor | None = None) -> Any:
    """(eigenvalues, eigenvectors) of symmetric matrices, of which the lower (UPLO="U": upper) triangle is read."""
def eigvalsh(A: Tensor, UPLO: str = 'L', *, out: Tensor | None = None) -> Tensor:
    """The eigenvalues of symmetric matrices in ascending order."""
def householder_product(A: Tensor, tau: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The first columns of H₁ H₂ ..., the reflections whose vectors stand below A's diagonal."""
def inv(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverses of square matrices. LinAlgError for a singular one.

    out = A⁻¹

    ∂A = −(outᵀ @ g @ outᵀ)

    (; g is the gradient of out.)
    """
def inv_ex(A: Tensor, *, check_errors: _bool = False, out: Tensor | None = None) -> Any:
    """(inverse, info): NaN and info > 0 for a singular matrix instead of an error."""
def ldl_factor(A: Tensor, *, hermitian: _bool = False, out: Tensor | None = None) -> Any:
    """(LD, pivots) of symmetric matrices, of which the lower triangle is read: Bunch-Kaufman, A = P L D Lᵀ Pᵀ."""
def ldl_factor_ex(A: Tensor, *, hermitian: _bool = False, check_errors: _bool = False, out: Tensor | None = None) -> Any:
    """(LD, pivots, info): `ldl_factor` with info > 0 instead of an error."""
def ldl_solve(LD: Tensor, pivots: Tensor, B: Tensor, *, hermitian: _bool = False, out: Tensor | None = None) -> Tensor:
    """X with A X = B, given the LDLᵀ factorisation of A.

    out = (L D Lᵀ)⁻¹ @ B
    """
def lstsq(A: Tensor, B: Tensor, rcond: _float | None = None, *, driver: str | None = None, out: Tensor | None = None) -> Any:
    """(solution, residuals, rank, singular_values) of min ‖A X − B‖; what a driver does not compute is empty, as in PyTorch."""
def lu(A: Tensor, *, pivot: _bool = True, out: Tensor | None = None) -> Any:
    """(P, L, U) with A = P L U: P a permutation, L lower triangular with ones on its diagonal, U upper triangular."""
def lu_factor(A: Tensor, *, pivot: _bool = True, out: Tensor | None = None) -> Any:
    """(LU, pivots) with A = P L U: L (unit diagonal) below the diagonal of LU, pivots counted from 1."""
def lu_factor_ex(A: Tensor, *, pivot: _bool = True, check_errors: _bool = False, out: Tensor | None = None) -> Any:
    """(LU, pivots, info): `lu_factor` with info > 0 for a zero pivot instead of an error."""
def lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: _bool = True, adjoint: _bool = False, out: Tensor | None = None) -> Tensor:
    """X with A X = B (left=False: X A = B; adjoint: with Aᵀ), given the packed LU factorisation of A."""
def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The matrix product: 1-d · 1-d is the dot product, more than two dimensions are batches and broadcast.

    out = x @ y

    ∂x = g @ yᵀ
    ∂y = xᵀ @ g

    (x is input, y is other; g is the gradient of out.)
    """
def matrix_exp(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Σ Aᵏ / k! of square matrices.

    out = exp(A)

    ∂A = upper right of exp [[Aᵀ, g], [0, Aᵀ]]

    (; g is the gradient of out.)
    """
def matrix_norm(A: Tensor, ord: Any = 'fro', dim: Any = ..., keepdim: _bool = False, *, dtype: Any = None, out: Tensor | None = None) -> Tensor:
    """A norm of the matrices in two dims: "fro", "nuc", ±inf, ±1 (largest or smallest sum of a row, a column), ±2 (singular value)."""
def matrix_power(A: Tensor, n: _int, *, out: Tensor | None = None) -> Tensor:
    """A @ A @ ... n times, by squaring; a negative n takes the inverse. RuntimeError unless the matrices are square."""
def matrix_rank(A: Tensor, tol: Any = None, hermitian: _bool = False, *, atol: Any = None, rtol: Any = None, out: Tensor | None = None) -> Tensor:
    """How many singular values of each matrix exceed max(atol, rtol · largest)."""
def multi_dot(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The product of several matrices in the cheapest order; the first and the last may be vectors."""
def norm(input: Tensor, ord: Any = None, dim: Any = None, keepdim: _bool = False, *, dtype: Any = None, out: Tensor | None = None) -> Tensor:
    """A vector norm (one dim, or none with ord None) or a matrix norm (two dims)."""
def pinv(A: Tensor, rcond: Any = None, hermitian: _bool = False, *, atol: Any = None, rtol: Any = None, out: Tensor | None = None) -> Tensor:
    """The Moore-Penrose inverses; singular values up to max(atol, rtol · largest) count as 0."""
def qr(A: Tensor, mode: str = 'reduced', *, out: Tensor | None = None) -> Any:
    """(Q, R) with A = Q R, Q orthonormal, R upper triangular: mode "reduced", "complete" or "r" (R only)."""
def slogdet(A: Tensor, *, out: Sequence[Tensor] | None = None) -> _return_types.slogdet:
    """(sign, log |det A|) of square matrices: (0, −inf) for a singular one.

    out = log |det A|

    ∂A = g[1] · (A⁻¹)ᵀ

    (; g is the gradient of out.)
    """
def solve(A: Tensor, B: Tensor, *, left: _bool = True, out: Tensor | None = None) -> Tensor:
    """X with A X = B (left=False: X A = B), for a vector, vectors or matrices B. LinAlgError for a singular A."""
def solve_ex(A: Tensor, B: Tensor, *, left: _bool = True, check_errors: _bool = False, out: Tensor | None = None) -> Any:
    """(result, info): `solve` with NaN and info > 0 for a singular matrix instead of an error."""
def solve_triangular(A: Tensor, B: Tensor, *, upper: _bool, left: _bool = True, unitriangular: _bool = False, out: Tensor | None = None) -> Tensor:
    """X with A X = B (left=False: X A = B) for triangular A, whose other triangle is not read. A zero on the diagonal gives inf or nan."""
def svd(A: Tensor, full_matrices: _bool = True, *, driver: Any = None, out: Tensor | None = None) -> Any:
    """(U, S, Vh) with A = U diag(S) Vh, S in descending order."""
def svdvals(A: Tensor, *, driver: Any = None, out: Tensor | None = None) -> Tensor:
    """The singular values in descending order."""
def tensorinv(A: Tensor, ind: _int = 2, *, out: Tensor | None = None) -> Tensor:
    """The inverse of A read as a matrix from its last dims to its first `ind`."""
def tensorsolve(A: Tensor, B: Tensor, dims: Any = None, *, out: Tensor | None = None) -> Tensor:
    """X with tensordot(A, X, X.ndim) = B; `dims` of A are moved to its end first."""
def vander(input: Tensor, *, N: _int | None = None, out: Tensor | None = None) -> Tensor:
    """The powers 0 .. N−1 of each element, in a new last dimension."""
def vecdot(input: Tensor, other: _Operand, *, dim: _int = -1, out: Tensor | None = None) -> Tensor:
    """Σ x y along dim. RuntimeError for integers."""
def vector_norm(input: Tensor, ord: _float = 2, dim: Any = None, keepdim: _bool = False, *, dtype: Any = None, out: Tensor | None = None) -> Tensor:
    """(Σ |x|^ord)^(1/ord) over dim; ord 0 counts what is not 0, ±inf gives the extreme. RuntimeError for integers.

    out = ‖x‖_ord

    ∂x = g · sign(x) · (|x| / out)^(ord − 1)

    (x is input; g is the gradient of out.)
    """
