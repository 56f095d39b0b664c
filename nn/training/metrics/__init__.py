"""Metrics over whole epochs, in NumPy: `update(output, target)` for each batch, `result()`, `reset()`. Imports nothing of nn but pictures."""

from .base import Mean, MeanOf, Metric
from .classification import F1, Accuracy, ConfusionMatrix, Precision, Recall, TopKAccuracy
from .names import as_metrics
from .ranking import AUC
from .regression import MeanAbsoluteError, MeanSquaredError, R2Score

__all__ = [
    "AUC",
    "F1",
    "Accuracy",
    "ConfusionMatrix",
    "Mean",
    "MeanAbsoluteError",
    "MeanOf",
    "MeanSquaredError",
    "Metric",
    "Precision",
    "R2Score",
    "Recall",
    "TopKAccuracy",
    "as_metrics",
]
