"""The compiled loops of `edges`: weighted sums of rows along the edges of a graph, and dot products along them.

Imports `jit`, `contract`. The contracts bound every node's number, so that no loop can leave its arrays.
"""

from __future__ import annotations

from .contract import FLOATS, INDEX, array, contract, integer
from .jit import CONTRACT, compiled

__all__ = ["EDGES", "dot_edges", "sum_edges"]

EDGES = 1024
"""Edges of one block of dot products."""


@compiled(fastmath=CONTRACT)
def _add(row, weight, out):  # type: ignore[no-untyped-def]
    for j in range(len(row)):
        out[j] += weight * row[j]


@contract(
    x=array("m h c", same="out"),
    weight=array("e h", same="out"),
    source=array("e", INDEX, at_least="0", below="m"),
    target=array("e", INDEX, at_least="0", below="n"),
    out=array("n h c", FLOATS, writes=True),
    group=integer(1),
    tiles=integer(1),
)
@compiled(parallel=True)
def sum_edges(lo, hi, x, weight, source, target, out, group, tiles):  # type: ignore[no-untyped-def]
    """out[target[e], h] += weight[e, h] x[source[e], h], in the order of e; a block has `group` heads, or columns, of its own."""
    heads, columns = x.shape[1:]
    width = -(-columns // tiles)
    for block in range(lo, min(hi, -(-heads // group) * tiles)):
        first, a = block // tiles * group, (block % tiles) * width
        for e in range(len(source)):
            for h in range(first, min(first + group, heads)):
                _add(x[source[e], h, a : a + width], weight[e, h], out[target[e], h, a : a + width])


@contract(
    x=array("m h c", same="out"),
    y=array("n h c", same="out"),
    source=array("e", INDEX, at_least="0", below="m"),
    target=array("e", INDEX, at_least="0", below="n"),
    out=array("e h", FLOATS, writes=True),
)
@compiled(parallel=True)
def dot_edges(lo, hi, x, y, source, target, out):  # type: ignore[no-untyped-def]
    """out[e, h] = x[source[e], h] · y[target[e], h], added up in float64."""
    heads, columns = x.shape[1:]
    for e in range(lo * EDGES, min(hi * EDGES, len(source))):
        for h in range(heads):
            left, right = x[source[e], h], y[target[e], h]
            total = 0.0
            for j in range(columns):
                total += left[j] * right[j]
            out[e, h] = total
