"""Lengths, distances and angles of vectors. Imports op and the other ops."""

from __future__ import annotations

import math

import numpy as np

from ..op import Array, Value, composed, op, quiet
from .comparison import eq, where
from .extremes import at_least, clamp_between
from .pointwise import abs, pow, sign
from .reduce import restore, spread_ties, sum
from .shape import Dims, wrap_dims


@op("‖{x}‖{p}", x=lambda g, x, out, p, dim, keepdim: length_slope(g, x, out, p, dim, keepdim), spaces="engine")
@quiet
def length(x: Array, p: float, dim: Dims, keepdim: bool) -> Array:
    """The p-norm over dim: (Σ |x|^p)^(1/p), the largest |x| for p = ∞, how many are not 0 for p = 0."""
    d = wrap_dims(dim, x.ndim) if x.ndim else None
    if x.dtype.kind != "f":
        raise RuntimeError(f"a norm is floating: got {x.dtype}, use x.float()")
    if p == 2:
        return np.sqrt(np.add.reduce(x * x, d, None, None, keepdim))
    size = np.absolute(x)
    if p == math.inf:
        return np.maximum.reduce(size, d, None, None, keepdim)
    if p == -math.inf:
        return np.minimum.reduce(size, d, None, None, keepdim)
    if p == 1:
        return np.add.reduce(size, d, None, None, keepdim)
    if p == 0:
        return np.add.reduce(size != 0, d, x.dtype, None, keepdim)
    return np.add.reduce(size**p, d, None, None, keepdim) ** (1 / p)


@composed("{g} · sign({x}) · (|{x}| / {out})^({p} − 1)", spaces="engine")
def length_slope(g: Value, x: Value, out: Value, p: float, dim: Dims, keepdim: bool) -> Value:
    """The gradient of a p-norm; 0 at a vector of length 0, shared evenly by the largest for p = ∞."""
    if p in (math.inf, -math.inf):
        return spread_ties(g, abs(x), out, dim, keepdim) * sign(x)
    g, out = restore(g, x.shape, dim, keepdim), restore(out, x.shape, dim, keepdim)
    if p == 0:
        return g * (x * 0)
    if p == 1:
        return g * sign(x)
    if p == 2:
        return where(eq(out, 0), 0.0, g * (x / out))
    return where(eq(x, 0), 0.0, g * (sign(x) * pow(abs(x) / out, p - 1)))


@composed(spaces="torch functional")
def pairwise_distance(x1: Value, x2: Value, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Value:
    """The p-norm of x1 − x2 + eps over the last dimension."""
    return length(x1 - x2 + eps, p, -1, keepdim)


@composed(spaces="torch functional")
def cosine_similarity(x1: Value, x2: Value, dim: int = 1, eps: float = 1e-8) -> Value:
    """x1 · x2 / (max(‖x1‖, eps) · max(‖x2‖, eps)) over dim."""
    first, second = at_least(length(x1, 2, dim, True), eps), at_least(length(x2, 2, dim, True), eps)
    return sum((x1 / first) * (x2 / second), dim)


@composed(spaces="functional")
def normalize(x: Value, p: float = 2.0, dim: Dims = 1, eps: float = 1e-12, out: Value | None = None) -> Value:
    """x / max(‖x‖p, eps) over dim: vectors of length 1."""
    result = x / clamp_between(length(x, p, dim, True), eps, None)
    return result if out is None else out.copy_(result)
