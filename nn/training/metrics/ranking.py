"""Metrics of scores that need no threshold: the areas under the ROC and the precision-recall curve. Imports the base."""

from __future__ import annotations

from typing import Any

import numpy as np

from .base import Array, Metric, weights_of

__all__ = ["AUC", "average_precision", "roc_auc"]


def _curve(scores: Array, true: Array, weight: Array) -> tuple[Array, Array]:
    """(true positives, false positives) when everything down to each distinct score, the largest first, is taken for positive."""
    order = np.argsort(-scores, kind="stable")
    scores, true, weight = scores[order], true[order], weight[order]
    ends = np.append(np.flatnonzero(scores[1:] != scores[:-1]), len(scores) - 1)
    return np.cumsum(true * weight)[ends], np.cumsum((1 - true) * weight)[ends]


def roc_auc(scores: Array, true: Array, weight: Array | None = None) -> float:
    """The probability that a positive scores above a negative, ties counting half; nan unless there are both.

    It is the area under true positive rate over false positive rate. Hanley and McNeil 1982.
    """
    hits, slips = _curve(scores, true, np.ones(len(scores)) if weight is None else weight)
    if not len(hits) or not hits[-1] or not slips[-1]:
        return float("nan")
    hits, slips = np.append(0.0, hits), np.append(0.0, slips)
    return float(((slips[1:] - slips[:-1]) * (hits[1:] + hits[:-1])).sum() / (2 * hits[-1] * slips[-1]))


def average_precision(scores: Array, true: Array, weight: Array | None = None) -> float:
    """Σ (Rₙ − Rₙ₋₁)·Pₙ over the distinct scores, R recall and P precision; nan without positives."""
    hits, slips = _curve(scores, true, np.ones(len(scores)) if weight is None else weight)
    if not len(hits) or not hits[-1]:
        return float("nan")
    steps = np.diff(np.append(0.0, hits)) / hits[-1]
    return float((steps * (hits / np.maximum(hits + slips, np.finfo(float).tiny))).sum())


def _probabilities(scores: Array) -> Array:
    """Rows that sum to 1: the scores themselves where they do, else their softmax."""
    if (scores >= 0).all() and np.allclose(scores.sum(1), 1, atol=1e-3):
        return scores
    decay = np.exp(scores - scores.max(1, keepdims=True))
    return decay / decay.sum(1, keepdims=True)  # type: ignore[no-any-return]


class AUC(Metric):
    """The area under a curve, exact: every score is kept. curve="ROC" (see `roc_auc`) or "PR" (see `average_precision`).

    output: (N,) or (N, 1) scores of class 1, or (N, C) with class numbers (N,): for C = 2 the second column's, for more the mean over the
    classes that occur, each against the rest. Rows that are no probabilities go through a softmax, so that scores of different samples can be compared.
    """

    kept = ("scores", "targets", "weights")
    quick = False

    def __init__(self, curve: str = "ROC", name: str | None = None) -> None:
        if curve not in ("ROC", "PR"):
            raise ValueError(f'curve must be "ROC" or "PR", got {curve!r}')
        self.curve = curve
        super().__init__(name or ("auc" if curve == "ROC" else "average_precision"))

    def reset(self) -> None:
        self._scores: list[Array] = []
        self._targets: list[Array] = []
        self._weights: list[Array] = []

    def update(self, output: Any, target: Any, weight: Any = None) -> None:
        o, t = np.asarray(output, np.float64), np.asarray(target)
        o = o[:, 0] if o.ndim == 2 and o.shape[1] == 1 else o
        t = t.argmax(1) if t.ndim == 2 and t.shape == o.shape else t.reshape(-1)
        if o.ndim not in (1, 2) or len(o) != len(t):
            raise ValueError(f"{self.name} takes scores (N,) or (N, C) and targets (N,), got {np.shape(output)} and {np.shape(target)}")
        if self._scores and self._scores[0].shape[1:] != o.shape[1:]:
            raise ValueError(f"{self.name}: scores of shape {o.shape} after scores of shape {self._scores[0].shape}")
        self._scores.append(o)
        self._targets.append(t.astype(np.int64))
        self._weights.append(weights_of(weight, len(t)))

    def result(self) -> float:
        if not self._scores:
            return float("nan")
        scores, true, weight = (np.concatenate(part) for part in (self._scores, self._targets, self._weights))
        area = roc_auc if self.curve == "ROC" else average_precision
        if scores.ndim == 2:
            scores = _probabilities(scores)
        if scores.ndim == 2 and scores.shape[1] == 2:
            scores = scores[:, 1]
        if scores.ndim == 1:
            return area(scores, (true > 0).astype(np.float64), weight)
        present = [c for c in range(scores.shape[1]) if (true == c).any()]
        return float(np.mean([area(scores[:, c], (true == c).astype(np.float64), weight) for c in present]))

    def state_dict(self) -> dict[str, Any]:
        lists = zip(self.kept, (self._scores, self._targets, self._weights), strict=True)
        return {name: np.concatenate(parts) if parts else None for name, parts in lists}

    def load_state_dict(self, state: Any) -> None:
        self._scores, self._targets, self._weights = ([] if state[name] is None else [state[name]] for name in self.kept)
