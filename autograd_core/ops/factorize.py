"""Factorisations: Cholesky, QR, SVD, symmetric eigenvalues, LU, LDLᵀ, Householder. Imports op, kernels and the families below.

Signs and phases are LAPACK's. Gradients hold where a factorisation is differentiable: distinct eigen- or singular values, full rank.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dtypes import as_dtype
from ..kernels import factor
from ..op import Array, Value, alias, aliases, composed, op
from .arrange import tril, triu
from .comparison import where
from .join import cat
from .linear import product as matmul
from .scatter import plain
from .shape import getitem, reshape, transpose, unsqueeze


class LinAlgError(RuntimeError):
    """A matrix is singular, or not positive definite, where it must not be."""


aliases.append(("linalg", "LinAlgError", LinAlgError))


def mT(x: Value) -> Value:
    """The transposes of the matrices in the last two dimensions."""
    return transpose(x, -1, -2)


def needs_matrix(name: str, A: Value) -> None:
    """RuntimeError for fewer than two dimensions."""
    if len(A.shape) < 2:
        raise RuntimeError(f"{name}: The input tensor A must have at least 2 dimensions.")


def check_floating(name: str, A: Value, half: bool = False) -> None:
    """RuntimeError unless the type is float32 or float64 (or float16, where that will do)."""
    kind = as_dtype(A.dtype)
    if kind.name not in ("float32", "float64"):
        if kind.name == "float16" and half:
            return
        if kind.name == "float16":
            raise RuntimeError(f"{name}: Low precision dtypes not supported. Got Half: use .float()")
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {kind.suffix}: use .float()")


def check_square(name: str, A: Value, half: bool = False) -> None:
    """RuntimeError unless A is square matrices of a floating type."""
    needs_matrix(name, A)
    if A.shape[-1] != A.shape[-2]:
        raise RuntimeError(f"{name}: A must be batches of square matrices, but they are {A.shape[-2]} by {A.shape[-1]} matrices")
    check_floating(name, A, half)


def times_row(x: Value, s: Value) -> Value:
    """x diag(s): column j times s[j]."""
    return x * unsqueeze(s, -2)


def scaled_rows(s: Value, x: Value) -> Value:
    """diag(s) x: row i times s[i]."""
    return unsqueeze(s, -1) * x


def failed(info: Array) -> str:
    """Where in a batch a factorisation failed."""
    if not info.ndim:
        return ""
    return f"(Batch element {int(np.flatnonzero(info.reshape(-1))[0])}): "


@op(
    "chol({A})",
    A=lambda g, L: cholesky_input(g, L),
    outputs=("L", "info"),
    discrete=("info",),
    spaces="engine",
    name="linalg_cholesky_ex",
)
def cholesky_and_info(A: Array, check_errors: bool) -> tuple[Array, Array]:
    """(L with L Lᵀ = A, 0 or the order of the first leading minor that is not positive). Reads the lower triangle."""
    try:
        return np.linalg.cholesky(A), np.zeros(A.shape[:-2], np.int32)
    except np.linalg.LinAlgError:
        L, info = factor.cholesky(A)
        if check_errors:
            order = int(info.reshape(-1)[np.flatnonzero(info.reshape(-1))[0]]) if info.any() else 1
            raise LinAlgError(
                f"linalg.cholesky: {failed(info)}The factorization could not be completed because the input is not positive-definite "
                f"(the leading minor of order {order} is not positive-definite)."
            ) from None
        return L, info


@composed("½ {L}⁻ᵀ (Φ + Φᵀ) {L}⁻¹ with Φ = tril({L}ᵀ {g})", spaces="engine")
def cholesky_input(g: Value, L: Value) -> Value:
    """The gradient of the Cholesky factor, symmetric (Murray, Differentiation of the Cholesky decomposition, 2016)."""
    inner = tril(matmul(mT(L), g))
    half = inner + mT(tril(inner, -1))  # both triangles, the diagonal once
    left = solve_triangular(mT(L), half, upper=True)
    return mT(solve_triangular(mT(L), mT(left), upper=True)) * 0.5


@composed(name="cholesky", spaces="linalg")
def linalg_cholesky(A: Value, *, upper: bool = False) -> Value:
    """L with A = L Lᵀ (upper: Lᵀ) for symmetric positive definite matrices, of which the lower triangle is read. LinAlgError otherwise."""
    check_square("linalg.cholesky", A)
    L = cholesky_and_info(mT(A) if upper else A, True)[0]
    return mT(L) if upper else L


@composed(spaces="linalg")
def cholesky_ex(A: Value, *, upper: bool = False, check_errors: bool = False) -> Any:
    """(L, info): `cholesky` with info > 0 instead of an error."""
    check_square("linalg.cholesky_ex", A)
    found = cholesky_and_info(mT(A) if upper else A, check_errors)
    return with_parts(found, mT(found[0]), found[1]) if upper else found


def with_parts(found: Any, *parts: Value) -> Any:
    """Parts in the kind of tuple that an op returned."""
    return type(found)._make(parts) if hasattr(type(found), "_make") else parts


@composed()
def cholesky(x: Value, upper: bool = False) -> Value:
    """`linalg.cholesky` under its old name."""
    check_square("cholesky", x)
    L = cholesky_and_info(x, True)[0]
    return mT(L) if upper else L


@composed()
def cholesky_solve(B: Value, L: Value, upper: bool = False) -> Value:
    """X with A X = B, given the Cholesky factor L of A."""
    L = mT(L) if upper else L
    return solve_triangular(mT(L), solve_triangular(L, B, upper=False), upper=True)


@composed()
def cholesky_inverse(L: Value, upper: bool = False) -> Value:
    """A⁻¹, given the Cholesky factor L of A."""
    check_square("cholesky_inverse", L)
    eye = np.broadcast_to(np.eye(L.shape[-1], dtype=plain(L).dtype), tuple(L.shape))
    return cholesky_solve(eye, L, upper)


@op(
    "tri({A})⁻¹ @ {B}",
    joint=lambda g, A, out, upper, unitriangular: triangular_inputs(g, A, out, upper, unitriangular),
    spaces="engine",
    name="linalg_solve_triangular",
)
def solve_triangular_left(A: Array, B: Array, upper: bool, unitriangular: bool) -> Array:
    """X with tri(A) X = B."""
    out = factor.solve_triangular(A, B, not upper, unitriangular)
    return out.astype(A.dtype, copy=False)


@composed("(−tri({A}⁻ᵀ {g} {out}ᵀ), {A}⁻ᵀ {g})", spaces="engine")
def triangular_inputs(g: Value, A: Value, out: Value, upper: bool, unitriangular: bool) -> tuple[Value, Value]:
    """The gradients of tri(A)⁻¹ B for A and for B."""
    b = solve_triangular_left(mT(A), g, not upper, unitriangular)
    a = -matmul(b, mT(out))
    return triu(a, int(unitriangular)) if upper else tril(a, -int(unitriangular)), b


@composed(spaces="linalg")
def solve_triangular(A: Value, B: Value, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Value:
    """X with A X = B (left=False: X A = B) for triangular A, whose other triangle is not read. A zero on the diagonal gives inf or nan."""
    name = "linalg.solve_triangular"
    check_square(name, A)
    check_floating(name, B)
    needs_matrix(name, B)
    if B.shape[-2 if left else -1] != A.shape[-1]:
        raise RuntimeError(
            f"{name}: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} "
            f"({A.shape[-2]}x{A.shape[-1]} and {B.shape[-2]}x{B.shape[-1]})"
        )
    if left:
        return solve_triangular_left(A, B, upper, unitriangular)
    return mT(solve_triangular_left(mT(A), mT(B), not upper, unitriangular))


@op(
    "tri({A})⁻¹ @ {x}",
    joint=lambda g, A, solution, upper, transpose, unitriangular: old_triangular_inputs(
        g[0], g[1], A, solution, upper, transpose, unitriangular
    ),
    outputs=("solution", "cloned_coefficient"),
)
def triangular_solve(x: Array, A: Array, upper: bool = True, transpose: bool = False, unitriangular: bool = False) -> tuple[Array, Array]:
    """(solution, copy of A): `linalg.solve_triangular` under its old name."""
    check_square("triangular_solve", A)
    if x.ndim < 2 or x.shape[-2] != A.shape[-1]:
        raise RuntimeError(f"triangular_solve: Incompatible matrix sizes: A {list(A.shape)}, b {list(x.shape)}")
    return factor.solve_triangular(A.swapaxes(-1, -2) if transpose else A, x, upper == transpose, unitriangular), A.copy()


@composed("({A}⁻ᵀ {g}, −tri({A}⁻ᵀ {g} {solution}ᵀ))", spaces="engine")
def old_triangular_inputs(
    g: Value, g_copy: Value, A: Value, solution: Value, upper: bool, transpose: bool, unitriangular: bool
) -> tuple[Value, Value]:
    """The gradients of `triangular_solve` for the right-hand side and for A."""
    a, b = triangular_inputs(g, mT(A) if transpose else A, solution, upper != transpose, unitriangular)
    return b, g_copy + (mT(a) if transpose else a)


@op(
    "qr({A})",
    A=lambda g, Q, R, mode: qr_input(g[0], g[1], Q, R, mode),
    outputs=("Q", "R"),
    spaces="engine",
    name="linalg_qr",
)
def qr_of(A: Array, mode: str) -> tuple[Array, Array]:
    """(Q, R) with A = Q R."""
    if mode == "r":
        only_r: Any = np.linalg.qr(A, mode="r")
        return np.zeros(0, A.dtype), only_r
    factors: Any = np.linalg.qr(A, "complete" if mode == "complete" else "reduced")
    return factors[0], factors[1]


@composed("({gQ} + {Q} sym({R} {gR}ᵀ − {gQ}ᵀ {Q})) {R}⁻ᵀ", spaces="engine")
def qr_input(gQ: Value, gR: Value, Q: Value, R: Value, mode: str) -> Value:
    """The gradient of QR (Roberts and Roberts, QR and LQ decomposition matrix backpropagation, 2020)."""
    n, m = Q.shape[-2] if mode != "r" else R.shape[-2], R.shape[-1]
    if mode == "r":
        raise RuntimeError(
            "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, mode='reduced')"
        )
    if mode == "complete" and n > m:
        raise RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols: use mode='reduced'")
    if n >= m:
        return _qr_tall(gQ, gR, Q, R)
    left, right = (Ellipsis, slice(0, n)), (Ellipsis, slice(n, m))
    rest = getitem(gR, right)
    folded = gQ + matmul(Q, matmul(getitem(R, right), mT(rest)))  # Q also makes the rest of R
    return cat([_qr_tall(folded, getitem(gR, left), Q, getitem(R, left)), matmul(Q, rest)], -1)


def _qr_tall(gQ: Value, gR: Value, Q: Value, R: Value) -> Value:
    inner = matmul(R, mT(gR)) - matmul(mT(gQ), Q)
    both = tril(inner) + mT(tril(inner, -1))
    return mT(solve_triangular(R, mT(gQ + matmul(Q, both)), upper=True))


@composed(name="qr", spaces="linalg")
def linalg_qr(A: Value, mode: str = "reduced") -> Any:
    """(Q, R) with A = Q R, Q orthonormal, R upper triangular: mode "reduced", "complete" or "r" (R only)."""
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'")
    needs_matrix("linalg.qr", A)
    check_floating("linalg.qr", A)
    return qr_of(A, mode)


@composed()
def qr(x: Value, some: bool = True) -> Any:
    """`linalg.qr` under its old name."""
    return linalg_qr(x, "reduced" if some else "complete")


@op("qr({x})", types="any", outputs=("a", "tau"))
def geqrf(x: Array) -> tuple[Array, Array]:
    """(R above the diagonal and the reflectors below it, their factors): LAPACK's raw QR."""
    needs_matrix("torch.geqrf", x)
    check_floating("torch.geqrf", x)
    raw, tau = np.linalg.qr(x, "raw")
    return np.ascontiguousarray(raw.swapaxes(-1, -2)), tau


def _reflector(A: Value, i: int) -> Value:
    """The ith Householder vector: 0 before i, 1 at i, A's column below."""
    column = getitem(A, (Ellipsis, slice(i, i + 1)))
    place = np.arange(A.shape[-2])[:, None]
    return where(place > i, column, 0.0) + (place == i).astype(plain(A).dtype)


def _reflect(A: Value, tau: Value, i: int, x: Value) -> Value:
    """(I − tau v vᵀ) x."""
    v, t = _reflector(A, i), reshape(getitem(tau, (Ellipsis, slice(i, i + 1))), (*tuple(tau.shape)[:-1], 1, 1))
    return x - t * matmul(v, matmul(mT(v), x))


@composed(spaces="linalg")
def householder_product(A: Value, tau: Value) -> Value:
    """The first columns of H₁ H₂ ..., the reflections whose vectors stand below A's diagonal."""
    name = "torch.linalg.householder_product"
    needs_matrix(name, A)
    check_floating(name, A)
    n, m, k = A.shape[-2], A.shape[-1], tau.shape[-1]
    if n < m:
        raise RuntimeError(f"{name}: input.shape[-2] must be greater than or equal to input.shape[-1]")
    if m < k:
        raise RuntimeError(f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]")
    out: Value = np.broadcast_to(np.eye(n, m, dtype=plain(A).dtype), tuple(A.shape))
    for i in range(k - 1, -1, -1):
        out = _reflect(A, tau, i, out)
    return out if k else A * 0 + out


@composed()
def ormqr(x: Value, tau: Value, y: Value, left: bool = True, transpose: bool = False) -> Value:
    """Q y (left=False: y Q; transpose: with Qᵀ), Q being the whole product of the reflections in x and tau."""
    out = y if left else mT(y)
    k = tau.shape[-1]
    forward = left == transpose  # Qᵀ = H_k ... H_1 applies H_1 first
    for i in range(k) if forward else range(k - 1, -1, -1):
        out = _reflect(x, tau, i, out)
    return out if left else mT(out)


alias(householder_product, "torch.orgqr", "method.orgqr")
