"""Losses of numbers against numbers: squares, absolute values, likelihoods. Imports op and the other ops."""

from __future__ import annotations

import math
import warnings

import numpy as np

from ..frames import user_level
from ..op import Array, Value, composed, op, quiet
from . import loss_binary, loss_classes, loss_ctc, loss_margin
from .comparison import gt, values_of, where
from .exponential import exp, log, xlogy
from .extremes import at_least, clamp_between
from .loss_reduction import fused_loss, fused_slope, paired, reduce_loss, reduced, reduction_of, shared, weighted
from .pointwise import sign
from .shape import unsqueeze

__all__ = ["loss_binary", "loss_classes", "loss_ctc", "loss_margin"]


def _floating(x: Array, name: str) -> None:
    if x.dtype.kind != "f":
        raise NotImplementedError(f'"{name}" not implemented for {x.dtype}: losses are floating, use x.float()')


@fused_slope("{g} / n · 2 · ({x} − {target})", "mse")
def mse_slope(g: Value, x: Value, target: Value, reduction: str) -> Value:
    """The gradient of mse_loss; n is the number of elements for the mean, else 1."""
    return shared(g, x.shape, reduction) * 2 * (x - target)


@op(
    "mean(({x} − {target})²)",
    x=lambda g, x, target, reduction: mse_slope(g, x, target, reduction),
    target=lambda g, x, target, reduction: mse_slope(g, target, x, reduction),
    types="promote",
    spaces="engine",
)
@quiet
def mse_loss(x: Array, target: Array, reduction: str) -> Array:
    """(x − target)², reduced."""
    _floating(x, "mse_cpu")
    out = fused_loss("mse", x, target, reduction)
    if out is None:
        d = x - target
        out = reduced(d * d, reduction)
    return out


@fused_slope("{g} / n · sign({x} − {target})", "l1")
def l1_slope(g: Value, x: Value, target: Value, reduction: str) -> Value:
    """The gradient of l1_loss."""
    return shared(g, x.shape, reduction) * sign(x - target)


@op(
    "mean(|{x} − {target}|)",
    x=lambda g, x, target, reduction: l1_slope(g, x, target, reduction),
    target=lambda g, x, target, reduction: l1_slope(g, target, x, reduction),
    types="promote",
    spaces="engine",
)
@quiet
def l1_loss(x: Array, target: Array, reduction: str) -> Array:
    """|x − target|, reduced."""
    _floating(x, "abs")
    out = fused_loss("l1", x, target, reduction)
    return reduced(np.absolute(x - target), reduction) if out is None else out


@fused_slope("{g} / n · min(max(({x} − {target}) / {beta}, −1), 1)", "smooth_l1")
def smooth_l1_slope(g: Value, x: Value, target: Value, reduction: str, beta: float) -> Value:
    """The gradient of smooth_l1_loss."""
    return shared(g, x.shape, reduction) * clamp_between((x - target) / beta, -1, 1)


@op(
    "mean(|d| < {beta} ? d² / (2 · {beta}) : |d| − {beta} / 2), d = {x} − {target}",
    x=lambda g, x, target, reduction, beta: smooth_l1_slope(g, x, target, reduction, beta),
    target=lambda g, x, target, reduction, beta: smooth_l1_slope(g, target, x, reduction, beta),
    types="promote",
    spaces="engine",
)
@quiet
def smooth_l1_loss(x: Array, target: Array, reduction: str, beta: float) -> Array:
    """d²/(2β) for |d| < β, else |d| − β/2; reduced."""
    _floating(x, "smooth_l1_cpu")
    out = fused_loss("smooth_l1", x, target, reduction, beta)
    if out is None:
        d = np.absolute(x - target)
        out = reduced(np.where(d < beta, d * d * (0.5 / beta), d - 0.5 * beta), reduction)
    return out


@fused_slope("{g} / n · min(max({x} − {target}, −{delta}), {delta})", "huber")
def huber_slope(g: Value, x: Value, target: Value, reduction: str, delta: float) -> Value:
    """The gradient of huber_loss."""
    return shared(g, x.shape, reduction) * clamp_between(x - target, -delta, delta)


@op(
    "mean(|d| ≤ {delta} ? d² / 2 : {delta} · (|d| − {delta} / 2)), d = {x} − {target}",
    x=lambda g, x, target, reduction, delta: huber_slope(g, x, target, reduction, delta),
    target=lambda g, x, target, reduction, delta: huber_slope(g, target, x, reduction, delta),
    types="promote",
    spaces="engine",
)
@quiet
def huber_loss(x: Array, target: Array, reduction: str, delta: float) -> Array:
    """d²/2 for |d| ≤ δ, else δ · (|d| − δ/2); reduced."""
    _floating(x, "huber_cpu")
    out = fused_loss("huber", x, target, reduction, delta)
    if out is None:
        d = np.absolute(x - target)
        out = reduced(np.where(d <= delta, 0.5 * d * d, delta * (d - 0.5 * delta)), reduction)
    return out


@composed(name="mse_loss", spaces="functional")
def mse_loss_public(
    x: Value,
    target: Value,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Value | None = None,
) -> Value:
    """(x − target)², reduced; a weight for each element divides the mean too."""
    x, target = paired(x, target, "mse_loss")
    kind = reduction_of(reduction, size_average, reduce)
    return mse_loss(x, target, kind) if weight is None else weighted(mse_loss(x, target, "none"), weight, x.shape, kind)


@composed(name="l1_loss", spaces="functional")
def l1_loss_public(
    x: Value,
    target: Value,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Value | None = None,
) -> Value:
    """|x − target|, reduced; a weight for each element divides the mean too."""
    x, target = paired(x, target, "l1_loss")
    kind = reduction_of(reduction, size_average, reduce)
    return l1_loss(x, target, kind) if weight is None else weighted(l1_loss(x, target, "none"), weight, x.shape, kind)


@composed(name="smooth_l1_loss", spaces="functional")
def smooth_l1_loss_public(
    x: Value,
    target: Value,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Value:
    """d²/(2β) for |d| < β, else |d| − β/2, with d = x − target; reduced. β = 0 is the absolute value."""
    x, target = paired(x, target, "smooth_l1_loss")
    kind = reduction_of(reduction, size_average, reduce)
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss does not support negative values for beta: got {beta}")
    return l1_loss(x, target, kind) if beta == 0 else smooth_l1_loss(x, target, kind, beta)


@composed(name="huber_loss", spaces="functional")
def huber_loss_public(x: Value, target: Value, reduction: str = "mean", delta: float = 1.0, weight: Value | None = None) -> Value:
    """d²/2 for |d| ≤ δ, else δ · (|d| − δ/2), with d = x − target; reduced."""
    x, target = paired(x, target, "huber_loss")
    kind = reduction_of(reduction)
    if delta <= 0:
        raise RuntimeError(f"huber_loss does not support non-positive values for delta: got {delta}")
    if weight is None:
        return huber_loss(x, target, kind, delta)
    return weighted(huber_loss(x, target, "none", delta), weight, x.shape, kind, by_weight=False)


@composed(spaces="functional")
def kl_div(
    x: Value,
    target: Value,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Value:
    """target · (log target − x) for log-probabilities x and probabilities (log-probabilities with log_target) as target.

    "batchmean", the sum divided by the batch size, is the divergence; "mean" divides by all elements.
    """
    if reduction == "mean" and size_average is None and reduce is None:
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size. 'batchmean' divides only by the batch "
            "size, and aligns with the KL div math definition.",
            UserWarning,
            stacklevel=user_level(),
        )
    if values_of(x).dtype.kind in "iub" or values_of(target).dtype.kind in "iub":
        raise RuntimeError(f"kl_div: Integral inputs not supported: got {values_of(x).dtype} and {values_of(target).dtype}")
    batch = reduction == "batchmean"
    kind = "sum" if batch and size_average is None and reduce is None else reduction_of(reduction, size_average, reduce)
    loss = exp(target) * (target - x) if log_target else xlogy(target, target) - target * x
    total = reduce_loss(loss, kind)
    return total / x.shape[0] if batch and len(x.shape) else total


@composed(spaces="functional")
def poisson_nll_loss(
    x: Value,
    target: Value,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Value:
    """exp(x) − target · x for the log of a rate x, or x − target · log(x + eps) for a rate; `full` adds Stirling's log target!."""
    kind = reduction_of(reduction, size_average, reduce)
    loss = exp(x) - target * x if log_input else x - target * log(x + eps)
    if full:
        stirling = target * log(target) - target + 0.5 * log(2 * math.pi * target)
        loss = loss + where(gt(target, 1), stirling, 0.0)
    return reduce_loss(loss, kind)


def _variance(x: Value, var: Value) -> Value:
    """The variance ready to be broadcast over x, checked."""
    if isinstance(var, float):
        if var < 0:
            raise ValueError(f"var has negative entry/entries: {var}")
        return x * 0 + var
    if values_of(var).dtype.kind != "f":
        raise RuntimeError(f"a variance is floating: got {values_of(var).dtype}, use var.float()")
    if (values_of(var) < 0).any():
        raise ValueError(
            f"var has negative entry/entries: the least is {values_of(var).min()}; variances are positive, exp(log_var) keeps them so"
        )
    a, b = tuple(x.shape), tuple(var.shape)
    if a == b:
        return var
    if a[:-1] == b:
        return unsqueeze(var, -1)
    different = [n for m, n in zip(a, b, strict=False) if m != n]
    if len(a) == len(b) and different == [1]:
        return var
    raise ValueError(f"var is of incorrect size: {list(b)} beside an input of {list(a)}; give {list(a)}, {list(a[:-1])} or {[*a[:-1], 1]}")


@composed(spaces="functional")
def gaussian_nll_loss(x: Value, target: Value, var: Value | float, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> Value:
    """½ (log var + (x − target)² / var), var not below eps; `full` adds ½ log 2π."""
    var = at_least(_variance(x, var), eps)
    kind = reduction_of(reduction)
    d = x - target
    loss = 0.5 * (log(var) + d * d / var)
    return reduce_loss(loss + 0.5 * math.log(2 * math.pi) if full else loss, kind)
