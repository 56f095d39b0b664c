"""What a search may choose from: choices, real and whole numbers, on a linear or a logarithmic scale. Imports NumPy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Choice", "Dimension", "Integers", "LogUniform", "Uniform", "as_space"]


class Dimension:
    """One hyper-parameter: `draw(rng)` takes a value at random, `grid()` lists the values of a grid."""

    def draw(self, rng: np.random.Generator) -> Any:
        """A value at random."""
        raise NotImplementedError

    def grid(self) -> list[Any]:
        """The values of a grid, in order. ValueError when there is no natural list of them."""
        raise NotImplementedError


@dataclass(frozen=True)
class Choice(Dimension):
    """One of some values, all equally likely. A plain list in a space means the same."""

    values: tuple[Any, ...]

    def __init__(self, values: Sequence[Any]) -> None:
        object.__setattr__(self, "values", tuple(values))
        if not self.values:
            raise ValueError("a choice needs at least one value")

    def draw(self, rng: np.random.Generator) -> Any:
        return self.values[int(rng.integers(len(self.values)))]

    def grid(self) -> list[Any]:
        return list(self.values)


@dataclass(frozen=True)
class Uniform(Dimension):
    """A real number in [low, high), uniformly; a grid takes `steps` of them, both ends included."""

    low: float
    high: float
    steps: int | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"{type(self).__name__} needs low < high, both finite, got {self.low} and {self.high}")
        if self.steps is not None and self.steps < 2:
            raise ValueError(f"steps must be at least 2, got {self.steps}")

    def draw(self, rng: np.random.Generator) -> float:
        return float(rng.uniform(self.low, self.high))

    def grid(self) -> list[float]:
        if self.steps is None:
            raise ValueError(f"a grid needs a number of values: {type(self).__name__}({self.low}, {self.high}, steps=5), or a list of values")
        return [float(value) for value in self._spaced(self.steps)]

    def _spaced(self, steps: int) -> Any:
        return np.linspace(self.low, self.high, steps)


@dataclass(frozen=True)
class LogUniform(Uniform):
    """A positive number whose logarithm is uniform in [log low, log high): for rates and penalties."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low <= 0:
            raise ValueError(f"LogUniform needs low > 0, got {self.low}")

    def draw(self, rng: np.random.Generator) -> float:
        return float(min(math.exp(rng.uniform(math.log(self.low), math.log(self.high))), self.high))

    def _spaced(self, steps: int) -> Any:
        return np.geomspace(self.low, self.high, steps)


@dataclass(frozen=True)
class Integers(Dimension):
    """A whole number in [low, high], both included; with `log` small ones are as likely as large ones of the same ratio."""

    low: int
    high: int
    log: bool = False

    def __post_init__(self) -> None:
        if not (isinstance(self.low, int) and isinstance(self.high, int) and self.low <= self.high):
            raise ValueError(f"Integers needs whole numbers low <= high, got {self.low} and {self.high}")
        if self.log and self.low < 1:
            raise ValueError(f"Integers(log=True) needs low >= 1, got {self.low}")

    def draw(self, rng: np.random.Generator) -> int:
        if not self.log:
            return int(rng.integers(self.low, self.high + 1))
        value = math.exp(rng.uniform(math.log(self.low - 0.5), math.log(self.high + 0.5)))
        return min(max(round(value), self.low), self.high)

    def grid(self) -> list[int]:
        return list(range(self.low, self.high + 1))


def as_space(space: Mapping[str, Any]) -> dict[str, Dimension]:
    """A space with lists as choices and single values as themselves. TypeError unless it is a dictionary of names."""
    if not isinstance(space, Mapping) or not space or not all(isinstance(name, str) for name in space):
        raise TypeError(f'a space is a dictionary of names, such as {{"lr": LogUniform(1e-4, 1e-1), "width": [32, 64]}}, got {space!r}')
    out: dict[str, Dimension] = {}
    for name, values in space.items():
        if isinstance(values, Dimension):
            out[name] = values
        else:
            out[name] = Choice(list(values) if isinstance(values, (list, tuple, range, np.ndarray)) else [values])
    return out
