"""What all losses share: how they are reduced, and what is said of shapes that differ. Imports op and the other ops."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..frames import user_level
from ..kernels import loss as kernels
from ..op import Array, Composed, Value, composed
from .comparison import misfit
from .fused import ready
from .reduce import mean, sum
from .shape import expand


def reduction_of(reduction: str, size_average: bool | None = None, reduce: bool | None = None) -> str:
    """The reduction meant, PyTorch's older size_average and reduce included. ValueError for an unknown one."""
    if size_average is not None or reduce is not None:
        summed = size_average is not None and not size_average
        reduction = "none" if reduce is not None and not reduce else "sum" if summed else "mean"
        warnings.warn(
            f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.", UserWarning, stacklevel=user_level()
        )
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction: use 'none', 'mean' or 'sum'")
    return reduction


def reduced(loss: Array, reduction: str) -> Array:
    """The mean, the sum, or the losses themselves. Half precision is summed in single."""
    if reduction == "none":
        return loss
    wide = np.float32 if loss.dtype == np.float16 else None
    total = np.add.reduce(loss, None, wide)
    if reduction == "mean":
        total = np.true_divide(total, loss.size)
    return np.asarray(total, loss.dtype)


@composed("{g} / n", spaces="engine")
def shared(g: Value, x_shape: tuple[int, ...], reduction: str) -> Value:
    """The gradient of each element's loss: g / n for the mean of n, else g."""
    if reduction != "mean":
        return g
    n = 1
    for size in x_shape:
        n *= size
    return g / n


def fused_loss(name: str, x: Array, target: Array, reduction: str, parameter: float = 0.0) -> Array | None:
    """The reduced loss in one pass of a compiled loop, None where there is no such loop or nothing is reduced."""
    if reduction == "none" or not ready(x, target):
        return None
    total = kernels.total(name, x, target, parameter)
    return np.asarray(total / x.size if reduction == "mean" else total, x.dtype)


def fused_slope(label: str, name: str) -> Callable[[Callable[..., Any]], Composed]:
    """Declare the gradient fn(g, x, target, reduction, *parameters) of a loss: arrays take the loop `name`."""

    def declare(fn: Callable[..., Any]) -> Composed:
        def kernel(g: Array, x: Array, target: Array, reduction: str, *parameters: float) -> Array:
            if reduction == "none" or not ready(x, target):
                return fn(g, x, target, reduction, *parameters)
            return kernels.gradient(name, float(g) / (x.size if reduction == "mean" else 1), x, target, *parameters)

        return composed(label, spaces="engine", kernel=kernel)(fn)

    return declare


def reduce_loss(loss: Value, reduction: str) -> Value:
    """The mean, the sum, or the losses themselves, by ops."""
    return mean(loss) if reduction == "mean" else sum(loss) if reduction == "sum" else loss


def paired(x: Value, target: Value, name: str) -> tuple[Value, Value]:
    """Both in one shape. Where they differ a warning says what broadcasting compares, and the fix."""
    a, b = tuple(x.shape), tuple(target.shape)
    if a == b:
        return x, target
    try:
        shape = np.broadcast_shapes(a, b)
    except ValueError:
        raise misfit(name, np.broadcast_to(0, a), np.broadcast_to(0, b)) from None
    count = int(np.prod(shape))
    fix = f"target.reshape({a})" if np.prod(a) == np.prod(b) else "a target of the input's shape"
    warnings.warn(
        f"Using a target size ({list(b)}) that is different to the input size ({list(a)}). {name} broadcasts both to {list(shape)} "
        f"and compares {count} pairs, which is seldom meant. Use {fix}.",
        UserWarning,
        stacklevel=user_level(),
    )
    return expand(x, shape), expand(target, shape)


def weighted(loss: Value, weight: Value, x_shape: tuple[int, ...], reduction: str, by_weight: bool = True) -> Value:
    """The losses times their weights; the mean divides by the sum of the weights, or by their number."""
    if tuple(weight.shape) != tuple(x_shape):
        raise ValueError(f"Weights and input must have the same size: got {list(weight.shape)} and {list(x_shape)}")
    loss = loss * weight
    return sum(loss) / sum(weight) if reduction == "mean" and by_weight else reduce_loss(loss, reduction)
