"""Padding with the array's own elements: reflected, replicated, circular; and the transpose, which adds them back.

Imports NumPy. `pads` has one (low, high) per dimension, none negative.
"""

from __future__ import annotations

import numpy as np

Pads = tuple[tuple[int, int], ...]
Part = tuple[slice, slice]


def _edges(n: int, low: int, high: int, mode: str) -> list[Part]:
    """(where in the padded dimension, where it is read from) of the two edges of a dimension of size n.

    RuntimeError where an edge is longer than what it is read from.
    """
    longest = {"reflect": n - 1, "circular": n, "replicate": low + high if n else 0}[mode]
    if min(low, high) < 0 or max(low, high) > longest:
        raise RuntimeError(f"pad: edges of {low} and {high} do not fit a dimension of size {n} in mode {mode!r}")
    if mode == "reflect":
        below, above = slice(low, 0, -1), slice(n - 2, n - 2 - high if high < n - 1 else None, -1)
    elif mode == "circular":
        below, above = slice(n - low, n), slice(0, high)
    else:
        below, above = slice(0, 1), slice(n - 1, n)
    return [part for part, size in (((slice(0, low), below), low), ((slice(n + low, n + low + high), above), high)) if size]


def _at(d: int, part: slice) -> tuple[slice, ...]:
    return (slice(None),) * d + (part,)


def pad_edges(x: np.ndarray, pads: Pads, mode: str) -> np.ndarray:
    """x with edges of its own elements. RuntimeError where they do not fit."""
    for d, (low, high) in enumerate(pads):
        if low or high:
            n = x.shape[d]
            parts = _edges(n, low, high, mode)
            out = np.empty((*x.shape[:d], low + n + high, *x.shape[d + 1 :]), x.dtype)
            out[_at(d, slice(low, low + n))] = x
            for to, source in parts:
                out[_at(d, to)] = x[_at(d, source)]
            x = out
    return x


def pad_edges_input(g: np.ndarray, pads: Pads, mode: str) -> np.ndarray:
    """The transpose of `pad_edges`: every edge added to where it was read from."""
    for d, (low, high) in reversed(list(enumerate(pads))):
        if low or high:
            n = g.shape[d] - low - high
            out = g[_at(d, slice(low, low + n))].copy()
            for to, source in _edges(n, low, high, mode):
                edge = g[_at(d, to)]
                out[_at(d, source)] += edge.sum(axis=d, keepdims=True) if mode == "replicate" else edge
            g = out
    return g
