"""Losses of rankings, distances and margins between classes. Imports op and the other ops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..op import Value, composed
from .comparison import eq, values_of, where
from .extremes import clamp_between, minimum
from .loss_reduction import reduce_loss, reduction_of
from .nonlinear import relu
from .pointwise import sqrt
from .reduce import sum
from .shape import reshape, take_at, unsqueeze
from .similarity import pairwise_distance

TINY = 1e-12


def _same_rank(name: str, **tensors: Value) -> None:
    """RuntimeError unless all have the same number of dimensions."""
    if len({len(t.shape) for t in tensors.values()}) > 1:
        shown = ", ".join(f"{key}: {list(t.shape)}" for key, t in tensors.items())
        raise RuntimeError(f"{name}: All input tensors should have same dimension but got sizes: {shown}")


def _positive_margin(margin: float) -> None:
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")


@composed(spaces="functional")
def margin_ranking_loss(
    input1: Value,
    input2: Value,
    target: Value,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Value:
    """max(0, −target · (input1 − input2) + margin): target 1 where input1 should rank higher, −1 where input2 should."""
    kind = reduction_of(reduction, size_average, reduce)
    _same_rank("margin_ranking_loss", input1=input1, input2=input2, target=target)
    return reduce_loss(clamp_between(-target * (input1 - input2) + margin, 0, None), kind)


@composed(spaces="functional")
def cosine_embedding_loss(
    input1: Value,
    input2: Value,
    target: Value,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Value:
    """1 − cos(input1, input2) where the target is 1, max(0, cos − margin) where it is −1; inputs (N, D) with target (N), or (D) with ()."""
    kind = reduction_of(reduction, size_average, reduce)
    rank = len(target.shape)
    if rank > 1 or len(input1.shape) != rank + 1 or len(input2.shape) != rank + 1:
        raise RuntimeError(
            f"{rank}D target tensor expects {rank + 1}D input tensors, but found inputs with sizes {list(input1.shape)} and "
            f"{list(input2.shape)}: give (N, D), (N, D) and (N), or (D), (D) and ()"
        )
    product = sum(input1 * input2, -1)
    lengths = sqrt((sum(input1 * input1, -1) + TINY) * (sum(input2 * input2, -1) + TINY))
    cosine = product / lengths
    near = where(eq(target, 1), 1 - cosine, 0.0)
    return reduce_loss(near + where(eq(target, -1), clamp_between(cosine - margin, 0, None), 0.0), kind)


@composed(spaces="functional")
def triplet_margin_loss(
    anchor: Value,
    positive: Value,
    negative: Value,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Value:
    """max(0, margin + d(anchor, positive) − d(anchor, negative)), d the p-norm of the difference plus eps over the last dimension.

    With swap the negative's distance is the smaller of those to the anchor and to the positive (Balntas et al. 2016).
    """
    kind = reduction_of(reduction, size_average, reduce)
    _positive_margin(margin)
    return _triplet(anchor, positive, negative, lambda x, y: pairwise_distance(x, y, p, eps), margin, swap, kind)


@composed(spaces="functional")
def triplet_margin_with_distance_loss(
    anchor: Value,
    positive: Value,
    negative: Value,
    *,
    distance_function: Callable[[Any, Any], Any] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Value:
    """max(0, margin + d(anchor, positive) − d(anchor, negative)) for any distance d; by default pairwise_distance."""
    kind = reduction_of(reduction)
    _positive_margin(margin)
    return _triplet(anchor, positive, negative, distance_function or pairwise_distance, margin, swap, kind)


def _triplet(
    anchor: Value, positive: Value, negative: Value, distance: Callable[[Any, Any], Any], margin: float, swap: bool, reduction: str
) -> Value:
    _same_rank("triplet_margin_loss", anchor=anchor, positive=positive, negative=negative)
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return reduce_loss(clamp_between(margin + near - far, 0, None), reduction)


def _as_batch(x: Value, target: Value, name: str) -> tuple[Value, np.ndarray, bool]:
    """(scores (N, C), their target as an array with N rows, whether there was no batch)."""
    labels = values_of(target)
    if labels.dtype.kind not in "iu":
        raise RuntimeError(f"{name}: expected scalar type Long but found {labels.dtype}: the target holds class numbers, use target.long()")
    if len(x.shape) > 2 or not all(x.shape[1:]):
        raise RuntimeError(f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(x.shape)}")
    if len(x.shape) == 2:
        return x, labels, False
    return reshape(x, (1, -1)), labels.reshape(1, *labels.shape) if labels.ndim else labels.reshape(1), True


def _rows(x: Value, target: Value, name: str) -> tuple[Value, np.ndarray, bool]:
    """`_as_batch` with one label a row, each of them a class."""
    scores, labels, single = _as_batch(x, target, name)
    count, classes = scores.shape
    if labels.shape != (count,):
        raise RuntimeError(f"inconsistent target size: got labels of shape {list(labels.shape)} for {count} rows of scores, expected [{count}]")
    if labels.size and not (labels.min() >= 0 and labels.max() < classes):
        raise RuntimeError(f"target out of range: {labels.tolist()[:8]} for {classes} classes, which are numbered 0 to {classes - 1}")
    return scores, labels, single


def _shortfalls(scores: Value, labels: np.ndarray, margin: float) -> Value:
    """max(0, margin − score of the label + score) of every class."""
    return relu(margin - unsqueeze(take_at(scores, (np.arange(len(labels)), labels), False), 1) + scores)


@composed(spaces="functional")
def multi_margin_loss(
    x: Value,
    target: Value,
    p: int = 1,
    margin: float = 1.0,
    weight: Value | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Value:
    """Σ max(0, margin − x[target] + x[i])^p / C over the classes i ≠ target, weighted by weight[target]; x (N, C) or (C)."""
    kind = reduction_of(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError(f"only p == 1 and p == 2 supported: got p={p}")
    scores, labels, single = _rows(x, target, "multi_margin_loss")
    classes = scores.shape[1]
    if weight is not None and tuple(weight.shape) != (classes,):
        raise RuntimeError(f"inconsistent weight size: got {list(weight.shape)} for {classes} classes")
    z = _shortfalls(scores, labels, margin)
    z = z * z if p == 2 else z
    if weight is not None:
        z = z * unsqueeze(take_at(weight, (labels,), True), 1)
    loss = sum(where(rows_of(labels, classes), 0.0, z), 1) / classes
    return reduce_loss(reshape(loss, ()) if single and kind != "mean" else loss, kind)


@composed(spaces="functional")
def multiclass_hinge_loss(x: Value, target: Value, margin: float = 1.0, reduction: str = "mean") -> Value:
    """Σ max(0, margin − x[target] + x[i]) over the classes i ≠ target; x (N, C) or (C). Weston and Watkins (1999).

    multi_margin_loss divides this by C; PyTorch has no function for the sum.
    """
    kind = reduction_of(reduction)
    scores, labels, single = _rows(x, target, "multiclass_hinge_loss")
    loss = sum(where(rows_of(labels, scores.shape[1]), 0.0, _shortfalls(scores, labels, margin)), 1)
    return reduce_loss(reshape(loss, ()) if single and kind != "mean" else loss, kind)


def rows_of(labels: np.ndarray, classes: int) -> np.ndarray:
    """(N, classes): whether a class is the label of its row."""
    return np.equal(labels[:, None], np.arange(classes))


@composed(spaces="functional")
def multilabel_margin_loss(
    x: Value, target: Value, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Value:
    """Σ max(0, 1 − x[j] + x[i]) / C over the target classes j and the other classes i; x (N, C) or (C).

    A row of the target lists its classes up to the first −1.
    """
    kind = reduction_of(reduction, size_average, reduce)
    scores, labels, single = _as_batch(x, target, "multilabel_margin_loss")
    if tuple(scores.shape) != labels.shape:
        raise RuntimeError(f"inconsistent target size: {list(labels.shape)} for input of size: {list(scores.shape)}; pad each row with -1")
    count, classes = labels.shape
    if labels.size and not (labels.min() >= -1 and labels.max() < classes):
        raise RuntimeError(
            f"target out of range: classes are numbered 0 to {classes - 1}, -1 ends a row; got {labels.min()} to {labels.max()}"
        )
    listed = np.logical_and.accumulate(labels >= 0, 1)
    width = int(listed.sum(1).max()) if labels.size else 0
    names = np.where(listed, labels, 0)[:, :width]
    chosen = np.zeros((count, classes), bool)
    rows = np.arange(count)[:, None]
    np.logical_or.at(chosen, (np.broadcast_to(rows, labels.shape), np.where(listed, labels, 0)), listed)
    gaps = relu(1 - unsqueeze(take_at(scores, (rows, names), True), 2) + unsqueeze(scores, 1))
    counted = listed[:, :width, None] & ~chosen[:, None, :]
    loss = sum(where(counted, gaps, 0.0), (1, 2)) / classes
    return reduce_loss(reshape(loss, ()) if single else loss, kind)
