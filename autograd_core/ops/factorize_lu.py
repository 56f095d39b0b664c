"""LU and LDLᵀ factorisations, and systems solved by them. Imports op, kernels and the families below."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..kernels import factor
from ..op import Array, Value, composed, op
from .arrange import tril, triu
from .factorize import check_floating, check_square, failed, mT, needs_matrix, solve_triangular
from .join import cat
from .linear import product as matmul
from .scatter import plain
from .shape import getitem


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
