"""Descriptions of example inputs, and how they become arrays. One record of samples drives every test of an op."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Spec:
    """An array to be drawn: `make(rng, shape)` gives float64 values, integers or bools."""

    shape: tuple[int, ...]
    make: Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]
    grad: bool = True

    def draw(self, rng: np.random.Generator, floating: np.dtype) -> np.ndarray:
        array = np.asarray(self.make(rng, self.shape))
        return array.astype(floating) if array.dtype.kind == "f" else array


@dataclass(frozen=True)
class Sample:
    """One call: positional and keyword arguments, with Specs where arrays go.

    `grad`: check first derivatives; `grad2`: second ones too; `numeric`: against finite differences, which is false
    where the gradient is defined otherwise (a padding row); `parity`: compare with PyTorch; `layout`: any strides will do;
    `tolerance` multiplies the accepted error.
    """

    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)
    grad: bool = True
    grad2: bool = True
    numeric: bool = True
    parity: bool = True
    layout: bool = True
    tolerance: float = 1.0


def real(*shape: int, low: float = -2.0, high: float = 2.0, away: Sequence[float] = (), gap: float = 0.05, grad: bool = True) -> Spec:
    """Floats in [low, high], at least `gap` from the points in `away` (kinks, poles)."""

    def make(rng: np.random.Generator, s: tuple[int, ...]) -> np.ndarray:
        out = rng.uniform(low, high, s)
        for point in away:
            near = np.abs(out - point) < gap
            out = np.where(near, point + np.where(out >= point, gap, -gap) * 1.5, out)
        return np.asarray(out, np.float64)

    return Spec(shape, make, grad)


def positive(*shape: int, low: float = 0.2, high: float = 3.0, grad: bool = True) -> Spec:
    """Floats above zero."""
    return real(*shape, low=low, high=high, grad=grad)


def distinct(*shape: int, grad: bool = True) -> Spec:
    """Floats that all differ by at least 0.1, in random order: for extremes and sorts."""
    return Spec(shape, lambda rng, s: (rng.permutation(int(np.prod(s))).reshape(s) - np.prod(s) / 2) * 0.11 + 0.013, grad)


def ints(*shape: int, low: int = -5, high: int = 6) -> Spec:
    """int64 in [low, high)."""
    return Spec(shape, lambda rng, s: rng.integers(low, high, s), False)


def bools(*shape: int) -> Spec:
    """Random bools."""
    return Spec(shape, lambda rng, s: rng.integers(0, 2, s).astype(bool), False)


def fixed(values: Any, grad: bool = True) -> Spec:
    """These very values."""
    array = np.asarray(values)
    return Spec(array.shape, lambda rng, s: array.astype(np.float64) if array.dtype.kind == "f" else array.copy(), grad)


def spd(n: int, *batch: int, grad: bool = True) -> Spec:
    """Symmetric positive definite matrices."""

    def make(rng: np.random.Generator, s: tuple[int, ...]) -> np.ndarray:
        a = rng.uniform(-1, 1, s)
        return a @ np.swapaxes(a, -1, -2) + n * np.eye(n)

    return Spec((*batch, n, n), make, grad)


def call(*args: Any, **kwargs: Any) -> Sample:
    """A sample with everything checked."""
    return Sample(args, kwargs)


def no_grad(*args: Any, **kwargs: Any) -> Sample:
    """A sample of values only."""
    return Sample(args, kwargs, grad=False, grad2=False)


def unary(low: float = -2.0, high: float = 2.0, away: Sequence[float] = (), grad: bool = True) -> list[Sample]:
    """The shapes that an elementwise function of one tensor must take."""
    return [Sample((real(*s, low=low, high=high, away=away),), grad=grad, grad2=grad) for s in [(3, 4), (), (2, 0, 3), (17,)]]


def binary(x: Callable[..., Spec] = real, y: Callable[..., Spec] = real, grad: bool = True) -> list[Sample]:
    """Broadcasting in all its forms."""
    shapes: list[tuple[tuple[int, ...], tuple[int, ...]]] = [((3, 4), (3, 4)), ((3, 4), (4,)), ((3, 1), (1, 4)), ((), (2, 3)), ((2, 0), (1,))]
    return [Sample((x(*a), y(*b)), grad=grad, grad2=grad) for a, b in shapes]


def draw(sample: Sample, rng: np.random.Generator, floating: Any = np.float64) -> tuple[list[Any], dict[str, Any]]:
    """The arguments with arrays in place of Specs."""
    kind = np.dtype(floating)
    return [_draw(a, rng, kind) for a in sample.args], {k: _draw(v, rng, kind) for k, v in sample.kwargs.items()}


def _draw(value: Any, rng: np.random.Generator, kind: np.dtype) -> Any:
    if isinstance(value, Spec):
        return value.draw(rng, kind)
    if isinstance(value, (list, tuple)) and any(isinstance(v, (Spec, list, tuple)) for v in value):
        return type(value)(_draw(v, rng, kind) for v in value)
    return value


def flags(sample: Sample) -> list[bool]:
    """For each array of a sample, in order, whether gradients are taken for it."""
    out: list[bool] = []

    def visit(value: Any) -> None:
        if isinstance(value, Spec):
            out.append(value.grad)
        elif isinstance(value, (list, tuple)):
            for v in value:
                visit(v)

    for a in (*sample.args, *sample.kwargs.values()):
        visit(a)
    return out


def replace(args: Sequence[Any], kwargs: dict[str, Any], swap: Callable[[np.ndarray], Any]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments with every array passed through `swap`, in order."""

    def visit(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return swap(value)
        return type(value)(visit(v) for v in value) if isinstance(value, (list, tuple)) else value

    return [visit(a) for a in args], {k: visit(v) for k, v in kwargs.items()}
