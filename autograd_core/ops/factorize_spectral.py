"""Singular values and symmetric eigenvalues. Imports op and the families below.

Signs are LAPACK's. Gradients hold for distinct singular values and eigenvalues.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..op import Array, Value, composed, op
from .arrange import diag_embed
from .factorize import LinAlgError, check_floating, check_square, mT, needs_matrix, scaled_rows, times_row, with_parts
from .linear import product as matmul
from .scatter import plain
from .shape import getitem, unsqueeze
from .views import zeros_like_shape


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
    return with_parts(found, zeros_like_shape(x, (*lead, n, n)), found[1], zeros_like_shape(x, (*lead, m, m)))


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
