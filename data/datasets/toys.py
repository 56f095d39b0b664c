"""Toy problems in the plane: points (N, 2) float32 and classes (N,) int64, drawn from autograd_core's generator.

Names and conventions follow scikit-learn where it has the shape (moons, circles), else the TensorFlow Playground.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import autograd_core as ag

Points = tuple[ag.Tensor, ag.Tensor]


def _counts(name: str, n_samples: int | Sequence[int], classes: int = 2) -> list[int]:
    """Points per class: a total is divided, the remainder goes to the last class."""
    if isinstance(n_samples, int) and not isinstance(n_samples, bool):
        counts = [n_samples // classes] * classes
        counts[-1] += n_samples - sum(counts)
    else:
        counts = [int(n) for n in n_samples]  # type: ignore[union-attr]
    if len(counts) != classes or min(counts) < 0:
        raise ValueError(f"{name}: n_samples must be a number or one number for each of {classes} classes, got {n_samples!r}")
    return counts


def _finish(parts: Sequence[ag.Tensor], shuffle: bool, noise: float | None, generator: ag.Generator | None) -> Points:
    """Points of the classes 0, 1, ... together: shuffled, then with noise, as scikit-learn does."""
    x = ag.cat(list(parts))
    y = ag.cat([ag.full((len(part),), i, dtype=ag.int64) for i, part in enumerate(parts)])
    if shuffle:
        order = ag.randperm(len(x), generator=generator)
        x, y = x[order], y[order]
    if noise is not None:
        if noise < 0:
            raise ValueError(f"noise is a standard deviation and must not be negative, got {noise}")
        x = x + noise * ag.randn(*x.shape, generator=generator)
    return x, y


def _arc(count: int, end: float, whole: bool = True) -> tuple[ag.Tensor, ag.Tensor]:
    """cos and sin of ``count`` angles from 0 to ``end``, which belongs to them if ``whole``."""
    steps = max(count - 1, 1) if whole else max(count, 1)
    angles = ag.arange(count, dtype=ag.float64) * (end / steps)
    return angles.cos(), angles.sin()


def _points(a: ag.Tensor, b: ag.Tensor) -> ag.Tensor:
    return ag.stack([a, b], 1).to(ag.float32)


def make_moons(
    n_samples: int | Sequence[int] = 100, *, shuffle: bool = True, noise: float | None = None, generator: ag.Generator | None = None
) -> Points:
    """Two interleaving half circles: the upper one is class 0. ``noise`` is a standard deviation."""
    upper, lower = _counts("make_moons", n_samples)
    (c, s), (d, t) = _arc(upper, math.pi), _arc(lower, math.pi)
    return _finish([_points(c, s), _points(1 - d, 0.5 - t)], shuffle, noise, generator)


def make_circles(
    n_samples: int | Sequence[int] = 100,
    *,
    shuffle: bool = True,
    noise: float | None = None,
    factor: float = 0.8,
    generator: ag.Generator | None = None,
) -> Points:
    """A circle of radius 1, class 0, around one of radius ``factor``, class 1.

    Raises:
        ValueError: ``factor`` outside [0, 1).
    """
    if not 0 <= factor < 1:
        raise ValueError(f"make_circles: factor is the inner radius and must be in [0, 1), got {factor}")
    outer, inner = _counts("make_circles", n_samples)
    (c, s), (d, t) = (_arc(n, 2 * math.pi, whole=False) for n in (outer, inner))
    return _finish([_points(c, s), _points(d * factor, t * factor)], shuffle, noise, generator)


def make_spiral(
    n_samples: int | Sequence[int] = 100,
    *,
    classes: int = 2,
    turns: float = 0.875,
    shuffle: bool = True,
    noise: float | None = None,
    generator: ag.Generator | None = None,
) -> Points:
    """``classes`` arms of a spiral from the middle to radius 1, each of so many ``turns``."""
    parts = []
    for i, count in enumerate(_counts("make_spiral", n_samples, classes)):
        radius = ag.arange(count, dtype=ag.float64) / max(count, 1)
        angle = 2 * math.pi * (turns * radius + i / classes)
        parts.append(_points(radius * angle.sin(), radius * angle.cos()))
    return _finish(parts, shuffle, noise, generator)


def make_xor(n_samples: int = 100, *, padding: float = 0.06, noise: float | None = None, generator: ag.Generator | None = None) -> Points:
    """Points of the square [−1, 1]²: class 1 where both coordinates have one sign. No point lies within ``padding`` of an axis."""
    x = ag.rand(n_samples, 2, generator=generator) * 2 - 1
    x = x * (1 - padding) + padding * x.sign()
    y = (x[:, 0] * x[:, 1] >= 0).to(ag.int64)
    if noise is not None:
        x = x + noise * ag.randn(n_samples, 2, generator=generator)
    return x, y


def make_gauss(
    n_samples: int | Sequence[int] = 100,
    *,
    centers: Sequence[Sequence[float]] = ((-2.0, -2.0), (2.0, 2.0)),
    std: float = 1.0,
    shuffle: bool = True,
    generator: ag.Generator | None = None,
) -> Points:
    """A round Gaussian cloud of standard deviation ``std`` around each of the ``centers``, one class each."""
    counts = _counts("make_gauss", n_samples, len(centers))
    parts = [ag.tensor(list(center)) + std * ag.randn(n, 2, generator=generator) for center, n in zip(centers, counts, strict=True)]
    return _finish(parts, shuffle, None, generator)
