"""Lengths, distances and angles of vectors. Imports op and the other ops."""

from __future__ import annotations

from ..op import Value, composed
from .comparison import values_of
from .extremes import at_least, clamp_between
from .reduce import sum, vector_norm
from .shape import Dims, expand
from .views import common_shape


@composed(spaces="torch functional")
def pairwise_distance(x1: Value, x2: Value, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Value:
    """The p-norm of x1 − x2 + eps over the last dimension."""
    return vector_norm(x1 - x2 + eps, p, -1, keepdim)


@composed(spaces="torch functional")
def cosine_similarity(x1: Value, x2: Value, dim: int = 1, eps: float = 1e-8) -> Value:
    """x1 · x2 / (max(‖x1‖, eps) · max(‖x2‖, eps)) over dim of their common shape."""
    if eps < 0:
        raise RuntimeError(f"eps must be non-negative, got: {eps}")
    if tuple(x1.shape) != tuple(x2.shape) or values_of(x1).dtype != values_of(x2).dtype:
        shape = tuple(common_shape([tuple(x1.shape), tuple(x2.shape)]))
        x1, x2 = _expanded(x1, x2, shape), _expanded(x2, x1, shape)
    first, second = at_least(vector_norm(x1, 2, dim, True), eps), at_least(vector_norm(x2, 2, dim, True), eps)
    return sum((x1 / first) * (x2 / second), dim)


def _expanded(x: Value, like: Value, shape: tuple[int, ...]) -> Value:
    """x in the common shape, and of a floating type where the other is."""
    kinds = (values_of(x).dtype.kind, values_of(like).dtype.kind)
    x = x * values_of(like).dtype.type(1) if kinds == ("i", "f") else x
    return x if tuple(x.shape) == shape else expand(x, shape)


@composed(spaces="functional")
def normalize(x: Value, p: float = 2.0, dim: Dims = 1, eps: float = 1e-12, out: Value | None = None) -> Value:
    """x / max(‖x‖p, eps) over dim: vectors of length 1."""
    result = x / clamp_between(vector_norm(x, p, dim, True), eps, None)
    return result if out is None else out.copy_(result)
