"""Gradients that are written in ops and, on large arrays, computed in one pass of a compiled loop. Imports op and kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..kernels.activation import forward, gradient, ready
from ..op import Array, Composed, composed

__all__ = ["forward", "fused", "ready"]


def fused(label: str, name: str, when: Callable[..., bool] | None = None) -> Callable[[Callable[..., Any]], Composed]:
    """Declare the gradient fn(g, x, *parameters): large arrays take the loop `name`, unless `when` forbids its parameters."""

    def declare(fn: Callable[..., Any]) -> Composed:
        def kernel(g: Array, x: Array, *parameters: float) -> Array:
            if ready(g, x) and (when is None or when(*parameters)):
                return gradient(name, g, x, *parameters)
            return fn(g, x, *parameters)

        return composed(label, spaces="engine", kernel=kernel)(fn)

    return declare
