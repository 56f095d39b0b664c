"""Factorisations: Cholesky, QR, SVD, symmetric eigenvalues, LU, LDLᵀ, Householder. Imports op, kernels and the families below.

Signs and phases are LAPACK's. Gradients hold where a factorisation is differentiable: distinct eigen- or singular values, full rank.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..dtypes import as_dtype
from ..kernels import factor
from ..op import Array, Value, alias, aliases, composed, op
from .arrange import diag_embed, tril, triu
from .comparison import where
from .join import cat
from .linear import product as matmul
from .scatter import plain
from .shape import getitem, reshape, transpose, unsqueeze
from .views import zeros_like_shape


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


# Cholesky


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
    return _with(found, mT(found[0]), found[1]) if upper else found


def _with(found: Any, *parts: Value) -> Any:
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


# triangular systems


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


# QR


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


# SVD and symmetric eigenvalues


def _differences(s: Value) -> Value:
    """s[j] − s[i], with 1 on the diagonal."""
    return unsqueeze(s, -2) - unsqueeze(s, -1) + np.eye(s.shape[-1], dtype=plain(s).dtype)


@op(
    "svd({A})",
    A=lambda g, U, S, Vh: svd_input(g[0], g[1], g[2], U, S, Vh),
    outputs=("U", "S", "Vh"),
    spaces="engine",
    name="linalg_svd",
)
def svd_of(A: Array, full_matrices: bool) -> tuple[Array, Array, Array]:
    """(U, S, Vh) with A = U diag(S) Vh."""
    try:
        u, s, vh = np.linalg.svd(A, full_matrices)
    except np.linalg.LinAlgError:
        raise LinAlgError(
            "linalg.svd: The algorithm failed to converge because the input matrix is ill-conditioned or contains NaN"
        ) from None
    return u, s, vh


def _leading(x: Value, k: int, by_rows: bool, name: str) -> Value:
    """The k first singular vectors; a gradient of the others has no meaning."""
    if x.shape[-2 if by_rows else -1] == k:
        return x
    rest = (Ellipsis, slice(k, None), slice(None)) if by_rows else (Ellipsis, slice(k, None))
    if name and plain(getitem(x, rest)).any():
        raise RuntimeError(f"svd_backward: The singular vectors beyond the rank of {name} are not unique, so the loss must not depend on them: "
                           "use full_matrices=False")  # fmt: skip
    return getitem(x, (Ellipsis, slice(0, k), slice(None)) if by_rows else (Ellipsis, slice(0, k)))


@composed("{U} ((skew({U}ᵀ {gU}) {S} + {S} skew({Vh} {gVh}ᵀ)) / Δ{S}² + diag({gS})) {Vh}", spaces="engine")
def svd_input(gU: Value, gS: Value, gVh: Value, U: Value, S: Value, Vh: Value) -> Value:
    """The gradient of the SVD (Townsend, Differentiating the singular value decomposition, 2016)."""
    k = S.shape[-1]
    gU, gVh, U, Vh = _leading(gU, k, False, "U"), _leading(gVh, k, True, "Vh"), _leading(U, k, False, ""), _leading(Vh, k, True, "")
    gaps = _differences(S * S)
    left, right = matmul(mT(U), gU), matmul(Vh, mT(gVh))
    inner = times_row((left - mT(left)) / gaps, S) + scaled_rows(S, (right - mT(right)) / gaps) + diag_embed(gS)
    out = matmul(matmul(U, inner), Vh)
    if U.shape[-2] > k:
        away = times_row(gU - matmul(U, left), 1 / S)
        out = out + matmul(away, Vh)
    if Vh.shape[-1] > k:
        out = out + matmul(times_row(U, 1 / S), gVh - matmul(mT(right), Vh))
    return out


@composed(name="svd", spaces="linalg")
def linalg_svd(A: Value, full_matrices: bool = True, *, driver: Any = None) -> Any:
    """(U, S, Vh) with A = U diag(S) Vh, S in descending order."""
    needs_matrix("linalg.svd", A)
    check_floating("linalg.svd", A)
    return svd_of(A, full_matrices)


@composed(spaces="linalg")
def svdvals(A: Value, *, driver: Any = None) -> Value:
    """The singular values in descending order."""
    needs_matrix("linalg.svdvals", A)
    check_floating("linalg.svdvals", A)
    return svd_of(A, False)[1]


@op(
    "svd({x})",
    x=lambda g, U, S, V: svd_input(g[0], g[1], mT(g[2]), U, S, mT(V)),
    outputs=("U", "S", "V"),
    spaces="engine",
    name="svd",
)
def old_svd_of(x: Array, some: bool) -> tuple[Array, Array, Array]:
    """(U, S, V) with x = U diag(S) Vᵀ."""
    u, s, vh = svd_of.fn(x, not some)
    return u, s, vh.swapaxes(-1, -2)


@composed()
def svd(x: Value, some: bool = True, compute_uv: bool = True) -> Any:
    """(U, S, V) with x = U diag(S) Vᵀ: `linalg.svd` under its old name and with V instead of its transpose."""
    needs_matrix("svd", x)
    check_floating("svd", x)
    found = old_svd_of(x, some)
    if compute_uv:
        return found
    lead, (n, m) = tuple(x.shape)[:-2], tuple(x.shape)[-2:]
    return _with(found, zeros_like_shape(x, (*lead, n, n)), found[1], zeros_like_shape(x, (*lead, m, m)))


@op(
    "eigh({A})",
    A=lambda g, eigenvalues, eigenvectors: eigh_input(g[0], g[1], eigenvalues, eigenvectors),
    outputs=("eigenvalues", "eigenvectors"),
    spaces="engine",
    name="linalg_eigh",
)
def eigh_of(A: Array, UPLO: str) -> tuple[Array, Array]:
    """(eigenvalues in ascending order, eigenvectors in columns) of symmetric matrices, of which one triangle is read."""
    try:
        values, vectors = np.linalg.eigh(A, UPLO)
    except np.linalg.LinAlgError:
        raise LinAlgError(
            "linalg.eigh: The algorithm failed to converge because the input matrix is ill-conditioned or contains NaN"
        ) from None
    return values, vectors


@composed("V (diag(gL) + Vᵀ gV / ΔL) Vᵀ", spaces="engine")
def eigh_input(gL: Value, gV: Value, L: Value, V: Value) -> Value:
    """The gradient of symmetric eigenvalues and eigenvectors."""
    inner = matmul(mT(V), gV) / _differences(L)
    keep = 1 - np.eye(L.shape[-1], dtype=plain(L).dtype)
    return matmul(matmul(V, inner * keep + diag_embed(gL)), mT(V))


@composed(spaces="linalg")
def eigh(A: Value, UPLO: str = "L") -> Any:
    """(eigenvalues, eigenvectors) of symmetric matrices, of which the lower (UPLO="U": upper) triangle is read."""
    check_square("linalg.eigh", A)
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return eigh_of(A, UPLO.upper())


@composed(spaces="linalg")
def eigvalsh(A: Value, UPLO: str = "L") -> Value:
    """The eigenvalues of symmetric matrices in ascending order."""
    check_square("linalg.eigvalsh", A)
    return eigh(A, UPLO)[0]


# LU


@op(
    "lu({A})",
    A=lambda g, LU, pivots: lu_input(g, LU, pivots),
    outputs=("LU", "pivots", "info"),
    discrete=("pivots", "info"),
    spaces="engine",
    name="linalg_lu_factor_ex",
)
def lu_of(A: Array) -> tuple[Array, Array, Array]:
    """(L below the diagonal and U, the row each step exchanged with counted from 1, first zero pivot or 0)."""
    packed, pivots, info = factor.lu(A)
    return packed, (pivots + 1).astype(np.int32), info


def permutation(pivots: Array, n: int, kind: np.dtype) -> Array:
    """P with A = P L U. RuntimeError for pivots out of range."""
    if pivots.size and (pivots.min() < 1 or pivots.max() > n):
        raise RuntimeError(
            f"pivots passed to lu_unpack must be between 1 and A.size(-2) inclusive: got {int(pivots.min())} to {int(pivots.max())} for {n}"
        )
    order = factor.order_of(pivots.astype(np.int64) - 1, n)
    return np.eye(n, dtype=kind)[order].swapaxes(-1, -2)


def _unpack(LU: Value) -> tuple[Value, Value]:
    n, m = LU.shape[-2:]
    k = min(n, m)
    low = tril(getitem(LU, (Ellipsis, slice(0, k))) if m > k else LU, -1) + np.eye(n, k, dtype=plain(LU).dtype)
    return low, triu(getitem(LU, (Ellipsis, slice(0, k), slice(None))) if n > k else LU)


@composed("P L⁻ᵀ (tril(Lᵀ {g}) + triu({g} Uᵀ)) U⁻ᵀ of {LU}", spaces="engine")
def lu_input(g: Value, LU: Value, pivots: Value) -> Value:
    """The gradient of LU with pivots for either proportion (de Hoog, Anderssen, Lukas, LU factorization of rectangular matrices, 2011)."""
    n, m = LU.shape[-2:]
    k = min(n, m)
    (L, U), P = _unpack(LU), permutation(plain(pivots), n, plain(LU).dtype)
    gL = tril(getitem(g, (Ellipsis, slice(0, k))) if m > k else g, -1)
    gU = triu(getitem(g, (Ellipsis, slice(0, k), slice(None))) if n > k else g)
    top, head, below, right = (
        (Ellipsis, slice(0, k), slice(None)),
        (Ellipsis, slice(0, k)),
        (Ellipsis, slice(k, n), slice(None)),
        (Ellipsis, slice(k, m)),
    )
    L1, U1, gL1, gU1 = getitem(L, top), getitem(U, head), getitem(gL, top), getitem(gU, head)
    lower, upper = matmul(mT(L1), gL1), matmul(gU1, mT(U1))
    if m > k:
        lower = lower - matmul(getitem(gU, right), mT(getitem(U, right)))
    if n > k:
        upper = upper - matmul(mT(getitem(L, below)), getitem(gL, below))
    inner = tril(lower, -1) + triu(upper)
    core = solve_triangular(mT(L1), inner, upper=True, unitriangular=True)
    core = mT(solve_triangular(U1, mT(core), upper=True))
    if m > k:
        core = cat([core, solve_triangular(mT(L1), getitem(gU, right), upper=True, unitriangular=True)], -1)
    if n > k:
        core = cat([core, mT(solve_triangular(U1, mT(getitem(gL, below)), upper=True))], -2)
    return matmul(P, core)


def _pivoting(pivot: bool) -> None:
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")


@composed(spaces="linalg")
def lu_factor_ex(A: Value, *, pivot: bool = True, check_errors: bool = False) -> Any:
    """(LU, pivots, info): `lu_factor` with info > 0 for a zero pivot instead of an error."""
    _pivoting(pivot)
    needs_matrix("torch.linalg.lu_factor_ex", A)
    check_floating("torch.linalg.lu_factor_ex", A)
    found = lu_of(A)
    if check_errors:
        _check_pivots("torch.linalg.lu_factor_ex", plain(found[2]))
    return found


def _check_pivots(name: str, info: Array) -> None:
    if info.any():
        i = int(info.reshape(-1)[np.flatnonzero(info.reshape(-1))[0]])
        raise RuntimeError(
            f"{name}: {failed(info)}U[{i},{i}] is zero and using it on lu_solve would result in a division by zero. If you still want to perform the "
            "factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)"
        )


@op(
    "lu({A})",
    A=lambda g, LU, pivots: lu_input(g, LU, pivots),
    outputs=("LU", "pivots"),
    discrete=("pivots",),
    spaces="engine",
    name="linalg_lu_factor",
)
def lu_checked(A: Array) -> tuple[Array, Array]:
    """(LU, pivots). RuntimeError for a zero pivot."""
    packed, pivots, info = lu_of.fn(A)
    _check_pivots("torch.linalg.lu_factor", info)
    return packed, pivots


@composed(spaces="linalg")
def lu_factor(A: Value, *, pivot: bool = True) -> Any:
    """(LU, pivots) with A = P L U: L (unit diagonal) below the diagonal of LU, pivots counted from 1."""
    _pivoting(pivot)
    needs_matrix("torch.linalg.lu_factor", A)
    check_floating("torch.linalg.lu_factor", A)
    return lu_checked(A)


@composed(name="lu", spaces="linalg")
def linalg_lu(A: Value, *, pivot: bool = True) -> Any:
    """(P, L, U) with A = P L U: P a permutation, L lower triangular with ones on its diagonal, U upper triangular."""
    _pivoting(pivot)
    needs_matrix("linalg.lu", A)
    check_floating("linalg.lu", A)
    LU, pivots, _ = lu_of(A)
    return lu_unpack(LU, pivots)


@composed()
def lu(x: Value, pivot: bool = True, get_infos: bool = False) -> Any:
    """(LU, pivots) or (LU, pivots, info): `linalg.lu_factor` under its old name."""
    LU, pivots, info = lu_factor_ex(x, pivot=pivot)
    return (LU, pivots, info) if get_infos else (LU, pivots)


@op(
    "unpack({LU_data})",
    LU_data=lambda g: unpack_input(g[-2], g[-1]),
    outputs=("P", "L", "U"),
    discrete=("P",),
    types="any",
    spaces="torch",
)
def lu_unpack(LU_data: Array, LU_pivots: Array, unpack_data: bool = True, unpack_pivots: bool = True) -> tuple[Array, Array, Array]:
    """(P, L, U) of a packed factorisation."""
    if LU_pivots.dtype != np.int32:
        raise RuntimeError(f"torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype: got {LU_pivots.dtype}")
    empty = np.zeros(0, LU_data.dtype)
    low, up = _unpack(LU_data) if unpack_data else (empty, empty)
    return permutation(LU_pivots, LU_data.shape[-2], LU_data.dtype) if unpack_pivots else empty, low, up


@composed("tril({gL}) + triu({gU})", spaces="engine")
def unpack_input(gL: Value, gU: Value) -> Value:
    """L's and U's gradients in one matrix."""
    n, m = gL.shape[-2], gU.shape[-1]
    low, up = tril(gL, -1), triu(gU)
    if m > n:
        low = cat([low, getitem(up, (Ellipsis, slice(n, m))) * 0], -1)
    if n > m:
        up = cat([up, getitem(low, (Ellipsis, slice(m, n), slice(None))) * 0], -2)
    return low + up


@composed(name="lu_solve", spaces="linalg")
def linalg_lu_solve(LU: Value, pivots: Value, B: Value, *, left: bool = True, adjoint: bool = False) -> Value:
    """X with A X = B (left=False: X A = B; adjoint: with Aᵀ), given the packed LU factorisation of A."""
    check_square("torch.linalg.lu_solve", LU)
    n = LU.shape[-1]
    if len(B.shape) < 2 or B.shape[-2 if left else -1] != n:
        raise RuntimeError(f"linalg.lu_solve: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} "
                           f"({n}x{n} and {'x'.join(map(str, tuple(B.shape)[-2:]))})")  # fmt: skip
    P = permutation(plain(pivots), n, plain(LU).dtype)
    columns = B if left else mT(B)
    if left != adjoint:
        y = solve_triangular(LU, matmul(np.swapaxes(P, -1, -2), columns), upper=False, unitriangular=True)
        out = solve_triangular(LU, y, upper=True)
    else:
        y = solve_triangular(mT(LU), columns, upper=False)
        out = matmul(P, solve_triangular(mT(LU), y, upper=True, unitriangular=True))
    return out if left else mT(out)


@composed()
def lu_solve(x: Value, LU_data: Value, LU_pivots: Value) -> Value:
    """`linalg.lu_solve` under its old name."""
    return linalg_lu_solve(LU_data, LU_pivots, x)


# LDLᵀ


@op("ldl({A})", types="any", outputs=("LD", "pivots", "info"), spaces="engine", name="linalg_ldl_factor_ex")
def ldl_of(A: Array) -> tuple[Array, Array, Array]:
    """(L and D in the lower triangle, LAPACK's pivots, info)."""
    return factor.ldl(A)


@op("ldl({A})", types="any", outputs=("LD", "pivots"), spaces="engine", name="linalg_ldl_factor")
def ldl_checked(A: Array) -> tuple[Array, Array]:
    """(LD, pivots). RuntimeError for a singular D."""
    packed, pivots, info = factor.ldl(A)
    if info.any():
        raise RuntimeError(
            f"torch.linalg.ldl_factor: {failed(info)}The factorization has been completed, but the block diagonal matrix D is singular"
        )
    return packed, pivots


@composed(spaces="linalg")
def ldl_factor_ex(A: Value, *, hermitian: bool = False, check_errors: bool = False) -> Any:
    """(LD, pivots, info): `ldl_factor` with info > 0 instead of an error."""
    check_square("torch.linalg.ldl_factor_ex", A)
    if check_errors:
        ldl_checked(A)
    return ldl_of(A)


@composed(spaces="linalg")
def ldl_factor(A: Value, *, hermitian: bool = False) -> Any:
    """(LD, pivots) of symmetric matrices, of which the lower triangle is read: Bunch-Kaufman, A = P L D Lᵀ Pᵀ."""
    check_square("torch.linalg.ldl_factor", A)
    return ldl_checked(A)


@op("(L D Lᵀ)⁻¹ @ {B}", types="any", spaces="linalg")
def ldl_solve(LD: Array, pivots: Array, B: Array, *, hermitian: bool = False) -> Array:
    """X with A X = B, given the LDLᵀ factorisation of A."""
    name, n = "torch.linalg.ldl_solve", LD.shape[-1]
    check_square(name, LD)
    if pivots.shape != LD.shape[:-1] or pivots.dtype.kind != "i" or B.ndim < 2 or B.shape[-2] != n or B.dtype != LD.dtype:
        raise RuntimeError(f"{name}: pivots must be ints of shape {list(LD.shape[:-1])} and B of LD's type with {n} rows: got {list(pivots.shape)} "
                           f"and {B.dtype} {list(B.shape)}")  # fmt: skip
    if pivots.size and (np.abs(pivots).min() < 1 or np.abs(pivots).max() > n or _odd_blocks(pivots)):
        raise RuntimeError(f"{name}: pivots must come from ldl_factor: 1 to {n}, negative ones in equal pairs")
    lead = np.broadcast_shapes(LD.shape[:-2], B.shape[:-2])
    packed, steps, rows = (
        np.broadcast_to(a, lead + a.shape[-k:]).reshape(math.prod(lead), *a.shape[-k:]) for a, k in ((LD, 2), (pivots, 1), (B, 2))
    )
    out = [factor.ldl_solve(a, p, b) for a, p, b in zip(packed, steps, rows, strict=True)]
    return np.array(out, B.dtype).reshape(*lead, *B.shape[-2:])


def _odd_blocks(pivots: Array) -> bool:
    """Whether some negative pivot has no equal neighbour to form a 2 × 2 block with."""
    for row in pivots.reshape(-1, pivots.shape[-1]):
        k = 0
        while k < len(row):
            if row[k] < 0 and (k + 1 == len(row) or row[k + 1] != row[k]):
                return True
            k += 1 if row[k] > 0 else 2
    return False


alias(householder_product, "torch.orgqr", "method.orgqr")
