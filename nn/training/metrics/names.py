"""Metrics by name, for `Trainer(metrics=["accuracy"])`. Imports the metrics."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any

from .base import MeanOf, Metric
from .classification import F1, Accuracy, ConfusionMatrix, Precision, Recall, TopKAccuracy
from .ranking import AUC
from .regression import MeanAbsoluteError, MeanSquaredError, R2Score

__all__ = ["as_metrics"]

NAMES: dict[str, Callable[[], Metric]] = {
    "accuracy": Accuracy,
    "acc": lambda: Accuracy(name="acc"),
    "top_k": TopKAccuracy,
    "precision": Precision,
    "recall": Recall,
    "f1": F1,
    "auc": AUC,
    "confusion_matrix": ConfusionMatrix,
    "mae": MeanAbsoluteError,
    "mse": MeanSquaredError,
    "r2": R2Score,
}


def as_metrics(given: Any, threshold: float = 0.5) -> list[Metric]:
    """Metric objects from names ("accuracy", "top_3"), metrics, functions (output, target) → number, or a dictionary name → any of these.

    `threshold` goes to those that are made from names. ValueError for an unknown or repeated name.
    """
    if isinstance(given, (str, Metric)) or callable(given):
        given = [given]
    pairs = list(given.items()) if isinstance(given, Mapping) else [(None, one) for one in given]
    made = []
    for name, one in pairs:
        metric = _one(one, threshold)
        if name is not None:
            metric.name = name
        made.append(metric)
    names = [metric.name for metric in made]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two metrics are called {name!r}: give one of them another name=, or pass a dictionary of names")
    return made


def _one(given: Any, threshold: float) -> Metric:
    if isinstance(given, Metric):
        return given
    if isinstance(given, str):
        top = re.fullmatch(r"top_?(\d+)(_accuracy)?", given)
        if top:
            return TopKAccuracy(int(top[1]))
        if given not in NAMES:
            near = difflib.get_close_matches(given, NAMES, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"the names are {', '.join(NAMES)}, top_3"
            raise ValueError(f"there is no metric {given!r}: {hint}")
        metric = NAMES[given]()
        if hasattr(metric, "threshold"):
            metric.threshold = threshold
        return metric
    if isinstance(given, type) and issubclass(given, Metric):
        return given()
    if callable(given):
        return MeanOf(given)
    raise TypeError(f"a metric is a name, a Metric or a function (output, target) -> number, got {type(given).__name__}")
