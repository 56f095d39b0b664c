"""Formulas and gradients that are written in NumPy or ops and computed in one pass of a compiled loop. Imports op and kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..kernels.activation import BLOCK, few, forward, gradient, ready
from ..kernels.jit import enabled
from ..op import Array, Composed, composed, quiet

BIG = 1 << 12
"""From here on a loop costs less than the three passes of a formula as short as that of tanh."""

__all__ = ["BIG", "fused", "looped", "ready"]


def looped(name: str, when: Callable[..., bool] | None = None, least: int = 1) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let floating arrays of `least` elements take the loop `name` in place of the formula fn(x, *parameters), unless `when` forbids it."""
    run, known = forward(name), few(name)

    def declare(fn: Callable[..., Any]) -> Callable[..., Any]:
        formula = quiet(fn)

        def kernel(x: Array, *parameters: float) -> Array:
            if not parameters and when is None and type(x) is Array and least <= x.size <= BLOCK and enabled():
                loop = known.get(x.dtype)
                if loop is not None:
                    out = x.copy()
                    flat = out.ravel()
                    loop(0, 1, flat, 0.0, 0.0, flat)
                    return out
            if ready(x, None, least) and (when is None or when(*parameters)):
                return run(x, *parameters)
            return formula(x, *parameters)

        kernel.ufunc = fn  # type: ignore[attr-defined]  # whose parameters are the op's
        kernel.__name__, kernel.__doc__ = fn.__name__, fn.__doc__
        return kernel

    return declare


def fused(label: str, name: str, when: Callable[..., bool] | None = None, least: int = 1) -> Callable[[Callable[..., Any]], Composed]:
    """Declare the gradient fn(g, x, *parameters): arrays of `least` elements take the loop `name`, unless `when` forbids its parameters."""
    run = gradient(name)

    def declare(fn: Callable[..., Any]) -> Composed:
        def kernel(g: Array, x: Array, *parameters: float) -> Array:
            if ready(g, x, least) and (when is None or when(*parameters)):
                return run(g, x, *parameters)
            return fn(g, x, *parameters)

        return composed(label, spaces="engine", kernel=kernel)(fn)

    return declare
