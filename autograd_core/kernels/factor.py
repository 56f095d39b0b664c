"""Factorisations that numpy.linalg lacks: LU, LDLᵀ, triangular solves, the exponential of a matrix. NumPy only; batches lead.

Sources: Golub and Van Loan, Matrix Computations, 4th ed. (3.2 blocked LU, 4.4 Bunch-Kaufman); Higham, The scaling and squaring
method for the matrix exponential revisited, SIAM J. Matrix Anal. Appl. 26 (2005).
"""

from __future__ import annotations

import math

import numpy as np

Array = np.ndarray
PANEL = 32  # columns that are eliminated one by one before a product of matrices updates the rest
SOLVED_AT_ONCE = 64  # rows that numpy.linalg.solve takes in one call


def swap_rows(a: Array, i: int, j: Array) -> None:
    """Exchange row i of every matrix of a (b, n, m) with its row j[b]."""
    rows = np.arange(len(a))
    kept = a[:, i].copy()
    a[:, i] = a[rows, j]
    a[rows, j] = kept


def lu(a: Array) -> tuple[Array, Array, Array]:
    """(L below the diagonal and U in one matrix, the row each step exchanged with, first zero pivot counted from 1 or 0)."""
    lead, (n, m) = a.shape[:-2], a.shape[-2:]
    out = np.array(a, order="C").reshape((math.prod(lead), n, m))
    count = min(n, m)
    pivots = np.zeros((len(out), count), np.int64)
    info = np.zeros(len(out), np.int32)
    with np.errstate(all="ignore"):
        for start in range(0, count, PANEL):
            stop = min(start + PANEL, count)
            for k in range(start, stop):
                pivots[:, k] = k + np.abs(out[:, k:, k]).argmax(1)
                swap_rows(out, k, pivots[:, k])
                pivot = out[:, k, k]
                info[(pivot == 0) & (info == 0)] = k + 1
                out[:, k + 1 :, k] /= np.where(pivot == 0, 1, pivot)[:, None]
                out[:, k + 1 :, k + 1 : stop] -= out[:, k + 1 :, k, None] * out[:, k, None, k + 1 : stop]
            if stop < m:
                out[:, start:stop, stop:] = solve_triangular(out[:, start:stop, start:stop], out[:, start:stop, stop:], True, True)
                out[:, stop:, stop:] -= out[:, stop:, start:stop] @ out[:, start:stop, stop:]
    return out.reshape(a.shape), pivots.reshape((*lead, count)), info.reshape(lead)


def order_of(pivots: Array, n: int) -> Array:
    """The row of the input that stands in each row of the product L U, for pivots counted from 0."""
    lead = pivots.shape[:-1]
    out = np.broadcast_to(np.arange(n), (math.prod(lead), n)).copy()
    steps = pivots.reshape(len(out), pivots.shape[-1])
    for k in range(steps.shape[1]):
        swap_rows(out[..., None], k, steps[:, k])
    return out.reshape((*lead, n))


def solve_triangular(a: Array, b: Array, lower: bool, unit: bool) -> Array:
    """X with tri(a) X = b, by halves; a zero on the diagonal gives inf or nan."""
    n = a.shape[-1]
    if n > SOLVED_AT_ONCE:
        h = n // 2
        first, second = (slice(h), slice(h, None)) if lower else (slice(h, None), slice(h))
        top = solve_triangular(a[..., first, first], b[..., first, :], lower, unit)
        rest = solve_triangular(a[..., second, second], b[..., second, :] - a[..., second, first] @ top, lower, unit)
        return np.concatenate([top, rest] if lower else [rest, top], -2)
    block = np.tril(a, -1 if unit else 0) if lower else np.triu(a, 1 if unit else 0)
    if unit:
        block += np.eye(n, dtype=a.dtype)
    diagonal = np.diagonal(block, 0, -2, -1)
    if (diagonal != 0).all() and np.isfinite(diagonal).all():
        try:
            return np.linalg.solve(block, b)
        except np.linalg.LinAlgError:
            pass
    return _substitute(block, b, lower)


def _substitute(a: Array, b: Array, lower: bool) -> Array:
    n = a.shape[-1]
    shape = np.broadcast_shapes(a.shape[:-2], b.shape[:-2]) + b.shape[-2:]
    out = np.broadcast_to(b, shape).copy()
    with np.errstate(all="ignore"):
        for i in range(n) if lower else range(n - 1, -1, -1):
            known = slice(i) if lower else slice(i + 1, None)
            out[..., i, :] = (out[..., i, :] - (a[..., i, None, known] @ out[..., known, :])[..., 0, :]) / a[..., i, i, None]
    return out


def cholesky(a: Array) -> tuple[Array, Array]:
    """(L, order of the first leading minor that is not positive or 0): columns up to the failing one, zeros above the diagonal."""
    lead, n = a.shape[:-2], a.shape[-1]
    out, info = np.tril(a).reshape((math.prod(lead), n, n)), np.zeros(math.prod(lead), np.int32)
    for at, matrix in enumerate(out):
        for k in range(n):
            head = matrix[k, k] - matrix[k, :k] @ matrix[k, :k]
            if not head > 0:
                matrix[k, k] = head
                info[at] = k + 1
                break
            matrix[k, k] = math.sqrt(head)
            matrix[k + 1 :, k] = (matrix[k + 1 :, k] - matrix[k + 1 :, :k] @ matrix[k, :k]) / matrix[k, k]
    return out.reshape(a.shape), info.reshape(lead)


def ldl(a: Array) -> tuple[Array, Array, Array]:
    """Bunch-Kaufman: (L and D in the lower triangle, LAPACK's pivots, info) of symmetric matrices."""
    lead, n = a.shape[:-2], a.shape[-1]
    out = np.tril(a).reshape((math.prod(lead), n, n))
    pivots, info = np.zeros((len(out), n), np.int32), np.zeros(len(out), np.int32)
    for i, matrix in enumerate(out):
        info[i] = _ldl_one(matrix, pivots[i])
    return out.reshape(a.shape), pivots.reshape((*lead, n)), info.reshape(lead)


def _ldl_pivot(a: Array, k: int) -> tuple[int, int]:
    """(row to exchange with, size of the block) of step k; (-1, 1) where the column is 0."""
    alpha, n, own = (1 + math.sqrt(17)) / 8, len(a), abs(a[k, k])
    if k == n - 1:
        return (k, 1) if own else (-1, 1)
    top = k + 1 + int(np.abs(a[k + 1 :, k]).argmax())
    column = abs(a[top, k])
    if max(own, column) == 0:
        return -1, 1
    if own >= alpha * column:
        return k, 1
    row = float(np.abs(a[top, k:top]).max())
    row = max(row, float(np.abs(a[top + 1 :, top]).max(initial=0)))
    if own >= alpha * column * (column / row):
        return k, 1
    return (top, 1) if abs(a[top, top]) >= alpha * row else (top, 2)


def _ldl_one(a: Array, pivots: Array) -> int:
    n, k, info = len(a), 0, 0
    while k < n:
        p, step = _ldl_pivot(a, k)
        if p < 0:
            info, pivots[k], k = info or k + 1, k + 1, k + 1
            continue
        last = k + step - 1
        if p != last:
            _exchange(a, last, p)
            if step == 2:
                a[k + 1, k], a[p, k] = a[p, k], a[k + 1, k]
        below = slice(k + step, None)
        block = a[k : k + step, k : k + step]
        whole = block if step == 1 else np.array([[block[0, 0], block[1, 0]], [block[1, 0], block[1, 1]]])
        left = a[below, k : k + step].copy()
        factor = np.linalg.solve(whole, left.T).T
        a[below, below] -= np.tril(left @ factor.T)
        a[below, k : k + step] = factor
        pivots[k : k + step] = p + 1 if step == 1 else -(p + 1)
        k += step
    return info


def _exchange(a: Array, i: int, p: int) -> None:
    """Exchange rows and columns i < p of a symmetric matrix of which the lower triangle is kept."""
    a[p + 1 :, [i, p]] = a[p + 1 :, [p, i]]
    kept = a[i + 1 : p, i].copy()
    a[i + 1 : p, i] = a[p, i + 1 : p]
    a[p, i + 1 : p] = kept
    a[i, i], a[p, p] = a[p, p], a[i, i]


def ldl_solve(a: Array, pivots: Array, b: Array) -> Array:
    """X with (L D Lᵀ) X = b for one matrix's factors, whose pivots were checked."""
    n, x, k = len(a), b.copy(), 0
    while k < n:
        step = 1 if pivots[k] > 0 else 2
        p, last = abs(int(pivots[k])) - 1, k + step - 1
        x[[last, p]] = x[[p, last]]
        x[k + step :] -= a[k + step :, k : k + step] @ x[k : k + step]
        block = a[k : k + step, k : k + step]
        whole = block if step == 1 else np.array([[block[0, 0], block[1, 0]], [block[1, 0], block[1, 1]]])
        x[k : k + step] = np.linalg.solve(whole, x[k : k + step])
        k += step
    k = n - 1
    while k >= 0:
        step = 1 if pivots[k] > 0 else 2
        first = k - step + 1
        x[first : k + 1] -= a[k + 1 :, first : k + 1].T @ x[k + 1 :]
        p = abs(int(pivots[k])) - 1
        x[[k, p]] = x[[p, k]]
        k = first - 1
    return x


# the coefficients of the [13/13] Padé approximant of exp, and the norm up to which it is accurate to double precision
PADE = (64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800, 33522128640,
        1323241920, 40840800, 960960, 16380, 182, 1)  # fmt: skip
THETA = 5.371920351148152


def expm(a: Array) -> Array:
    """exp of square matrices by scaling, the [13/13] Padé approximant, and squaring. Computed in float64."""
    work = a.astype(np.float64)
    if not work.size:
        return a.copy()
    norm = float(np.abs(work).sum(-2).max())
    if not math.isfinite(norm):
        return np.full(a.shape, np.nan, a.dtype)
    squarings = max(0, math.ceil(math.log2(norm / THETA))) if norm > THETA else 0
    work = work / 2**squarings
    eye, b = np.eye(a.shape[-1]), PADE
    a2 = work @ work
    a4 = a2 @ a2
    a6 = a4 @ a2
    u = work @ (a6 @ (b[13] * a6 + b[11] * a4 + b[9] * a2) + b[7] * a6 + b[5] * a4 + b[3] * a2 + b[1] * eye)
    v = a6 @ (b[12] * a6 + b[10] * a4 + b[8] * a2) + b[6] * a6 + b[4] * a4 + b[2] * a2 + b[0] * eye
    out = np.linalg.solve(v - u, v + u)
    with np.errstate(all="ignore"):
        for _ in range(squarings):
            out = out @ out
    return out.astype(a.dtype)
