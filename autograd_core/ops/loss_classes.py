"""Losses of class predictions whose target is a label: nll_loss and cross_entropy. Imports op and the other ops."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ..kernels import loss as kernels
from ..kernels.axes import in_rows
from ..kernels.places import within
from ..op import Array, Value, composed, op, quiet
from .comparison import values_of, where
from .linear import linear
from .loss_reduction import reduce_loss, reduced, reduction_of
from .misuse import warn_squashed
from .reduce import sum
from .shape import reshape, unsqueeze
from .softmax import log_softmax

LABELS = (np.dtype(np.int64), np.dtype(np.uint8))


def _check_shapes(x_shape: tuple[int, ...], target_shape: tuple[int, ...]) -> None:
    """x is (C,), (N, C) or (N, C, d1, ...), the target the same without C."""
    if len(x_shape) == 2 and target_shape == x_shape[:1]:
        return
    if not x_shape:
        raise ValueError("Expected 1 or more dimensions (got 0): class scores have shape (C,), (N, C) or (N, C, d1, ...)")
    if len(x_shape) == 1:
        if len(target_shape) > 1 or target_shape not in ((), (1,)):
            raise ValueError(f"scores of shape {list(x_shape)} are one example: the target is one label, got shape {list(target_shape)}")
        return
    if not target_shape or x_shape[0] != target_shape[0]:
        raise ValueError(
            f"Expected input batch_size ({x_shape[0]}) to match target batch_size ({target_shape[0] if target_shape else 0}): "
            f"scores {list(x_shape)} and target {list(target_shape)}"
        )
    expected = x_shape[:1] + x_shape[2:]
    if target_shape != expected:
        what = "0D or 1D target tensor expected, multi-target not supported" if len(x_shape) == 2 else "Expected target size"
        raise RuntimeError(f"{what} {list(expected)}, got {list(target_shape)}: the target holds labels, one for each prediction")


def check_labels(target: Array, x_shape: tuple[int, ...], ignore_index: int) -> bool:
    """Whether every label is a class that counts. IndexError where one is neither a class nor ignored: says which, and where."""
    if target.dtype not in LABELS:
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {target.dtype}: labels are class numbers, use target.long()")
    _check_shapes(x_shape, target.shape)
    classes = x_shape[0 if len(x_shape) == 1 else 1]
    if not target.size:
        return True
    if target.dtype == LABELS[0] and within(target, 0, classes):
        return not 0 <= ignore_index < classes or not (target == ignore_index).any()
    wrong = np.argwhere(((target < 0) | (target >= classes)) & (target != ignore_index))
    if len(wrong):
        at = tuple(int(i) for i in wrong[0])
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise IndexError(
            f"Target {int(target[at])} is out of bounds. It stands at target[{', '.join(map(str, at))}]{more}; scores of shape "
            f"{list(x_shape)} have {classes} classes: labels start at 0 and end at {classes - 1}; ignore_index is {ignore_index}"
        )
    return False


def check_weight(weight: Array | None, x: Array) -> None:
    """One weight for each class, in the type of the scores."""
    if weight is None:
        return
    classes = x.shape[0 if x.ndim == 1 else 1]
    if weight.shape != (classes,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape: "
            f"{list(weight.shape)}"
        )
    if weight.dtype != x.dtype:
        raise RuntimeError(f"nll_loss: the scores are {x.dtype} and the weight is {weight.dtype}: convert one with .to(dtype)")


def fixed_weight(weight: Value | None) -> None:
    """RuntimeError for class weights that want a gradient: the losses of labels have none for them."""
    if getattr(weight, "requires_grad", False):
        raise RuntimeError(
            "The function 'nll_loss_forward' is not differentiable with respect to argument 'weight'. This input cannot have "
            "requires_grad True: use weight.detach()"
        )


def label_weights(target: Array, weight: Array | None, ignore_index: int, kind: np.dtype) -> Array:
    """The weight of each label; 0 for ignored ones."""
    kept = target != ignore_index
    if weight is None:
        return kept.astype(kind)
    return np.where(kept, weight[np.where(kept, target, 0)], 0) if weight.size else np.zeros(target.shape, kind)


def place_of(target: Array, x_shape: tuple[int, ...], ignore_index: int) -> tuple[Any, ...]:
    """The index of each label's score in x; that of class 0 where the label is ignored."""
    label = np.where(target == ignore_index, 0, target) if target.size else target.astype(np.int64)
    if len(x_shape) == 1:
        return (label,)
    sizes = target.shape
    grid = [np.arange(n).reshape((n,) + (1,) * (len(sizes) - 1 - i)) for i, n in enumerate(sizes)]
    return (grid[0], label, *grid[1:])


@functools.lru_cache(32)
def _rows(count: int) -> Array:
    """0, 1, ..., count − 1."""
    return np.arange(count)


@op(
    "−Σ {weight}[{target}] · {x}[{target}]",
    x=lambda g, x_shape, target, weight, reduction, ignore_index: picked(g, x_shape, target, weight, reduction, ignore_index),
    types="any",
    spaces="engine",
)
@quiet
def nll_loss(x: Array, target: Array, weight: Array | None, reduction: str, ignore_index: int) -> Array:
    """Minus the score of each label, weighted by class; reduced to the weighted mean, the sum, or not at all.

    Most often x is a matrix, every label counts and nothing is weighted: one loop then does all, the checks among it.
    """
    if weight is None and reduction != "none":
        loss = kernels.picked_loss(x, target, ignore_index, reduction == "mean")
        if loss is not None:
            return loss
    if _scored(x, target, weight, ignore_index):
        loss = np.negative(x[_rows(len(target)), target])
        return loss if reduction == "none" else reduced(loss, reduction)
    if target.shape == (1,) and x.ndim == 1:
        target = target.reshape(())
    w = label_weights(target, weight, ignore_index, x.dtype)
    loss = np.negative(x[place_of(target, x.shape, ignore_index)] * w) if x.size else np.zeros(target.shape, x.dtype)
    loss = np.where(w == 0, 0, loss) if weight is None else loss
    if reduction != "mean":
        return reduced(in_rows(loss), reduction)
    return np.true_divide(np.add.reduce(loss, None), np.add.reduce(w, None), dtype=x.dtype)


def _scored(x: Array, target: Array, weight: Array | None, ignore_index: int) -> bool:
    """Check scores, labels and weights; whether x is a matrix, every label counts and there are no weights."""
    all_count = check_labels(target, x.shape, ignore_index)
    if x.dtype.kind != "f":
        raise NotImplementedError(f'"nll_loss_out_frame" not implemented for {x.dtype}: scores are floating, use x.float()')
    check_weight(weight, x)
    return all_count and weight is None and x.ndim == 2


def label_slopes(x_shape: tuple[int, ...], target: Array, weight: Array | None, reduction: str, ignore_index: int, kind: np.dtype) -> Array:
    """∂ nll_loss / ∂x: minus the label's weight at the label's place, 0 elsewhere."""
    if len(x_shape) == 1:
        target = target.reshape(())
    w = label_weights(target, weight, ignore_index, kind)
    if reduction == "mean":
        with np.errstate(all="ignore"):
            w = np.where(target == ignore_index, 0, w / np.add.reduce(w, None))
    out = np.zeros(x_shape, kind)
    if out.size:
        out[place_of(target, x_shape, ignore_index)] = np.negative(w)
    return out


def _picked_array(g: Array, x_shape: tuple[int, ...], target: Array, weight: Array | None, reduction: str, ignore_index: int) -> Array:
    if weight is None and reduction != "none":
        value = -float(g) / (target.size or 1 if reduction == "mean" else 1)
        placed = kernels.place_picked(x_shape, g.dtype, target, ignore_index, value)
        if placed is not None:
            return placed
    elif weight is None and len(x_shape) == 2 and target.size:
        out = np.zeros(x_shape, g.dtype)
        out[place_of(target, x_shape, ignore_index)] = np.where(target == ignore_index, 0, -g)
        return out
    slopes = label_slopes(x_shape, target, weight, reduction, ignore_index, g.dtype)
    return slopes * (np.expand_dims(g, 1) if reduction == "none" and len(x_shape) > 1 else g)


@composed("−{g} · {weight}[{target}] at [{target}]", spaces="engine", kernel=_picked_array)
def picked(g: Value, x_shape: tuple[int, ...], target: Value, weight: Value | None, reduction: str, ignore_index: int) -> Value:
    """The gradient of nll_loss for the scores: minus the label's weight at the label's place."""
    slopes = label_slopes(x_shape, values_of(target), values_of(weight), reduction, ignore_index, values_of(g).dtype)
    return (unsqueeze(g, 1) if reduction == "none" and len(x_shape) > 1 else g) * slopes


@composed(name="nll_loss", spaces="functional")
def nll_loss_public(
    x: Value,
    target: Value,
    weight: Value | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Value:
    """−weight[target] · x[target] for log-probabilities x (N, C) or (N, C, d1, ...) and labels (N) or (N, d1, ...).

    "mean" divides by the sum of the weights; labels equal to ignore_index count nothing. IndexError for a label that is no class.
    """
    kind = reduction_of(reduction, size_average, reduce)
    warn_squashed(
        x,
        "softmax",
        "nll_loss",
        "it expects log-probabilities, and probabilities make it a loss without a logarithm",
        "Use log_softmax in its place, or cross_entropy on the scores.",
    )
    if weight is not None:
        fixed_weight(weight)
    return nll_loss(x, target, weight, kind, ignore_index)


@composed(spaces="functional")
def cross_entropy(
    x: Value,
    target: Value,
    weight: Value | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Value:
    """−log softmax(x)[target] for scores x (N, C) or (N, C, d1, ...); the target holds labels, or probabilities in x's shape."""
    kind = reduction_of(reduction, size_average, reduce)
    if not 0 <= label_smoothing <= 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    warn_squashed(
        x,
        "softmax",
        "cross_entropy",
        "it takes the softmax itself, and a second one flattens the scores and their gradients",
        "Give cross_entropy the scores as they are, or take log_softmax and nll_loss.",
    )
    scores, labels = values_of(x), values_of(target)
    dim = 0 if scores.ndim < 2 else 1
    if labels.dtype.kind == "f" or labels.shape == scores.shape:
        _check_probabilities(x, target, weight, ignore_index)
        return _against_probabilities(log_softmax(x, dim), target, weight, kind, label_smoothing, dim)
    if weight is not None:
        fixed_weight(weight)
    if scores.dtype.kind != "f":
        check_labels(labels, scores.shape, ignore_index)  # what log_softmax says of such scores comes second
    logp = log_softmax(x, dim)
    loss = nll_loss(logp, target, weight, kind, ignore_index)
    if not label_smoothing:
        return loss
    return loss * (1 - label_smoothing) + _smoothed(logp, target, weight, kind, ignore_index, dim) * (label_smoothing / x.shape[dim])


def _check_probabilities(x: Value, target: Value, weight: Value | None, ignore_index: int) -> None:
    if tuple(x.shape) != tuple(target.shape) or values_of(target).dtype.kind != "f":
        raise RuntimeError(
            f"Expected floating point type for target with class probabilities in the shape of the scores {list(x.shape)}, got "
            f"{target.dtype} {list(target.shape)}: labels are integers, use target.long()"
        )
    if ignore_index >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target: give labels, or a weight of 0")
    check_weight(values_of(weight), values_of(x))


def _along(weight: Value, rank: int, dim: int) -> Value:
    """One weight for each class, ready to be broadcast over the scores."""
    return reshape(weight, (-1,) + (1,) * (rank - 1 - dim))


def _against_probabilities(logp: Value, target: Value, weight: Value | None, kind: str, smoothing: float, dim: int) -> Value:
    """−Σ target · logp over the classes; the mean is over the examples, whatever the weights."""
    classes, rank = logp.shape[dim], len(logp.shape)
    if smoothing:
        target = target * (1 - smoothing) + smoothing / classes
    loss = logp * target
    if weight is not None:
        loss = loss * _along(weight, rank, dim)
    if kind == "none":
        return -sum(loss, dim)
    total = -sum(loss)
    count = 1
    for d, n in enumerate(logp.shape):
        count *= 1 if d == dim else n
    return total / count if kind == "mean" else total


def _smoothed(logp: Value, target: Value, weight: Value | None, kind: str, ignore_index: int, dim: int) -> Value:
    """−Σ logp over all classes, for the part of the target that is spread evenly; ignored labels count nothing."""
    scores = logp if weight is None else logp * _along(weight, len(logp.shape), dim)
    labels = values_of(target)
    if len(logp.shape) == 1:
        labels = labels.reshape(())
    kept = labels != ignore_index
    loss = where(kept, -sum(scores, dim), 0.0)
    if kind != "mean":
        return reduce_loss(loss, kind)
    share = label_weights(labels, values_of(weight), ignore_index, values_of(logp).dtype)
    return sum(loss) / float(np.add.reduce(share, None))


def _check_linear(x: Value, linear_weight: Value, linear_bias: Value | None) -> tuple[int, ...]:
    """The classes and further sizes (C, *K) that the weight stands for. RuntimeError where the shapes do not fit."""
    given = f"got input {list(x.shape)}, linear_weight {list(linear_weight.shape)}"
    if len(x.shape) not in (1, 2):
        raise RuntimeError(f"expected input with dimensionality 1 or 2, (in_features) or (N, in_features): {given}")
    if len(linear_weight.shape) < 2:
        raise RuntimeError(f"expected linear_weight with dimensionality at least 2, (classes, in_features): {given}")
    if x.shape[-1] != linear_weight.shape[-1]:
        raise RuntimeError(f"expected equal input and linear_weight last dimensions (in_features): {given}")
    places = tuple(linear_weight.shape[:-1])
    if linear_bias is not None and tuple(linear_bias.shape) != places:
        raise RuntimeError(f"expected linear_bias shape {places}, got {tuple(linear_bias.shape)}")
    if len(places) > 1 and len(x.shape) == 1:
        raise RuntimeError(f"a weight for scores of several dimensions wants a batch, (N, in_features): {given}")
    return places


@composed(spaces="functional")
def linear_cross_entropy(
    x: Value,
    linear_weight: Value,
    target: Value,
    *,
    linear_bias: Value | None = None,
    weight: Value | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> Value:
    """cross_entropy of the scores x · linear_weightᵀ + linear_bias, x (in) or (N, in), linear_weight (C, *K, in), linear_bias (C, *K).

    `options`, PyTorch's chunking, changes no value and is not read.
    """
    places = _check_linear(x, linear_weight, linear_bias)
    scores_shape = (*x.shape[:-1], *places)
    if ignore_index is not None and tuple(target.shape) == scores_shape:
        raise RuntimeError("ignore_index cannot be specified when target contains probabilities: leave it out, or give labels")
    if len(places) > 1:
        linear_weight = reshape(linear_weight, (-1, x.shape[-1]))
        linear_bias = None if linear_bias is None else reshape(linear_bias, (-1,))
    scores = reshape(linear(x, linear_weight, linear_bias), scores_shape)
    ignored = -100 if ignore_index is None else ignore_index
    return cross_entropy(scores, target, weight, None, ignored, None, reduction, label_smoothing)
