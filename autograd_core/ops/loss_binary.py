"""Losses of yes-or-no predictions. Imports op and the other ops."""

from __future__ import annotations

import math

import numpy as np

from ..kernels.loss import FLOOR, LEAST
from ..op import Array, Value, composed, op, quiet
from .comparison import ne, values_of, where
from .exponential import log, log1p, sigmoid
from .extremes import clamp_between
from .loss_reduction import fused_loss, fused_slope, reduce_loss, reduced, reduction_of, shared
from .misuse import warn_squashed
from .nonlinear import logsigmoid
from .reduce import sum


@fused_slope("{g} / n · ({x} − {target}) / ({x} · (1 − {x}))", "probability")
def plain_probability_slope(g: Value, x: Value, target: Value, reduction: str) -> Value:
    """The gradient for the probabilities without weights; the denominator is held above 1e-12."""
    return shared(g, x.shape, reduction) * ((x - target) / clamp_between((1 - x) * x, LEAST, None))


@composed("{g} / n · {weight} · ({x} − {target}) / ({x} · (1 − {x}))", spaces="engine")
def probability_slope(g: Value, x: Value, target: Value, weight: Value | None, reduction: str) -> Value:
    """The gradient for the probabilities."""
    return times(weight, plain_probability_slope(g, x, target, reduction))


@composed("{g} / n · {weight} · log((1 − {x}) / {x})", spaces="engine")
def certainty_slope(g: Value, x: Value, weight: Value | None, reduction: str) -> Value:
    """The gradient for the targets."""
    return shared(g, x.shape, reduction) * times(weight, log1p(-x) - log(x))


@op(
    "−mean({target} · log({x}) + (1 − {target}) · log(1 − {x}))",
    x=lambda g, x, target, weight, reduction: probability_slope(g, x, target, weight, reduction),
    target=lambda g, x, weight, reduction: certainty_slope(g, x, weight, reduction),
    spaces="engine",
)
@quiet
def binary_cross_entropy(x: Array, target: Array, weight: Array | None, reduction: str) -> Array:
    """−(target log x + (1 − target) log(1 − x)), weighted and reduced."""
    if weight is None:
        out = fused_loss("probability", x, target, reduction)
        if out is not None and out == out:
            return out
    _check_range(x, "input", "for scores use binary_cross_entropy_with_logits, the sigmoid and this loss in one")
    _check_range(target, "target", "a target is the probability of yes")
    loss = (target - 1) * np.maximum(np.log1p(-x), FLOOR) - target * np.maximum(np.log(x), FLOOR)
    return reduced(loss if weight is None else loss * weight, reduction)


def _check_range(x: Array, name: str, hint: str) -> None:
    """RuntimeError unless all elements are probabilities."""
    if x.size and not (np.minimum.reduce(x, None) >= 0 and np.maximum.reduce(x, None) <= 1):
        wrong = x[~((x >= 0) & (x <= 1))].flat[0]
        raise RuntimeError(f"all elements of {name} should be between 0 and 1: there is a {wrong}; {hint}")


@composed("{weight} · ({y})", spaces="engine")
def times(weight: Value | None, y: Value) -> Value:
    """weight · y, where there is a weight."""
    return y if weight is None else weight * y


@composed(name="binary_cross_entropy", spaces="functional")
def binary_cross_entropy_public(
    x: Value,
    target: Value,
    weight: Value | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Value:
    """−(target log x + (1 − target) log(1 − x)) for probabilities x; logarithms are held above −100."""
    if tuple(x.shape) != tuple(target.shape):
        fix = f": target.reshape({list(x.shape)})" if math.prod(x.shape) == math.prod(target.shape) else ""
        raise ValueError(
            f"Using a target size ({list(target.shape)}) that is different to the input size ({list(x.shape)}) is deprecated. Please "
            f"ensure they have the same size{fix}"
        )
    return binary_cross_entropy(x, target, weight, reduction_of(reduction, size_average, reduce))


@fused_slope("{g} / n · (σ({x}) − {target})", "logits")
def plain_logits_slope(g: Value, x: Value, target: Value, reduction: str) -> Value:
    """The gradient for the scores without weights."""
    return shared(g, x.shape, reduction) * (sigmoid(x) - target)


@composed("{g} / n · {weight} · (({pos_weight} · {target} + 1 − {target}) · σ({x}) − {pos_weight} · {target})", spaces="engine")
def logits_slope(g: Value, x: Value, target: Value, weight: Value | None, pos_weight: Value | None, reduction: str) -> Value:
    """The gradient for the scores; weights that are not given are 1."""
    if weight is None and pos_weight is None:
        return plain_logits_slope(g, x, target, reduction)
    positive = target if pos_weight is None else pos_weight * target
    return shared(g, x.shape, reduction) * times(weight, (positive + 1 - target) * sigmoid(x) - positive)


@op(
    "mean((1 − {target}) · {x} − log σ({x}))",
    x=lambda g, x, target, weight, pos_weight, reduction: logits_slope(g, x, target, weight, pos_weight, reduction),
    target=lambda g, x, x_shape, weight, pos_weight, reduction: shared(g, x_shape, reduction) * times(weight, target_slope(x, pos_weight)),
    types="promote",
    spaces="engine",
)
@quiet
def binary_cross_entropy_with_logits(x: Array, target: Array, weight: Array | None, pos_weight: Array | None, reduction: str) -> Array:
    """(1 − target) x − w log σ(x), w = 1 + (pos_weight − 1) target; weighted and reduced."""
    if weight is None and pos_weight is None:
        out = fused_loss("logits", x, target, reduction)
        if out is not None:
            return out
    penalty = np.log1p(np.exp(-np.absolute(x))) - np.minimum(x, 0)  # −log σ(x)
    if pos_weight is not None:
        penalty = penalty * (1 + (pos_weight - 1) * target)
    loss = (1 - target) * x + penalty
    return reduced(loss if weight is None else loss * weight, reduction)


@composed("−{x}", spaces="engine")
def target_slope(x: Value, pos_weight: Value | None) -> Value:
    """The slope of the loss for a target; with pos_weight p it is log σ(−x) − p log σ(x)."""
    return -x if pos_weight is None else logsigmoid(-x) - pos_weight * logsigmoid(x)


@composed(name="binary_cross_entropy_with_logits", spaces="functional")
def binary_cross_entropy_with_logits_public(
    x: Value,
    target: Value,
    weight: Value | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Value | None = None,
) -> Value:
    """−(p target log σ(x) + (1 − target) log σ(−x)) for scores x, p = pos_weight; nothing overflows."""
    warn_squashed(
        x,
        "sigmoid",
        "binary_cross_entropy_with_logits",
        "it takes the sigmoid itself, and a second one flattens the scores and their gradients",
        "Give it the scores as they are, or use binary_cross_entropy.",
    )
    if tuple(x.shape) != tuple(target.shape):
        raise ValueError(
            f"Target size ({list(target.shape)}) must be the same as input size ({list(x.shape)}): target.reshape({list(x.shape)})"
        )
    if values_of(target).dtype.kind != "f":
        raise RuntimeError(f"a target of this loss is floating, the probability of yes: got {target.dtype}, use target.float()")
    return binary_cross_entropy_with_logits(x, target, weight, pos_weight, reduction_of(reduction, size_average, reduce))


@composed(spaces="functional")
def soft_margin_loss(
    x: Value, target: Value, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Value:
    """log(1 + exp(−target · x)) for targets ±1; does not overflow. RuntimeError unless the target broadcasts to x's shape."""
    product = target * x
    if tuple(product.shape) != tuple(x.shape):
        raise RuntimeError(
            f"soft_margin_loss: output with shape {list(x.shape)} doesn't match the broadcast shape {list(product.shape)}: give a "
            "target of the input's shape"
        )
    return reduce_loss(-logsigmoid(product), reduction_of(reduction, size_average, reduce))


@composed(spaces="functional")
def multilabel_soft_margin_loss(
    x: Value,
    target: Value,
    weight: Value | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Value:
    """−(target log σ(x) + (1 − target) log σ(−x)), the mean over the classes (the last dimension), then reduced."""
    kind = reduction_of(reduction, size_average, reduce)
    loss = -(target * logsigmoid(x) + (1 - target) * logsigmoid(-x))
    return reduce_loss(sum(loss if weight is None else loss * weight, len(x.shape) - 1) / x.shape[-1], kind)


@composed(spaces="functional")
def hinge_embedding_loss(
    x: Value,
    target: Value,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Value:
    """x where the target is 1, max(0, margin − x) where it is −1."""
    kind = reduction_of(reduction, size_average, reduce)
    if kind == "mean" and values_of(x).dtype.kind != "f":
        raise RuntimeError(f"mean(): the input dtype must be floating. Got: {x.dtype}; use x.float()")
    return reduce_loss(where(ne(target, 1), clamp_between(margin - x, 0, None), 0) + where(ne(target, -1), x, 0), kind)
