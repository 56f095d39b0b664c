"""Metrics of numbers: mean absolute and squared error, the coefficient of determination. Imports the base."""

from __future__ import annotations

from typing import Any

import numpy as np

from .base import Array, Mean, Metric, weights_of

__all__ = ["MeanAbsoluteError", "MeanSquaredError", "R2Score"]


def _pair(output: Any, target: Any, name: str) -> tuple[Array, Array]:
    o, t = np.asarray(output, np.float64), np.asarray(target, np.float64)
    if o.shape != t.shape:
        o, t = (part[:, 0] if part.ndim == 2 and part.shape[1] == 1 else part for part in (o, t))
    if o.shape != t.shape:
        raise ValueError(f"{name}: output {np.shape(output)} and target {np.shape(target)} must have one shape")
    return o.reshape(-1), t.reshape(-1)


class MeanAbsoluteError(Mean):
    """Σ w·|o − t| / Σ w."""

    name = "mae"

    def update(self, output: Any, target: Any, weight: Any = None) -> None:
        o, t = _pair(output, target, self.name)
        weights = weights_of(weight, len(t))
        self.total += float((weights * self.error(o - t)).sum())
        self.weight += float(weights.sum())

    def error(self, difference: Array) -> Array:
        """What one difference counts."""
        size: Array = np.abs(difference)
        return size


class MeanSquaredError(MeanAbsoluteError):
    """Σ w·(o − t)² / Σ w."""

    name = "mse"

    def error(self, difference: Array) -> Array:
        square: Array = difference * difference
        return square


class R2Score(Metric):
    """1 − Σ w(o − t)² / Σ w(t − t̄)²: the share of the target's variance that is explained; nan where there is none."""

    name = "r2"
    kept = ("weight", "mean", "spread", "errors")

    def reset(self) -> None:
        self.weight, self.mean, self.spread, self.errors = 0.0, 0.0, 0.0, 0.0

    def update(self, output: Any, target: Any, weight: Any = None) -> None:
        o, t = _pair(output, target, self.name)
        w = weights_of(weight, len(t))
        total = float(w.sum())
        if not total:
            return
        mean = float((w * t).sum()) / total
        shift, both = mean - self.mean, self.weight + total  # Chan et al. 1983: joining the spreads of two batches
        self.spread += float((w * (t - mean) ** 2).sum()) + shift * shift * self.weight * total / both
        self.mean += shift * total / both
        self.weight = both
        self.errors += float((w * (o - t) ** 2).sum())

    def result(self) -> float:
        return 1 - self.errors / self.spread if self.spread else float("nan")
