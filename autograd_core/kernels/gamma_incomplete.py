"""The regularised incomplete gamma functions P and Q. Imports NumPy and `special`.

P by its power series where x is small beside a, Q by Legendre's continued fraction elsewhere (Lentz's evaluation), both
from one prefactor x^a exp(−x) / Γ(a + 1) that is computed without cancellation. Errors up to 1e-13 for a below 1e4.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .special import lgamma

__all__ = ["gammainc", "gammaincc"]

Array = np.ndarray[Any, Any]

MOST = 20000
"""Terms after which the sums are cut: sqrt(a) times a few are needed where x is close to a."""

STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188)


def _prefactor(a: Array, x: Array) -> Array:
    """x^a exp(−x) / Γ(a + 1)."""
    small = a < 20
    out = np.empty_like(a)
    b, y = a[small], x[small]
    out[small] = np.exp(b * np.log(y) - y - lgamma(b + 1))
    b, y = a[~small], x[~small]
    m = (y - b) / b
    square = 1 / (b * b)
    rest = np.zeros_like(b)
    for c in reversed(STIRLING):
        rest = rest * square + c
    out[~small] = np.exp(b * _log1p_less(m) - rest / b) / np.sqrt(2 * np.pi * b)
    return out


def _log1p_less(m: Array) -> Array:
    """log(1 + m) − m: by its series close to 0, where the difference cancels."""
    near = np.abs(m) < 0.1
    out = np.log1p(m) - m
    v = m[near]
    total = np.zeros_like(v)
    for k in range(18, 1, -1):
        total = total * v + (-1) ** (k + 1) / k
    out[near] = total * v * v
    return out


def _series(a: Array, x: Array) -> Array:
    """P(a, x) = prefactor · Σ x^n / ((a + 1) ... (a + n))."""
    total, term = np.ones_like(a), np.ones_like(a)
    for n in range(1, MOST):
        term = term * (x / (a + n))
        total += term
        if not (term > total * 1e-17).any():
            break
    return _prefactor(a, x) * total


def _fraction(a: Array, x: Array) -> Array:
    """Q(a, x) = prefactor · a / (x + 1 − a − 1 (1 − a) / (x + 3 − a − ...))."""
    tiny = 1e-300
    b = x + 1 - a
    c, d = np.full_like(a, 1 / tiny), 1 / np.where(b == 0, tiny, b)
    h = d.copy()
    for n in range(1, MOST):
        k = -n * (n - a)
        b = b + 2
        d = k * d + b
        d = 1 / np.where(np.abs(d) < tiny, tiny, d)
        c = b + k / c
        c = np.where(np.abs(c) < tiny, tiny, c)
        step = c * d
        h *= step
        if not (np.abs(step - 1) > 1e-16).any():
            break
    return _prefactor(a, x) * a * h


def _both(a: Any, x: Any) -> tuple[Array, Array, np.dtype[Any], tuple[int, ...]]:
    a, x = np.broadcast_arrays(np.asarray(a), np.asarray(x))
    kind = np.result_type(a, x)
    kind = kind if kind.kind == "f" else np.dtype(np.float32)
    with np.errstate(all="ignore"):
        u, v = a.astype(np.float64).reshape(-1), x.astype(np.float64).reshape(-1)
        p = np.full(u.shape, np.nan)
        ordinary = (u > 0) & (v > 0) & np.isfinite(u) & np.isfinite(v)
        low = ordinary & (v < u + 1)
        high = ordinary & ~low
        p[low] = _series(u[low], v[low])
        q = 1 - p
        q[high] = _fraction(u[high], v[high])
        p[high] = 1 - q[high]
    zero = ((v == 0) & (u > 0)) | (np.isposinf(u) & (v >= 0) & np.isfinite(v))
    one = ((u == 0) & (v > 0)) | (np.isposinf(v) & (u >= 0) & np.isfinite(u))
    p[zero], q[zero], p[one], q[one] = 0, 1, 1, 0
    return p, q, kind, a.shape


def gammainc(a: Any, x: Any) -> Array:
    """P(a, x) = ∫ t^(a−1) exp(−t) dt from 0 to x, divided by Γ(a): NaN for negative arguments."""
    p, _, kind, shape = _both(a, x)
    return p.astype(kind).reshape(shape)


def gammaincc(a: Any, x: Any) -> Array:
    """Q(a, x) = 1 − P(a, x), without cancellation."""
    _, q, kind, shape = _both(a, x)
    return q.astype(kind).reshape(shape)
