"""Sums and dot products along the edges of a graph: each is the gradient of the other. Imports op and the kernels."""

from __future__ import annotations

from ..kernels import edges as kernels
from ..op import Array, op


@op(
    "Σ {weight} · {x}[{source}] at {target}",
    x=lambda g, x_shape, weight, source, target: edge_sum(g, weight, target, source, x_shape[0]),
    weight=lambda g, x, source, target: edge_dot(x, g, source, target),
    types="any",
    spaces="engine",
)
def edge_sum(x: Array, weight: Array, source: Array, target: Array, nodes: int) -> Array:
    """(nodes, heads, columns): Σ weight[e] x[source[e]] over the edges e that arrive at each node."""
    return kernels.edge_sum(x, weight, source, target, nodes)


@op(
    "{x}[{source}] · {y}[{target}]",
    x=lambda g, x_shape, y, source, target: edge_sum(y, g, target, source, x_shape[0]),
    y=lambda g, x, y_shape, source, target: edge_sum(x, g, source, target, y_shape[0]),
    types="any",
    spaces="engine",
)
def edge_dot(x: Array, y: Array, source: Array, target: Array) -> Array:
    """(edges, heads): x[source[e]] · y[target[e]] over the columns."""
    return kernels.edge_dot(x, y, source, target)
