"""Gradients that are written in ops and, on large arrays, computed in one pass of a compiled loop. Imports op and kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..kernels.activation import forward, gradient, ready
from ..op import Array, Composed, composed

BIG = 1 << 12
"""From here on a loop costs less than the three passes of a formula as short as that of tanh."""

__all__ = ["BIG", "forward", "fused", "ready"]


def fused(label: str, name: str, when: Callable[..., bool] | None = None, least: int = 1) -> Callable[[Callable[..., Any]], Composed]:
    """Declare the gradient fn(g, x, *parameters): arrays of `least` elements take the loop `name`, unless `when` forbids its parameters."""

    def declare(fn: Callable[..., Any]) -> Composed:
        def kernel(g: Array, x: Array, *parameters: float) -> Array:
            if ready(g, x, least) and (when is None or when(*parameters)):
                return gradient(name, g, x, *parameters)
            return fn(g, x, *parameters)

        return composed(label, spaces="engine", kernel=kernel)(fn)

    return declare
