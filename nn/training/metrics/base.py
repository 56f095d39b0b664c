"""What all metrics share, and how scores become decisions. Imports NumPy only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

__all__ = ["Array", "Mean", "MeanOf", "Metric", "Task", "decide", "weights_of"]

Array = np.ndarray
Task = str | None


class Metric:
    """A number (or array) about all that was predicted since `reset`, however it was cut into batches.

    A subclass sets what it accumulates in `reset`, adds to it in `update(output, target, weight)`, and says in `result` what it comes to.
    Arrays in, a float (or an array) out.
    """

    name: str = "metric"
    kept: ClassVar[tuple[str, ...]] = ()  # the attributes that accumulate
    quick: ClassVar[bool] = True  # cheap enough to be shown after every step

    def __init__(self, name: str | None = None) -> None:
        if name is not None:
            self.name = name
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        raise NotImplementedError(f"{type(self).__name__} has no reset()")

    def update(self, output: Any, target: Any, weight: Any = None) -> None:
        """Take one batch into account, each sample with its `weight` (1 when it is None)."""
        raise NotImplementedError(f"{type(self).__name__} has no update(output, target, weight)")

    def result(self) -> Any:
        """The metric of all batches so far."""
        raise NotImplementedError(f"{type(self).__name__} has no result()")

    def __call__(self, output: Any, target: Any, weight: Any = None) -> Any:
        """The metric of this batch alone: everything before is forgotten."""
        self.reset()
        self.update(output, target, weight)
        return self.result()

    def state_dict(self) -> dict[str, Any]:
        """What has accumulated so far."""
        return {name: getattr(self, name) for name in self.kept}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what another metric of the kind had accumulated."""
        for name in self.kept:
            setattr(self, name, state[name])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name}={self.result()})"


class Mean(Metric):
    """Σ w·v / Σ w of the values given to `add`: how a loss is averaged over an epoch. nan when there was none."""

    name = "mean"
    kept = ("total", "weight")

    def reset(self) -> None:
        self.total, self.weight = 0.0, 0.0

    def add(self, value: float, weight: float = 1.0) -> None:
        """Take a value into account `weight` times; a weight of 0 leaves even a nan out."""
        if weight:
            self.total += float(value) * weight
            self.weight += weight

    def result(self) -> float:
        return self.total / self.weight if self.weight else float("nan")


class MeanOf(Mean):
    """The mean over samples of `fn(output, target)`, which is a number for the batch or an array with one per sample."""

    def __init__(self, fn: Callable[..., Any], name: str | None = None) -> None:
        self.fn = fn
        super().__init__(name or getattr(fn, "__name__", type(fn).__name__))

    def update(self, output: Any, target: Any, weight: Any = None) -> None:
        values = np.asarray(self.fn(output, target), np.float64)
        samples = len(output) if np.ndim(output) else 1
        if values.ndim == 0:
            self.add(float(values), samples)
            return
        values = values.reshape(len(values), -1).mean(1)
        weights = weights_of(weight, len(values))
        self.add(float(np.average(values, weights=weights)) if weights.sum() else 0.0, float(weights.sum()))


def weights_of(weight: Any, count: int) -> Array:
    """One float64 weight for each of `count` decisions; a sample's weight holds for all decisions about it."""
    if weight is None:
        return np.ones(count)
    weight = np.asarray(weight, np.float64).reshape(-1)
    if not weight.size or count % weight.size:
        raise ValueError(f"weight must have one number per sample: got {weight.size} for {count} decisions")
    return np.repeat(weight, count // weight.size)


def decide(output: Any, target: Any, threshold: float = 0.5, task: Task = None, name: str = "metric") -> tuple[Array, Array, int, bool]:
    """(decided classes, true classes, how many there are at least, whether they are binary) from scores and targets; the first two flat int64.

    output (N, C, ...) with target (N, ...) of class numbers, or of the same shape (one row of probabilities each): the class with the
    largest score. output (N, ...) or (N, 1) with 0/1 targets: whether the score exceeds `threshold`. Integer outputs are classes already.
    task="multilabel" applies the threshold to each of C scores. ValueError for shapes that do not fit.
    """
    o, t = np.asarray(output), np.asarray(target)
    if task not in (None, "binary", "multiclass", "multilabel"):
        raise ValueError(f'{name}: task must be "binary", "multiclass", "multilabel" or None, got {task!r}')
    if t.ndim > 1 and t.shape[1] == 1 and (t.ndim == o.ndim or (o.ndim == 1 and t.ndim == 2)) and o.shape != t.shape:
        t = t[:, 0]  # a column of labels
    if o.ndim == t.ndim + 1 and o.shape[1] == 1 and task != "multiclass":
        o = o[:, 0]
    if o.ndim == t.ndim + 1 and o.shape[:1] + o.shape[2:] == t.shape:
        return o.argmax(1).reshape(-1), _classes(t, name), o.shape[1], False
    if o.shape != t.shape:
        raise ValueError(
            f"{name}: output {np.shape(output)} and target {np.shape(target)} do not fit. Give scores (N, C) with class numbers (N,), "
            "or scores (N,) with 0/1 targets (N,)"
        )
    many = o.ndim > 1 and o.shape[1] > 1 and o.dtype.kind == "f"
    if task == "multiclass" or (many and task is None):
        if not many:
            return _classes(o, name), _classes(t, name), 0, False
        return o.argmax(1).reshape(-1), t.argmax(1).reshape(-1), o.shape[1], False
    if o.dtype.kind in "iu" and task is None:
        classes = _classes(o, name), _classes(t, name)
        return *classes, 0, all(part.max(initial=0) <= 1 for part in classes)
    return (o.reshape(-1) > threshold).astype(np.int64), (t.reshape(-1) > 0.5).astype(np.int64), 2, True


def _classes(values: Array, name: str) -> Array:
    whole = values.reshape(-1).astype(np.int64)
    if values.dtype.kind == "f" and not (whole == values.reshape(-1)).all():
        raise ValueError(f"{name}: class numbers must be whole, got {values.reshape(-1)[whole != values.reshape(-1)][0]}")
    if whole.size and whole.min() < 0:
        raise ValueError(f"{name}: class numbers must not be negative, got {whole.min()}")
    return whole
