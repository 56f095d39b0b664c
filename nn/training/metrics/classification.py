"""Metrics of decisions: accuracy, top-k, precision, recall, F1, the confusion matrix. Imports the base, and pictures for plots."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import pictures
from .base import Array, Mean, Metric, Task, decide, weights_of

__all__ = ["F1", "Accuracy", "ConfusionMatrix", "Precision", "Recall", "TopKAccuracy"]


class Accuracy(Mean):
    """The share of right decisions: Σ w·[decided = true] / Σ w.

    A score above `threshold` decides for 1 in binary tasks: 0.5 for probabilities, 0 for logits.
    """

    name = "accuracy"

    def __init__(self, threshold: float = 0.5, task: Task = None, name: str | None = None) -> None:
        self.threshold, self.task = threshold, task
        super().__init__(name)

    def update(self, output: Any, target: Any, weight: Any = None) -> None:
        decided, true, _, _ = decide(output, target, self.threshold, self.task, self.name)
        weights = weights_of(weight, len(true))
        self.total += float(weights[decided == true].sum())
        self.weight += float(weights.sum())


class TopKAccuracy(Mean):
    """The share of samples whose true class is among the k with the largest scores; of equal scores the first class counts more.

    output: (N, C) scores; target: (N,) class numbers, or (N, C) with the true class largest.
    """

    def __init__(self, k: int = 5, name: str | None = None) -> None:
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise ValueError(f"k must be a positive integer, got {k!r}")
        self.k = k
        super().__init__(name or f"top_{k}_accuracy")

    def update(self, output: Any, target: Any, weight: Any = None) -> None:
        scores, true = np.asarray(output), np.asarray(target)
        true = true.argmax(1) if true.ndim == 2 and true.shape == scores.shape and true.shape[1] > 1 else true.reshape(-1)
        if scores.ndim != 2 or len(true) != len(scores):
            raise ValueError(f"{self.name} takes scores (N, C) and class numbers (N,), got {scores.shape} and {np.shape(target)}")
        true = true.astype(np.int64)
        if true.size and not 0 <= true.min() <= true.max() < scores.shape[1]:
            raise ValueError(f"{self.name}: labels reach from {true.min()} to {true.max()}, but there are {scores.shape[1]} classes, from 0")
        own = np.take_along_axis(scores, true[:, None], 1)
        before = (scores == own) & (np.arange(scores.shape[1]) < true[:, None])
        right = (((scores > own) | before).sum(1) < self.k) & ~np.isnan(own[:, 0])
        weights = weights_of(weight, len(true))
        self.total += float(weights[right].sum())
        self.weight += float(weights.sum())


class _Counted(Metric):
    """Per class: how often it was decided rightly (hits), decided (said), and true."""

    kept = ("hits", "said", "true", "binary")

    def __init__(self, average: str | None = "auto", threshold: float = 0.5, task: Task = None, name: str | None = None) -> None:
        if average not in ("auto", "binary", "micro", "macro", "weighted", None):
            raise ValueError(f'average must be "auto", "binary", "micro", "macro", "weighted" or None, got {average!r}')
        self.average, self.threshold, self.task = average, threshold, task
        super().__init__(name)

    def reset(self) -> None:
        self.hits, self.said, self.true = np.zeros(0), np.zeros(0), np.zeros(0)
        self.binary = True

    def update(self, output: Any, target: Any, weight: Any = None) -> None:
        decided, true, known, binary = decide(output, target, self.threshold, self.task, self.name)
        weights = weights_of(weight, len(true))
        classes = max(2, known, len(self.true), *(int(part.max(initial=0)) + 1 for part in (decided, true)))
        right = decided == true
        self.hits = _grown(self.hits, classes) + np.bincount(true[right], weights[right], classes)
        self.said = _grown(self.said, classes) + np.bincount(decided, weights, classes)
        self.true = _grown(self.true, classes) + np.bincount(true, weights, classes)
        self.binary = self.binary and binary

    def ratio(self, hits: Array, said: Array, true: Array) -> Array:
        """The metric from counts; 0 where its denominator is 0."""
        raise NotImplementedError

    def result(self) -> Any:
        average = self.average if self.average != "auto" else "binary" if self.binary else "macro"
        hits, said, true = self.hits, self.said, self.true
        if average == "binary":
            if len(hits) > 2:
                raise ValueError(f'{self.name}: average="binary" needs two classes, got {len(hits)}: use "macro", "micro" or "weighted"')
            return float(self.ratio(hits[1:], said[1:], true[1:]).sum())
        if average == "micro":
            return float(self.ratio(*(part.sum(keepdims=True) for part in (hits, said, true)))[0])
        each = self.ratio(hits, said, true)
        if average is None:
            return each
        weights = true if average == "weighted" else ((said > 0) | (true > 0)).astype(np.float64)
        return float((each * weights).sum() / weights.sum()) if weights.sum() else 0.0


def _grown(counts: Array, classes: int) -> Array:
    return np.pad(counts, (0, classes - len(counts)))


def _ratio(a: Array, b: Array) -> Array:
    out: Array = np.divide(a, b, out=np.zeros(len(a)), where=b != 0)
    return out


class Precision(_Counted):
    """Of the decisions for a class, the share that is right: TP / (TP + FP).

    `average`: "binary" (class 1 alone), "macro" (the mean over the classes that occur), "micro" (of the summed counts), "weighted" (by how
    often a class is true), None (all, as an array); "auto" is binary for binary decisions, else macro.
    """

    name = "precision"

    def ratio(self, hits: Array, said: Array, true: Array) -> Array:
        return _ratio(hits, said)


class Recall(_Counted):
    """Of the samples of a class, the share that was found: TP / (TP + FN). Averages as in Precision."""

    name = "recall"

    def ratio(self, hits: Array, said: Array, true: Array) -> Array:
        return _ratio(hits, true)


class F1(_Counted):
    """The harmonic mean of precision and recall: 2·TP / (2·TP + FP + FN). Averages as in Precision."""

    name = "f1"

    def ratio(self, hits: Array, said: Array, true: Array) -> Array:
        return _ratio(2 * hits, said + true)


class ConfusionMatrix(Metric):
    """How often each class (row) was taken for each class (column): (C, C), as many as the scores of a sample, and as occur.

    `normalize` divides by the rows' sums ("true"), the columns' ("pred") or everything ("all").
    """

    name = "confusion_matrix"
    kept = ("counts",)

    def __init__(
        self, classes: int = 2, normalize: str | None = None, threshold: float = 0.5, task: Task = None, name: str | None = None
    ) -> None:
        if normalize not in (None, "true", "pred", "all"):
            raise ValueError(f'normalize must be None, "true", "pred" or "all", got {normalize!r}')
        self.classes, self.normalize, self.threshold, self.task = classes, normalize, threshold, task
        super().__init__(name)

    def reset(self) -> None:
        self.counts: Array = np.zeros((self.classes, self.classes))

    def update(self, output: Any, target: Any, weight: Any = None) -> None:
        decided, true, known, _ = decide(output, target, self.threshold, self.task, self.name)
        old = len(self.counts)
        size = max(old, known, *(int(part.max(initial=0)) + 1 for part in (decided, true)))
        counts: Array = np.bincount(true * size + decided, weights_of(weight, len(true)), size * size).reshape(size, size)
        counts[:old, :old] += self.counts
        self.counts = counts

    def result(self) -> Array:
        counts = self.counts
        if self.normalize is None:
            return counts.astype(np.int64) if (counts == np.rint(counts)).all() else counts.copy()
        axis = {"true": 1, "pred": 0, "all": None}[self.normalize]
        total = counts.sum(axis=axis, keepdims=True)
        shares: Array = np.divide(counts, total, out=np.zeros_like(counts), where=total != 0)
        return shares

    def _repr_png_(self) -> bytes | None:
        return pictures.png(self.plot) if self.counts.any() else None

    def plot(self, labels: Any = None, ax: Any = None, title: str = "") -> Any:
        """The matrix as a picture: a matplotlib Figure, drawn into `ax` if one is given. ImportError names the extra."""
        return pictures.matrix(self.result(), labels, ax, title)
