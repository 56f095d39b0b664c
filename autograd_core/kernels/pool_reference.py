"""Pooling in plain NumPy, tap by tap over all planes: what small inputs and machines without Numba use.

Imports NumPy and `pool_geometry`. Arrays are planes (P, D, H, W).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from .pool_geometry import Windows

Slices = tuple[slice, ...]


def _taps(win: Windows) -> Iterator[tuple[Slices, Slices]]:
    """For every tap, the part of the output whose windows have it inside the input, and where it lies there."""
    for tap in np.ndindex(*win.kernel):
        to, source = [], []
        for k, n, s, p, d, out in zip(tap, win.size, win.stride, win.padding, win.dilation, win.out, strict=True):
            first = k * d - p
            lo = max(0, -(first // s)) if first < 0 else 0
            hi = min(out, (n - 1 - first) // s + 1)
            if lo >= hi:
                break
            to.append(slice(lo, hi))
            source.append(slice(first + lo * s, first + (hi - 1) * s + 1, s))
        else:
            yield tuple(to), tuple(source)


def max_pool_numpy(x: np.ndarray, win: Windows) -> tuple[np.ndarray, np.ndarray]:
    """(maximum, its flat place in the plane); the first of equal values, the last NaN, -1 in an empty window."""
    out = np.full((len(x), *win.out), -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min, x.dtype)
    index = np.full(out.shape, -1, np.int64)
    cells = np.arange(int(np.prod(win.size))).reshape(win.size)
    for to, source in _taps(win):
        value = x[(slice(None), *source)]
        best, where = out[(slice(None), *to)], index[(slice(None), *to)]
        better = (value > best) | (value != value) | (where < 0)
        np.copyto(best, value, where=better)
        np.copyto(where, cells[source], where=better)
    return out, index


def avg_pool_numpy(x: np.ndarray, scale: np.ndarray, win: Windows) -> np.ndarray:
    """The sum of every window times its scale (OD, OH, OW)."""
    out = np.zeros((len(x), *win.out), x.dtype)
    for to, source in _taps(win):
        out[(slice(None), *to)] += x[(slice(None), *source)]
    out *= scale
    return out


def avg_pool_input_numpy(g: np.ndarray, scale: np.ndarray, win: Windows) -> np.ndarray:
    """The adjoint of `avg_pool_numpy`."""
    gx = np.zeros((len(g), *win.size), g.dtype)
    share = g * scale
    for to, source in _taps(win):
        gx[(slice(None), *source)] += share[(slice(None), *to)]
    return gx


def _windows(edges: list[np.ndarray]) -> Iterator[tuple[Any, Any]]:
    """(output position, slices of the input) of every window given by tables of starts and ends."""
    pairs = [list(zip(start, end, strict=True)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    for position in itertools.product(*(range(len(pair)) for pair in pairs)):
        yield position, tuple(slice(*pair[i]) for pair, i in zip(pairs, position, strict=True))


def max_windows_numpy(x: np.ndarray, edges: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """`max_pool_numpy` for windows given by tables."""
    shape = (len(x), *(len(start) for start in edges[::2]))
    out, index = np.empty(shape, x.dtype), np.empty(shape, np.int64)
    cells = np.arange(int(np.prod(x.shape[1:]))).reshape(x.shape[1:])
    for position, source in _windows(edges):
        window = x[(slice(None), *source)].reshape(len(x), cells[source].size)
        place = window.argmax(axis=1)
        if x.dtype.kind == "f":
            missing = np.isnan(window)
            last = window.shape[1] - 1 - missing[:, ::-1].argmax(axis=1)
            place = np.where(missing.any(axis=1), last, place)
        out[(slice(None), *position)] = np.take_along_axis(window, place[:, None], axis=1)[:, 0]
        index[(slice(None), *position)] = cells[source].reshape(-1)[place]
    return out, index


def avg_windows_numpy(x: np.ndarray, scale: np.ndarray, edges: list[np.ndarray]) -> np.ndarray:
    """`avg_pool_numpy` for windows given by tables."""
    out = np.empty((len(x), *scale.shape), x.dtype)
    for position, source in _windows(edges):
        out[(slice(None), *position)] = x[(slice(None), *source)].sum(axis=(1, 2, 3)) * scale[position]
    return out


def avg_windows_input_numpy(g: np.ndarray, scale: np.ndarray, edges: list[np.ndarray], size: tuple[int, ...]) -> np.ndarray:
    """The adjoint of `avg_windows_numpy`."""
    gx = np.zeros((len(g), *size), g.dtype)
    for position, source in _windows(edges):
        gx[(slice(None), *source)] += (g[(slice(None), *position)] * scale[position])[:, None, None, None]
    return gx


def scatter_numpy(g: np.ndarray, index: np.ndarray, size: int, adding: bool) -> tuple[np.ndarray, int]:
    """Put (or add) g (P, M) where index says into planes of `size`; returns them and how many indices are outside."""
    out = np.zeros((len(g), size), g.dtype)
    inside = (index >= 0) & (index < size)
    plane, item = np.nonzero(inside)
    if adding:
        np.add.at(out, (plane, index[plane, item]), g[plane, item])
    else:
        out[plane, index[plane, item]] = g[plane, item]
    return out, int(np.count_nonzero(~inside & (index != -1)))
