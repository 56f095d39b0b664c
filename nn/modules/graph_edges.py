"""What layers on graphs share: edge lists, self loops, degrees, and sums, means, maxima and softmax over a node's edges.

Imports Tensor. An edge list is (2, E) whole numbers: the sources in its first row, the targets in its second. Rows of
nodes are summed along edges without an array of messages, so that both passes cost O(E) and little memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.ops.edges import edge_sum
from autograd_core.tensor.base import Tensor, wrap

AGGREGATIONS = ("mean", "max", "min", "sum", "add")


def checked_edges(edge_index: Any, sources: int, targets: int) -> tuple[np.ndarray, np.ndarray]:
    """(source, target) of every edge. RuntimeError or IndexError with the fix for what is no edge list of these nodes."""
    if not isinstance(edge_index, Tensor) or edge_index.array.dtype.kind != "i":
        given = f"a {edge_index.dtype} tensor" if isinstance(edge_index, Tensor) else type(edge_index).__name__
        raise RuntimeError(f"edge_index must be a tensor of whole numbers, got {given}: use autograd_core.tensor([[...], [...]])")
    edges = edge_index.array
    if edges.ndim != 2 or edges.shape[0] != 2:
        fix = ": use edge_index.T" if edges.ndim == 2 and edges.shape[1] == 2 else ""
        raise RuntimeError(f"edge_index must have the shape (2, edges), got {tuple(edges.shape)}{fix}")
    for row, name, count in ((edges[0], "source", sources), (edges[1], "target", targets)):
        if row.size and not (row.min() >= 0 and row.max() < count):
            raise IndexError(f"edge_index names the {name} nodes {row.min()} to {row.max()}, but x has {count} rows, 0 to {count - 1}")
    return edges[0].astype(np.int64, copy=False), edges[1].astype(np.int64, copy=False)


def with_loops(source: np.ndarray, target: np.ndarray, nodes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(source, target, kept): the edges between different nodes, which `kept` picks, and then one loop at every node."""
    kept = np.flatnonzero(source != target)
    loops = np.arange(nodes)
    return np.concatenate((source[kept], loops)), np.concatenate((target[kept], loops)), kept


def rows(x: Any, index: np.ndarray) -> Any:
    """x at the nodes of an index."""
    return x.index_select(0, wrap(index))


def add_up(values: Any, index: np.ndarray, nodes: int) -> Any:
    """(E, ...) summed into (nodes, ...) by target."""
    return ag.zeros((nodes, *values.shape[1:]), dtype=values.dtype).index_add(0, wrap(index), values)


def symmetric_norm(
    source: np.ndarray, target: np.ndarray, weight: Any, nodes: int, loops: float | None, dtype: Any
) -> tuple[np.ndarray, np.ndarray, Any]:
    """(source, target, w): the edges of D^-½ Â D^-½ for Â = A + `loops` · I; loops that are there already keep their weights.

    D holds the weights that arrive at each node; a node where nothing arrives gets 0.
    """
    if weight is None:
        weight = ag.ones(len(source), dtype=dtype)
    if loops is not None:
        own = np.flatnonzero(source == target)
        at = source[own]
        source, target, kept = with_loops(source, target, nodes)
        filled = ag.full((nodes,), loops, dtype=weight.dtype)
        if own.size:
            last = dict(zip(at.tolist(), own.tolist(), strict=True))  # of several loops at a node the last one stays
            filled = filled.index_copy(0, wrap(np.array(list(last))), rows(weight, np.array(list(last.values()))))
        weight = ag.cat([rows(weight, kept), filled])
    degree = add_up(weight, target, nodes)
    arrives = degree != 0
    scale = ag.where(arrives, ag.where(arrives, degree, 1.0) ** -0.5, 0.0)  # the inner where keeps 0^-1.5 out of the gradient
    return source, target, rows(scale, source) * weight * rows(scale, target)


def edge_softmax(scores: Any, target: np.ndarray, nodes: int) -> Any:
    """exp(s) / Σ exp(s) over the edges that arrive at the same node, for scores (E, heads)."""
    if not len(target):
        return scores
    order = np.argsort(target, kind="stable")
    first = np.flatnonzero(np.diff(target[order], prepend=-1))
    highest = np.zeros((nodes, *scores.shape[1:]), scores.array.dtype)
    highest[target[order][first]] = np.maximum.reduceat(scores.array[order], first)
    grown = (scores - wrap(highest[target])).exp()
    return grown / (rows(add_up(grown, target, nodes), target) + 1e-16)


def weighted_sum(x: Any, weight: Any, source: np.ndarray, target: np.ndarray, nodes: int) -> Any:
    """(nodes, columns): Σ w x[source] over the edges that arrive, for x (m, columns), w (edges) or None for ones."""
    if weight is None:
        weight = wrap(np.ones(len(source), x.array.dtype))
    if weight.dtype != x.dtype:
        weight = weight.to(x.dtype)
    return edge_sum(x.unsqueeze(1), weight.reshape(-1, 1), wrap(source), wrap(target), nodes).squeeze(1)


def _sum_over(x: Any, source: np.ndarray, target: np.ndarray, nodes: int) -> Any:
    return weighted_sum(x, None, source, target, nodes)


def _mean_over(x: Any, source: np.ndarray, target: np.ndarray, nodes: int) -> Any:
    share = 1 / np.maximum(np.bincount(target, minlength=nodes), 1)
    return weighted_sum(x, wrap(share[target].astype(x.array.dtype)), source, target, nodes)


def _extreme(reduce: str) -> Callable[[Any, np.ndarray, np.ndarray, int], Any]:
    def over(x: Any, source: np.ndarray, target: np.ndarray, nodes: int) -> Any:
        values = rows(x, source)
        empty = ag.zeros((nodes, *values.shape[1:]), dtype=values.dtype)
        return empty.index_reduce(0, wrap(target), values, reduce, include_self=False)

    return over


# (x, source, target, nodes): how what arrives at a node becomes one row; a node where nothing arrives gets 0
AGGREGATE: dict[str, Callable[[Any, np.ndarray, np.ndarray, int], Any]] = {
    "mean": _mean_over,
    "max": _extreme("amax"),
    "min": _extreme("amin"),
    "sum": _sum_over,
    "add": _sum_over,
}
