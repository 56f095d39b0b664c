"""Limits on the size of gradients. Imports Tensor; gradients are changed in place, unrecorded."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from types import GeneratorType
from typing import Any

import numpy as np

from autograd_core.tensor.base import Tensor, wrap
from autograd_core.tensor.inplace import bump_all

from ..modules.overlooked import Members

Tensors = Tensor | Iterable[Tensor]
BLOCK = 16384  # elements: 64 KB of float32 stay in the cache


def _listed(tensors: Tensors) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _norm(values: np.ndarray, p: float) -> Any:
    """The p-norm of an array as a vector, its sums in float64."""
    if not values.size:
        return 0.0
    if math.isinf(p):
        return np.abs(values).max() if p > 0 else np.abs(values).min()
    if p == 0:
        return np.count_nonzero(values)
    if p == 2:
        return math.sqrt(_sum_of_squares(values))
    if p == 1:
        return np.abs(values).sum(dtype=np.float64)
    return (np.abs(values.astype(np.float64)) ** p).sum() ** (1.0 / p)


def _sum_of_squares(values: np.ndarray) -> float:
    """The blocks' sums in float64; within a block by BLAS, which is ten times as fast, unless its float32 would overflow or vanish."""
    flat = values.ravel(order="K")
    kind = flat.dtype
    if kind == np.float32 or kind == np.float64:
        parts = (flat[i : i + BLOCK] for i in range(0, flat.size, BLOCK)) if flat.size > BLOCK else (flat,)
        total = sum(float(np.dot(part, part)) for part in parts)
        if 1e-20 < total < 1e38:
            return total
    return float(np.einsum("i,i->", flat, flat, dtype=np.float64))


def get_total_norm(tensors: Tensors, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None) -> Tensor:
    """The norm of all tensors as if they were one vector. RuntimeError for inf or nan if `error_if_nonfinite`."""
    arrays = [t.array for t in _listed(tensors)]
    p = float(norm_type)
    if not arrays:
        return wrap(np.zeros((), np.float32))
    kind = np.result_type(*(a.dtype for a in arrays))
    if kind.kind != "f":
        raise RuntimeError(f"get_total_norm expects tensors of floating point, got {kind}: convert them with .float()")
    with np.errstate(all="ignore"):
        norms = np.array([_norm(a, p) for a in arrays], np.float64)
        total = np.asarray(_norm(norms, p), kind)
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {p} for gradients from `parameters` is non-finite, so it cannot be clipped. To disable this error "
            "and scale the "
            "gradients by the non-finite norm anyway, set `error_if_nonfinite=False`"
        )
    return wrap(total)


def clip_grads_with_norm_(parameters: Tensors, max_norm: float, total_norm: Tensor, foreach: bool | None = None) -> None:
    """Scale all gradients by max_norm / total_norm where that is below 1."""
    if not isinstance(total_norm, Tensor):
        raise TypeError(f"total_norm must be a Tensor, as get_total_norm returns it, not {type(total_norm).__name__}")
    grads = [p.grad for p in _listed(parameters) if p.grad is not None]
    scale = float(max_norm) / (total_norm.array + total_norm.array.dtype.type(1e-6))
    if scale >= 1:
        return
    for grad in grads:
        grad.array *= grad.array.dtype.type(scale)
    bump_all(grads, "clip_grad_norm_")


def clip_grad_norm_(
    parameters: Tensors, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """Scale all gradients so that their norm, as one vector, is at most max_norm; the norm before is returned."""
    params = _listed(parameters)
    if not params and isinstance(parameters, (GeneratorType, Members)):
        warnings.warn("`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=2)
    total = get_total_norm([p.grad for p in params if p.grad is not None], norm_type, error_if_nonfinite)
    clip_grads_with_norm_(params, max_norm, total)
    return total


def clip_grad_norm(
    parameters: Tensors, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """Deprecated: use clip_grad_norm_."""
    warnings.warn("`nn.utils.clip_grad_norm` is now deprecated in favor of `nn.utils.clip_grad_norm_`.", FutureWarning, stacklevel=2)
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite)


def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Cut every gradient off at ±clip_value."""
    limit = float(clip_value)
    kind, low, high = None, np.array(-limit), np.array(limit)
    cut: list[Tensor] = []
    for param in _listed(parameters):
        grad = param.grad
        if grad is not None:
            values = grad.array
            if values.dtype is not kind:  # 0-d arrays: a number is converted anew by every call
                kind = values.dtype
                low, high = np.array(-limit, kind), np.array(limit, kind)
            values.clip(low, high, out=values)
            cut.append(grad)
    bump_all(cut, "clip_grad_value_")
