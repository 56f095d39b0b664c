"""Sums and dot products along the edges of a graph, without an array of messages.

Imports NumPy, `jit`, `contract` and the loops. x is (nodes, heads, columns), an edge goes from source[e] to target[e].
"""

from __future__ import annotations

import numpy as np

from . import edge_loops as loops
from .jit import enabled

__all__ = ["edge_dot", "edge_sum"]

SMALL = 8192
"""Products below which NumPy's passes cost less than a launch."""

Array = np.ndarray


def _checked(name: str, index: Array, nodes: int, count: int) -> Array:
    index = np.ascontiguousarray(index, np.int64)
    if index.shape != (count,) or (count and not (index.min() >= 0 and index.max() < nodes)):
        raise RuntimeError(f"{name}: expected {count} nodes from 0 to {nodes - 1}, got shape {index.shape} {index[:4]}...")
    return index


def _pays(size: int, dtype: np.dtype) -> bool:
    return size >= SMALL and dtype.char in "fd" and enabled()


def edge_sum(x: Array, weight: Array, source: Array, target: Array, nodes: int) -> Array:
    """(nodes, heads, columns): Σ weight[e] x[source[e]] over the edges e that arrive; x: (m, heads, columns), weight: (edges, heads).

    RuntimeError where shapes, types or nodes do not fit.
    """
    if x.ndim != 3 or weight.shape != (len(source), x.shape[1]) or weight.dtype != x.dtype:
        raise RuntimeError(f"edge_sum: x {x.shape} {x.dtype} and weight {weight.shape} {weight.dtype} do not fit {len(source)} edges")
    source, target = _checked("edge_sum", source, len(x), len(source)), _checked("edge_sum", target, nodes, len(source))
    out = np.zeros((nodes, *x.shape[1:]), x.dtype)
    if _pays(weight.size * x.shape[2], x.dtype):
        # 64 columns a block at least, of one head or of several
        heads, columns = x.shape[1:]
        tiles, group = max(1, min(8, columns // 64)), max(1, min(heads, 64 // columns))
        x, weight = np.ascontiguousarray(x), np.ascontiguousarray(weight)
        loops.sum_edges(-(-heads // group) * tiles, x, weight, source, target, out, group, tiles)
    elif out.size and len(source):
        order = np.argsort(target, kind="stable")
        used = target[order]
        first = np.flatnonzero(np.r_[True, used[1:] != used[:-1]])
        out[used[first]] = np.add.reduceat(x[source[order]] * weight[order][:, :, None], first, axis=0)
    return out


def edge_dot(x: Array, y: Array, source: Array, target: Array) -> Array:
    """(edges, heads): x[source[e]] · y[target[e]] over the columns; x: (m, heads, columns), y: (n, heads, columns).

    RuntimeError where shapes, types or nodes do not fit.
    """
    if x.ndim != 3 or y.shape[1:] != x.shape[1:] or x.dtype != y.dtype:
        raise RuntimeError(f"edge_dot: x {x.shape} {x.dtype} and y {y.shape} {y.dtype} do not fit")
    source, target = _checked("edge_dot", source, len(x), len(source)), _checked("edge_dot", target, len(y), len(source))
    if _pays(len(source) * x.shape[1] * x.shape[2], x.dtype):
        out = np.empty((len(source), x.shape[1]), x.dtype)
        x, y = np.ascontiguousarray(x), np.ascontiguousarray(y)
        loops.dot_edges(-(-len(source) // loops.EDGES), x, y, source, target, out)
        return out
    return np.einsum("ehc,ehc->eh", x[source], y[target])
