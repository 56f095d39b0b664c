"""Losses of numbers against numbers. Imports op and the other ops."""

from __future__ import annotations

import numpy as np

from ..op import Array, Value, composed, op, quiet
from .loss_classes import reduction_of


def reduced(loss: Array, reduction: str) -> Array:
    """The mean, the sum, or the losses themselves."""
    if reduction == "none":
        return loss
    total = np.add.reduce(loss, None)
    return total if reduction == "sum" else np.true_divide(total, loss.size, dtype=loss.dtype)


@composed("{g} / n", spaces="engine")
def shared(g: Value, x_shape: tuple[int, ...], reduction: str) -> Value:
    """The gradient of each element's loss: g / n for the mean of n, else g."""
    if reduction != "mean":
        return g
    n = 1
    for size in x_shape:
        n *= size
    return g / n


@op(
    "mean(({x} − {target})²)",
    x=lambda g, x, x_shape, target, reduction: shared(g, x_shape, reduction) * 2 * (x - target),
    target=lambda g, x, x_shape, target, reduction: shared(g, x_shape, reduction) * 2 * (target - x),
    types="promote",
    spaces="engine",
)
@quiet
def mse_loss(x: Array, target: Array, reduction: str) -> Array:
    """(x − target)², reduced."""
    d = x - target
    return reduced(d * d, reduction)


@composed(name="mse_loss", spaces="functional")
def mse_loss_public(
    x: Value, target: Value, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean", weight: Value | None = None
) -> Value:
    """(x − target)², reduced."""
    return mse_loss(x, target, reduction_of(reduction, size_average, reduce))
