"""Resampling along one axis as a sparse matrix: which inputs each output reads, and with what weight.

Imports NumPy. Coordinates are computed in the dtype that PyTorch computes them in: float64 for float64 data, else float32.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Array", "Table", "cubic", "table"]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Table:
    """A sparse (outputs, inputs) matrix by rows: row i is index, weight [starts[i] : starts[i + 1]]."""

    starts: Array
    index: Array
    weight: Array
    inputs: int

    @functools.cached_property
    def even(self) -> tuple[Array, Array] | None:
        """Index and weight as (taps, outputs) if all rows have as many, at least one."""
        taps = len(self.index) // self.outputs
        if taps == 0 or (np.diff(self.starts) != taps).any():
            return None
        return tuple(np.ascontiguousarray(v.reshape(-1, taps).T) for v in (self.index, self.weight))  # type: ignore[return-value]

    @property
    def outputs(self) -> int:
        return len(self.starts) - 1

    @functools.cached_property
    def transposed(self) -> Table:
        """The matrix of the gradient."""
        rows = np.repeat(np.arange(self.outputs), np.diff(self.starts))
        order = np.argsort(self.index, kind="stable")
        starts = np.zeros(self.inputs + 1, np.int64)
        np.cumsum(np.bincount(self.index, minlength=self.inputs), out=starts[1:])
        return Table(starts, rows[order], self.weight[order], self.outputs)


def _even(index: Array, weight: Array, inputs: int) -> Table:
    """A table with the same number of taps for each output: index, weight (outputs, taps)."""
    outputs, taps = index.shape
    return Table(np.arange(outputs + 1) * taps, np.ascontiguousarray(index.reshape(-1), np.int64), weight.reshape(-1), inputs)


def _scale(inputs: int, outputs: int, scale: float | None, align_corners: bool, real: Any) -> Any:
    """Input steps per output step."""
    if align_corners:
        return real(inputs - 1) / real(outputs - 1) if outputs > 1 else real(0)
    return real(1.0 / scale) if scale is not None and scale > 0 else real(inputs) / real(outputs)


def _nearest(inputs: int, outputs: int, scale: float | None, exact: bool, real: Any) -> Array:
    step = _scale(inputs, outputs, scale, False, real)
    steps = np.arange(outputs).astype(real)
    # The half is taken off and added again as PyTorch does: at exact halves the rounding decides.
    place = np.maximum((steps + real(0.5)) * step - real(0.5), 0) + real(0.5) if exact else steps * step
    return np.minimum(np.floor(place), real(inputs - 1)).astype(np.int64)


def _source(inputs: int, outputs: int, scale: float | None, align_corners: bool, real: Any) -> Array:
    """The coordinate that each output reads at."""
    step = _scale(inputs, outputs, scale, align_corners, real)
    steps = np.arange(outputs).astype(real)
    return steps * step if align_corners else (steps + real(0.5)) * step - real(0.5)


def _linear(inputs: int, place: Array) -> tuple[Array, Array]:
    place = np.maximum(place, 0)
    first = np.minimum(np.floor(place), inputs - 1).astype(np.int64)
    part = np.clip(place - first.astype(place.dtype), 0, 1)
    return np.stack([first, np.minimum(first + 1, inputs - 1)], 1), np.stack([1 - part, part], 1)


def cubic(t: Array, a: float = -0.75) -> Array:
    """The four weights of cubic convolution at a fraction t (Keys 1981): (*,) -> (*, 4)."""
    x0, x1, x2, x3 = t + 1, t, 1 - t, 2 - t
    outer = [((a * x - 5 * a) * x + 8 * a) * x - 4 * a for x in (x0, x3)]
    inner = [((a + 2) * x - (a + 3)) * x * x + 1 for x in (x1, x2)]
    return np.stack([outer[0], inner[0], inner[1], outer[1]], -1)


def _cubic(inputs: int, place: Array) -> tuple[Array, Array]:
    first = np.floor(place)
    taps = first.astype(np.int64)[:, None] + np.arange(-1, 3)
    return np.clip(taps, 0, inputs - 1), cubic(place - first).astype(place.dtype)


def _triangle(x: Array) -> Array:
    return np.maximum(1 - np.abs(x), 0)


def _keys(x: Array) -> Array:
    """Cubic convolution with a = -1/2, which the antialiased mode uses."""
    x, a = np.abs(x), -0.5
    far = np.where(x < 2, ((a * x - 5 * a) * x + 8 * a) * x - 4 * a, 0)
    return np.where(x < 1, ((a + 2) * x - (a + 3)) * x * x + 1, far)


def _antialiased(inputs: int, outputs: int, step: Any, width: int) -> Table:
    """The filter stretched to the input's step where that is more than 1, cut at the borders and normalised."""
    real = type(step)
    stretch = max(step, real(1))
    support = real(width) * real(0.5) * stretch
    centre = step * (np.arange(outputs).astype(real) + real(0.5))
    first = np.maximum((centre - support + real(0.5)).astype(np.int64), 0)
    count = np.minimum((centre + support + real(0.5)).astype(np.int64), inputs) - first
    count = np.clip(count, 1, None)
    starts = np.zeros(outputs + 1, np.int64)
    np.cumsum(count, out=starts[1:])
    row = np.repeat(np.arange(outputs), count)
    tap = np.arange(starts[-1]) - starts[row]
    filtered = (_triangle if width == 2 else _keys)((tap + first[row] - centre[row] + real(0.5)) / stretch)
    total = np.add.reduceat(filtered, starts[:-1])
    weight = np.where(total[row] != 0, filtered / np.where(total[row] != 0, total[row], 1), filtered)
    return Table(starts, np.minimum(first[row] + tap, inputs - 1), weight.astype(real), inputs)


def _area(inputs: int, outputs: int, real: Any) -> Table:
    """Means over the intervals of adaptive average pooling."""
    steps = np.arange(outputs)
    first, end = steps * inputs // outputs, -(-(steps + 1) * inputs // outputs)
    starts = np.zeros(outputs + 1, np.int64)
    np.cumsum(end - first, out=starts[1:])
    row = np.repeat(steps, end - first)
    return Table(starts, first[row] + np.arange(starts[-1]) - starts[row], (1.0 / (end - first)[row]).astype(real), inputs)


@functools.lru_cache(64)
def table(inputs: int, outputs: int, scale: float | None, mode: str, align_corners: bool, antialias: bool, dtype: str) -> Table:
    """The matrix of one axis; mode is "nearest", "nearest-exact", "linear", "cubic" or "area"."""
    real: Any = np.dtype(dtype).type
    if mode in ("nearest", "nearest-exact"):
        index = _nearest(inputs, outputs, scale, mode == "nearest-exact", real)[:, None]
        return _even(index, np.ones(index.shape, real), inputs)
    if mode == "area":
        return _area(inputs, outputs, real)
    if outputs == inputs and (mode == "linear" or antialias):
        # Whatever the scale says: PyTorch copies.
        return _even(np.arange(outputs)[:, None], np.ones((outputs, 1), real), inputs)
    if antialias:
        return _antialiased(inputs, outputs, _scale(inputs, outputs, scale, align_corners, real), 2 if mode == "linear" else 4)
    place = _source(inputs, outputs, scale, align_corners, real)
    return _even(*(_linear if mode == "linear" else _cubic)(inputs, place), inputs)
