"""Linear algebra: norms, determinants, inverses, linear systems, powers and exponentials. Imports op, kernels and the families below.

Every function takes batches of matrices (..., n, m). A matrix that is singular where it must not be raises LinAlgError.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..dtypes import as_dtype
from ..kernels import factor
from ..op import Array, Value, alias, composed, op, quiet
from .arrange import flip
from .cumulative import cumprod
from .exponential import log
from .extremes import maximum
from .factorize import LinAlgError, check_floating, check_square, mT, needs_matrix
from .join import cat
from .linear import product as matmul
from .pointwise import abs as magnitude
from .reduce import amax, sum
from .scatter import plain
from .shape import clone, expand, getitem, permute, reshape, unsqueeze, wrap_dim
from .views import common_shape

__all__ = ["LinAlgError"]


def _inverse(A: Array, name: str) -> Array:
    check_square(name, A)
    try:
        return np.linalg.inv(A)
    except np.linalg.LinAlgError:
        at = int(factor.lu(A)[2].max(initial=0))
        raise LinAlgError(
            f"{name}: The diagonal element {at} is zero, the inversion could not be completed because the input matrix is singular. "
            "Use pinv for a pseudo-inverse."
        ) from None


@op("{A}⁻¹", A=lambda g, out: -matmul(matmul(mT(out), g), mT(out)), spaces="linalg")
def inv(A: Array) -> Array:
    """The inverses of square matrices. LinAlgError for a singular one."""
    return _inverse(A, "linalg.inv")


@op(
    "{A}⁻¹",
    A=lambda g, inverse: -matmul(matmul(mT(inverse), g), mT(inverse)),
    outputs=("inverse", "info"),
    discrete=("info",),
    spaces="engine",
    name="linalg_inv_ex",
)
def inverse_and_info(A: Array, check_errors: bool) -> tuple[Array, Array]:
    """(inverse, 0 or the first zero pivot counted from 1)."""
    check_square("linalg.inv_ex", A)
    info = factor.lu(A)[2]
    if info.any():
        if check_errors:
            _inverse(A, "linalg.inv_ex")
        ok = np.where((info == 0)[..., None, None], A, np.eye(A.shape[-1], dtype=A.dtype))
        return np.where((info == 0)[..., None, None], np.linalg.inv(ok), A.dtype.type(math.nan)), info
    return np.linalg.inv(A), info


@composed(spaces="linalg")
def inv_ex(A: Value, *, check_errors: bool = False) -> Any:
    """(inverse, info): NaN and info > 0 for a singular matrix instead of an error."""
    return inverse_and_info(A, check_errors)


def _cofactors_array(g: Array, A: Array, out: Array) -> Array:
    """`cofactors` on arrays: det(A) A⁻ᵀ, through singular values where A is (nearly) singular."""
    n = A.shape[-1]
    g = np.asarray(g)[..., None, None]
    try:
        inverse = np.linalg.inv(A)
        if np.isfinite(inverse).all() and (np.abs(out) > np.finfo(A.dtype).eps ** 2 * np.abs(A).max(initial=0) ** n).all():
            return g * out[..., None, None] * inverse.swapaxes(-1, -2)
    except np.linalg.LinAlgError:
        pass
    u, s, vh = np.linalg.svd(A)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    others = np.stack([np.multiply.reduce(np.delete(s, i, -1), -1) for i in range(n)], -1) if n else s
    return (g * sign[..., None, None] * ((u * others[..., None, :]) @ vh)).astype(A.dtype)


@composed("{g} · {out} · {A}⁻ᵀ", spaces="engine", kernel=_cofactors_array)
def det_input(g: Value, A: Value, out: Value) -> Value:
    """The gradient of the determinant: g times the cofactors."""
    return unsqueeze(unsqueeze(g * out, -1), -1) * mT(inv(A))


@op("det {A}", A=lambda g, A, out: det_input(g, A, out), spaces="torch method linalg")
@quiet
def det(A: Array) -> Array:
    """The determinants of square matrices."""
    check_square("linalg.det", A)
    return np.asarray(np.linalg.det(A))


@op(
    "log |det {A}|",
    A=lambda g, A: unsqueeze(unsqueeze(g[1], -1), -1) * mT(inv(A)),
    outputs=("sign", "logabsdet"),
    spaces="torch method linalg",
    torch_name="LinalgSlogdetBackward",
)
@quiet
def slogdet(A: Array) -> tuple[Array, Array]:
    """(sign, log |det A|) of square matrices: (0, −inf) for a singular one."""
    check_square("linalg.slogdet", A)
    sign, value = np.linalg.slogdet(A)
    return np.asarray(sign), np.asarray(value)


@composed()
def logdet(A: Value) -> Value:
    """log det A: NaN where the determinant is negative, −inf where it is 0."""
    sign, value = slogdet(A)
    return value + log(sign)


@op(
    "{A}⁻¹ @ {B}",
    joint=lambda g, A, out: solve_inputs(g, A, out),
    spaces="engine",
    name="linalg_solve_ex",
)
def solve_left(A: Array, B: Array) -> Array:
    """X with A X = B for matrices B."""
    try:
        return np.linalg.solve(A, B)
    except np.linalg.LinAlgError:
        raise LinAlgError("torch.linalg.solve: The solver failed because the input matrix is singular. Use lstsq or pinv.") from None


@composed("(−{A}⁻ᵀ {g} {out}ᵀ, {A}⁻ᵀ {g})", spaces="engine")
def solve_inputs(g: Value, A: Value, out: Value) -> tuple[Value, Value]:
    """The gradients of A⁻¹ B for A and for B."""
    b = solve_left(mT(A), g)
    return -matmul(b, mT(out)), b


def _as_columns(A: Value, B: Value, left: bool, name: str) -> tuple[Value, bool]:
    """(B as matrices whose columns are solved for, whether it was vectors), shapes checked."""
    check_square(name, A)
    check_floating(name, B)
    vector = len(B.shape) == 1 or (len(A.shape) - 1 == len(B.shape) and tuple(B.shape) == tuple(A.shape)[:-1])
    columns = unsqueeze(B, -1) if vector else B if left else mT(B)
    if columns.shape[-2] != A.shape[-1]:
        n, shown = A.shape[-1], tuple(columns.shape)[-2:] if left or vector else tuple(B.shape)[-2:]
        raise RuntimeError(
            f"{name}: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} ({n}x{n} and {'x'.join(map(str, shown))})"
        )
    return columns, vector


@composed(spaces="linalg")
def solve(A: Value, B: Value, *, left: bool = True) -> Value:
    """X with A X = B (left=False: X A = B), for a vector, vectors or matrices B. LinAlgError for a singular A."""
    columns, vector = _as_columns(A, B, left, "linalg.solve")
    if vector and not left:
        raise RuntimeError("linalg.solve: Vector broadcasting of the left hand side is not supported for left=False. In this case linalg.solve is "
                           "equivalent to B / A.squeeze(-1)")  # fmt: skip
    out = solve_left(A if left else mT(A), columns)
    return reshape(out, tuple(out.shape)[:-1]) if vector else out if left else mT(out)


@op(
    "{A}⁻¹ @ {B}",
    joint=lambda g, A, result: solve_inputs(g, A, result),
    outputs=("result", "info"),
    discrete=("info",),
    spaces="engine",
    name="linalg_solve_with_info",
)
def solve_and_info(A: Array, B: Array, check_errors: bool) -> tuple[Array, Array]:
    """(X with A X = B or NaN, 0 or the first zero pivot counted from 1)."""
    info = factor.lu(A)[2]
    if not info.any() or check_errors:
        return solve_left.fn(A, B), info
    regular = np.where((info == 0)[..., None, None], A, np.eye(A.shape[-1], dtype=A.dtype))
    return np.where((info == 0)[..., None, None], np.linalg.solve(regular, B), A.dtype.type(math.nan)), info


@composed(spaces="linalg")
def solve_ex(A: Value, B: Value, *, left: bool = True, check_errors: bool = False) -> Any:
    """(result, info): `solve` with NaN and info > 0 for a singular matrix instead of an error."""
    columns, vector = _as_columns(A, B, left, "linalg.solve_ex")
    found = solve_and_info(A if left else mT(A), columns, check_errors)
    out, info = found
    out = reshape(out, tuple(out.shape)[:-1]) if vector else out if left else mT(out)
    return type(found)._make((out, info)) if hasattr(type(found), "_make") else (out, info)


def _tolerances(A: Value, s: Value, atol: Any, rtol: Any) -> Value:
    """Singular values up to this count as 0: max(atol, rtol · largest), rtol being eps · max(n, m) unless an atol is given."""
    if rtol is None:
        given = atol is not None and (hasattr(atol, "shape") or atol > 0)
        rtol = 0.0 if given else float(np.finfo(plain(A).dtype).eps) * max(A.shape[-2:])
    top = amax(magnitude(s), -1, True) if s.shape[-1] else sum(s, -1, True)
    limit = top * (unsqueeze(rtol, -1) if hasattr(rtol, "shape") else rtol)
    if atol is None:
        return limit
    least = unsqueeze(atol, -1) if hasattr(atol, "shape") else np.asarray(atol, plain(A).dtype)
    return maximum(limit, least + limit * 0)


@op("rank {A}", types="any", spaces="engine", name="matrix_rank")
def rank_of(A: Array, atol: Any, rtol: Any, hermitian: bool) -> Array:
    """How many singular values exceed the tolerance."""
    s = np.abs(np.linalg.eigvalsh(A)) if hermitian else np.linalg.svd(A, compute_uv=False)
    return np.asarray((s > plain(_tolerances(A, s, atol, rtol))).sum(-1))


@composed(spaces="linalg")
def matrix_rank(A: Value, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Value:
    """How many singular values of each matrix exceed max(atol, rtol · largest)."""
    needs_matrix("linalg.matrix_rank", A)
    check_floating("linalg.matrix_rank", A)
    if hermitian:
        check_square("linalg.matrix_rank", A)
    if tol is not None:
        atol, rtol = tol, 0.0
    return rank_of(A, plain(atol), plain(rtol), hermitian)


@op("{A}⁺", A=lambda g, A, out: pinv_input(g, A, out), spaces="engine", name="linalg_pinv", torch_name="LinalgPinvBackward")
def pseudo_inverse(A: Array, atol: Any, rtol: Any, hermitian: bool) -> Array:
    """The Moore-Penrose inverse through singular values (eigenvalues for hermitian ones)."""
    if not A.size:
        return np.zeros(A.shape[:-2] + A.shape[:-3:-1], A.dtype)
    if hermitian:
        values, v = np.linalg.eigh(A)
        u, vh = v, v.swapaxes(-1, -2)
    else:
        u, values, vh = np.linalg.svd(A, full_matrices=False)
    large = np.abs(values) > plain(_tolerances(A, values, atol, rtol))
    scale = np.where(large, 1 / np.where(large, values, 1), 0).astype(A.dtype)
    return np.ascontiguousarray((vh.swapaxes(-1, -2) * scale[..., None, :]) @ u.swapaxes(-1, -2))


@composed("−({out} {g}ᵀ {out})ᵀ + projections of {g} beside {A}", spaces="engine")
def pinv_input(g: Value, A: Value, out: Value) -> Value:
    """The gradient of the pseudo-inverse (Golub and Pereyra, SIAM J. Numer. Anal. 10, 1973), for either proportion."""
    gt_, pt = mT(g), mT(out)
    if A.shape[-2] <= A.shape[-1]:
        k = matmul(gt_, out)
        kp = matmul(k, pt)
        return -mT(matmul(out, k)) + kp - matmul(matmul(A, out), kp) + matmul(matmul(pt, out), gt_ - matmul(k, A))
    k = matmul(out, gt_)
    pk = matmul(pt, k)
    return -mT(matmul(k, out)) + matmul(matmul(gt_ - matmul(A, k), out), pt) + pk - matmul(matmul(pk, out), A)


@composed(spaces="linalg")
def pinv(A: Value, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Value:
    """The Moore-Penrose inverses; singular values up to max(atol, rtol · largest) count as 0."""
    needs_matrix("linalg.pinv", A)
    check_floating("linalg.pinv", A)
    return pseudo_inverse(A, plain(atol), plain(rcond if rcond is not None else rtol), hermitian)


@composed()
def pinverse(x: Value, rcond: float = 1e-15) -> Value:
    """`linalg.pinv` under its old name."""
    return pinv(x, rtol=rcond)


def _least_squares(A: Array, B: Array, rcond: float | None) -> tuple[Array, Array, Array]:
    """(solution, rank, singular values) of matrices A and B with equal batches."""
    lead = A.shape[:-2]
    if rcond is None:
        rcond = float(np.finfo(A.dtype).eps) * max(A.shape[-2:])
    count = math.prod(lead)
    flat_a, flat_b = A.reshape(count, *A.shape[-2:]), B.reshape(count, *B.shape[-2:])
    found = [np.linalg.lstsq(a, b, rcond) for a, b in zip(flat_a, flat_b, strict=True)]
    shape, k = (A.shape[-1], B.shape[-1]), min(A.shape[-2:])
    solution = np.array([f[0] for f in found], A.dtype).reshape(*lead, *shape)
    return solution, np.array([f[2] for f in found], np.int64).reshape(lead), np.array([f[3] for f in found], A.dtype).reshape(*lead, k)


@op(
    "lstsq({A}, {B})",
    joint=lambda g, A, B, solution, residuals: lstsq_inputs(g[0], g[1], A, B, solution, residuals),
    outputs=("solution", "residuals", "rank", "singular_values"),
    discrete=("rank", "singular_values"),
    spaces="engine",
    name="linalg_lstsq",
)
def least_squares(A: Array, B: Array, rcond: float | None, driver: str) -> tuple[Array, Array, Array, Array]:
    """X that minimises ‖A X − B‖, with what LAPACK's driver of that name would tell beside it."""
    n, m = A.shape[-2:]
    solution, rank, values = _least_squares(A, B, rcond)
    residuals = np.zeros(0, A.dtype)
    if driver != "gelsy" and n > m and (rank == m).all():
        away = A @ solution - B
        residuals = np.add.reduce(away * away, -2)
    if driver not in ("gelsd", "gelss"):
        values = np.zeros(0, A.dtype)
    return solution, residuals, np.zeros(0, np.int64) if driver == "gels" else rank, values


@composed("({A}⁺'s part of {g}, {A}⁺ᵀ {g})", spaces="engine")
def lstsq_inputs(g: Value, g_residuals: Value, A: Value, B: Value, solution: Value, residuals: Value) -> tuple[Value, Value]:
    """The gradients of A⁺ B, and of the residuals Σ (A X − B)² where there are any, for A and for B."""
    inverse = pinv(A)
    a, b = pinv_input(matmul(g, mT(B)), A, inverse), matmul(mT(inverse), g)
    if tuple(residuals.shape) == (*tuple(B.shape)[:-2], B.shape[-1]):
        away = (matmul(A, solution) - B) * unsqueeze(g_residuals * 2, -2)
        a, b = a + matmul(away, mT(solution)), b - away
    return a, b


@composed(spaces="linalg")
def lstsq(A: Value, B: Value, rcond: float | None = None, *, driver: str | None = None) -> Any:
    """(solution, residuals, rank, singular_values) of min ‖A X − B‖; what a driver does not compute is empty, as in PyTorch."""
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(f"torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss): got {driver}")
    needs_matrix("torch.linalg.lstsq", A)
    check_floating("torch.linalg.lstsq", A)
    vector = len(B.shape) == len(A.shape) - 1 and tuple(B.shape) == tuple(A.shape)[:-1]
    columns = unsqueeze(B, -1) if vector else B
    if len(columns.shape) < 2 or columns.shape[-2] != A.shape[-2]:
        raise RuntimeError(f"torch.linalg.lstsq: input.size(-2) should match other.size(-2): got {list(A.shape)} and {list(B.shape)}")
    lead = common_shape([tuple(A.shape)[:-2], tuple(columns.shape)[:-2]])
    found = least_squares(expand(A, (*lead, *A.shape[-2:])), expand(columns, (*lead, *columns.shape[-2:])), rcond, driver or "gelsy")
    if not vector:
        return found
    parts = (reshape(found[0], tuple(found[0].shape)[:-1]), *found[1:])
    return type(found)._make(parts) if hasattr(type(found), "_make") else parts


@composed(spaces="torch method linalg")
def matrix_power(A: Value, n: int) -> Value:
    """A @ A @ ... n times, by squaring; a negative n takes the inverse. RuntimeError unless the matrices are square."""
    if len(A.shape) < 2 or A.shape[-1] != A.shape[-2]:
        check_square("linalg.matrix_power", A)
    if n == 0:
        return A * 0 + np.eye(A.shape[-1], dtype=plain(A).dtype)
    base, power = (inv(A), -n) if n < 0 else (A, n)
    out = None
    while power:
        if power & 1:
            out = base if out is None else matmul(out, base)
        power >>= 1
        base = matmul(base, base) if power else base
    return clone(out) if n == 1 else out


@op("exp({A})", A=lambda g, A: exp_input(g, A), spaces="torch method linalg", torch_name="LinalgMatrixExpBackward")
def matrix_exp(A: Array) -> Array:
    """Σ Aᵏ / k! of square matrices."""
    check_square("linalg.matrix_exp", A, half=True)
    return factor.expm(A)


@composed("upper right of exp [[{A}ᵀ, {g}], [0, {A}ᵀ]]", spaces="engine")
def exp_input(g: Value, A: Value) -> Value:
    """The gradient of the exponential: the upper right block of exp [[Aᵀ, g], [0, Aᵀ]] (Mathias, SIAM J. Matrix Anal. Appl. 17, 1996)."""
    n, at = A.shape[-1], mT(A)
    double = cat([cat([at, g], -1), cat([g * 0, at], -1)], -2)
    return getitem(matrix_exp(double), (Ellipsis, slice(0, n), slice(n, 2 * n)))


@composed(spaces="linalg")
def tensorinv(A: Value, ind: int = 2) -> Value:
    """The inverse of A read as a matrix from its last dims to its first `ind`."""
    if ind <= 0:
        raise RuntimeError(f"Expected a strictly positive integer for 'ind' in order to compute tensor inverse: got {ind}")
    left, right = tuple(A.shape)[:ind], tuple(A.shape)[ind:]
    if math.prod(left) != math.prod(right):
        raise RuntimeError(
            f"Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got {math.prod(right)} != {math.prod(left)}"
        )
    return reshape(inv(reshape(A, (math.prod(left), math.prod(right)))), (*right, *left))


@composed(spaces="linalg")
def tensorsolve(A: Value, B: Value, dims: Any = None) -> Value:
    """X with tensordot(A, X, X.ndim) = B; `dims` of A are moved to its end first."""
    if dims is not None:
        moved = [wrap_dim(d, len(A.shape)) for d in dims]
        A = permute(A, tuple([d for d in range(len(A.shape)) if d not in moved] + moved))
    shape = tuple(A.shape)[len(B.shape) :]
    n = math.prod(B.shape)
    if math.prod(shape) != n:
        raise RuntimeError(
            f"Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got {math.prod(shape)} != {n}"
        )
    return reshape(solve(reshape(A, (n, n)), reshape(B, (n,))), shape)


def _powers(x: Value, n: int, increasing: bool) -> Value:
    ones = np.ones((*x.shape, 1), plain(x).dtype)
    if n == 0:
        return expand(unsqueeze(x, -1), (*x.shape, 0)) * 1
    if n == 1:
        return unsqueeze(x, -1) * 0 + ones
    powers = cumprod(clone(expand(unsqueeze(x, -1), (*x.shape, n - 1))), -1)
    out = cat([ones + unsqueeze(x, -1) * 0, powers], -1)
    return out if increasing else flip(out, (-1,))


@composed(name="vander", spaces="linalg")
def linalg_vander(x: Value, *, N: int | None = None) -> Value:
    """The powers 0 .. N−1 of each element, in a new last dimension."""
    if as_dtype(x.dtype).name in ("float16", "bool"):
        raise RuntimeError(f"linalg.vander supports floating point, complex, and integer tensors, but got {as_dtype(x.dtype).suffix}")
    if not len(x.shape):
        raise RuntimeError("linalg.vander: x must have at least one dimension")
    if N is not None and N <= 1:
        raise RuntimeError(f"N must be greater than 1: got {N}")
    return _powers(x, x.shape[-1] if N is None else N, True)


@composed(spaces="torch")
def vander(x: Value, N: int | None = None, increasing: bool = False) -> Value:
    """The powers N−1 .. 0 (increasing: 0 .. N−1) of each element of a vector, in a new last dimension."""
    if len(x.shape) != 1:
        raise RuntimeError(f"x must be a one-dimensional tensor: got {len(x.shape)} dimensions")
    if N is not None and N < 0:
        raise RuntimeError(f"N must be non-negative: got {N}")
    return _powers(x, x.shape[0] if N is None else N, increasing)


alias(inv, "torch.inverse", "method.inverse")
