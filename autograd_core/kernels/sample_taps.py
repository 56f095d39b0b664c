"""Which elements a grid sample reads, with what weights, and how these change with the grid.

Imports NumPy and `resample_tables`. Everything is vectorised over the N P positions of the grid.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .resample_tables import Array, cubic

__all__ = ["Taps", "taps_of"]


@dataclass(frozen=True)
class Taps:
    """For each of (N, P) positions T taps: flat places in the volume (N, T, P), which are its size where there is nothing,

    weights (N, T, P), and the weights' slopes along each of the grid's coordinates (rank, N, T, P), if wanted.
    """

    index: Array
    weight: Array
    slope: Any


def _unnormalised(c: Array, size: int, align_corners: bool) -> tuple[Array, float]:
    """Coordinates in elements of [-1, 1], and their slope."""
    if align_corners:
        return (c + 1) / 2 * (size - 1), (size - 1) / 2
    return ((c + 1) * size - 1) / 2, size / 2


def _clipped(c: Array, size: int) -> tuple[Array, Array]:
    slope = ((c > 0) & (c < size - 1)).astype(c.dtype)
    # Not np.clip: NaN must become a coordinate.
    return np.where(c > 0, np.where(c < size - 1, c, size - 1), 0).astype(c.dtype), slope


def _reflected(c: Array, size: int, align_corners: bool) -> tuple[Array, Array]:
    """Coordinates folded back at the borders, or at the borders' half elements."""
    low, span = (0.0, float(size - 1)) if align_corners else (-0.5, float(size))
    if span == 0:
        return np.zeros_like(c), np.zeros_like(c)
    sign = np.where(c < low, -1, 1)
    away = np.abs(c - c.dtype.type(low))
    extra = np.fmod(away, c.dtype.type(span))
    even = np.fmod(np.floor(away / c.dtype.type(span)), 2) == 0
    return np.where(even, extra + low, span - extra + low).astype(c.dtype), (sign * np.where(even, 1, -1)).astype(c.dtype)


def _padded(c: Array, size: int, padding_mode: str, align_corners: bool) -> tuple[Array, Array]:
    """Coordinates after border or reflection padding, and their slope."""
    if padding_mode == "zeros":
        return c, np.ones_like(c)
    slope = np.ones_like(c)
    if padding_mode == "reflection":
        c, slope = _reflected(c, size, align_corners)
    c, inner = _clipped(c, size)
    return c, slope * inner


def _whole(c: Array, size: int) -> Array:
    """Whole coordinates as integers, -1 where they are outside of the size or NaN."""
    inside = (c >= 0) & (c <= size - 1)
    return np.where(inside, c, -1).astype(np.int64)


def _axis(c: Array, size: int, mode: str, padding_mode: str, align_corners: bool) -> tuple[list[Array], list[Array], list[Array]]:
    """The taps of one axis: each one's positions (N, P) or -1, weights, and the weights' slopes in units of the grid."""
    place, scale = _unnormalised(c, size, align_corners)
    if mode == "bicubic":
        first = np.floor(place)
        t = place - first
        taps = [_whole(_padded(first + k, size, padding_mode, align_corners)[0], size) for k in range(-1, 3)]
        weights, slopes = (np.moveaxis(v.astype(c.dtype), -1, 0) for v in (cubic(t), _cubic_slope(t) * scale))
        return taps, list(weights), list(slopes)
    place, slope = _padded(place, size, padding_mode, align_corners)
    if mode == "nearest":
        return [_whole(np.rint(place), size)], [np.ones_like(place)], [np.zeros_like(place)]
    first = np.floor(place)
    t = place - first
    slope = (slope * scale).astype(c.dtype)
    return [_whole(first, size), _whole(first + 1, size)], [1 - t, t], [-slope, slope]


def _cubic_slope(t: Array, a: float = -0.75) -> Array:
    """The derivatives of `cubic` with respect to t."""
    x0, x1, x2, x3 = t + 1, t, 1 - t, 2 - t
    outer = [(3 * a * x - 10 * a) * x + 8 * a for x in (x0, x3)]
    inner = [(3 * (a + 2) * x - 2 * (a + 3)) * x for x in (x1, x2)]
    return np.stack([outer[0], inner[0], -inner[1], -outer[1]], -1)


def taps_of(grid: Array, size: Sequence[int], mode: str, padding_mode: str, align_corners: bool, slopes: bool) -> Taps:
    """The taps of grid (N, P, rank) in a plane or volume of `size`; the grid's coordinates are (x, y[, z]).

    Raises ValueError for a mode or padding_mode that there is not, NotImplementedError for bicubic volumes.
    """
    rank = len(size)
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(f"grid_sample got mode={mode!r}, expected 'bilinear', 'nearest' or 'bicubic'")
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(f"grid_sample got padding_mode={padding_mode!r}, expected 'zeros', 'border' or 'reflection'")
    if mode == "bicubic" and rank == 3:
        raise RuntimeError("grid_sample got mode='bicubic' for x of 5 dimensions, which takes 4: use bilinear or nearest")
    axes = [_axis(grid[..., rank - 1 - d], size[d], mode, padding_mode, align_corners) for d in range(rank)]
    return Taps(_places(axes, size), _products([w for _, w, _ in axes]), _slopes(axes) if slopes else None)


def _places(axes: list[tuple[list[Array], list[Array], list[Array]]], size: Sequence[int]) -> Array:
    """The flat place of every combination of the axes' taps, first axis slowest; the volume's size for -1 on any axis."""
    nothing = math.prod(size)
    kind = np.int32 if nothing < 2**31 - 1 else np.int64
    found = []
    for combination in itertools.product(*(taps for taps, _, _ in axes)):
        place, inside = combination[0], combination[0] >= 0
        for at, n in zip(combination[1:], size[1:], strict=True):
            place, inside = place * n + at, inside & (at >= 0)
        found.append(np.where(inside, place, nothing).astype(kind))
    return np.stack(found, 1)


def _products(factors: list[list[Array]]) -> Array:
    """The product of every combination of one factor per axis, first axis slowest."""
    return np.stack([functools.reduce(operator.mul, combination) for combination in itertools.product(*factors)], 1)


def _slopes(axes: list[tuple[list[Array], list[Array], list[Array]]]) -> Array:
    """The slope of each tap's weight along x, y[, z]: the products with one axis' weights replaced by their slopes."""
    rank = len(axes)
    return np.stack([_products([s if d == varied else w for d, (_, w, s) in enumerate(axes)]) for varied in reversed(range(rank))])
